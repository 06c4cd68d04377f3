#ifndef CRASH_SYM_STATS_H
#define CRASH_SYM_STATS_H

#include "base/slice.h"
#include "sym/record.h"

/* What is in a .sym: its records and their bytes, and how much code they are about. One pass, no
 * memory but this. */
struct stats {
	struct {
		uint64_t records, bytes; /* with line ends */
	} kinds[RECORD_KINDS];
	uint64_t malformed;
	uint64_t longest; /* line, in bytes */
	/* Bytes of code, as the records say: what overlaps is counted twice. */
	uint64_t func_code, line_code, inline_code, cfi_code;
	uint64_t funcs_with_lines;
	uint64_t deepest; /* nesting of INLINEs: 0 when there are none */
	uint64_t ranges;  /* of INLINEs */
};

void stats_of(struct stats *s, struct str text, bool mapped);

/* "FUNC", "line" ... */
const char *stats_kind_name(enum record_kind kind);

#endif
