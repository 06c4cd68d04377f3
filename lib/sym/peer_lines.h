#ifndef CRASH_SYM_PEER_LINES_H
#define CRASH_SYM_PEER_LINES_H

#include "base/buf.h"

/*
 * Which lines of a .sym rust-minidump does not see. It reads through a buffer of at most 160 KiB,
 * and drops a line that does not fit. Whether one of 80 to 160 KiB does depends on where in the
 * buffer it begins; so its reading is done over again here, without the parsing. sym_file/mod.rs,
 * SymbolFile::parse, and crate circular 0.3, Buffer.
 */
enum {
	/* Shorter lines, LF included, are always seen. */
	PEER_LINES_SHORT = 40 * 1024,
};

struct peer_lines {
	struct buf offsets; /* uint64_t, ascending: of the lines that are not seen */
	bool complete;      /* the end of the text is taken: it has a last LF, or is not seen */
};

/* offsets must be empty; buf_free() ends it. */
void peer_lines_find(struct peer_lines *p, struct str text);

bool peer_lines_hide(const struct peer_lines *p, uint64_t offset);

#endif
