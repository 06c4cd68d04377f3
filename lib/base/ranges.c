#include "base/ranges.h"

#include <assert.h>

#include "base/sort.h"

struct ranges ranges_make(struct arena *a, size_t capacity)
{
	return (struct ranges){ arena_new(a, struct range, capacity), 0, capacity };
}

void ranges_add(struct ranges *r, uint64_t base, uint64_t size, size_t item)
{
	assert(r->n < r->capacity);
	if (size != 0 && size <= UINT64_MAX - base)
		r->v[r->n++] = (struct range){ base, base + size - 1, item };
}

static int compare(const void *a, const void *b, const void *context)
{
	const struct range *x = a, *y = b;

	(void)context;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return (x->last > y->last) - (x->last < y->last);
}

void ranges_sort(struct ranges *r, void (*oom)(size_t wanted))
{
	size_t kept = 0;

	sort_stable(r->v, r->n, sizeof(*r->v), compare, NULL, oom);
	for (size_t i = 0; i < r->n; i++) {
		if (kept == 0 || r->v[i].first > r->v[kept - 1].last)
			r->v[kept++] = r->v[i];
	}
	r->n = kept;
}

const struct range *ranges_find(const struct ranges *r, uint64_t address)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->v[middle].last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->n && r->v[low].first <= address ? &r->v[low] : NULL;
}
