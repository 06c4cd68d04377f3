#ifndef CRASH_SYM_SYMX_KNOWN_H
#define CRASH_SYM_SYMX_KNOWN_H

#include "sym/symx_index.h"
#include "sym/symx_spans.h"

/* A FUNC or PUBLIC that was read. */
struct symx_func {
	struct record_func record;
	struct str body; /* the text behind it */
	bool found;      /* it is there: all else is of no use otherwise */
	/* Of one that is kept. */
	bool asked, unfit; /* what it has at an address; its spans are not kept */
	const struct symx_spans *spans;
};

/*
 * What was read, for those who ask thousands of times: a function that is asked for again is not
 * searched for in the whole index, and its text is not read again. A few look-ups keep nothing, and
 * the memory is at most LIMIT_SYM_KNOWN_BYTES and a body of a quarter of that. Names are borrowed
 * from the text. Zeroed is one that never keeps anything.
 */
struct symx_known {
	bool keeps; /* its owner calls symx_known_free() */
	unsigned n; /* look-ups until now, while they are few */
	struct arena arena;
	struct symx_known_tables *tables;
};

/*
 * What is known when a look-up begins; NULL: nothing, and nothing is to be kept. It may be given to
 * the functions below until the look-up ends: they read what is not known.
 */
struct symx_known *symx_known_begin(const struct symx *x, void (*oom)(size_t wanted));

/* symx_index_upto() of SYMX_FUNC or SYMX_PUBLIC. */
size_t symx_known_upto(const struct symx *x, struct symx_known *k, enum symx_array array,
		       uint64_t offset);

/* The record of an entry of one of these; it may live in room. */
struct symx_func *symx_known_func(const struct symx *x, struct symx_known *k, enum symx_array array,
				  size_t entry, struct symx_func *room);

/* The body of a FUNC, if it was asked for before; NULL: read the text. */
const struct symx_spans *symx_known_spans(const struct symx *x, struct symx_known *k,
					  struct symx_func *f);

/* As symx_read_name(). */
bool symx_known_name(const struct symx *x, struct symx_known *k, enum symx_array numbers,
		     uint32_t number, struct str *name);

/* Whatever came from the index or the text is forgotten. */
void symx_known_forget(struct symx_known *k);
void symx_known_free(struct symx_known *k);

#endif
