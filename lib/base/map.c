#include "base/map.h"

#include <stdio.h>
#include <stdlib.h>

struct map_slot {
	uint32_t tag;   /* upper half of the hash */
	uint32_t value; /* plus 1; 0: free */
};

enum { FIRST_CAP = 256 };

/* Large odd numbers without a pattern: digits of pi. */
static const uint64_t pi[] = { 0x243f6a8885a308d3, 0x13198a2e03707345, 0xa4093822299f31d1 };

/* The upper half of the product folded onto the lower one: each bit of either factor reaches all
 * bits of the result, and unless the seed is known nobody can tell how. */
static uint64_t fold(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
	uint64_t low = (a & UINT32_MAX) * (b & UINT32_MAX), high = (a >> 32) * (b >> 32);
	uint64_t left = (a >> 32) * (b & UINT32_MAX), right = (a & UINT32_MAX) * (b >> 32);
	uint64_t middle = (low >> 32) + (left & UINT32_MAX) + (right & UINT32_MAX);

	low = (middle << 32) | (low & UINT32_MAX);
	high += (left >> 32) + (right >> 32) + (middle >> 32);
	return low ^ high;
#endif
}

static uint64_t word_at(const char *p, size_t n)
{
	uint64_t word = 0;

	memcpy(&word, p, n);
	return word;
}

uint64_t map_hash(const struct map *m, struct str bytes, uint64_t number)
{
	uint64_t h = fold(m->seed ^ bytes.n, pi[0] ^ number);

	while (bytes.n >= 16) {
		h = fold(word_at(bytes.p, 8) ^ h, word_at(bytes.p + 8, 8) ^ pi[1] ^ m->seed);
		bytes = str_from(bytes, 16);
	}
	if (bytes.n > 8) {
		h = fold(word_at(bytes.p, 8) ^ h, pi[1] ^ m->seed);
		bytes = str_from(bytes, 8);
	}
	return bytes.n == 0 ? fold(h, pi[2]) : fold(word_at(bytes.p, bytes.n) ^ h, pi[2]);
}

uint64_t map_hash_numbers(const struct map *m, uint64_t a, uint64_t b)
{
	return fold(fold(a ^ m->seed, pi[0]) ^ b, pi[1] ^ m->seed);
}

static void grow(struct map *m)
{
	struct map old = *m;

	m->cap = old.cap == 0 ? FIRST_CAP : old.cap * 2;
	m->slots = calloc(m->cap, sizeof(*m->slots));
	if (m->slots == NULL) {
		if (m->oom != NULL)
			m->oom(m->cap * sizeof(*m->slots));
		fprintf(stderr, "out of memory: a table of %zu\n", m->cap);
		abort();
	}
	if (old.slots == NULL) /* where it lies is another place in each run */
		m->seed = fold((uintptr_t)m->slots ^ pi[0], (uintptr_t)m ^ pi[1]);
	for (size_t i = 0; i < old.cap; i++) {
		if (old.slots[i].value == 0)
			continue;

		size_t at = old.slots[i].tag & (m->cap - 1);
		while (m->slots[at].value != 0)
			at = (at + 1) & (m->cap - 1);
		m->slots[at] = old.slots[i];
	}
	free(old.slots);
}

void map_begin(struct map *m)
{
	if (m->slots == NULL)
		grow(m);
}

struct map_walk map_walk(const struct map *m, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);

	return (struct map_walk){ .at = tag & (m->cap - 1), .tag = tag };
}

bool map_next(const struct map *m, struct map_walk *w)
{
	while (m->slots[w->at].value != 0) {
		const struct map_slot *slot = &m->slots[w->at];

		w->at = (w->at + 1) & (m->cap - 1);
		if (slot->tag == w->tag) {
			w->value = slot->value - 1;
			return true;
		}
	}
	return false;
}

void map_put(struct map *m, uint64_t hash, uint32_t value)
{
	uint32_t tag = (uint32_t)(hash >> 32);

	if (m->n >= m->cap / 4 * 3)
		grow(m);

	size_t at = tag & (m->cap - 1);
	while (m->slots[at].value != 0)
		at = (at + 1) & (m->cap - 1);
	m->slots[at] = (struct map_slot){ tag, value + 1 };
	m->n++;
}

void map_free(struct map *m)
{
	free(m->slots);
	*m = (struct map){ .oom = m->oom };
}
