#ifndef CRASH_DUMP_CODES_H
#define CRASH_DUMP_CODES_H

#include "base/slice.h"

/* Names of numbers: thousands of them, from the text files in codes/ by codes.awk. */

struct code {
	uint32_t value;
	uint32_t name; /* offset in the names */
};

struct codes {
	const struct code *rows; /* by value */
	size_t n;
	const char *names;
};

extern const struct codes codes_exception, codes_fastfail, codes_ntstatus, codes_winerror;

/* NULL when the value has no name. */
const char *codes_find(const struct codes *codes, uint32_t value);

#endif
