#include "crash/sig_tally.h"

#include "base/sort.h"

void sig_tally_begin(struct sig_tally *t, void (*oom)(size_t wanted))
{
	*t = (struct sig_tally){ .map = { .oom = oom }, .arena = { .oom = oom } };
	map_begin(&t->map);
}

void sig_tally_free(struct sig_tally *t)
{
	map_free(&t->map);
	arena_free(&t->arena);
	*t = (struct sig_tally){ 0 };
}

static uint64_t hash_of(const struct sig_tally *t, struct str a, struct str b)
{
	return map_hash(&t->map, b, map_hash(&t->map, a, 0));
}

static struct sig_tally_row *find(const struct sig_tally *t, struct str a, struct str b)
{
	struct map_walk w = map_walk(&t->map, hash_of(t, a, b));

	while (map_next(&t->map, &w)) {
		struct sig_tally_row *row = &t->rows[w.value];

		if (str_eq(row->a, a) && str_eq(row->b, b))
			return row;
	}
	return NULL;
}

/* The rows that were too few stay in the arena: together as many as there are. */
static void grow(struct sig_tally *t)
{
	size_t cap = t->cap == 0 ? 64 : t->cap * 2;
	struct sig_tally_row *rows = arena_new(&t->arena, struct sig_tally_row, cap);

	if (t->n != 0)
		memcpy(rows, t->rows, t->n * sizeof(*rows));
	t->rows = rows;
	t->cap = cap;
}

bool sig_tally_add(struct sig_tally *t, struct str a, struct str b, struct str sample, uint64_t n)
{
	struct sig_tally_row *row = find(t, a, b);

	if (row != NULL) {
		row->n += n;
		return false;
	}
	if (t->n == t->cap)
		grow(t);
	map_put(&t->map, hash_of(t, a, b), (uint32_t)t->n);
	t->rows[t->n++] = (struct sig_tally_row){
		.a = arena_strdup(&t->arena, a),
		.b = arena_strdup(&t->arena, b),
		.sample = arena_strdup(&t->arena, sample),
		.n = n,
	};
	return true;
}

uint64_t sig_tally_count(const struct sig_tally *t, struct str a, struct str b)
{
	const struct sig_tally_row *row = find(t, a, b);

	return row == NULL ? 0 : row->n;
}

static int compare(const void *x, const void *y, const void *context)
{
	const struct sig_tally_row *a = x, *b = y;
	int order;

	(void)context;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	order = str_cmp(a->a, b->a);
	return order != 0 ? order : str_cmp(a->b, b->b);
}

void sig_tally_sort(struct sig_tally *t)
{
	sort_stable(t->rows, t->n, sizeof(*t->rows), compare, NULL, t->arena.oom);
}
