#ifndef CRASH_SYM_CHECK_IMPL_H
#define CRASH_SYM_CHECK_IMPL_H

#include "base/buf.h"
#include "sym/check.h"
#include "sym/numbers.h"
#include "sym/record.h"

/* What the modules of check share: the state of one pass. */

/* What the line read belongs to. LOST: to a malformed FUNC or STACK CFI INIT, so it says nothing
 * new. */
enum check_body { BODY_NONE, BODY_FUNC, BODY_CFI, BODY_LOST };

/* The order of a file: sym-format.md 1. */
enum check_section {
	SECTION_MODULE,
	SECTION_INFO,
	SECTION_FILE,
	SECTION_ORIGIN,
	SECTION_BODY,
	SECTION_STACK,
};

/* Where a FUNC, PUBLIC or STACK CFI INIT is. Sizes and lines over 32 bits are kept as the greatest.
 */
struct check_span {
	uint64_t start;
	uint32_t size, line;
};

struct check_spans {
	struct buf v;  /* struct check_span */
	uint64_t next; /* the first address that no span has reached yet */
	bool full;     /* it is behind the last address */
	bool tangled;  /* one began below next */
};

struct check {
	const struct check_options *o;
	struct check_result *result;
	uint64_t line;
	bool clean; /* the text around is ASCII without control bytes */
	bool said;  /* an error, about this line */
	bool first; /* no line was read yet */

	enum check_section section;
	enum check_body body;
	uint64_t interrupted; /* line inside a body that is no part of it; 0: none */
	bool after_name;      /* the line above ends in a name */
	bool has_module;
	struct str module_id, module_name; /* of the first MODULE */

	uint64_t start, last;           /* of the FUNC or STACK CFI INIT, both inside */
	uint64_t line_start, line_next; /* of the line record above; the first address behind all */
	uint64_t row;                   /* address of the STACK CFI above */
	uint32_t depth;                 /* the next INLINE may have */
	bool has_lines;

	struct check_spans funcs, publics, cfis;
	struct numbers files, origins;
	struct record_win win[2]; /* the last one of type 0, of type 4 */
	bool has_win[2];
};

/* Counts, and prints unless there were too many. */
void check_say(struct check *c, enum check_kind kind);
void check_say_at(struct check *c, enum check_kind kind, uint64_t line);

void check_spans_add(struct check_spans *s, uint64_t start, uint64_t size, uint64_t line);

/* One record, opened. */
void check_record(struct check *c, enum record_kind kind, struct record *r, struct str line);

/* What may not stand in a text of a record. */
void check_name(struct check *c, struct str s);

/* The same for one without which the record says nothing. */
void check_need_name(struct check *c, struct str name);

static inline void check_size(struct check *c, uint64_t size)
{
	if (size > UINT32_MAX)
		check_say(c, CHECK_SIZE64);
}

/* A FUNC or STACK CFI INIT begins. */
void check_begin(struct check *c, enum check_body body, uint64_t start, uint64_t size);

/* A record of such a body: false when there is none, which is said as alone. */
bool check_inside(struct check *c, enum check_body body, enum check_kind alone);

/* Fields of one record. False when it is malformed. */
bool check_take_func(struct check *c, struct record *r);
bool check_take_line(struct check *c, struct record *r);
bool check_take_inline(struct check *c, struct record *r);
bool check_take_cfi_init(struct check *c, struct record *r);
bool check_take_cfi(struct check *c, struct record *r);
bool check_take_win(struct check *c, struct record *r);

/* A line record and an INLINE, but for its ranges, of a FUNC, known to be well-formed. */
void check_line(struct check *c, const struct record_line *l);
void check_inline(struct check *c, const struct record_inline *i);

/* What the whole text is, if it is no .sym; CHECK_KINDS if it may be one. */
enum check_kind check_content(struct str text);

/* The MODULE record beside the folders of its path, DEBUG_FILE/DEBUG_ID/NAME. */
void check_place(struct check *c);

#endif
