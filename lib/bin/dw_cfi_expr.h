#ifndef CRASH_BIN_DW_CFI_EXPR_H
#define CRASH_BIN_DW_CFI_EXPR_H

#include "base/buf.h"
#include "base/cursor.h"
#include "bin/dw_cfi_regs.h"

/*
 * DWARF expressions (DWARF 5, 2.5) in the postfix language of STACK CFI. Registers, constants, +,
 * -, *, loads of a word and alignments can be said in it; whatever else cannot.
 */
struct dw_cfi_expr {
	const struct dw_cfi_cpu *cpu;
	struct slice code;
	unsigned address_size;
	bool big;
	bool on_cfa; /* the CFA is on the stack when it starts: rules of registers, not of the CFA
		      */
};

/* Appends the postfix form; nothing, and false, where there is none. */
bool dw_cfi_expr_put(const struct dw_cfi_expr *e, struct buf *out);

/*
 * The CFA of a procedure linkage table, where lazy binding pushes a word in each slot:
 * reg + before, and more than that from byte push of each of its slots of 16 bytes on.
 */
struct dw_cfi_plt {
	uint64_t reg;
	int64_t before, after;
	unsigned push; /* 1 to 15 */
};
enum { DW_CFI_PLT_SLOT = 16 };

/* Whether it is one: "breg REG before; breg IP 0; lit15; and; lit PUSH; ge; lit N; shl; plus". */
bool dw_cfi_expr_is_plt(const struct dw_cfi_expr *e, uint64_t ip, struct dw_cfi_plt *plt);

#endif
