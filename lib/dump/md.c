#include "dump/md.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/sort.h"
#include "base/utf.h"

enum { VERSION = 0xa793, HEADER_SIZE = 32, ENTRY_SIZE = 12 };

/* Little-endian dumps start with these bytes; big-endian ones have them reversed. */
static const struct str signature_le = { "MDMP", 4 }, signature_be = { "PMDM", 4 };

struct directory {
	uint32_t count, offset;
};

static bool read_header(struct md *md, struct directory *dir, enum md_verdict *verdict,
			struct error *err)
{
	struct cursor *c = &md->file;
	struct slice raw = cursor_bytes(c, cursor_left(c) < HEADER_SIZE ? 0 : 4);
	struct str signature = { (const char *)raw.p, raw.n };

	*verdict = MD_MISSING_HEADER;
	if (raw.n == 0)
		return cursor_error(c, err, "not a minidump: the header is cut short");
	*verdict = MD_HEADER_MISMATCH;
	c->big = str_eq(signature, signature_be);
	if (!c->big && !str_eq(signature, signature_le))
		return cursor_error(c, err, "not a minidump: no MDMP signature");

	*verdict = MD_VERSION_MISMATCH;
	uint32_t version = cursor_u32(c) & 0xffff;
	if (version != VERSION)
		return error_set(err, ERROR_UNSUPPORTED, "%s: minidump version 0x%" PRIx32, c->file,
				 version);
	dir->count = cursor_u32(c);
	dir->offset = cursor_u32(c);
	cursor_skip(c, 4); /* checksum: may be 0; rust-minidump ignores it too */
	md->time = cursor_u32(c);
	md->flags = cursor_u64(c);
	*verdict = MD_OK;
	return true;
}

static void read_directory(struct md *md, struct cursor c, struct diag *d)
{
	for (size_t i = 0; i < md->n_streams; i++) {
		struct cursor entry = c;
		struct md_stream s = { .type = cursor_u32(&c) };

		s.size = cursor_u32(&c);
		s.offset = cursor_u32(&c);
		md->streams[i] = s;
		if (cursor_sub(&md->file, s.offset, s.size).failed)
			diag_warn(d, &entry, "stream %zu of type %" PRIu32 " lies outside the file",
				  i, s.type);
	}
}

bool md_open(struct md *md, struct slice data, const char *file, struct arena *a, struct diag *d,
	     enum md_verdict *verdict, struct error *err)
{
	struct directory dir = { 0 };

	*md = (struct md){ .file = cursor_make(data, file) };
	if (!read_header(md, &dir, verdict, err))
		return false;

	/* An empty directory may be anywhere: rust-minidump doesn't look for it either. */
	struct cursor c = md->file;
	if (dir.count != 0 &&
	    (!cursor_seek(&c, dir.offset) || !cursor_fits(&c, dir.count, ENTRY_SIZE))) {
		*verdict = MD_MISSING_DIRECTORY;
		return cursor_error(&md->file, err, "stream directory lies outside the file");
	}
	md->n_streams = (size_t)diag_keep(d, &c, BOUND_DUMP_STREAMS, dir.count, "streams");
	md->streams = arena_new(a, struct md_stream, md->n_streams);
	read_directory(md, c, d);
	return true;
}

static struct cursor failed_cursor(const struct md *md)
{
	return cursor_sub(&md->file, UINT64_MAX, 0);
}

struct cursor md_stream(const struct md *md, uint32_t type)
{
	for (size_t i = md->n_streams; i-- > 0;) {
		if (md->streams[i].type == type)
			return cursor_sub(&md->file, md->streams[i].offset, md->streams[i].size);
	}
	return failed_cursor(md);
}

struct cursor md_location(const struct md *md, struct cursor *c)
{
	uint32_t size = cursor_u32(c);
	uint32_t offset = cursor_u32(c);

	return c->failed ? failed_cursor(md) : cursor_sub(&md->file, offset, size);
}

/* The bytes of a STRING16 behind its length, which has to be even. */
static struct cursor string_bytes(const struct md *md, uint64_t rva)
{
	struct cursor head = cursor_sub(&md->file, rva, 4);
	uint32_t n = cursor_u32(&head);

	if (head.failed || n % 2 != 0)
		return failed_cursor(md);
	return cursor_sub(&md->file, rva + 4, n);
}

static bool decode_string(struct cursor c, struct arena *a, struct str *out)
{
	size_t units = cursor_left(&c) / 2;

	if (c.failed)
		return false;
	if (units > LIMIT_DUMP_STRING_UNITS) {
		struct cursor last = cursor_sub(&c, 2 * (LIMIT_DUMP_STRING_UNITS - 1), 2);
		bool splits_a_pair = (cursor_u16(&last) & 0xfc00) == 0xd800;

		units = LIMIT_DUMP_STRING_UNITS - (splits_a_pair ? 1 : 0);
	}
	return utf16_to_utf8(a, &c, units, out);
}

bool md_string(const struct md *md, uint64_t rva, struct arena *a, struct str *out)
{
	return decode_string(string_bytes(md, rva), a, out);
}

static int compare_offsets(const void *a, const void *b, const void *context)
{
	const uint64_t *rva = context;
	uint64_t x = rva[*(const size_t *)a], y = rva[*(const size_t *)b];

	return (x > y) - (x < y);
}

void md_strings(const struct md *md, const uint64_t *rva, size_t n, struct arena *a,
		struct str *text)
{
	size_t *order = arena_new(a, size_t, n);
	size_t budget = md->file.in.n;

	for (size_t i = 0; i < n; i++)
		order[i] = i;
	sort_stable(order, n, sizeof(*order), compare_offsets, rva, a->oom);

	for (size_t i = 0; i < n; i++) {
		struct str *out = &text[order[i]];

		*out = (struct str){ 0 };
		if (i != 0 && rva[order[i]] == rva[order[i - 1]]) {
			*out = text[order[i - 1]];
			continue;
		}

		struct cursor c = string_bytes(md, rva[order[i]]);
		if (cursor_left(&c) <= budget && decode_string(c, a, out))
			budget -= cursor_left(&c);
		else
			*out = (struct str){ 0 };
	}
}

struct cursor md_list(const struct md *md, uint32_t type, size_t entry_size, uint32_t *count)
{
	struct cursor c = md_stream(md, type);
	uint32_t n = cursor_u32(&c);

	*count = 0;
	if (!cursor_fits(&c, n, entry_size))
		return failed_cursor(md);

	size_t padding = cursor_left(&c) - n * entry_size;
	if (padding != 0 && padding != 4)
		return failed_cursor(md);
	cursor_skip(&c, padding);
	*count = n;
	return c;
}

struct cursor md_ex_list(const struct md *md, uint32_t type, size_t entry_size,
			 unsigned count_width, uint64_t *count)
{
	struct cursor c = md_stream(md, type);
	uint32_t header = cursor_u32(&c);
	uint32_t entry = cursor_u32(&c);
	uint64_t n = cursor_uint(&c, count_width);

	*count = 0;
	if (c.failed || entry != entry_size || header < c.pos || !cursor_seek(&c, header) ||
	    !cursor_fits(&c, n, entry_size))
		return failed_cursor(md);
	*count = n;
	return c;
}
