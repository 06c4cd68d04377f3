#ifndef CRASH_SYM_SYMX_TABLE_H
#define CRASH_SYM_SYMX_TABLE_H

#include "base/buf.h"
#include "base/limits.h"
#include "sym/record.h"

struct symx;

/* A range of an INLINE record, with what the record says. */
struct symx_range {
	uint64_t start, size;
	uint32_t depth, call_line, call_file, origin;
	bool has_file, old_form;
};

/*
 * The body of a FUNC as tables: the lines as record_lines_arrange() has them, and the ranges of the
 * INLINEs by depth, then in symx_range_compare()'s order. Zeroed is empty; symx_table_free() ends
 * it.
 */
struct symx_table {
	const struct record_line *lines;
	size_t n_lines;
	const struct symx_range *ranges;
	size_t n_ranges;
	size_t first[LIMIT_INLINE_DEPTH +
		     1]; /* of each depth in ranges; n_ranges behind the last */
	unsigned n_depths;
	struct buf line_bytes, range_bytes; /* where they stand */
};

/*
 * rust-minidump sorts the ranges by depth, address, size, call file, call line and origin, and
 * takes the last whose address is not above the one asked for; that one must then cover it.
 * sym_file/types.rs, get_inlinee_at_depth.
 */
int symx_range_compare(const struct symx_range *a, const struct symx_range *b);

/* Reads a body, which is paid for: symx_charge(). False when it could not be read to its end or is
 * too large to be kept. */
bool symx_table_read(const struct symx *x, struct str body, void (*oom)(size_t wanted),
		     struct symx_table *t);

/* Reads the lines only; what cannot be paid for is left out. */
void symx_table_read_lines(const struct symx *x, struct str body, void (*oom)(size_t wanted),
			   struct symx_table *t);
void symx_table_free(struct symx_table *t);

#endif
