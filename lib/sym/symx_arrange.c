#include "sym/symx_arrange.h"

#include "base/sort.h"

static int by_range(const void *a, const void *b, const void *context)
{
	const struct symx_range *x = a, *y = b;

	(void)context;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

/* Sorts by start, then size; what begins inside the last one kept is left out. */
static size_t keep_disjoint(struct buf *b)
{
	struct symx_range *v = (void *)b->p;
	size_t n = b->n / sizeof(*v), kept = 0;

	sort_stable(v, n, sizeof(*v), by_range, NULL, b->oom);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || v[i].start > v[kept - 1].start + (v[kept - 1].size - 1))
			v[kept++] = v[i];
	}
	return kept;
}

static int by_key(const void *a, const void *b, const void *context)
{
	const struct symx_place *x = a, *y = b;

	(void)context;
	return (x->key > y->key) - (x->key < y->key);
}

static struct record_func public_at(struct str text, uint64_t at)
{
	struct str rest = str_from(text, (size_t)at), line;
	struct record_func f = { 0 };
	struct record r;

	if (record_next(&rest, &line) && record_open(&r, line, true) == RECORD_PUBLIC)
		record_public(&r, &f);
	return f;
}

/* PUBLICs by address, name, parameter size. */
static int by_public(const void *a, const void *b, const void *context)
{
	const struct symx_place *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;

	const struct str *text = context;
	struct record_func f = public_at(*text, x->at), g = public_at(*text, y->at);
	int order = str_cmp(f.name, g.name);
	if (order != 0)
		return order;
	return (f.parameter_size > g.parameter_size) - (f.parameter_size < g.parameter_size);
}

/* Sorts, and keeps the last of those that have one key. */
static size_t keep_last(struct buf *b, sort_compare compare, const struct str *text)
{
	struct symx_place *v = (void *)b->p;
	size_t n = b->n / sizeof(*v), kept = 0;

	sort_stable(v, n, sizeof(*v), compare, text, b->oom);
	for (size_t i = 0; i < n; i++) {
		if (kept != 0 && v[kept - 1].key == v[i].key)
			kept--;
		v[kept++] = v[i];
	}
	return kept;
}

/* One array of the result: member number `word` of n records of `words` 64-bit numbers. */
struct column {
	const struct buf *from;
	size_t n;
	unsigned words, word;
};

static uint64_t column_at(const struct column *c, size_t i)
{
	uint64_t v;

	memcpy(&v, c->from->p + (i * c->words + c->word) * sizeof(v), sizeof(v));
	return v;
}

static void put_array(struct buf *out, struct symx_layout *layout, enum symx_array array,
		      const struct column *c)
{
	uint64_t largest = 0;

	for (size_t i = 0; i < c->n; i++) {
		uint64_t v = column_at(c, i);

		if (v > largest && v != SYMX_NONE)
			largest = v;
	}

	unsigned width = largest < UINT32_MAX ? 4 : 8;
	layout->offsets[array] = out->n;
	layout->n[array] = (uint32_t)c->n;
	layout->width[array] = width;
	buf_reserve(out, c->n * width);
	for (size_t i = 0; i < c->n; i++, out->n += width)
		symx_store((uint8_t *)out->p + out->n, width, column_at(c, i));
}

static void put_ranges(struct buf *out, struct symx_layout *layout, enum symx_array first,
		       struct buf *ranges)
{
	bool with_size = first == SYMX_WIN4 || first == SYMX_WIN0;
	size_t n = keep_disjoint(ranges);

	put_array(out, layout, first++, &(struct column){ ranges, n, 3, 0 });
	if (with_size)
		put_array(out, layout, first++, &(struct column){ ranges, n, 3, 1 });
	put_array(out, layout, first, &(struct column){ ranges, n, 3, 2 });
	buf_free(ranges);
}

static void put_publics(struct buf *out, struct symx_layout *layout, struct buf *publics,
			struct str text)
{
	size_t n = keep_last(publics, by_public, &text);

	put_array(out, layout, SYMX_PUBLIC, &(struct column){ publics, n, 2, 0 });
	put_array(out, layout, SYMX_PUBLIC_AT, &(struct column){ publics, n, 2, 1 });
	buf_free(publics);
}

/* FILEs and INLINE_ORIGINs: an array by number, or, if that would have more gaps than entries,
 * numbers and offsets. */
static void put_numbered(struct buf *out, struct symx_layout *layout, enum symx_array first,
			 struct buf *places)
{
	size_t n = keep_last(places, by_key, NULL);
	const struct symx_place *v = (const void *)places->p;
	uint64_t numbers = n == 0 ? 0 : v[n - 1].key + 1;
	struct buf dense = { .oom = places->oom };

	if (numbers / 2 > n) {
		put_array(out, layout, first, &(struct column){ places, n, 2, 0 });
		put_array(out, layout, first + 1, &(struct column){ places, n, 2, 1 });
	} else {
		for (uint64_t number = 0; number < numbers; number++) {
			bool used = v->key == number;

			uint64_t at = used ? v->at : SYMX_NONE;

			buf_put(&dense, &at, sizeof(at));
			v += used;
		}
		put_array(out, layout, first, &(struct column){ &dense, 0, 1, 0 });
		put_array(out, layout, first + 1, &(struct column){ &dense, numbers, 1, 0 });
	}
	buf_free(&dense);
	buf_free(places);
}

static struct buf *table(struct symx_tables *t, unsigned i)
{
	struct buf *const tables[SYMX_TABLES] = { &t->funcs,   &t->cfis,  &t->win4,   &t->win0,
						  &t->publics, &t->files, &t->origins };

	return tables[i];
}

void symx_tables_init(struct symx_tables *t, void (*oom)(size_t wanted))
{
	*t = (struct symx_tables){ 0 };
	for (unsigned i = 0; i < SYMX_TABLES; i++)
		table(t, i)->oom = oom;
}

void symx_tables_free(struct symx_tables *t)
{
	for (unsigned i = 0; i < SYMX_TABLES; i++)
		buf_free(table(t, i));
}

void symx_arrange(struct symx_tables *t, struct str text, const struct symx_head *head,
		  struct buf *out)
{
	struct symx_layout layout = { 0 };

	buf_reserve(out, SYMX_HEAD);
	out->n = SYMX_HEAD;
	put_ranges(out, &layout, SYMX_FUNC, &t->funcs);
	put_publics(out, &layout, &t->publics, text);
	put_ranges(out, &layout, SYMX_CFI, &t->cfis);
	put_ranges(out, &layout, SYMX_WIN4, &t->win4);
	put_ranges(out, &layout, SYMX_WIN0, &t->win0);
	put_numbered(out, &layout, SYMX_FILE, &t->files);
	put_numbered(out, &layout, SYMX_ORIGIN, &t->origins);
	symx_index_seal(out, head, &layout);
}
