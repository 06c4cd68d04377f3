#ifndef CRASH_BASE_BOUNDS_H
#define CRASH_BASE_BOUNDS_H

#include <stddef.h>

#include "base/error.h"

/*
 * The limits that an option may move, by name, and which of them one input reached: reports say so,
 * since what is cut off looks complete. Where the numbers come from: limits.h, which has those,
 * too, that are part of the code.
 */
enum bound {
	BOUND_CPU_SECONDS,
	BOUND_DUMP_CV_BYTES,
	BOUND_DUMP_HANDLES,
	BOUND_DUMP_MODULES,
	BOUND_DUMP_REGIONS,
	BOUND_DUMP_SIZE,
	BOUND_DUMP_STREAMS,
	BOUND_DUMP_THREADS,
	BOUND_DUMP_UNLOADED,
	BOUND_MEMORY,
	BOUND_WALK_FRAMES,
	BOUND_WALK_STEPS,
	N_BOUNDS,
};

/* No limit; of the steps of walks: by the size of the dump. */
enum { BOUND_UNSET = 0 };

struct bounds {
	uint64_t value[N_BOUNDS];
	bool hit[N_BOUNDS];
	uint64_t seen[N_BOUNDS]; /* what there would have been; 0: nobody knows */
};

struct bounds bounds_make(void);

/* "NAME=VALUE", VALUE a number or a size (number.h). Errors: ERROR_INPUT, which names the
 * names. */
bool bounds_set(struct bounds *b, const char *text, struct error *err);

/* "walk_frames_thread" */
const char *bounds_name(enum bound which);

/* The value; of NULL, the default. */
uint64_t bounds_value(const struct bounds *b, enum bound which);

/* How many of n are kept; that it is fewer is noted. b may be NULL. */
uint64_t bounds_keep(struct bounds *b, enum bound which, uint64_t n);

/* Notes that a limit was reached, without a number. b may be NULL. */
void bounds_reach(struct bounds *b, enum bound which);

/* Lets the system watch over memory, for the rest of the process: what is beyond cannot be had. */
bool bounds_of_memory(const struct bounds *b);

#endif
