#include "dump/md_module.h"

#include <inttypes.h>

#include "dump/md_module_impl.h"

enum { MODULE_SIZE = 108, UNLOADED_SIZE = 24 };

/* VS_FIXEDFILEINFO of verrsrc.h. */
static const uint32_t version_signature = 0xfeef04bd;
enum { VERSION_STRUCT = 0x10000 };

static struct md_module_record read_record(const struct md *md, struct cursor *c)
{
	struct md_module_record r = { .base = cursor_u64(c) };

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

/* Windows and macOS: four numbers of 16 bits. Elsewhere minidump-writer stores the parts of the
 * SONAME's version, 32 bits each. */
static void set_version(struct md_module *m, const struct md_module_record *rec,
			struct md_module_reader *r)
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

static bool read_module(struct md_module *m, const struct md_module_record *rec, struct str name,
			const struct cursor *at, struct md_module_reader *r)
{
	*m = (struct md_module){ .base = rec->base,
				 .size = rec->size,
				 .code_file = name,
				 .record = cursor_sub(at, at->pos, MODULE_SIZE) };
	if (name.p == NULL) {
		diag_warn(r->d, at, "name of module at 0x%" PRIx64 " cannot be read", rec->base);
		return false;
	}
	if (!md_module_set_ids(m, rec, r)) {
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
	struct md_module_reader r = { md, system, a, d, md->file.in.n };
	uint32_t n;
	struct cursor c = md_list(md, MD_MODULE_LIST, MODULE_SIZE, &n);

	n = (uint32_t)diag_keep(d, &c, BOUND_DUMP_MODULES, n, "modules");
	struct str *names = read_names(md, &c, n, MODULE_SIZE, 20, a);
	*m = (struct md_modules){ .v = arena_new(a, struct md_module, n), .readable = !c.failed };
	for (uint32_t i = 0; i < n; i++) {
		struct cursor at = c;
		struct md_module_record rec = read_record(md, &c);

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
		v.code_id = md_module_code_id(a, timestamp, size);
		m->v[m->n++] = v;
	}
}
