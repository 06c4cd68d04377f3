#ifndef CRASH_WALK_START_H
#define CRASH_WALK_START_H

#include "walk/names.h"

/* Functions in which threads begin, by name: what stands above them on a stack is no frame. */
enum start {
	START_NO,
	START_INNER, /* called by another of these only */
	START_OUTERMOST,
};

/* What the function at an address is; START_NO when its name is not known. */
enum start start_of(struct names *n, ptrdiff_t module, uint64_t instruction, struct arena *a);

#endif
