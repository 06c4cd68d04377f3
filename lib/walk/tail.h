#ifndef CRASH_WALK_TAIL_H
#define CRASH_WALK_TAIL_H

#include "base/arena.h"
#include "base/limits.h"

struct names;
struct walk_frame;

/*
 * Callers that left no frame because the last thing they did was a jump to the next function. The
 * call in the code of the frame below says where it went; when that is not the function above, and
 * there is one way only to get from there to it by jumps to places that they name, the functions on
 * that way ran. As gdb does it with call sites ("Tail Call Frames" of its manual), but from the
 * code itself, for which the binaries must be there. Jumps within a function that is in two pieces
 * are no calls. x86, amd64, arm64.
 */
struct tails {
	uint64_t jumps[LIMIT_TAIL_CALLS]; /* addresses of the jumps, innermost first */
	unsigned n, next;
	uint64_t bytes; /* of code that were looked at */
};

/* Those between a frame and its caller, whose pc is a return address. None when in doubt. */
void tails_find(struct tails *t, struct names *n, const struct walk_frame *callee,
		const struct walk_frame *caller, struct arena *scratch);

#endif
