#include "dump/md_module.h"

#include <inttypes.h>

#include "base/utf.h"

enum { MODULE_SIZE = 108, UNLOADED_SIZE = 24, GUID_SIZE = 16 };

/* Signatures of CodeView records: 'RSDS', 'NB10', and Breakpad's 'BpEL'. */
enum { CV_PDB70 = 0x53445352, CV_PDB20 = 0x3031424e, CV_ELF = 0x4270454c };

/* VS_FIXEDFILEINFO of verrsrc.h. */
static const uint32_t version_signature = 0xfeef04bd;
enum { VERSION_STRUCT = 0x10000 };

/* MINIDUMP_MODULE as it is in the file. */
struct record {
	uint64_t base;
	uint32_t size, timestamp, name_rva;
	uint32_t version_signature, version_struct, version[4];
	uint32_t cv_size;
	struct cursor cv; /* failed when it lies outside the file */
};

static struct record read_record(const struct md *md, struct cursor *c)
{
	struct record r = { .base = cursor_u64(c) };

	r.size = cursor_u32(c);
	cursor_skip(c, 4); /* checksum */
	r.timestamp = cursor_u32(c);
	r.name_rva = cursor_u32(c);
	r.version_signature = cursor_u32(c);
	r.version_struct = cursor_u32(c);
	for (unsigned i = 0; i < 4; i++)
		r.version[i] = cursor_u32(c);
	cursor_skip(c, 28); /* the rest of VS_FIXEDFILEINFO */

	struct cursor peek = *c;
	r.cv_size = cursor_u32(&peek);
	r.cv = md_location(md, c);
	cursor_skip(c, 8 + 16); /* misc record, reserved */
	return r;
}

static bool is_range(uint64_t base, uint32_t size)
{
	return size != 0 && size <= UINT64_MAX - base;
}

struct reader {
	const struct md *md;
	const struct md_system *system;
	struct arena *a;
	struct diag *d;
	size_t cv_budget; /* bytes of CodeView records: real ones don't overlap */
};

static struct str hex_text(struct arena *a, struct slice bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *p = arena_new(a, char, 2 * bytes.n + 1);

	for (size_t i = 0; i < bytes.n; i++) {
		p[2 * i] = digits[bytes.p[i] >> 4];
		p[2 * i + 1] = digits[bytes.p[i] & 15];
	}
	return (struct str){ p, 2 * bytes.n };
}

/* A GUID and an age in the form that symbol stores use: the first three fields are numbers in the
 * byte order of the dump. An all-zero GUID is none. */
static struct str debug_id(struct arena *a, struct cursor guid, uint32_t age)
{
	uint32_t data1 = cursor_u32(&guid);
	uint16_t data2 = cursor_u16(&guid), data3 = cursor_u16(&guid);
	guid.big = true;
	uint64_t data4 = cursor_u64(&guid);

	if ((data1 | data2 | data3 | data4) == 0)
		return (struct str){ 0 };
	return arena_printf(a, "%08" PRIX32 "%04X%04X%016" PRIX64 "%" PRIx32, data1, data2, data3,
			    data4, age);
}

static struct str guid_hex(struct arena *a, struct cursor guid)
{
	uint32_t data1 = cursor_u32(&guid);
	uint16_t data2 = cursor_u16(&guid), data3 = cursor_u16(&guid);
	guid.big = true;

	return arena_printf(a, "%08" PRIx32 "%04x%04x%016" PRIx64, data1, data2, data3,
			    cursor_u64(&guid));
}

static bool is_zero(struct slice bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] != 0)
			return false;
	}
	return true;
}

/* What is left of a record up to the first nul. */
static struct str rest_as_text(struct cursor *c, struct arena *a)
{
	struct slice bytes = cursor_bytes(c, cursor_left(c));
	struct str s = { (const char *)bytes.p, bytes.n };

	return utf8_repair(a, str_first(s, str_find_char(s, '\0')));
}

static struct str code_id_of_image(struct arena *a, uint32_t timestamp, uint32_t size)
{
	return arena_printf(a, "%08" PRIx32 "%" PRIx32, timestamp, size);
}

/* Breakpad's record: the ELF build id, whose first 16 bytes pass for a GUID. */
static void set_elf_ids(struct md_module *m, struct cursor cv, struct reader *r)
{
	struct slice id = cursor_bytes(&cv, cursor_left(&cv));
	uint8_t guid[GUID_SIZE] = { 0 };

	m->has_debug_file = true;
	m->debug_file = m->code_file;
	if (is_zero(id))
		return;
	memcpy(guid, id.p, id.n < GUID_SIZE ? id.n : GUID_SIZE);

	struct cursor c = cursor_make((struct slice){ guid, GUID_SIZE }, "");
	c.big = cv.big;
	m->debug_id = debug_id(r->a, c, 0);
	m->code_id = hex_text(r->a, id);
}

static bool set_pdb70_ids(struct md_module *m, const struct record *rec, struct cursor cv,
			  struct reader *r)
{
	struct cursor guid = cursor_sub(&cv, cv.pos, GUID_SIZE);
	bool apple = r->system->os == MD_OS_MACOS || r->system->os == MD_OS_IOS;

	cursor_skip(&cv, GUID_SIZE);
	uint32_t age = cursor_u32(&cv);
	if (cv.failed)
		return false;
	m->debug_id = debug_id(r->a, guid, age);
	m->code_id = apple ? guid_hex(r->a, guid)
			   : code_id_of_image(r->a, rec->timestamp, rec->size);
	m->has_debug_file = true;
	m->debug_file = rest_as_text(&cv, r->a);
	return true;
}

static bool set_pdb20_ids(struct md_module *m, const struct record *rec, struct cursor cv,
			  struct reader *r)
{
	cursor_skip(&cv, 4); /* offset, always 0 */
	uint32_t timestamp = cursor_u32(&cv);
	uint32_t age = cursor_u32(&cv);
	if (cv.failed)
		return false;
	m->debug_id = arena_printf(r->a, "%08" PRIX32 "%" PRIx32, timestamp, age);
	m->code_id = code_id_of_image(r->a, rec->timestamp, rec->size);
	m->has_debug_file = true;
	m->debug_file = rest_as_text(&cv, r->a);
	return true;
}

/* False when the record is outside the file or too short for its kind. Records of other kinds are
 * good, but identify nothing. */
static bool set_ids(struct md_module *m, const struct record *rec, struct reader *r)
{
	struct cursor cv = rec->cv;

	if (rec->cv_size == 0) {
		if (r->system->os == MD_OS_WINDOWS)
			m->code_id = code_id_of_image(r->a, rec->timestamp, rec->size);
		return true;
	}
	if (cv.failed)
		return false;
	if (bounds_keep(r->d->bounds, BOUND_DUMP_CV_BYTES, rec->cv_size) != rec->cv_size ||
	    rec->cv_size > r->cv_budget) {
		diag_warn(r->d, &cv, "CodeView record of %" PRIu32 " bytes is ignored",
			  rec->cv_size);
		return true;
	}
	r->cv_budget -= rec->cv_size;

	uint32_t signature = cursor_u32(&cv);
	if (signature == CV_PDB70)
		return set_pdb70_ids(m, rec, cv, r);
	if (signature == CV_PDB20)
		return set_pdb20_ids(m, rec, cv, r);
	if (signature == CV_ELF)
		set_elf_ids(m, cv, r);
	return !cv.failed;
}

/* Windows and macOS: four numbers of 16 bits. Elsewhere minidump-writer stores the parts of the
 * SONAME's version, 32 bits each. */
static void set_version(struct md_module *m, const struct record *rec, struct reader *r)
{
	const uint32_t *v = rec->version;
	enum md_os os = r->system->os;

	m->has_version = rec->version_signature == version_signature &&
			 rec->version_struct == VERSION_STRUCT;
	if (!m->has_version)
		return;
	if (os == MD_OS_WINDOWS || os == MD_OS_MACOS || os == MD_OS_IOS)
		m->version = arena_printf(r->a, "%u.%u.%u.%u", v[0] >> 16, v[0] & 0xffff,
					  v[1] >> 16, v[1] & 0xffff);
	else
		m->version = arena_printf(r->a, "%u.%u.%u.%u", v[0], v[1], v[2], v[3]);
}

static bool read_module(struct md_module *m, const struct record *rec, struct str name,
			const struct cursor *at, struct reader *r)
{
	*m = (struct md_module){ .base = rec->base,
				 .size = rec->size,
				 .code_file = name,
				 .record = cursor_sub(at, at->pos, MODULE_SIZE) };
	if (name.p == NULL) {
		diag_warn(r->d, at, "name of module at 0x%" PRIx64 " cannot be read", rec->base);
		return false;
	}
	if (!set_ids(m, rec, r)) {
		diag_warn(r->d, at, "CodeView record of module at 0x%" PRIx64 " cannot be read",
			  rec->base);
		return false;
	}
	set_version(m, rec, r);
	return true;
}

/* The names of n entries of entry_size bytes, at name_offset in each. */
static struct str *read_names(const struct md *md, const struct cursor *list, uint32_t n,
			      size_t entry_size, size_t name_offset, struct arena *a)
{
	uint64_t *rva = arena_new(a, uint64_t, n);
	struct str *names = arena_new(a, struct str, n);

	for (uint32_t i = 0; i < n; i++) {
		struct cursor at = cursor_sub(list, list->pos + i * entry_size + name_offset, 4);

		rva[i] = cursor_u32(&at);
	}
	md_strings(md, rva, n, a, names);
	return names;
}

void md_modules_read(struct md_modules *m, const struct md *md, const struct md_system *system,
		     struct arena *a, struct diag *d, bool compat)
{
	struct reader r = { md, system, a, d, md->file.in.n };
	uint32_t n;
	struct cursor c = md_list(md, MD_MODULE_LIST, MODULE_SIZE, &n);

	n = (uint32_t)diag_keep(d, &c, BOUND_DUMP_MODULES, n, "modules");
	struct str *names = read_names(md, &c, n, MODULE_SIZE, 20, a);
	*m = (struct md_modules){ .v = arena_new(a, struct md_module, n), .readable = !c.failed };
	for (uint32_t i = 0; i < n; i++) {
		struct cursor at = c;
		struct record rec = read_record(md, &c);

		if (!is_range(rec.base, rec.size))
			diag_warn(d, &at, "module at 0x%" PRIx64 " has size %" PRIu32, rec.base,
				  rec.size);
		else if (read_module(&m->v[m->n], &rec, names[i], &at, &r))
			m->v[m->n++].index = i;
		else if (compat) {
			m->n = 0;
			m->readable = false;
			break;
		}
	}

	m->by_address = ranges_make(a, m->n);
	for (size_t i = 0; i < m->n; i++)
		ranges_add(&m->by_address, m->v[i].base, m->v[i].size, i);
	ranges_sort(&m->by_address, a->oom);
}

ptrdiff_t md_modules_find(const struct md_modules *m, uint64_t address)
{
	const struct range *r = ranges_find(&m->by_address, address);

	return r == NULL ? MD_NO_MODULE : (ptrdiff_t)r->item;
}

ptrdiff_t md_modules_of_entry(const struct md_modules *m, uint32_t index)
{
	size_t low = 0, high = m->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->v[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->n && m->v[low].index == index ? (ptrdiff_t)low : MD_NO_MODULE;
}

void md_unloaded_read(struct md_unloaded_modules *m, const struct md *md, struct arena *a,
		      struct diag *d, bool compat)
{
	uint64_t count;
	struct cursor c = md_ex_list(md, MD_UNLOADED_MODULE_LIST, UNLOADED_SIZE, 4, &count);
	uint32_t n = (uint32_t)diag_keep(d, &c, BOUND_DUMP_UNLOADED, count, "unloaded modules");
	struct str *names = read_names(md, &c, n, UNLOADED_SIZE, 20, a);

	*m = (struct md_unloaded_modules){ .v = arena_new(a, struct md_unloaded, n),
					   .readable = !c.failed };
	for (uint32_t i = 0; i < n; i++) {
		struct cursor at = c;
		struct md_unloaded v = { .base = cursor_u64(&c), .code_file = names[i] };
		uint32_t size = cursor_u32(&c);

		cursor_skip(&c, 4); /* checksum */
		uint32_t timestamp = cursor_u32(&c);
		cursor_skip(&c, 4); /* name */
		if (names[i].p == NULL || !is_range(v.base, size)) {
			diag_warn(d, &at, "unloaded module at 0x%" PRIx64 " cannot be read",
				  v.base);
			if (!compat)
				continue;
			m->n = 0;
			m->readable = false;
			break;
		}
		v.size = size;
		v.record = cursor_sub(&at, at.pos, UNLOADED_SIZE);
		v.code_id = code_id_of_image(a, timestamp, size);
		m->v[m->n++] = v;
	}
}
