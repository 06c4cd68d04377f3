#ifndef CRASH_CRASH_SIG_BRACKETS_H
#define CRASH_CRASH_SIG_BRACKETS_H

#include "base/arena.h"

/*
 * Brackets of one kind in a name, and what becomes of the outermost ones: template arguments,
 * arguments, clone marks (socorro/signature/utils.py, replace_enclosed_slices; siggen.md 5.7). A
 * closing one without its opening one is a character like others; an opening one that is never
 * closed holds the rest of the text.
 */
enum sig_fate {
	SIG_KEEP,
	SIG_REMOVE,
	SIG_TYPE,  /* "<T>" takes its place */
	SIG_ENTER, /* '<', what is in it treated in the same way, '>' */
};

struct sig_brackets {
	char open, close;
	/* text is the bracket; before is what stands between it and the one before it, or the
	 * start. nested: it lies in one that was entered, whose fate is known. */
	enum sig_fate (*decide)(struct str before, struct str text, bool nested);
};

/* s itself, or a copy in a, with the brackets replaced. Linear in the length, which has to be less
 * than 2^32; no recursion. */
struct str sig_brackets_replace(struct str s, const struct sig_brackets *b, struct arena *a);

#endif
