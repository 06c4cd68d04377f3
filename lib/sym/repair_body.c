#include "base/sort.h"
#include "sym/pieces.h"
#include "sym/record_lines.h"
#include "sym/repair_impl.h"

static struct record_line *lines_of(const struct repair *p)
{
	return (struct record_line *)(void *)p->lines.p;
}

/* Collects the INLINEs and lines of a FUNC, up to the record that ends them. */
static void read_body(struct repair *p, struct str rest)
{
	struct record_inline i;
	struct record_line l;
	struct record r;
	struct str line;
	size_t n, before = rest.n;
	enum record_kind kind;

	buf_clear(&p->lines);
	buf_clear(&p->inlines);
	do {
		while ((n = record_plain_line(rest, &l)) != 0) {
			buf_put(&p->lines, &l, sizeof(l));
			rest = str_from(rest, n);
		}
		if (!record_next(&rest, &line))
			break;
		kind = record_open(&r, line, true);
		if (kind == RECORD_LINE && record_line(&r, &l))
			buf_put(&p->lines, &l, sizeof(l));
		else if (kind == RECORD_INLINE && record_inline(&r, &i))
			buf_put(&p->inlines, &i, sizeof(i));
	} while (!record_is_top(kind));
	pieces_touch(p->text, p->o->mapped, before - rest.n, &p->touched);
}

/* Line records that stood before any FUNC, for one that has none. */
static void adopt(struct repair *p, const struct outline_item *func)
{
	const struct record_line *v = (const void *)p->outline.orphans.p;
	size_t low = 0, high = p->outline.orphans.n / sizeof(*v), n = high;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].start < func->start)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && v[low].start - func->start < func->size; low++)
		buf_put(&p->lines, &v[low], sizeof(v[low]));
}

/* Whether anything is left of a line that begins before its FUNC. */
static bool clip(struct record_line *l, uint64_t start)
{
	if (!record_has_end(l->start, l->size))
		return false;
	if (l->start < start) {
		if (l->size <= start - l->start)
			return false;
		l->size -= start - l->start;
		l->start = start;
	}
	l->size = repair_size(l->size);
	return true;
}

/* Leaves out lines of size 0, sorts, and leaves out those that begin inside others. */
static void arrange_lines(struct repair *p, uint64_t start)
{
	struct record_line *v = lines_of(p);
	size_t n = p->lines.n / sizeof(*v), good = 0;

	for (size_t i = 0; i < n; i++) {
		if (clip(&v[i], start))
			v[good++] = v[i];
	}
	p->lines.n = record_lines_arrange(v, good, p->lines.oom) * sizeof(*v);
}

/* The file of the line at an address: where Breakpad's oldest INLINEs were called from. */
static bool file_at(const struct repair *p, uint64_t address, uint32_t *file)
{
	const struct record_line *line = record_line_at(lines_of(p), p->lines.n / sizeof(*line),
							address);

	if (line != NULL)
		*file = line->file;
	return line != NULL;
}

/* The next range that is written. */
static bool next_range(struct record *ranges, uint64_t *start, uint64_t *size)
{
	while (ranges->p != ranges->end && record_range(ranges, start, size)) {
		if (!record_has_end(*start, *size))
			continue;
		*size = repair_size(*size);
		return true;
	}
	return false;
}

static uint64_t first_address(const struct record_inline *i)
{
	struct record ranges = i->ranges;
	uint64_t start = 0, size;

	next_range(&ranges, &start, &size);
	return start;
}

/* Gives an INLINE its call file, as it is written; leaves out one without ranges. */
static void arrange_inlines(struct repair *p)
{
	struct record_inline *v = (void *)p->inlines.p;
	size_t n = p->inlines.n / sizeof(*v), kept = 0;

	for (size_t i = 0; i < n; i++) {
		struct record ranges = v[i].ranges;
		uint64_t start, size;

		if (!next_range(&ranges, &start, &size))
			continue;
		if (!v[i].has_file) {
			bool known = v[i].old_form && file_at(p, start, &v[i].call_file);

			if (!known)
				v[i].call_file = p->no_file;
			if (!known && p->o->drop)
				v[i].call_line = 0;
		}
		v[kept++] = v[i];
	}
	p->inlines.n = kept * sizeof(*v);
}

static int cmp_ranges(const struct record_inline *a, const struct record_inline *b)
{
	struct record x = a->ranges, y = b->ranges;
	uint64_t s, t, n, m;

	for (;;) {
		bool more = next_range(&x, &s, &n), other = next_range(&y, &t, &m);

		if (!more || !other)
			return more - other;
		if (s != t)
			return s < t ? -1 : 1;
		if (n != m)
			return n < m ? -1 : 1;
	}
}

/* Comparing names fills buffers, and what sort_stable() hands on is const. */
struct by_address {
	struct repair *p;
};

/* Nothing that a numbering decides: of equal ranges, the names do. */
static int by_address(const void *a, const void *b, const void *context)
{
	struct repair *p = ((const struct by_address *)context)->p;
	const struct record_inline *x = a, *y = b;
	uint64_t s = first_address(x), t = first_address(y);
	int order;

	if (s != t)
		return s < t ? -1 : 1;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	order = cmp_ranges(x, y);
	if (order != 0)
		return order;
	if (x->call_line != y->call_line)
		return x->call_line < y->call_line ? -1 : 1;
	order = repair_cmp_names(p, &p->files, x->call_file, y->call_file);
	return order != 0 ? order : repair_cmp_names(p, &p->origins, x->origin, y->origin);
}

void repair_read_body(struct repair *p, const struct outline_item *func, struct str rest)
{
	struct by_address context = { p };

	read_body(p, rest);
	if (p->lines.n == 0)
		adopt(p, func);
	arrange_lines(p, func->start);
	arrange_inlines(p);
	if (p->o->sort)
		sort_stable(p->inlines.p, p->inlines.n / sizeof(struct record_inline),
			    sizeof(struct record_inline), by_address, &context, p->o->oom);
}

static void put_inline(struct repair *p, const struct record_inline *i)
{
	struct record ranges = i->ranges;
	uint64_t start, size;

	buf_put_str(&p->line, STR("INLINE "));
	repair_put_decimal(p, i->depth);
	repair_put_decimal(p, i->call_line);
	repair_put_decimal(p, repair_new(&p->files, i->call_file));
	repair_put_decimal(p, repair_new(&p->origins, i->origin));
	while (next_range(&ranges, &start, &size)) {
		repair_put_hex(p, start);
		repair_put_hex(p, size);
	}
	p->line.n--; /* the last blank */
	repair_end_line(p);
}

void repair_put_body(struct repair *p)
{
	const struct record_inline *inlines = (const void *)p->inlines.p;
	const struct record_line *lines = lines_of(p);

	for (size_t i = 0; i < p->inlines.n / sizeof(*inlines); i++)
		put_inline(p, &inlines[i]);
	for (size_t i = 0; i < p->lines.n / sizeof(*lines); i++) {
		repair_put_hex(p, lines[i].start);
		repair_put_hex(p, lines[i].size);
		repair_put_decimal(p, lines[i].line);
		buf_put_decimal(&p->line, repair_new(&p->files, lines[i].file));
		repair_end_line(p);
	}
}
