#include <inttypes.h>

#include "base/utf.h"
#include "dump/md_module_impl.h"

enum { GUID_SIZE = 16 };

/* Signatures of CodeView records: 'RSDS', 'NB10', and Breakpad's 'BpEL'. */
enum { CV_PDB70 = 0x53445352, CV_PDB20 = 0x3031424e, CV_ELF = 0x4270454c };

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

struct str md_module_code_id(struct arena *a, uint32_t timestamp, uint32_t size)
{
	return arena_printf(a, "%08" PRIx32 "%" PRIx32, timestamp, size);
}

/* Breakpad's record: the ELF build id, whose first 16 bytes pass for a GUID. */
static void set_elf_ids(struct md_module *m, struct cursor cv, struct md_module_reader *r)
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

static bool set_pdb70_ids(struct md_module *m, const struct md_module_record *rec, struct cursor cv,
			  struct md_module_reader *r)
{
	struct cursor guid = cursor_sub(&cv, cv.pos, GUID_SIZE);
	bool apple = r->system->os == MD_OS_MACOS || r->system->os == MD_OS_IOS;

	cursor_skip(&cv, GUID_SIZE);
	uint32_t age = cursor_u32(&cv);
	if (cv.failed)
		return false;
	m->debug_id = debug_id(r->a, guid, age);
	m->code_id = apple ? guid_hex(r->a, guid)
			   : md_module_code_id(r->a, rec->timestamp, rec->size);
	m->has_debug_file = true;
	m->debug_file = rest_as_text(&cv, r->a);
	return true;
}

static bool set_pdb20_ids(struct md_module *m, const struct md_module_record *rec, struct cursor cv,
			  struct md_module_reader *r)
{
	cursor_skip(&cv, 4); /* offset, always 0 */
	uint32_t timestamp = cursor_u32(&cv);
	uint32_t age = cursor_u32(&cv);
	if (cv.failed)
		return false;
	m->debug_id = arena_printf(r->a, "%08" PRIX32 "%" PRIx32, timestamp, age);
	m->code_id = md_module_code_id(r->a, rec->timestamp, rec->size);
	m->has_debug_file = true;
	m->debug_file = rest_as_text(&cv, r->a);
	return true;
}

bool md_module_set_ids(struct md_module *m, const struct md_module_record *rec,
		       struct md_module_reader *r)
{
	struct cursor cv = rec->cv;

	if (rec->cv_size == 0) {
		if (r->system->os == MD_OS_WINDOWS)
			m->code_id = md_module_code_id(r->a, rec->timestamp, rec->size);
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
