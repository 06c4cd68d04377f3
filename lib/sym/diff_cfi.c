#include "base/sort.h"
#include "sym/diff_side.h"

/* A STACK CFI INIT, or a row behind it. */
struct row {
	uint64_t start;
	uint64_t sum; /* a hash of its rules */
};

static const struct row *rows_of(const struct diff_cfi *c)
{
	return (const void *)c->rows.p;
}

static size_t count(const struct diff_cfi *c)
{
	return c->rows.n / sizeof(struct row);
}

/* Those behind the first, which is the INIT itself. */
static int by_address(const void *a, const void *b, const void *context)
{
	const struct row *x = a, *y = b;

	(void)context;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->sum > y->sum) - (x->sum < y->sum);
}

static void add(struct diff_cfi *c, const struct record_cfi *f)
{
	struct row row = { f->start, map_hash(c->side->seed, f->rules, 0) };

	buf_put(&c->rows, &row, sizeof(row));
}

/* Reads the rules of an INIT. */
static void load(struct diff_cfi *c, const struct outline_item *init)
{
	struct str rest = str_from(c->side->text, (size_t)init->at), line = { 0 };
	struct record_cfi f;
	struct record r;

	c->end = init->start + (init->size - 1);
	c->row = 0;
	c->state = 0;
	buf_clear(&c->rows);
	record_next(&rest, &line);
	if (record_open(&r, line, true) == RECORD_CFI_INIT && record_cfi_init(&r, &f))
		add(c, &f);
	while (record_next(&rest, &line)) {
		enum record_kind kind = record_open(&r, line, true);

		if (kind != RECORD_CFI && record_is_top(kind))
			break;
		if (kind == RECORD_CFI && record_cfi(&r, &f) && f.start - init->start < init->size)
			add(c, &f);
	}
	if (count(c) > 1)
		sort_stable(c->rows.p + sizeof(struct row), count(c) - 1, sizeof(struct row),
			    by_address, NULL, c->rows.oom);
}

static uint64_t mark_of(const struct diff_cfi *c, uint64_t distance, uint64_t sum)
{
	const uint64_t v[] = { distance, sum };

	return diff_hash(c->side->seed, v, COUNT(v));
}

/* The next INIT, if it begins at last or before. */
static bool next_init(struct diff_cfi *c, uint64_t first, uint64_t last)
{
	const struct outline_item *v = outline_items(&c->side->outline.stack);
	size_t n = outline_count(&c->side->outline.stack);

	/* STACK WINs stand behind them. */
	for (; c->next < n && v[c->next].kind == RECORD_CFI_INIT; c->next++) {
		if (v[c->next].start > last)
			return false;
		if (v[c->next].start + (v[c->next].size - 1) >= first) {
			load(c, &v[c->next++]);
			return true;
		}
	}
	return false;
}

/* Where rules end inside a function is a mark, too, and so is what those before it left in force.
 */
void diff_cfi_marks(struct diff_cfi *c, uint64_t first, uint64_t last,
		    void (*take)(void *context, uint64_t mark), void *context)
{
	bool loaded = c->rows.n != 0 && c->end >= first;

	while (loaded || next_init(c, first, last)) {
		const struct row *v = rows_of(c);
		size_t n = count(c);

		for (; c->row < n && v[c->row].start < first; c->row++)
			c->state = mark_of(c, c->state, v[c->row].sum);
		if (c->row != 0)
			take(context, mark_of(c, UINT64_MAX, c->state));
		for (; c->row < n && v[c->row].start <= last; c->row++) {
			take(context, mark_of(c, v[c->row].start - first, v[c->row].sum));
			c->state = mark_of(c, c->state, v[c->row].sum);
		}
		if (c->end >= last)
			return;
		take(context, mark_of(c, c->end - first, 0));
		loaded = false;
	}
}
