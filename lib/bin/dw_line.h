#ifndef CRASH_BIN_DW_LINE_H
#define CRASH_BIN_DW_LINE_H

#include "base/buf.h"
#include "base/diag.h"
#include "bin/flatten.h"

/*
 * Line programs: DWARF 2 to 4, 6.2, and DWARF 5, 6.2; dump-sym-parse.md 6, 12. One struct dw_lines
 * serves a unit after the other and keeps its memory.
 */
struct dw_line_input {
	const char *file; /* for messages; borrowed */
	bool big;
	bool relocatable;      /* address 0 is as good as any */
	bool compat;           /* dump_syms' choice of rows */
	unsigned address_size; /* of the unit, for programs before DWARF 5 */
	struct slice line, str, line_str;
	struct slice str_sup;       /* .debug_str of dwz's common file */
	struct str directory, name; /* of the unit: DW_AT_comp_dir, DW_AT_name */
	bool windows;               /* how paths are joined */
	uint64_t bias;
};

struct dw_lines;

struct dw_lines *dw_lines_open(void (*oom)(size_t wanted));
void dw_lines_close(struct dw_lines *l);

/* Runs the program at offset of in->line; what was there before is gone. Damage is a warning and
 * ends the program; what was read before counts. */
void dw_lines_read(struct dw_lines *l, const struct dw_line_input *in, uint64_t offset,
		   struct diag *d);

/* No program: a unit without DW_AT_stmt_list. */
void dw_lines_clear(struct dw_lines *l);

/* The number in m of the file with that index (DW_AT_call_file); MODEL_NO_FILE when it has none. */
uint32_t dw_lines_file(struct dw_lines *l, uint64_t index, struct model *m);

/* Appends to rows (of struct flat_row, files numbered for m) what the table says of [start, end),
 * module-relative; nothing where it has holes. */
void dw_lines_rows(struct dw_lines *l, uint64_t start, uint64_t end, struct model *m,
		   struct buf *rows);

#endif
