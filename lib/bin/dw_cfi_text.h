#ifndef CRASH_BIN_DW_CFI_TEXT_H
#define CRASH_BIN_DW_CFI_TEXT_H

#include "bin/dw_cfi_regs.h"
#include "bin/dw_cfi_row.h"

/*
 * The rows of one FDE as records of STACK CFI: sym-format.md 2, dump-sym-parse.md 8.2. A row says
 * what changed since the row before.
 */
struct dw_cfi_text {
	const struct dw_cfi_input *in;
	const struct dw_cfi_cpu *cpu;
	struct dw_cfi_rows *rows;
	uint64_t start, size; /* of the FDE: a link address, bytes */
	uint64_t limit;       /* the next FDE starts there, or UINT64_MAX */
	const char *wrong;    /* NULL, or why nothing is printed */
	struct buf *out;
	unsigned n_rules;
	struct dw_rule cfa, printed[DW_CFI_COLUMNS]; /* in force after the last line */
};

/* All that was said of an FDE, or false and t->wrong; what is in out then is no use. */
bool dw_cfi_text_put(struct dw_cfi_text *t);

/* The same as dump_syms says it, which always finds something to say. */
bool dw_cfi_text_put_as_peer(struct dw_cfi_text *t);

#endif
