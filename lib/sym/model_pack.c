#include "sym/model_impl.h"

/*
 * How the lines and inlined calls of a function are kept. Numbers are ULEB128.
 *
 *     lines    n, then for each: size << 1 | there is a gap before it [gap],
 *              difference of the line << 1 | another file [file]
 *     inlines  n, then for each: depth, call line, call file, origin, ranges,
 *              then for each range: distance of its start from that before, size
 *
 * Differences may be negative and are folded (0, -1, 1, -2 ...); a file is its number plus 1.
 */
enum { NUMBER_BYTES = 10, LINE_NUMBERS = 4, INLINE_NUMBERS = 5 };

static char *put(char *p, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		*p++ = (char)(v | 0x80);
	*p++ = (char)v;
	return p;
}

static uint64_t get(const char **p)
{
	uint64_t v = 0;
	unsigned shift = 0;

	for (; **p & 0x80; shift += 7)
		v |= (uint64_t)(*(*p)++ & 0x7f) << shift;
	return v | (uint64_t)(unsigned char)*(*p)++ << shift;
}

static uint64_t difference(uint64_t to, uint64_t from)
{
	uint64_t d = to - from;

	return d >> 63 ? ~(d << 1) : d << 1;
}

static uint64_t add(uint64_t from, uint64_t folded)
{
	return from + (folded & 1 ? ~(folded >> 1) : folded >> 1);
}

static void pack_lines(struct buf *out, const struct model_func *f)
{
	uint64_t at = f->start;
	uint32_t line = 0, file = MODEL_NO_FILE;

	buf_reserve(out, (1 + f->n_lines * LINE_NUMBERS) * NUMBER_BYTES);
	char *p = put(out->p + out->n, f->n_lines);
	for (size_t i = 0; i < f->n_lines; i++) {
		const struct model_line *l = &f->lines[i];

		p = put(p, l->size << 1 | (l->start != at));
		if (l->start != at)
			p = put(p, difference(l->start, at));
		p = put(p, difference(l->line, line) << 1 | (l->file != file));
		if (l->file != file)
			p = put(p, (uint32_t)(l->file + 1));
		at = l->start + l->size;
		line = l->line;
		file = l->file;
	}
	out->n = (size_t)(p - out->p);
}

static void pack_inlines(struct buf *out, const struct model_func *f)
{
	uint64_t at = f->start;

	buf_reserve(out, NUMBER_BYTES);
	out->n = (size_t)(put(out->p + out->n, f->n_inlines) - out->p);
	for (size_t i = 0; i < f->n_inlines; i++) {
		const struct model_inline *in = &f->inlines[i];

		buf_reserve(out, (INLINE_NUMBERS + 2 * in->n_ranges) * NUMBER_BYTES);
		char *p = put(out->p + out->n, in->depth);
		p = put(p, in->call_line);
		p = put(p, (uint32_t)(in->call_file + 1));
		p = put(p, in->origin);
		p = put(p, in->n_ranges);
		for (size_t k = 0; k < in->n_ranges; k++) {
			p = put(p, difference(in->ranges[k].start, at));
			p = put(p, in->ranges[k].size);
			at = in->ranges[k].start;
		}
		out->n = (size_t)(p - out->p);
	}
}

void model_pack(struct buf *out, const struct model_func *f)
{
	pack_lines(out, f);
	pack_inlines(out, f);
}

static const char *unpack_lines(const char *p, struct model_reader *r, struct model_func *f)
{
	uint64_t at = f->start, n = get(&p);
	uint32_t line = 0, file = MODEL_NO_FILE;

	buf_clear(&r->lines);
	buf_reserve(&r->lines, n * sizeof(struct model_line));
	struct model_line *l = ITEMS(struct model_line, &r->lines);
	for (uint64_t i = 0; i < n; i++, l++) {
		uint64_t size = get(&p);

		if (size & 1)
			at = add(at, get(&p));

		uint64_t step = get(&p);
		if (step & 1)
			file = (uint32_t)get(&p) - 1;
		line = (uint32_t)add(line, step >> 1);
		*l = (struct model_line){ at, size >> 1, line, file };
		at += size >> 1;
	}
	f->lines = ITEMS(struct model_line, &r->lines);
	f->n_lines = n;
	return p;
}

/* Ranges stand in one array, which may move until the last one is there. */
static void unpack_inlines(const char *p, struct model_reader *r, struct model_func *f)
{
	uint64_t at = f->start, n = get(&p);
	size_t done = 0;

	buf_clear(&r->inlines);
	buf_clear(&r->ranges);
	buf_reserve(&r->ranges, sizeof(struct model_range));
	for (uint64_t i = 0; i < n; i++) {
		struct model_inline in = { .depth = (uint32_t)get(&p) };

		in.call_line = (uint32_t)get(&p);
		in.call_file = (uint32_t)get(&p) - 1;
		in.origin = (uint32_t)get(&p);
		in.n_ranges = get(&p);
		for (size_t k = 0; k < in.n_ranges; k++) {
			struct model_range range = { .start = add(at, get(&p)) };

			range.size = get(&p);
			at = range.start;
			buf_put(&r->ranges, &range, sizeof(range));
		}
		buf_put(&r->inlines, &in, sizeof(in));
	}

	struct model_inline *inlines = ITEMS(struct model_inline, &r->inlines);
	for (size_t i = 0; i < n; i++) {
		inlines[i].ranges = ITEMS(struct model_range, &r->ranges) + done;
		done += inlines[i].n_ranges;
	}
	f->inlines = inlines;
	f->n_inlines = n;
}

void model_unpack(const char *bytes, struct model_reader *r, struct model_func *f)
{
	r->lines.oom = r->inlines.oom = r->ranges.oom = r->oom;
	unpack_inlines(unpack_lines(bytes, r, f), r, f);
}

void model_reader_free(struct model_reader *r)
{
	buf_free(&r->lines);
	buf_free(&r->inlines);
	buf_free(&r->ranges);
}
