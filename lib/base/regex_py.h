#ifndef CRASH_BASE_REGEX_PY_H
#define CRASH_BASE_REGEX_PY_H

#include "base/buf.h"

/*
 * A regular expression of Python's re as the same expression of PCRE2, and what of it is plain
 * text. What the two read differently is translated ({,n}, \Z, \s, \v, \uXXXX, '[' in a set) or
 * refused: back-references and octal escapes, named groups, conditionals, flags for the whole
 * expression and flags other than i, m and s, \N{NAME}; and what is an error in Python: escapes of
 * other letters,
 * (*VERBS), repeated repeats. siggen.md 11.2; docs.python.org, re.
 */
struct regex_py {
	struct buf pattern; /* for PCRE2 */
	struct buf prefix;  /* text that every match begins with */
	bool plain;         /* nothing but that text */
	const char *why;    /* it was refused */
};

/* line is UTF-8. False, with why, when it was refused; an expression that PCRE2 refuses later is
 * not noticed here. Both end with regex_py_free(). */
bool regex_py_read(struct regex_py *r, struct str line, void (*oom)(size_t wanted));
void regex_py_free(struct regex_py *r);

#endif
