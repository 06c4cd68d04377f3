#ifndef CRASH_BASE_INFLOW_H
#define CRASH_BASE_INFLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * zlib data (RFC 1950) that comes out while it is used: whoever needs bytes that are not there yet
 * inflates on. Processes that were forked after inflow_open() do that in turns, and all see what
 * comes out. It is called through pointers, so that a command that never
 * does this is not linked with the library for it.
 */
struct inflow {
	/* Whether the first end bytes are there, after waiting for them; false: the data is damaged
	 * or cut before that, or a process died over it. */
	bool (*need)(struct inflow *f, uint64_t end);
	/* Brings the first bytes, while there is nothing else to do. */
	void (*start)(struct inflow *f);
	/* Whether that was found, or that the sum of all is wrong, by any of the processes. */
	bool (*is_bad)(struct inflow *f);
	/* Gives the pages back that lie in [from, to), where the system can: nobody reads them
	 * again. */
	void (*forget)(struct inflow *f, uint64_t from, uint64_t to);
	void (*close)(struct inflow *f);
	bool forgets; /* whether it does */
};

/*
 * in comes out into out, a mapping that processes share, exactly; both are borrowed. forgets: out
 * is memory (unpack_map()). ahead: bytes that are inflated beyond what is needed, for the other
 * processes. NULL, with errno, when there is no memory or no temporary file.
 */
typedef struct inflow *inflow_open_fn(struct slice in, struct slice out, bool forgets,
				      uint64_t ahead);

struct inflow *inflow_open(struct slice in, struct slice out, bool forgets, uint64_t ahead);

#endif
