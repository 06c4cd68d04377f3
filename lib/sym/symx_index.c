#include "sym/symx_index.h"

#include <sys/mman.h>
#include <zlib.h>

#include "base/cursor.h"

static const char magic[8] = "\x7fSYMX\r\n\x1a";

/* Offsets of fields of the head that are not read in their order. */
enum { SIZE_AT = 16, HEAD_SUM_AT = 88, SUMS_SUM_AT = 92 };

/* What a fault in a mapped file brings in, as a rule, and how many of them may stay. */
enum { WINDOW = 64 * 1024, WINDOWS_KEPT = 24 };

static uint32_t sum(const void *p, size_t n)
{
	return (uint32_t)crc32_z(0, p, n);
}

static uint64_t load(const uint8_t *p, unsigned width)
{
	uint64_t low = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

	return width == 4 ? low : low | load(p + 4, 4) << 32;
}

/* The sum of a head is taken with its own field as 0. */
static uint32_t head_sum(const uint8_t *p)
{
	static const uint8_t zero[4];
	uLong crc = crc32_z(0, p, HEAD_SUM_AT);

	crc = crc32_z(crc, zero, sizeof(zero));
	return (uint32_t)crc32_z(crc, p + SUMS_SUM_AT, SYMX_HEAD - SUMS_SUM_AT);
}

static bool read_array(struct symx_index *x, struct cursor *head, enum symx_array array)
{
	uint64_t offset = cursor_u64(head);
	uint32_t n = cursor_u32(head), width = cursor_u32(head);

	if ((width != 4 && width != 8) || offset < SYMX_HEAD || offset > x->bytes.n ||
	    n > (x->bytes.n - offset) / width)
		return false;
	x->arrays[array].p = x->bytes.p + offset;
	x->arrays[array].n = n;
	x->arrays[array].width = width;
	return true;
}

size_t symx_index_blocks(const struct symx_index *x)
{
	return x->arrays[SYMX_SUMS].n;
}

/* Arrays that belong together have one length, and the sums cover all that is before them. */
static bool is_coherent(const struct symx_index *x)
{
	static const struct {
		enum symx_array keys, values;
	} pairs[] = {
		{ SYMX_FUNC, SYMX_FUNC_AT },     { SYMX_PUBLIC, SYMX_PUBLIC_AT },
		{ SYMX_CFI, SYMX_CFI_AT },       { SYMX_WIN4, SYMX_WIN4_SIZE },
		{ SYMX_WIN4, SYMX_WIN4_AT },     { SYMX_WIN0, SYMX_WIN0_SIZE },
		{ SYMX_WIN0, SYMX_WIN0_AT },     { SYMX_FILE, SYMX_FILE_AT },
		{ SYMX_ORIGIN, SYMX_ORIGIN_AT },
	};
	size_t covered = (size_t)(x->arrays[SYMX_SUMS].p - x->bytes.p);

	for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		bool dense = pairs[i].keys == SYMX_FILE || pairs[i].keys == SYMX_ORIGIN;
		uint32_t n = x->arrays[pairs[i].keys].n;

		if (n != x->arrays[pairs[i].values].n && !(dense && n == 0))
			return false;
	}
	for (unsigned i = 0; i < SYMX_SUMS; i++) {
		if (x->arrays[i].p + (size_t)x->arrays[i].n * x->arrays[i].width >
		    x->arrays[SYMX_SUMS].p)
			return false;
	}
	return symx_index_blocks(x) == (covered + SYMX_BLOCK - 1) / SYMX_BLOCK &&
	       covered + 4 * symx_index_blocks(x) == x->bytes.n;
}

bool symx_index_open(struct symx_index *x, struct slice bytes)
{
	struct cursor c = cursor_make(bytes, "symx");
	struct symx_head *h = &x->head;

	*x = (struct symx_index){ .bytes = bytes };
	if (bytes.n < SYMX_HEAD || memcmp(bytes.p, magic, sizeof(magic)) != 0)
		return false;
	cursor_skip(&c, sizeof(magic));
	if (cursor_u32(&c) != SYMX_VERSION || load(bytes.p + SIZE_AT, 8) != bytes.n ||
	    load(bytes.p + HEAD_SUM_AT, 4) != head_sum(bytes.p))
		return false;

	h->flags = cursor_u32(&c);
	cursor_seek(&c, SIZE_AT + 8);
	h->source.size = cursor_u64(&c);
	h->source.mtime_ns = cursor_u64(&c);
	h->source.inode = cursor_u64(&c);
	h->text_size = cursor_u64(&c);
	h->module_at = cursor_u64(&c);
	h->url_at = cursor_u64(&c);
	h->records = cursor_u64(&c);
	h->skipped_at = cursor_u64(&c);
	cursor_skip(&c, 4);
	uint32_t sums_sum = cursor_u32(&c);
	for (unsigned i = 0; i < RECORD_KINDS; i++)
		h->skipped[i] = cursor_u64(&c);
	for (unsigned i = 0; i < SYMX_ARRAYS; i++) {
		if (!read_array(x, &c, i))
			return false;
	}
	return is_coherent(x) && x->arrays[SYMX_SUMS].width == 4 &&
	       sums_sum == sum(x->arrays[SYMX_SUMS].p, symx_index_blocks(x) * 4);
}

/* The bytes of a block that its sum covers. */
static struct slice block(struct slice covered, size_t i)
{
	size_t start = i == 0 ? SYMX_HEAD : i * SYMX_BLOCK, end = (i + 1) * SYMX_BLOCK;

	if (end > covered.n)
		end = covered.n;
	if (start > end)
		start = end;
	return (struct slice){ covered.p + start, end - start };
}

void symx_index_seal(struct buf *out, const struct symx_head *h, struct symx_layout *layout)
{
	struct slice covered = { (const uint8_t *)out->p, out->n };
	size_t blocks = (out->n + SYMX_BLOCK - 1) / SYMX_BLOCK;
	const uint64_t fields[] = { h->source.size, h->source.mtime_ns, h->source.inode,
				    h->text_size,   h->module_at,       h->url_at,
				    h->records,     h->skipped_at };

	layout->offsets[SYMX_SUMS] = out->n;
	layout->n[SYMX_SUMS] = (uint32_t)blocks;
	layout->width[SYMX_SUMS] = 4;
	buf_reserve(out, blocks * 4);
	covered.p = (const uint8_t *)out->p;

	uint8_t *head = (uint8_t *)out->p, *sums = head + out->n, *p = head + SIZE_AT + 8;
	for (size_t i = 0; i < blocks; i++) {
		struct slice b = block(covered, i);

		symx_store(sums + 4 * i, 4, sum(b.p, b.n));
	}
	out->n += blocks * 4;

	memset(head, 0, SYMX_HEAD);
	memcpy(head, magic, sizeof(magic));
	symx_store(head + 8, 4, SYMX_VERSION);
	symx_store(head + 12, 4, h->flags);
	symx_store(head + SIZE_AT, 8, out->n);
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++, p += 8)
		symx_store(p, 8, fields[i]);
	symx_store(head + SUMS_SUM_AT, 4, sum(sums, blocks * 4));
	p = head + SUMS_SUM_AT + 4;
	for (unsigned i = 0; i < RECORD_KINDS; i++, p += 8)
		symx_store(p, 8, h->skipped[i]);
	for (unsigned i = 0; i < SYMX_ARRAYS; i++, p += 16) {
		symx_store(p, 8, layout->offsets[i]);
		symx_store(p + 8, 4, layout->n[i]);
		symx_store(p + 12, 4, layout->width[i]);
	}
	symx_store(head + HEAD_SUM_AT, 4, head_sum(head));
}

/* Whether the block of an offset in the file is as it was written. */
static bool check_block(struct symx_index *x, size_t i)
{
	struct slice covered = { x->bytes.p, (size_t)(x->arrays[SYMX_SUMS].p - x->bytes.p) };
	struct slice b = block(covered, i);

	if (load(x->arrays[SYMX_SUMS].p + 4 * i, 4) != sum(b.p, b.n)) {
		x->damaged = true;
		return false;
	}
	x->checked[i] = 1;
	return true;
}

/* Looking a few functions up touches nearly all of an index: 30 MiB for a .sym of 700. So its pages
 * are given back to the system after some, each time after more of them; those in use come back
 * cheaply. */
static void touch(struct symx_index *x, size_t offset)
{
	if (!x->mapped || offset / WINDOW == x->window)
		return;
	x->window = offset / WINDOW;
	if (++x->n_windows < WINDOWS_KEPT + x->n_returns)
		return;
	x->n_windows = 0;
	x->n_returns++;
	madvise((void *)(uintptr_t)x->bytes.p, x->bytes.n, MADV_DONTNEED);
}

uint64_t symx_index_at(struct symx_index *x, enum symx_array array, size_t i)
{
	unsigned width = x->arrays[array].width;
	const uint8_t *p = x->arrays[array].p + i * width;

	if (x->checked != NULL) {
		size_t first = (size_t)(p - x->bytes.p), last = first + width - 1;

		touch(x, first);
		for (size_t b = first / SYMX_BLOCK; b <= last / SYMX_BLOCK; b++) {
			if (!x->checked[b] && !check_block(x, b))
				return 0;
		}
	}

	uint64_t v = load(p, width);
	return width == 4 && v == UINT32_MAX ? SYMX_NONE : v;
}

size_t symx_index_between(struct symx_index *x, enum symx_array array, size_t low, size_t high,
			  uint64_t key)
{
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symx_index_at(x, array, middle) <= key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t symx_index_upto(struct symx_index *x, enum symx_array array, uint64_t key)
{
	return symx_index_between(x, array, 0, x->arrays[array].n, key);
}

uint64_t symx_index_numbered(struct symx_index *x, enum symx_array numbers, uint32_t number)
{
	enum symx_array offsets = numbers + 1;
	size_t n;

	if (x->arrays[numbers].n == 0)
		return number < x->arrays[offsets].n ? symx_index_at(x, offsets, number)
						     : SYMX_NONE;
	n = symx_index_upto(x, numbers, number);
	if (n == 0 || symx_index_at(x, numbers, n - 1) != number)
		return SYMX_NONE;
	return symx_index_at(x, offsets, n - 1);
}
