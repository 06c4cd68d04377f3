#ifndef CRASH_CRASH_SIG_TALLY_H
#define CRASH_CRASH_SIG_TALLY_H

#include "base/arena.h"
#include "base/map.h"

/* How often each of many pairs of texts was seen. Memory is that of the different ones. */
struct sig_tally_row {
	struct str a, b;
	struct str sample; /* what the first one came with */
	uint64_t n;
};

struct sig_tally {
	struct map map;
	struct sig_tally_row *rows; /* in the order in which they came, or as sorted */
	size_t n, cap;
	struct arena arena;
};

void sig_tally_begin(struct sig_tally *t, void (*oom)(size_t wanted));
void sig_tally_free(struct sig_tally *t);

/* Counts a pair n times more; texts are copied when it is new. Whether it is. */
bool sig_tally_add(struct sig_tally *t, struct str a, struct str b, struct str sample, uint64_t n);

/* How often it was seen. */
uint64_t sig_tally_count(const struct sig_tally *t, struct str a, struct str b);

/* Most frequent first, then by their texts. Nothing can be looked up or added any more. */
void sig_tally_sort(struct sig_tally *t);

#endif
