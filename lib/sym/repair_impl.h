#ifndef CRASH_SYM_REPAIR_IMPL_H
#define CRASH_SYM_REPAIR_IMPL_H

#include "sym/outline.h"
#include "sym/repair.h"

/* What the modules of repair share. */
struct repair {
	struct str text;
	const struct repair_options *o;
	struct outline outline;
	uint32_t no_file; /* number of the FILE that stands for none */
	struct buf line;  /* what is being written */
	/* Of the FUNC or STACK CFI INIT that is being written. */
	struct buf lines;   /* struct record_line */
	struct buf inlines; /* struct record_inline */
	struct buf rows;    /* struct record_cfi */
	FILE *out;
};

/* The names that stand for none. */
#define REPAIR_NO_NAME STR("<name omitted>")
#define REPAIR_NO_FILE STR("<unknown>")

/* Appends a text without control bytes; one that is not UTF-8 is read as Latin-1. What would make
 * the line too long is left out. */
void repair_put_text(struct repair *p, struct str text);

/* Appends a name, the rest of it in the lines behind, or none if that is empty; ends the line. */
void repair_put_name(struct repair *p, struct str name, struct str behind, struct str none);

/* Appends number and a blank. */
void repair_put_hex(struct repair *p, uint64_t v);
void repair_put_decimal(struct repair *p, uint64_t v);

/* Sizes have 32 bits. */
static inline uint64_t repair_size(uint64_t size)
{
	return size > UINT32_MAX ? UINT32_MAX : size;
}

/* The INLINEs and lines behind a FUNC, the rows behind a STACK CFI INIT. */
void repair_put_func_body(struct repair *p, const struct outline_item *func, struct str rest);
void repair_put_rows(struct repair *p, const struct outline_item *init, struct str rest);

/* Rules: registers have no dot before their names. */
void repair_put_rules(struct repair *p, struct str rules);

/* Ends the line. */
void repair_end_line(struct repair *p);

#endif
