#ifndef CRASH_BIN_DW_CFI_TEXT_IMPL_H
#define CRASH_BIN_DW_CFI_TEXT_IMPL_H

#include "bin/dw_cfi_text.h"

/* Pieces of a line, ours or as dump_syms has it. */

static inline bool dw_rule_equal(const struct dw_rule *a, const struct dw_rule *b)
{
	return a->kind == b->kind && a->n == b->n && a->value == b->value;
}

/* False, with the reason in t->wrong. */
bool dw_cfi_text_fail(struct dw_cfi_text *t, const char *why);

/* "STACK CFI INIT" with address and size, or "STACK CFI" with the address. */
void dw_cfi_put_head(struct dw_cfi_text *t, uint64_t address);

/* "N +" */
void dw_cfi_put_sum(struct buf *out, int64_t v);

/* False, and nothing, for a register without a name. */
bool dw_cfi_put_register(struct dw_cfi_text *t, uint64_t number);

/* What a register's rule computes; false, and nothing, where that cannot be said. */
bool dw_cfi_put_value(struct dw_cfi_text *t, const struct dw_rule *rule);

#endif
