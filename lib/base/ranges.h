#ifndef CRASH_BASE_RANGES_H
#define CRASH_BASE_RANGES_H

#include "base/arena.h"

/*
 * Address ranges by address. Where they overlap the lowest start wins, and of equal starts the
 * shorter range: the other one is left out whole, as rust-minidump does (range-map: from_sorted_vec
 * after a stable sort). A range that is empty or ends beyond 2^64 - 1 is never in.
 */
struct range {
	uint64_t first, last; /* both inside */
	size_t item;          /* what it is the range of: the caller's index */
};

struct ranges {
	struct range *v;
	size_t n;
	size_t capacity;
};

/* Room for capacity ranges, in a. */
struct ranges ranges_make(struct arena *a, size_t capacity);

/* Adds [base, base + size). At most capacity calls. */
void ranges_add(struct ranges *r, uint64_t base, uint64_t size, size_t item);

/* Ends the adding: sorts and leaves out what overlaps. oom as for sort_stable(). */
void ranges_sort(struct ranges *r, void (*oom)(size_t wanted));

/* The range that holds the address, or NULL. */
const struct range *ranges_find(const struct ranges *r, uint64_t address);

#endif
