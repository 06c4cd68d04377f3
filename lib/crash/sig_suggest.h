#ifndef CRASH_CRASH_SIG_SUGGEST_H
#define CRASH_CRASH_SIG_SUGGEST_H

#include "crash/sig_explain.h"
#include "crash/sig_tally.h"

/*
 * Entries of signature lists that the crashes themselves speak for. A frame that ends many
 * signatures, with many others behind it, says little alone: as a prefix it would split the group.
 * A frame of which two groups have only that between them would join them if it were irrelevant.
 */
struct sig_suggest {
	struct sig_tally next;       /* last frame of a signature, the one behind it */
	struct sig_tally last;       /* last frame */
	struct sig_tally signatures; /* of the frames alone */
	struct sig_tally without;    /* a frame, a signature without it */
};

void sig_suggest_begin(struct sig_suggest *s, void (*oom)(size_t wanted));
void sig_suggest_free(struct sig_suggest *s);

/* One crash, explained. */
void sig_suggest_add(struct sig_suggest *s, const struct sig_job *job, struct arena *a);

/*
 * A line for each entry, those that change most crashes first: "prefix" or "irrelevant", the
 * expression, the number of crashes, the number of groups that one becomes or that become one;
 * between tabs. Entries that change fewer than SIG_SUGGEST_LEAST crashes are left out. Nothing can
 * be added after that.
 */
enum { SIG_SUGGEST_LEAST = 10 };
void sig_suggest_print(struct sig_suggest *s, FILE *out, struct arena *a);

#endif
