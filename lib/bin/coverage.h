#ifndef CRASH_BIN_COVERAGE_H
#define CRASH_BIN_COVERAGE_H

#include <stdio.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/ranges.h"

/*
 * What share of a module's code has functions, lines and call frame information, so that a release
 * engineer sees a broken build before users crash. It knows ranges only, so it works for any kind
 * of binary.
 */
enum coverage_kind { COVERAGE_FUNCS, COVERAGE_LINES, COVERAGE_CFI, COVERAGE_KINDS };

/* An executable section. */
struct coverage_section {
	struct str name;
	uint64_t start, size;
};

/* Ranges of each kind that coverage_merge() has been at, in the addresses of the sections. */
struct coverage_input {
	const struct coverage_section *sections;
	size_t n;
	struct ranges have[COVERAGE_KINDS];
};

/* Of one section or all of them, in bytes. */
struct coverage_counts {
	uint64_t size, covered[COVERAGE_KINDS];
	uint64_t bare;       /* in functions, without call frame information */
	uint64_t first_bare; /* address of the first of these */
};

/* Ends the adding to r: sorts, and makes one of those that overlap or touch, where ranges_sort()
 * would leave out the second. Items are its own from then on. oom as for sort_stable(). */
void coverage_merge(struct ranges *r, void (*oom)(size_t wanted));

/* Sets counts, one for each section, and total. Sections that overlap count twice in it. a: for
 * what is needed meanwhile. */
void coverage_count(const struct coverage_input *in, struct arena *a,
		    struct coverage_counts *counts, struct coverage_counts *total);

/* Appends a line for each section and one for all: file, name, bytes, percent with functions, lines
 * and CFI, and bytes in functions without CFI, separated by tabs. */
void coverage_write(const struct coverage_input *in, const struct coverage_counts *counts,
		    const struct coverage_counts *total, const char *file, struct buf *out);

/* The same as one JSON object and a newline, all in bytes. */
void coverage_write_json(const struct coverage_input *in, const struct coverage_counts *counts,
			 const struct coverage_counts *total, const char *file, FILE *out);

/* A warning for each section whose functions lack so much that it was not meant (a few bytes of
 * start-up code have none in any program), and for each large one of which nothing is known.
 * Returns whether there was one. */
bool coverage_warn(const struct coverage_input *in, const struct coverage_counts *counts,
		   const char *file, struct diag *d);

#endif
