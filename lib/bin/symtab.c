#include "bin/symtab.h"

#include "base/buf.h"
#include "base/sort.h"

void symtab_sort(struct symtab *t, struct arena *a)
{
	struct buf memory = { .oom = a->oom };

	buf_reserve(&memory, t->n * sizeof(struct sort_key) + 1);
	struct sort_key *keys = (void *)memory.p;
	for (size_t i = 0; i < t->n; i++)
		keys[i] = (struct sort_key){ t->v[i].address, (uint32_t)i };
	sort_keys(keys, t->n, a->oom);
	t->by_address = arena_new(a, uint32_t, t->n);
	for (size_t i = 0; i < t->n; i++)
		t->by_address[i] = keys[i].index;
	buf_free(&memory);
}

const struct symbol *symtab_at(const struct symtab *t, uint64_t address)
{
	size_t low = 0, high = t->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->v[t->by_address[middle]].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == t->n || t->v[t->by_address[low]].address != address)
		return NULL;
	return &t->v[t->by_address[low]];
}
