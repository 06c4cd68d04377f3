#include "dump/md_extra.h"

#include "base/js_in.h"
#include "base/limits.h"
#include "base/utf.h"
#include "dump/md_text.h"

enum { HANDLE_SIZE = 32, HANDLE2_SIZE = 40 };
enum { MAC_RECORDS = 20, MAC_STRINGS = 5, ASSERTION_SIZE = 776, ASSERTION_UNITS = 128 };

/* A cursor at the first of n descriptors (MINIDUMP_HANDLE_DATA_STREAM). Type and name stand at the
 * same places in both sizes. */
static struct cursor handle_list(const struct md *md, uint32_t *n, uint32_t *entry_size)
{
	struct cursor c = md_stream(md, MD_HANDLE_DATA);
	uint32_t header = cursor_u32(&c);

	*entry_size = cursor_u32(&c);
	*n = cursor_u32(&c);
	if (*n != 0 && *entry_size != HANDLE_SIZE && *entry_size != HANDLE2_SIZE)
		cursor_fail(&c);
	if (cursor_seek(&c, header) && *n != 0 && !cursor_fits(&c, *n, *entry_size))
		cursor_fail(&c);
	return c;
}

static void read_handles(struct md_extra *x, const struct md *md, struct arena *a, struct diag *d)
{
	uint32_t n, entry_size;
	struct cursor c = handle_list(md, &n, &entry_size);

	x->has_handles = !c.failed;
	if (c.failed)
		return;
	n = (uint32_t)diag_keep(d, &c, BOUND_DUMP_HANDLES, n, "handles");
	uint64_t *rva = arena_new(a, uint64_t, 2 * (size_t)n);
	struct str *names = arena_new(a, struct str, 2 * (size_t)n);
	x->handles = arena_new(a, struct md_handle, n);
	x->n_handles = n;
	for (size_t i = 0; i < n; i++) {
		x->handles[i].handle = cursor_u64(&c);
		rva[2 * i] = cursor_u32(&c);
		rva[2 * i + 1] = cursor_u32(&c);
		cursor_skip(&c, entry_size - 16);
	}
	md_strings(md, rva, 2 * (size_t)n, a, names);
	for (size_t i = 0; i < n; i++) {
		struct md_handle *h = &x->handles[i];

		h->has_type = rva[2 * i] != 0 && names[2 * i].p != NULL;
		h->type = h->has_type ? names[2 * i] : (struct str){ 0 };
		h->has_object = rva[2 * i + 1] != 0 && names[2 * i + 1].p != NULL;
		h->object = h->has_object ? names[2 * i + 1] : (struct str){ 0 };
	}
}

/* Takes the next column of /proc/PID/limits: what stands between runs of two blanks. */
static bool next_column(struct str *line, struct str *column)
{
	size_t n;

	while (str_starts(*line, STR("  ")))
		*line = str_from(*line, 2);
	n = str_find(*line, STR("  "));
	*column = str_first(*line, n);
	*line = str_from(*line, n + 2);
	return n != 0;
}

static void parse_limit(struct str s, bool *unlimited, uint64_t *value)
{
	s = str_trim(s);
	*unlimited = str_eq(s, STR("unlimited"));
	if (!str_to_u64(s, value))
		*value = 0;
}

static bool parse_limits_line(struct md_limit *l, struct str line)
{
	struct str name, soft, hard, unit;

	if (!next_column(&line, &name) || !next_column(&line, &soft) || !next_column(&line, &hard))
		return false;
	*l = (struct md_limit){ .name = str_trim(name), .unit = STR("n/a") };
	parse_limit(soft, &l->soft_unlimited, &l->soft);
	parse_limit(hard, &l->hard_unlimited, &l->hard);
	if (next_column(&line, &unit))
		l->unit = str_trim(unit);
	return true;
}

/* Of limits with one name the last counts, as in rust-minidump's map. */
static void add_limit(struct md_extra *x, struct md_limit l)
{
	size_t kept = 0;

	for (size_t i = 0; i < x->n_limits; i++) {
		if (!str_eq(x->limits[i].name, l.name))
			x->limits[kept++] = x->limits[i];
	}
	x->limits[kept++] = l;
	x->n_limits = kept;
}

static void read_limits(struct md_extra *x, const struct md *md, struct arena *a)
{
	struct cursor c = md_stream(md, MD_MOZ_LINUX_LIMITS);
	struct str text = md_text(&c), rest = text, line;
	struct md_limit limit;
	size_t lines = 0;
	bool header = true;

	x->has_limits = !c.failed;
	while (lines < LIMIT_DUMP_PROC_LIMITS && str_next_line(&rest, &line))
		lines++;
	x->limits = arena_new(a, struct md_limit, lines);
	while (x->n_limits < lines && str_next_line(&text, &line)) {
		if (line.n == 0)
			continue;
		if (!header && parse_limits_line(&limit, utf8_repair(a, line)))
			add_limit(x, limit);
		header = false;
	}
}

/* MDRawMacCrashInfoRecord of Mozilla's Breakpad: fields that came with versions 4 and 5, and behind
 * strings_at, where newer ones may have put more, five C strings. */
static bool read_mac_record(struct md_mac_record *r, struct cursor c, uint64_t version,
			    uint32_t strings_at)
{
	struct str *strings[MAC_STRINGS] = { &r->module, &r->message, &r->signature, &r->backtrace,
					     &r->message2 };

	*r = (struct md_mac_record){ .version = version };
	if (version < 4)
		return true;
	r->thread = cursor_u64(&c);
	r->dialog_mode = cursor_u64(&c);
	if (version >= 5)
		r->abort_cause = cursor_u64(&c);
	if (c.failed || c.pos > strings_at)
		return false;
	cursor_seek(&c, strings_at);
	for (size_t i = 0; i < MAC_STRINGS; i++) {
		*strings[i] = cursor_cstr(&c);
		if (!utf8_valid(*strings[i]))
			return false;
	}
	return !c.failed;
}

static void read_mac_records(struct md_extra *x, const struct md *md, struct arena *a)
{
	struct cursor c = md_stream(md, MD_MOZ_MACOS_CRASH_INFO);
	uint64_t common_version = 0;

	cursor_skip(&c, 4); /* stream type */
	uint32_t n = cursor_u32(&c);
	uint32_t strings_at = cursor_u32(&c);
	if (!cursor_fits(&c, MAC_RECORDS, 8))
		return;

	x->mac_records = arena_new(a, struct md_mac_record, MAC_RECORDS);
	for (uint32_t i = 0; i < n && i < MAC_RECORDS; i++) {
		struct cursor record = md_location(md, &c);

		cursor_skip(&record, 8); /* stream type */
		uint64_t version = cursor_u64(&record);
		common_version = i == 0 ? version : common_version;
		if (record.failed || version != common_version ||
		    !read_mac_record(&x->mac_records[x->n_mac_records], record, version,
				     strings_at)) {
			x->n_mac_records = 0;
			return;
		}
		x->n_mac_records += version != 0 ? 1 : 0;
	}
	x->has_mac_records = true;
}

static void read_boot_args(struct md_extra *x, const struct md *md, struct arena *a)
{
	struct cursor c = md_stream(md, MD_MOZ_MACOS_BOOTARGS);

	cursor_skip(&c, 4); /* stream type */
	uint64_t rva = cursor_u64(&c);
	x->has_boot_args = !c.failed && md_string(md, rva, a, &x->boot_args);
}

static void read_soft_errors(struct md_extra *x, const struct md *md)
{
	struct cursor c = md_stream(md, MD_MOZ_SOFT_ERRORS);
	struct str json = md_text(&c);

	x->has_soft_errors = !c.failed && js_in_valid(json);
	if (x->has_soft_errors)
		x->soft_errors = json;
}

/* An array of ASSERTION_UNITS units that ends at the first nul; empty if it is no UTF-16. */
static struct str fixed_text(struct cursor *c, struct arena *a)
{
	struct cursor begin = *c, scan = *c;
	size_t n = 0;
	struct str text;

	while (n < ASSERTION_UNITS && cursor_u16(&scan) != 0)
		n++;
	cursor_skip(c, 2 * ASSERTION_UNITS);
	return utf16_to_utf8(a, &begin, n, &text) ? text : (struct str){ 0 };
}

/* MDRawAssertionInfo */
static void read_assertion(struct md_extra *x, const struct md *md, struct arena *a)
{
	struct cursor c = md_stream(md, MD_ASSERTION_INFO);

	x->has_assertion = cursor_left(&c) >= ASSERTION_SIZE;
	if (!x->has_assertion)
		return;
	x->assertion_expression = fixed_text(&c, a);
	x->assertion_function = fixed_text(&c, a);
	x->assertion_file = fixed_text(&c, a);
	x->assertion_line = cursor_u32(&c);
	x->assertion_type = cursor_u32(&c);
}

/* Text up to the first nul. The wide form is what MiniDumpWriteDump()'s callers give. */
static void read_comment(struct md_extra *x, const struct md *md, struct arena *a)
{
	struct cursor narrow = md_stream(md, MD_COMMENT_A), wide = md_stream(md, MD_COMMENT_W);
	struct cursor scan = wide;
	struct str text = md_text(&narrow);
	size_t n = 0;

	while (n < LIMIT_DUMP_STRING_UNITS && cursor_left(&scan) >= 2 && cursor_u16(&scan) != 0)
		n++;
	x->has_comment = n != 0 && utf16_to_utf8(a, &wide, n, &x->comment);
	if (x->has_comment || narrow.failed)
		return;
	x->has_comment = true;
	text = str_first(text, LIMIT_DUMP_STRING_UNITS);
	x->comment = utf8_repair(a, str_first(text, str_find_char(text, '\0')));
}

void md_extra_read(struct md_extra *x, const struct md *md, struct arena *a, struct diag *d)
{
	*x = (struct md_extra){ 0 };
	read_handles(x, md, a, d);
	read_limits(x, md, a);
	read_mac_records(x, md, a);
	read_boot_args(x, md, a);
	read_soft_errors(x, md);
	read_assertion(x, md, a);
	read_comment(x, md, a);
}
