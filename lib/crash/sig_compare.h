#ifndef CRASH_CRASH_SIG_COMPARE_H
#define CRASH_CRASH_SIG_COMPARE_H

#include <stdio.h>

#include "crash/sig_tally.h"

/* What other lists, or other rules, would make of the same crashes: which signatures change, from
 * what to what, in how many crashes. */
struct sig_compare {
	struct sig_tally pairs, old, new; /* signatures; how many others each has to do with */
	uint64_t n, changed;              /* crashes */
};

void sig_compare_begin(struct sig_compare *c, void (*oom)(size_t wanted));
void sig_compare_free(struct sig_compare *c);

/* One crash; id is how it can be found. */
void sig_compare_add(struct sig_compare *c, struct str old, struct str new, struct str id);

/*
 * A line for each pair that differs, most frequent first: number of crashes, what happens to the
 * group ("renamed", "split", "merged", "split merged"), old signature, new one, id of the first
 * crash; between tabs. Nothing can be added after that.
 */
void sig_compare_print(struct sig_compare *c, FILE *out, struct arena *a);

#endif
