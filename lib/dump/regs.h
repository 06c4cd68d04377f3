#ifndef CRASH_DUMP_REGS_H
#define CRASH_DUMP_REGS_H

#include "base/cursor.h"

/*
 * The register files of a minidump's CONTEXT records, one table per CPU: code never names a
 * register's offset. Layouts: winnt.h (x86, amd64), Breakpad's minidump_cpu_*.h (the others).
 */

enum { REGS_MAX = 40 };

enum cpu_kind {
	CPU_UNKNOWN,
	CPU_X86,
	CPU_AMD64,
	CPU_ARM,
	CPU_ARM64,
	CPU_ARM64_OLD, /* the layout of Breakpad before 2018 */
	CPU_MIPS,
	CPU_MIPS64,
	CPU_PPC,
	CPU_PPC64,
	CPU_SPARC,
	CPU_RISCV,
	CPU_RISCV64,
};

struct reg {
	char name[8];      /* as reports print it: "fp" for arm64's x29 */
	const char *alias; /* the other name, "x29"; NULL when there is none */
	uint16_t offset;   /* in the CONTEXT record */
	uint8_t size;      /* bytes in the record */
};

struct cpu {
	enum cpu_kind kind;
	uint8_t pointer_size; /* bytes: 4 or 8 */
	uint8_t hex_digits;   /* of a register value in reports */
	uint8_t n_regs;
	uint8_t ip, sp, fp;    /* indexes into regs; fp is 0xff where there is none */
	uint8_t lr;            /* link register, 0xff where there is none */
	uint16_t context_size; /* the least that a record must have */
	uint8_t flags_offset, flags_size;
	uint32_t flag;          /* the CPU's bit in the flags */
	bool only_ours;         /* rust-minidump doesn't read its contexts */
	const struct reg *regs; /* in the order of reports */
};

/* NULL for a CPU whose contexts cannot be read. */
const struct cpu *cpu_find(enum cpu_kind kind);

/*
 * Register values of one frame. Bit i of valid: the register is known under its name; of
 * valid_alias: under its alias. The two sets are one for all but the compatible walk of ARM, where
 * rust-minidump keeps them apart by spelling (stackwalk.md 4).
 */
struct regs {
	const struct cpu *cpu;
	uint64_t value[REGS_MAX];
	uint64_t valid, valid_alias;
};

/*
 * Reads a CONTEXT record; all registers are valid then. False when it is too short or its flags
 * belong to another CPU. compat refuses, as rust-minidump does, flags in which Windows has set one
 * of CONTEXT_EXCEPTION_ACTIVE and its kin, which collide with CPU bits (minidump.md 5).
 */
bool regs_read(struct regs *r, const struct cpu *cpu, struct cursor context, bool compat);

/* Index of the register of that name or alias, or -1. */
int regs_index(const struct cpu *cpu, struct str name);

/* Whether a register is known under either name. */
static inline bool regs_has(const struct regs *r, unsigned i)
{
	return ((r->valid | r->valid_alias) >> i & 1) != 0;
}

/* The value with only the bits of the CPU's pointers. */
static inline uint64_t cpu_pointer(const struct cpu *cpu, uint64_t v)
{
	return cpu->pointer_size == 4 ? (uint32_t)v : v;
}

#endif
