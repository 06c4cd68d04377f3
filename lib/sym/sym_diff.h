#ifndef CRASH_SYM_SYM_DIFF_H
#define CRASH_SYM_SYM_DIFF_H

#include <stdio.h>

#include "base/slice.h"

/*
 * What two .sym files of two builds differ in: functions by name, wherever they are. A line each:
 * "+ NAME", "- NAME", or "~ NAME" with tabs before what changed: "size OLD NEW" (bytes in
 * hexadecimal), "lines" (line records and INLINEs, relative to the start, files by name), "cfi".
 * Of several functions of one name, the smallest are compared first. Returns whether there was a
 * difference. Memory: 40 bytes for each FUNC, and the outlines (outline.h).
 */
bool sym_diff(struct str old, struct str new, void (*oom)(size_t wanted), FILE *out);

#endif
