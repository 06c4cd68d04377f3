#ifndef CRASH_WALK_NAMES_H
#define CRASH_WALK_NAMES_H

#include "bin/binaries.h"
#include "dump/dump.h"
#include "sym/symbols.h"

/*
 * Names of addresses: a dump's modules joined with their symbol files. Which modules were asked for
 * is part of the result (missing, loaded, corrupt: stackwalk.md 7, 11), so every look-up of the
 * walk, the scanner's too, goes through here.
 */
struct names {
	const struct dump *dump;
	struct symbols *symbols;      /* NULL when no store was given */
	const struct sym_module **of; /* one a module; NULL: not asked yet */
	struct binaries *binaries;    /* NULL when none were given; set after names_init() */
	const struct elf **binary_of; /* as of */
	uint32_t *turn;               /* one a module: the how many-th look-up it was, from 1 */
	uint32_t n_turns;
	struct names_range *unloaded;        /* unloaded modules by address */
	uint64_t foreign_from, foreign_last; /* around all executable memory of no module */
	bool compat;
};

/* Everything lives in a. */
void names_init(struct names *n, const struct dump *d, struct symbols *symbols, bool compat,
		struct arena *a);

/* The symbols of a module, looked up on first use; NULL for MD_NO_MODULE or when there are none
 * that can be used. */
const struct symx *names_symx(struct names *n, ptrdiff_t module);

/*
 * What reports say of each module's symbols, in a; NULL for one that nobody looked up. With compat
 * that is what came of the last look-up of any module of the same leaf name, because rust-minidump
 * keeps it by that name (breakpad-symbols/src/lib.rs, Symbolizer::stats).
 */
const struct sym_module **names_symbols(const struct names *n, struct arena *a);

/* An address as symbol files count: from the base of its module. */
static inline uint64_t names_offset(const struct names *n, ptrdiff_t module, uint64_t address)
{
	return address - n->dump->modules.v[module].base;
}

/*
 * What stands at the address instruction in module. False when nothing names it. By default a
 * PUBLIC names no address that STACK CFI INIT ranges show to be outside its function: 47 of 47
 * false names of the peers in corpus/own, and no true one. Nor does it where one of the two is in
 * memory that cannot be executed, or where no such ranges are, 64 KiB away. compat takes it.
 */
bool names_find(struct names *n, ptrdiff_t module, uint64_t instruction, struct arena *a,
		struct sym_frame *f);

/* Whether names_find() would give a name that is not empty: the scanner's question. */
bool names_has(struct names *n, ptrdiff_t module, uint64_t instruction, struct arena *a);

/* Whether a mapping of no module may hold code that was made while the process ran: not that of a
 * file, whose module the dump would have, nor the kernel's. */
bool names_is_foreign(const struct md_mapping *m);

/* Bytes of the binary of the module at an address, borrowed as long as the binaries; fewer than
 * size, or none, where it has no more or there is no binary. */
struct slice names_code(const struct names *n, uint64_t address, size_t size);

/* An unloaded module that covered an address. */
struct names_unloaded {
	struct str name;   /* full path */
	uint64_t *offsets; /* sorted, each once */
	size_t n_offsets;
};

/* All that cover the address, by name in byte order; of more than LIMIT_UNLOADED_AT some. Returns
 * how many; the array lives in a. */
size_t names_unloaded(const struct names *n, uint64_t address, struct arena *a,
		      struct names_unloaded **out);

#endif
