#ifndef CRASH_SYM_SYMX_IMPL_H
#define CRASH_SYM_SYMX_IMPL_H

#include "sym/symx.h"
#include "sym/symx_build.h"
#include "sym/symx_known.h"

/*
 * What struct symx is: for those who make one (symbols.c, tests) and for the modules that answer.
 */
struct symx {
	struct str text;               /* of the .sym, usually mapped */
	bool mapped;                   /* the text is a mapped file */
	const struct peer_lines *peer; /* lines that are not there; NULL: all are */
	struct symx_state *state;
};

/* What changes while answers are given. */
struct symx_state {
	struct symx_index index;
	uint64_t piece; /* of the text that was touched last, and how many before it */
	unsigned n_pieces;
	unsigned n_returns; /* how often pages were given back */
	uint64_t budget;    /* bytes of long bodies that may still be read: LIMIT_SYM_BODY_BYTES */
	bool exhausted;     /* more would have been read */
	struct symx_known known;
	/* Replaces an index in which damage was found by a new one. May be NULL when the index was
	 * made in memory. */
	void (*repair)(struct symx_state *s, void *context);
	void *context;
};

/* The text from offset on; empty for SYMX_NONE and what lies outside. */
struct str symx_text(const struct symx *x, uint64_t offset);

/*
 * Pays for the last n of the bytes from start to end, which are of the body of a FUNC or STACK CFI
 * INIT that starts at start. False: what may be read of long bodies is used up.
 * LIMIT_SYM_BODY_FREE.
 */
bool symx_charge(const struct symx *x, const char *start, const char *end, size_t n);

/* The next line of a body, paid for. False at the end of the text too. */
bool symx_next(const struct symx *x, const char *start, struct str *rest, struct str *line);

/* A record of a body: a line, or an INLINE to be read, or what does not matter. */
struct symx_item {
	enum record_kind kind;
	struct record_line line;
	struct record record;
};

/* The records of a body, one at a time; false at its end. */
bool symx_item_next(const struct symx *x, const char *start, struct str *rest, struct symx_item *i);

/* The record of an entry of SYMX_FUNC or SYMX_PUBLIC; f was zeroed. */
void symx_read_func(const struct symx *x, enum symx_array array, size_t entry, struct symx_func *f);

/* The name of a FILE or INLINE_ORIGIN, by SYMX_FILE or SYMX_ORIGIN. False: there is none of that
 * number. */
bool symx_read_name(const struct symx *x, enum symx_array numbers, uint32_t number,
		    struct str *name);

/* Place, inlines and line_base of a frame, from the lines and INLINEs that follow a FUNC. k: of
 * symx_known_begin(). */
void symx_body_find(const struct symx *x, struct symx_known *k, struct symx_func *func,
		    uint64_t offset, struct arena *a, struct sym_frame *f);

#endif
