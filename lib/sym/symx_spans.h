#ifndef CRASH_SYM_SYMX_SPANS_H
#define CRASH_SYM_SYMX_SPANS_H

#include "base/arena.h"
#include "sym/symx_table.h"

/* No call, no line. */
#define SYMX_NOWHERE UINT32_MAX

/* Addresses of a FUNC that have one answer: up to the start of the next span. */
struct symx_span {
	uint32_t start;      /* from that of the FUNC */
	uint32_t call;       /* the innermost; SYMX_NOWHERE: nothing is inlined */
	uint32_t line_start; /* as start; SYMX_NOWHERE: there is no line */
	uint32_t line, file; /* of the line record */
};

/* A call that is inlined, of one INLINE range, in those around it. */
struct symx_call {
	uint32_t outer; /* the call around it; SYMX_NOWHERE: the FUNC */
	uint32_t start; /* of the range, as that of a span */
	uint32_t origin, call_line, call_file;
	uint8_t depth;
	bool has_file, old_form;
};

/*
 * The body of a FUNC cut where an answer changes, so that a look-up searches once, whatever the
 * number of inlined calls, and reads few bytes: it is memory that makes it wait.
 */
struct symx_spans {
	const struct symx_span *spans;
	size_t n_spans;
	const struct symx_call *calls;
	const uint32_t *upto; /* how many spans start at or before each multiple of 1 << shift */
	unsigned shift;
};

/* Of the size bytes of a FUNC from start on. False, and nothing, when they are too many or what
 * stands there would take more than most spans and calls, or begins before the FUNC. s was
 * zeroed. */
bool symx_spans_make(const struct symx_table *t, uint64_t start, uint64_t size, size_t most,
		     struct arena *a, struct symx_spans *s);

/* The span of an offset from the start of the FUNC, which must be in it. */
const struct symx_span *symx_spans_at(const struct symx_spans *s, uint64_t offset);

#endif
