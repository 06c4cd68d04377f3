#ifndef CRASH_SYM_REPAIR_IMPL_H
#define CRASH_SYM_REPAIR_IMPL_H

#include "base/map.h"
#include "sym/outline.h"
#include "sym/repair.h"

/* The new numbers of FILEs or INLINE_ORIGINs, when a file is sorted. Zeroed: they stay. */
struct repair_numbers {
	struct buf items; /* struct outline_item, by old number */
	struct buf to;    /* uint32_t: the new number of each */
	struct buf order; /* struct outline_item, by new number */
	struct buf ranks; /* uint32_t: places in the order of names; empty until asked for */
	struct map by_name;
	uint32_t missing; /* the new number of all that have no record */
	bool known;       /* all new numbers are given */
};

/* What the modules of repair share. */
struct repair {
	struct str text;
	const struct repair_options *o;
	struct outline outline;
	uint32_t no_file; /* number of the FILE that stands for none */
	size_t touched;   /* as in pieces.h */
	struct repair_numbers files, origins;
	struct buf names[2]; /* two that are compared */
	struct buf line;     /* what is being written */
	/* Of the FUNC or STACK CFI INIT that is being written. */
	struct buf lines;   /* struct record_line */
	struct buf inlines; /* struct record_inline */
	struct buf rows;    /* struct row of repair_rules.c */
	struct buf rules;   /* text of the rows */
	FILE *out;
};

/* Of a line, for what stands before a text. */
enum { REPAIR_HEAD = 256 };

/* The names that stand for none. */
#define REPAIR_NO_NAME STR("<name omitted>")
#define REPAIR_NO_FILE STR("<unknown>")

/* Appends a text without control bytes; one that is not UTF-8 is read as Latin-1. What would make
 * the line too long is left out. */
void repair_put_text(struct repair *p, struct str text);

/* The place of a record that is not in the text: the FILE that stands for none. */
#define REPAIR_NOWHERE UINT64_MAX

/* Writes one record behind MODULE, with the lines that belong to it. */
void repair_put_item(struct repair *p, const struct outline_item *item);

/* Appends the name of a FILE or INLINE_ORIGIN as it is written. */
void repair_add_numbered(struct repair *p, const struct outline_item *item);

/* Appends number and a blank. */
void repair_put_hex(struct repair *p, uint64_t v);
void repair_put_decimal(struct repair *p, uint64_t v);

/* Sizes have 32 bits. */
static inline uint64_t repair_size(uint64_t size)
{
	return size > UINT32_MAX ? UINT32_MAX : size;
}

/* Reads the INLINEs and lines behind a FUNC, in the order and with the files in which they are
 * written; writes them. */
void repair_read_body(struct repair *p, const struct outline_item *func, struct str rest);
void repair_put_body(struct repair *p);

/*
 * Gives FILEs and INLINE_ORIGINs new numbers, in the order of their first use in the sorted
 * records, those of one name the same; what is never used comes last, by name. The lists of the
 * outline become those of the new numbers. Where a number has no record, it gets one behind all
 * others, which has none either.
 */
void repair_number(struct repair *p);
void repair_numbers_free(struct repair_numbers *n);

/* The new number of an old one; the same number when nothing is sorted. */
uint32_t repair_new(const struct repair_numbers *n, uint32_t number);

/* Orders two old numbers by the names that they have. */
int repair_cmp_names(struct repair *p, struct repair_numbers *n, uint32_t a, uint32_t b);

/* The rows behind a STACK CFI INIT. */
void repair_put_rows(struct repair *p, const struct outline_item *init, struct str rest);

/* Rules: registers have no dot before their names. */
void repair_put_rules(struct repair *p, struct str rules);

/* Ends the line. */
void repair_end_line(struct repair *p);

#endif
