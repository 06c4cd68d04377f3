#ifndef CRASH_BASE_MAP_H
#define CRASH_BASE_MAP_H

#include "base/slice.h"

/*
 * A hash table of numbers below 2^32 - 1, under keys that the caller has: the table knows a hash of
 * each, and whoever looks something up compares the keys of the candidates. Eight bytes an entry
 * and room for as many more. The hash is seeded, so that names in a file can't be made to collide.
 * Zeroed, but for oom, is empty; map_free() ends it. Out of memory: as in arena.h.
 */
struct map {
	struct map_slot *slots;
	size_t cap; /* of slots: 0 or a power of two */
	size_t n;
	uint64_t seed;
	void (*oom)(size_t wanted);
};

/* The hash of a key of bytes and a number, or of two numbers. The table must have been begun:
 * map_begin(). */
uint64_t map_hash(const struct map *m, struct str bytes, uint64_t number);
uint64_t map_hash_numbers(const struct map *m, uint64_t a, uint64_t b);
void map_begin(struct map *m);

/* Candidates: "struct map_walk w = map_walk(&m, hash); while (map_next(&m, &w)) ... w.value". */
struct map_walk {
	size_t at;
	uint32_t tag;
	uint32_t value;
};
struct map_walk map_walk(const struct map *m, uint64_t hash);
bool map_next(const struct map *m, struct map_walk *w);

/* Adds one more, whatever is there under that hash. */
void map_put(struct map *m, uint64_t hash, uint32_t value);

void map_free(struct map *m);

#endif
