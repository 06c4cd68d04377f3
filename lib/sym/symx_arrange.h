#ifndef CRASH_SYM_SYMX_ARRANGE_H
#define CRASH_SYM_SYMX_ARRANGE_H

#include "sym/symx_index.h"

/*
 * What was found in the text of a .sym, in the order of the file, becomes the sorted arrays of its
 * index.
 */

/* A record with a range: FUNC, STACK CFI INIT, STACK WIN. */
struct symx_range {
	uint64_t start, size; /* not empty, not past 2^64 */
	uint64_t at;          /* offset in the text */
};

/* A record with an address or a number: PUBLIC, FILE, INLINE_ORIGIN. */
struct symx_place {
	uint64_t key, at;
};

enum { SYMX_TABLES = 7 };

struct symx_tables {
	struct buf funcs, cfis, win4, win0; /* struct symx_range */
	struct buf publics, files, origins; /* struct symx_place */
};

void symx_tables_init(struct symx_tables *t, void (*oom)(size_t wanted));
void symx_tables_free(struct symx_tables *t);

/* Appends the index to out, which must be empty, and frees the tables. Names of PUBLICs are read
 * from the text to sort them. */
void symx_arrange(struct symx_tables *t, struct str text, const struct symx_head *head,
		  struct buf *out);

#endif
