#ifndef CRASH_BIN_DW_CFI_REGS_H
#define CRASH_BIN_DW_CFI_REGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a name: tables hold the text, since pointers to it would cost each start of a command
 * that never looks at them. */
enum { DW_CFI_NAME = 10 };

/*
 * What the registers that call frame information numbers are called in a .sym:
 * dump-sym-parse.md 8.3, and the psABI of each machine.
 */
struct dw_cfi_cpu {
	const char *cpu; /* as in MODULE */
	bool link;       /* a function is entered with its return address in a register */
	bool not_peer;   /* dump_syms knows no register of it */
	const char (*names)[DW_CFI_NAME]; /* "" where a number has none */
	unsigned n;
};

/* Never NULL: a machine that is not known has registers without names. */
const struct dw_cfi_cpu *dw_cfi_cpu_find(const char *cpu, bool compat);

/* NULL when it has none. */
static inline const char *dw_cfi_register(const struct dw_cfi_cpu *cpu, uint64_t number)
{
	return number < cpu->n && cpu->names[number][0] != '\0' ? cpu->names[number] : NULL;
}

#endif
