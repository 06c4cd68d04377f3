#ifndef CRASH_SYM_PIECES_H
#define CRASH_SYM_PIECES_H

#include "base/slice.h"

/*
 * A long text, piece by piece, each of whole lines: so that what was read can be forgotten. Pages
 * of a mapped file are given back to the system behind the reader, so that a .sym of any size takes
 * the memory of a few pieces.
 */
struct pieces {
	struct str rest;
	const char *kept; /* where the pages begin that were not given back yet */
	bool mapped;      /* the text is a mapped file, of which no byte was changed */
};

struct pieces pieces_make(struct str text, bool mapped);

/* The next piece: 256 KiB or less, more only for one long line. False at the end. Pieces read
 * before may have left memory, but can be read again. */
bool pieces_next(struct pieces *p, struct str *piece);

/*
 * The same for those who read a text in another order: touched counts what they read, and when that
 * is much, all pages of the text are given back.
 */
void pieces_touch(struct str text, bool mapped, size_t n, size_t *touched);

/* Whether text has neither CR nor bytes that are not ASCII. */
bool text_is_plain(struct str s);

/* Whether it is also free of all control bytes but LF. */
bool text_is_clean(struct str s);

#endif
