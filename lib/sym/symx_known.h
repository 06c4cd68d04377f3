#ifndef CRASH_SYM_SYMX_KNOWN_H
#define CRASH_SYM_SYMX_KNOWN_H

#include "base/arena.h"
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
 * INLINEs by depth, then in symx_range_compare()'s order.
 */
struct symx_body {
	const struct record_line *lines;
	size_t n_lines;
	const struct symx_range *ranges;
	size_t n_ranges;
	const size_t *first; /* of each depth in ranges, and n_ranges behind the last one */
	unsigned n_depths;
};

/*
 * rust-minidump sorts the ranges by depth, address, size, call file, call line and origin, and
 * takes the last whose address is not above the one asked for; that one must then cover it.
 * sym_file/types.rs, get_inlinee_at_depth.
 */
int symx_range_compare(const struct symx_range *a, const struct symx_range *b);

/* Reads a body, which is paid for: symx_charge(). False, and nothing, when it could not be read to
 * its end or is too large to be kept. b was zeroed. */
bool symx_body_read(const struct symx *x, struct str body, struct arena *a, struct symx_body *b);

/* Reads the lines only; what cannot be paid for is left out. b was zeroed. */
void symx_body_read_lines(const struct symx *x, struct str body, struct arena *a,
			  struct symx_body *b);

/* The last range of a depth whose address is not above the offset, or NULL. */
const struct symx_range *symx_body_range(const struct symx_body *b, unsigned depth,
					 uint64_t offset);

/*
 * Bodies that are kept, for those who ask thousands of times: where a function is asked for again,
 * its text is not read again. A few look-ups keep nothing, and the memory is at most
 * LIMIT_SYM_KNOWN_BYTES and a body of a quarter of that. Zeroed is one that never keeps anything.
 */
struct symx_known {
	bool keeps; /* its owner calls symx_known_free() */
	unsigned n; /* look-ups until now, while they are few */
	struct arena arena;
	struct symx_known_slot *slots;
};

/* The body, if it was looked into before; NULL: read the text. */
const struct symx_body *symx_known_body(const struct symx *x, struct str body,
					void (*oom)(size_t wanted));
void symx_known_free(struct symx_known *k);

#endif
