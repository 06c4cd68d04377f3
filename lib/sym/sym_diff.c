#include "sym/sym_diff.h"

#include <inttypes.h>

#include "base/sort.h"
#include "base/utf.h"
#include "sym/outline.h"

/* A FUNC; of its lines and unwind rules only sums. */
struct shape {
	struct str name; /* in the text */
	uint64_t size, lines, cfi;
};

struct side {
	struct str text;
	struct outline outline; /* sorted */
	struct buf shapes;      /* struct shape, by name and size */
};

/* FNV-1a. */
static uint64_t sum(uint64_t h, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 0x100000001b3u;
	return h;
}

static uint64_t sum_number(uint64_t h, uint64_t v)
{
	return sum(h, &v, sizeof(v));
}

static uint64_t sum_text(uint64_t h, struct str s)
{
	return sum_number(sum(h, s.p, s.n), s.n);
}

/* The record at an offset, opened; rest is what stands behind it. */
static enum record_kind open_at(struct str text, uint64_t at, struct record *r, struct str *rest)
{
	struct str line = { 0 };

	*rest = str_from(text, (size_t)at);
	record_next(rest, &line);
	return record_open(r, line, true);
}

/* How many items start at or below a number. */
static size_t upto(const struct buf *items, size_t n, uint64_t start)
{
	const struct outline_item *v = outline_items(items);
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].start <= start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The name of a FILE or INLINE_ORIGIN; empty when there is none. */
static struct str name_of(const struct side *s, const struct buf *items, uint32_t number)
{
	size_t n = upto(items, outline_count(items), number);
	struct record_name name = { 0 };
	struct record r;
	struct str rest;

	if (n == 0 || outline_items(items)[n - 1].start != number)
		return name.name;
	open_at(s->text, outline_items(items)[n - 1].at, &r, &rest);
	record_name(&r, &name);
	return name.name;
}

static uint64_t sum_inline(const struct side *s, uint64_t h, uint64_t base, struct record_inline *i)
{
	uint64_t start, size;

	h = sum_number(sum_number(h, i->depth), i->call_line);
	if (i->has_file)
		h = sum_text(h, name_of(s, &s->outline.files, i->call_file));
	h = sum_text(h, name_of(s, &s->outline.origins, i->origin));
	while (i->ranges.p != i->ranges.end && record_range(&i->ranges, &start, &size))
		h = sum_number(sum_number(h, start - base), size);
	return h;
}

static uint64_t sum_body(const struct side *s, uint64_t base, struct str rest)
{
	uint64_t h = 0xcbf29ce484222325u;
	struct record_inline i;
	struct record_line l;
	struct record r;
	struct str line;

	while (record_next(&rest, &line)) {
		enum record_kind kind = record_open(&r, line, true);

		if (record_is_top(kind))
			break;
		if (kind == RECORD_LINE && record_line(&r, &l)) {
			h = sum_number(sum_number(h, l.start - base), l.size);
			h = sum_text(sum_number(h, l.line), name_of(s, &s->outline.files, l.file));
		} else if (kind == RECORD_INLINE && record_inline(&r, &i)) {
			h = sum_inline(s, h, base, &i);
		}
	}
	return h;
}

/* Of the STACK CFI INIT that covers a FUNC's start, with its rows; 0 for none. */
static uint64_t sum_cfi(const struct side *s, size_t n_inits, uint64_t base)
{
	size_t n = upto(&s->outline.stack, n_inits, base);
	const struct outline_item *init = n == 0 ? NULL : &outline_items(&s->outline.stack)[n - 1];
	uint64_t h = 0xcbf29ce484222325u;
	struct record_cfi c;
	struct record r;
	struct str rest, line;

	if (init == NULL || base - init->start >= init->size)
		return 0;
	open_at(s->text, init->at, &r, &rest);
	if (record_cfi_init(&r, &c))
		h = sum_text(sum_number(sum_number(h, c.start - base), c.size), c.rules);
	while (record_next(&rest, &line)) {
		enum record_kind kind = record_open(&r, line, true);

		if (kind != RECORD_CFI && record_is_top(kind))
			break;
		if (kind == RECORD_CFI && record_cfi(&r, &c))
			h = sum_text(sum_number(h, c.start - base), c.rules);
	}
	return h;
}

static int by_name(const void *a, const void *b, const void *context)
{
	const struct shape *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	(void)context;
	if (order != 0)
		return order;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	if (x->lines != y->lines)
		return x->lines < y->lines ? -1 : 1;
	return (x->cfi > y->cfi) - (x->cfi < y->cfi);
}

/* STACK CFI INITs stand before the STACK WINs. */
static size_t count_inits(const struct buf *stack)
{
	size_t n = 0;

	while (n < outline_count(stack) && outline_items(stack)[n].kind == RECORD_CFI_INIT)
		n++;
	return n;
}

static void read_side(struct side *s, struct str text, void (*oom)(size_t wanted))
{
	*s = (struct side){ .text = text, .shapes.oom = oom };
	outline_make(&s->outline, text, false, oom);
	outline_sort(&s->outline);

	size_t n_inits = count_inits(&s->outline.stack);
	for (size_t i = 0; i < outline_count(&s->outline.body); i++) {
		const struct outline_item *item = &outline_items(&s->outline.body)[i];
		struct record_func f;
		struct record r;
		struct str rest;

		if (open_at(text, item->at, &r, &rest) != RECORD_FUNC || !record_func(&r, &f))
			continue;
		struct shape shape = { f.name, f.size, sum_body(s, f.start, rest),
				       sum_cfi(s, n_inits, f.start) };
		buf_put(&s->shapes, &shape, sizeof(shape));
	}
	sort_stable(s->shapes.p, s->shapes.n / sizeof(struct shape), sizeof(struct shape), by_name,
		    NULL, oom);
}

static void free_side(struct side *s)
{
	outline_free(&s->outline);
	buf_free(&s->shapes);
}

/* sign: "+", "-", or "~" with what is different. */
static void put(const char *sign, const struct shape *old, const struct shape *new, FILE *out,
		void (*oom)(size_t wanted))
{
	struct buf b = { .oom = oom };

	buf_printf(&b, "%s ", sign);
	text_printable(&b, old->name);
	if (old->size != new->size)
		buf_printf(&b, "\tsize %" PRIx64 " %" PRIx64, old->size, new->size);
	if (old->lines != new->lines)
		buf_printf(&b, "\tlines");
	if (old->cfi != new->cfi)
		buf_printf(&b, "\tcfi");
	buf_put_char(&b, '\n');
	fwrite(b.p, 1, b.n, out);
	buf_free(&b);
}

bool sym_diff(struct str old, struct str new, void (*oom)(size_t wanted), FILE *out)
{
	struct side a, b;
	bool differ = false;

	read_side(&a, old, oom);
	read_side(&b, new, oom);

	const struct shape *x = (const void *)a.shapes.p, *y = (const void *)b.shapes.p;
	const struct shape *x_end = a.shapes.n == 0 ? x : x + a.shapes.n / sizeof(*x);
	const struct shape *y_end = b.shapes.n == 0 ? y : y + b.shapes.n / sizeof(*y);
	while (x != x_end || y != y_end) {
		int order = x == x_end ? 1 : y == y_end ? -1 : str_cmp(x->name, y->name);

		if (order < 0)
			put("-", x, x, out, oom);
		else if (order > 0)
			put("+", y, y, out, oom);
		else if (by_name(x, y, NULL) != 0)
			put("~", x, y, out, oom);
		differ |= order != 0 || by_name(x, y, NULL) != 0;
		x += order <= 0;
		y += order >= 0;
	}
	free_side(&a);
	free_side(&b);
	return differ;
}
