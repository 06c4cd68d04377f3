#ifndef CRASH_BIN_DW_LINE_HEAD_H
#define CRASH_BIN_DW_LINE_HEAD_H

#include "bin/dw_line.h"

/*
 * The header of a line program: how its opcodes count, its folders and files. DWARF 2 to 4, 6.2.4;
 * DWARF 5, 6.2.4 and 7.22.
 */
struct dw_line_file {
	struct str name;
	uint64_t directory; /* index; DWARF 2 to 4: 0 is where the compiler ran */
};

struct dw_line_head {
	uint16_t version;
	unsigned offset_size; /* 4 or 8: 32-bit or 64-bit DWARF */
	unsigned address_size;
	uint8_t min_length, max_operations, range, opcode_base;
	int8_t base;
	struct slice lengths;   /* operands of the standard opcodes 1, 2 ... */
	struct buf directories; /* of struct str */
	struct buf files;       /* of struct dw_line_file; DWARF 2 to 4 count from 1 */
};

/* Reads it at the cursor, which is over .debug_line: program becomes the opcodes behind it. False:
 * it is damaged, and *what says how. */
bool dw_line_head_read(struct dw_line_head *h, const struct dw_line_input *in, struct cursor *c,
		       struct cursor *program, const char **what);

/* DW_LNE_define_file, and the entries of a table before DWARF 5. */
void dw_line_head_add(struct dw_line_head *h, struct str name, struct cursor *c);

/* False when there is no such file. */
bool dw_line_head_file(const struct dw_line_head *h, uint64_t index, struct str *directory,
		       struct str *name);

#endif
