#ifndef CRASH_BIN_DW_LINE_IMPL_H
#define CRASH_BIN_DW_LINE_IMPL_H

#include "base/arena.h"
#include "bin/dw_line.h"
#include "bin/dw_line_head.h"

/* What the modules of dw_line share. */

/* A place, from its address on to the next row's or the sequence's end. */
struct dw_line_row {
	uint64_t address; /* module-relative */
	uint32_t file;    /* index in the table */
	uint32_t line;
};

struct dw_line_sequence {
	uint64_t start, end; /* module-relative */
	uint64_t reach;      /* greatest end of this one and those before it */
	size_t row, n_rows;  /* at least one */
};

struct dw_lines {
	struct arena arena; /* of this */
	struct dw_line_input in;
	struct dw_line_head head;
	struct buf rows, sequences;
	struct buf numbers; /* of the files in the model, plus one; 0: not asked for yet */
	struct buf path;
	uint64_t offset; /* of the program that was read */
	bool loaded;
	uint64_t work; /* bytes of all programs that were run */
};

/* Appends the rows and sequences of a program, whose head was read. */
void dw_line_run(struct dw_lines *l, struct cursor *program);

#endif
