#include "sym/diff_side.h"

#include "base/sort.h"
#include "sym/pieces.h"

/* A walk over the functions of a side. */
struct walk {
	struct diff_side *side;
	struct diff_shape *shape;
	enum diff_part part;
	bool collects; /* marks, or sums them up */
};

static void take(void *context, uint64_t mark)
{
	struct walk *w = context;

	if (w->collects) {
		buf_put(&w->side->marks, &mark, sizeof(mark));
		w->shape->n[w->part]++;
	} else {
		w->shape->sums[w->part] += mark;
	}
}

/* The record at an offset, opened; rest is what stands behind it. */
static void open_at(struct diff_side *s, uint64_t at, struct record *r, struct str *rest)
{
	struct str line = { 0 };

	pieces_touch(s->text, s->mapped, 0, &s->touched);
	*rest = str_from(s->text, (size_t)at);
	record_next(rest, &line);
	record_open(r, line, true);
}

/* Hashes of names, beside the items that have them. */
static void sum_names(struct diff_side *s, const struct buf *items, struct buf *sums)
{
	sums->oom = s->oom;
	for (size_t i = 0; i < outline_count(items); i++) {
		struct record_name name = { 0 };
		struct record r;
		struct str rest;

		open_at(s, outline_items(items)[i].at, &r, &rest);
		record_name(&r, &name);
		uint64_t sum = map_hash(s->seed, name.name, 1);
		buf_put(sums, &sum, sizeof(sum));
	}
}

/* 0 for a number that no record gives. */
static uint64_t name_of(const struct buf *items, const struct buf *sums, uint32_t number)
{
	const struct outline_item *v = outline_items(items);
	const uint64_t *sum = (const void *)sums->p;
	size_t low = 0, high = outline_count(items);

	/* Writers count from 0. */
	if (number < high && v[number].start == number)
		return sum[number];
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].start < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < outline_count(items) && v[low].start == number ? sum[low] : 0;
}

static uint64_t mark_of_line(const struct diff_side *s, uint64_t base, const struct record_line *l)
{
	const uint64_t v[] = { l->start - base, l->size, l->line,
			       name_of(&s->outline.files, &s->files, l->file) };

	return diff_hash(s->seed, v, COUNT(v));
}

static uint64_t mark_of_inline(const struct diff_side *s, uint64_t base,
			       const struct record_inline *i)
{
	uint64_t file = i->has_file ? name_of(&s->outline.files, &s->files, i->call_file) : 0;
	const uint64_t v[] = { i->depth, i->call_line, file,
			       name_of(&s->outline.origins, &s->origins, i->origin) };
	uint64_t mark = diff_hash(s->seed, v, COUNT(v)), start, size;

	for (struct record r = i->ranges; r.p != r.end && record_range(&r, &start, &size);) {
		const uint64_t range[] = { mark, start - base, size };

		mark = diff_hash(s->seed, range, COUNT(range));
	}
	return mark;
}

/* The line records and INLINEs of a FUNC. */
static void walk_body(struct walk *w, uint64_t base, struct str rest)
{
	struct record_inline i;
	struct record_line l;
	struct record r;
	struct str line;
	size_t n, before = rest.n;
	enum record_kind kind;

	w->part = DIFF_LINES;
	do {
		while ((n = record_plain_line(rest, &l)) != 0) {
			take(w, mark_of_line(w->side, base, &l));
			rest = str_from(rest, n);
		}
		if (!record_next(&rest, &line))
			break;
		kind = record_open(&r, line, true);
		if (kind == RECORD_LINE && record_line(&r, &l))
			take(w, mark_of_line(w->side, base, &l));
		else if (kind == RECORD_INLINE && record_inline(&r, &i))
			take(w, mark_of_inline(w->side, base, &i));
	} while (!record_is_top(kind));
	pieces_touch(w->side->text, w->side->mapped, before - rest.n, &w->side->touched);
}

/* Calls take for all that is in the functions, or those that are wanted. */
static void walk(struct diff_side *s, bool collects)
{
	const struct outline_item *items = outline_items(&s->outline.body);
	struct diff_cfi cfi = { .side = s, .rows.oom = s->oom };
	struct walk w = { .side = s, .collects = collects };
	struct record r;
	struct str rest;

	for (size_t i = 0; i < diff_count(s); i++) {
		const struct outline_item *item = &items[i];

		w.shape = &diff_shapes(s)[i];
		w.shape->first = s->marks.n / sizeof(uint64_t);
		if (item->kind != RECORD_FUNC || (collects && !w.shape->wanted))
			continue;
		open_at(s, item->at, &r, &rest);
		walk_body(&w, item->start, rest);
		w.part = DIFF_CFI;
		diff_cfi_marks(&cfi, item->start, item->start + (item->size - 1), take, &w);
	}
	buf_free(&cfi.rows);
}

void diff_side_read(struct diff_side *s, struct str text, bool mapped, const struct map *seed,
		    void (*oom)(size_t wanted))
{
	*s = (struct diff_side){ .text = text, .mapped = mapped, .seed = seed, .oom = oom };
	s->shapes.oom = s->marks.oom = oom;
	outline_make(&s->outline, text, mapped, oom);
	outline_sort(&s->outline);
	sum_names(s, &s->outline.files, &s->files);
	sum_names(s, &s->outline.origins, &s->origins);
	for (size_t i = 0; i < outline_count(&s->outline.body); i++) {
		const struct outline_item *item = &outline_items(&s->outline.body)[i];
		bool is_func = item->kind == RECORD_FUNC;
		struct record_func f = { 0 };
		struct record r;
		struct str rest;

		open_at(s, item->at, &r, &rest);
		(is_func ? record_func : record_public)(&r, &f);
		struct diff_shape shape = { .name = f.name, .size = item->size };
		buf_put(&s->shapes, &shape, sizeof(shape));
	}
	walk(s, false);
}

static int by_number(const void *a, const void *b, const void *context)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	(void)context;
	return (x > y) - (x < y);
}

void diff_side_mark(struct diff_side *s)
{
	/* There is an array, though it may be empty. */
	buf_reserve(&s->marks, sizeof(uint64_t));
	walk(s, true);
	for (size_t i = 0; i < diff_count(s); i++) {
		struct diff_shape *shape = &diff_shapes(s)[i];
		uint64_t *marks = (uint64_t *)(void *)s->marks.p + shape->first;

		if (!shape->wanted)
			continue;
		sort_stable(marks, shape->n[DIFF_LINES], sizeof(*marks), by_number, NULL, s->oom);
		sort_stable(marks + shape->n[DIFF_LINES], shape->n[DIFF_CFI], sizeof(*marks),
			    by_number, NULL, s->oom);
	}
}

void diff_side_free(struct diff_side *s)
{
	outline_free(&s->outline);
	buf_free(&s->shapes);
	buf_free(&s->files);
	buf_free(&s->origins);
	buf_free(&s->marks);
}
