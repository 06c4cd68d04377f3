#ifndef CRASH_SYM_LOOKUP_H
#define CRASH_SYM_LOOKUP_H

#include <stdio.h>

#include "base/js.h"
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

/* Where answers go. */
struct lookup_out {
	FILE *out;
	bool json;
	struct js js;
	struct buf lines; /* that are not written yet */
};

void lookup_out_open(struct lookup_out *o, FILE *out, bool json, void (*oom)(size_t wanted));
void lookup_out_close(struct lookup_out *o);

/*
 * What stands at an address: a line for each frame, the innermost first, with tabs between address,
 * function and FILE:LINE; what is not known is "-". As JSON, one object. All is written when o is
 * closed. Memory is that of the answer and is kept in a, which the caller may reset.
 */
void lookup_put(const struct symx *x, uint64_t address, struct arena *a, struct lookup_out *o);

#endif
