#ifndef CRASH_CRASH_SIG_LINT_H
#define CRASH_CRASH_SIG_LINT_H

#include <stdio.h>

#include "crash/siglist.h"

/*
 * What is wrong with signature lists: expressions that are none; lines that can never act, since an
 * earlier or shorter one does, or since no normalised frame is like that; lines that match every
 * frame; and such as are not what they look like (siggen.md 11.3). Prints "file:line: what" for
 * each: first what is no expression, then the others, each in the order of files and lines.
 */

/* The number of findings in *n. Errors: a list that cannot be read. */
bool sig_lint(const char *dir, FILE *out, size_t *n, struct arena *a, struct error *err);

#endif
