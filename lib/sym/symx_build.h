#ifndef CRASH_SYM_SYMX_BUILD_H
#define CRASH_SYM_SYMX_BUILD_H

#include "base/error.h"
#include "sym/peer_lines.h"
#include "sym/symx_index.h"

/*
 * Makes the index of a .sym in one pass over its text. Time is linear in the text but for the
 * sorting of records that come unsorted; memory is 24 bytes for each FUNC, STACK CFI INIT and STACK
 * WIN, 16 for each PUBLIC, FILE and INLINE_ORIGIN, and the result.
 */

/* More about the text than its index says. */
struct symx_seen {
	uint64_t refused_at;      /* offset of the first line that rust-minidump refuses, or
				     SYMX_NONE */
	enum record_kind refused; /* what that line is */
	uint64_t publics;         /* PUBLICs, also several at one address */
};

struct symx_build_options {
	struct symx_source source;
	bool mapped; /* the text is a mapped file: pages that were read are given back */
	const struct peer_lines
		*peer;          /* lines that rust-minidump does not see; NULL: all are read */
	struct symx_seen *seen; /* filled when it is not NULL; complete texts only */
	void (*oom)(size_t wanted);
};

/* Appends the index to out, which must be empty. ERROR_LIMIT: more than 2^32-1 records of a kind.
 */
bool symx_build(struct str text, const struct symx_build_options *o, struct buf *out,
		struct error *err);

#endif
