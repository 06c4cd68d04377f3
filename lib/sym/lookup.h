#ifndef CRASH_SYM_LOOKUP_H
#define CRASH_SYM_LOOKUP_H

#include <stdio.h>

#include "sym/symx_impl.h"

/* A .sym and its index, made in memory, for questions from a command line. */
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
 * function and FILE:LINE; what is not known is "-". As JSON, one object.
 */
void lookup_put(struct lookup *l, uint64_t address, bool json, FILE *out);

#endif
