#ifndef CRASH_BIN_SRC_PATH_H
#define CRASH_BIN_SRC_PATH_H

#include "base/buf.h"

/*
 * Paths of source files as debug information has them: a name, the folder it is in, the folder
 * that the compiler ran in. dump-sym-parse.md 12. Bytes are kept as they are.
 */
struct src_path {
	struct str base;      /* where the compiler ran */
	struct str directory; /* below base, unless it is absolute; may be empty */
	struct str name;      /* below directory, unless it is absolute */
	bool windows;         /* '\' separates too, and joins; nothing is cleaned up */
	bool compat;          /* an absolute name is taken for one below its directory, an empty
				 base for the root */
};

/* Appends the path to out; without "." and ".." and doubled separators, as far as that can be said
 * without looking at files. */
void src_path_put(struct buf *out, const struct src_path *p);

#endif
