#ifndef CRASH_SYM_LOOKUP_H
#define CRASH_SYM_LOOKUP_H

#include <stdio.h>

#include "sym/symx_impl.h"

/* A text of symbols without a file of its own, from a pipe, and its index, made in memory. */
struct lookup {
	struct symx symx;
	struct symx_state state;
	struct buf made;
};

/* Errors: of symx_build(). lookup_close() may follow in any case. May not move. */
bool lookup_open(struct lookup *l, struct str text, bool mapped, void (*oom)(size_t wanted),
		 struct error *err);
void lookup_close(struct lookup *l);

/*
 * What stands at an address: a line for each frame, the innermost first, with tabs between address,
 * function and FILE:LINE; what is not known is "-". As JSON, one object. Memory is that of the
 * answer and is kept in a, which the caller may reset.
 */
void lookup_put(const struct symx *x, uint64_t address, bool json, struct arena *a, FILE *out);

#endif
