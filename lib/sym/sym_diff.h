#ifndef CRASH_SYM_SYM_DIFF_H
#define CRASH_SYM_SYM_DIFF_H

#include <stdio.h>

#include "sym/sym_input.h"

/*
 * What two .sym files of two builds differ in: functions by name, wherever they are; a PUBLIC is
 * one of size 0. A line each, in the order of names: "+ NAME", "- NAME", or "~ NAME" with tabs
 * before what changed: "size OLD NEW" (bytes in hexadecimal), "lines -N +N" (line records and
 * INLINEs that only the old and only the new one has), "cfi -N +N". Addresses in them are relative
 * to the start of the function, files and inlined functions are known by name; the order of records
 * does not matter. Of several functions of one name, those that are equal belong together, the
 * others in the order of their sizes. As JSON, an object each.
 *
 * Memory: 72 bytes for each FUNC and PUBLIC, 8 for each FILE and INLINE_ORIGIN and for each record
 * of functions that changed, and the outlines (outline.h). Returns whether there was a difference.
 */
bool sym_diff(const struct sym_input *old, const struct sym_input *new, bool json,
	      void (*oom)(size_t wanted), FILE *out);

#endif
