#ifndef CRASH_BIN_DW_CFI_ROW_H
#define CRASH_BIN_DW_CFI_ROW_H

#include "base/limits.h"
#include "bin/dw_cfi_entry.h"

/*
 * Runs the program of an FDE: the table of DWARF 5, 6.4.1, row by row. Of its columns those of
 * registers that have a name anywhere are kept, the first DW_CFI_COLUMNS.
 */
enum { DW_CFI_COLUMNS = 128, DW_CFI_MASKS = DW_CFI_COLUMNS / 64 };

enum dw_rule_kind {
	DW_RULE_NONE, /* nothing was said */
	DW_RULE_UNDEFINED,
	DW_RULE_SAME,
	DW_RULE_OFFSET,         /* at CFA + value */
	DW_RULE_VAL_OFFSET,     /* CFA + value */
	DW_RULE_REGISTER,       /* in register n */
	DW_RULE_EXPRESSION,     /* at what n bytes at offset value of the section compute */
	DW_RULE_VAL_EXPRESSION, /* what they compute */
	DW_RULE_SUM,            /* of the CFA: register n + value */
};

struct dw_rule {
	enum dw_rule_kind kind;
	uint32_t n;
	int64_t value;
};

struct dw_cfi_state {
	struct dw_rule cfa;
	struct dw_rule columns[DW_CFI_COLUMNS];
	/* Columns with a rule in the order in which dump_syms holds them: those that lose their
	 * rule give their place to the last one. */
	uint8_t order[DW_CFI_COLUMNS];
	unsigned n_order;
};

struct dw_cfi_rows {
	const struct dw_cfi_reader *reader;
	const struct dw_cie *cie;
	struct cursor program;
	const char *wrong;   /* NULL, or why there are no more rows */
	uint64_t start, end; /* of the row that is in state: link addresses */
	uint64_t next;       /* where the next one starts */
	uint64_t last;       /* where the last one ends */
	bool moved;          /* the location was set, if only to where it was */
	bool done;           /* there is no next row */
	struct dw_cfi_state state;
	uint64_t touched[DW_CFI_MASKS]; /* columns whose rules may have changed; the user clears it
					 */
	uint64_t used[DW_CFI_MASKS];    /* columns that had a rule */
	unsigned n_saved;
	bool in_cie;
	struct dw_cfi_state initial, saved[LIMIT_CFI_STATES];
};

/* Everything but the states that are not in use is initialised. What it is given is borrowed. */
void dw_cfi_rows_init(struct dw_cfi_rows *r, const struct dw_cfi_reader *reader,
		      const struct dw_cie *cie, const struct dw_fde *fde);

/* The next row. False at the end, and when the program is damaged: r->wrong. A row may be empty. */
bool dw_cfi_rows_next(struct dw_cfi_rows *r);

#endif
