#ifndef CRASH_BIN_ELF_H
#define CRASH_BIN_ELF_H

#include "base/arena.h"
#include "base/cursor.h"
#include "base/diag.h"
#include "base/inflow.h"
#include "base/ranges.h"
#include "bin/symtab.h"

/*
 * ELF files of both widths and byte orders: System V gABI 4.1, chapters 4 and 5;
 * dump-sym-parse.md 4. A broken part costs that part only and is a warning; elf_open() fails where
 * there is no ELF header.
 */
struct elf_section {
	struct str name;
	uint32_t type, link, info;
	uint64_t flags, address, offset, size, entry_size;
	struct slice data; /* as in the file; empty for SHT_NOBITS and outside the file */
	uint64_t alignment;
};

struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, address, file_size, memory_size;
};

struct elf {
	const char *file; /* borrowed */
	struct slice data;
	bool big, is64;
	uint16_t type, machine;
	uint32_t flags;
	uint64_t entry;
	uint64_t bias; /* p_vaddr of the first PT_LOAD: link address - bias = module-relative */
	struct elf_section *sections;
	size_t n_sections;
	struct elf_segment *segments;
	size_t n_segments;
	struct ranges memory; /* of SHF_ALLOC sections */
	struct ranges loads;  /* of PT_LOAD segments: their contents in the file */
	struct ranges code;   /* of SHF_EXECINSTR sections; of PF_X segments when there are none */
	struct arena *arena;
	struct diag *diag;
	struct elf_unpacked *unpacked; /* sections that were compressed */
};

/* Whether the bytes begin like an ELF file. */
bool elf_is(struct slice data);

/* data and file are borrowed as long as e lives; what is read lives in a. */
bool elf_open(struct elf *e, struct slice data, const char *file, struct arena *a, struct diag *d,
	      struct error *err);

/* Gives back what elf_contents() unpacked. May follow a failed elf_open(). */
void elf_close(struct elf *e);

/* The first section of that name that has contents (no SHT_NOBITS); NULL. */
const struct elf_section *elf_section(const struct elf *e, struct str name);

/*
 * The contents of a section, decompressed when they are compressed (SHF_COMPRESSED with zlib or
 * zstd; ".zdebug_" of GNU), at most once: into an unlinked temporary file that is mapped, so that
 * they cost no memory that could not be had back. Empty, with a warning, when they are damaged.
 */
struct slice elf_contents(struct elf *e, const struct elf_section *s);

/* The same of ".debug_NAME" or ".zdebug_NAME"; empty when there is none. */
struct slice elf_debug_section(struct elf *e, const char *name);

/*
 * Does beforehand, in up to jobs processes (0: one for each CPU), what elf_debug_section() does for
 * each of n names. Nothing where that wouldn't pay; what goes wrong is left to elf_debug_section().
 */
void elf_unpack(struct elf *e, const char *const *names, size_t n, unsigned jobs);

/*
 * What brings a debug section that was compressed with zlib and not asked for yet, while it is
 * used: elf_debug_section() then gives where it will be. NULL, and nothing done, for any other.
 * elf_inflow_check() warns, and returns false, when the data turned out to be damaged: what was
 * read may be wrong. elf_close() ends it.
 */
struct inflow *elf_inflow(struct elf *e, const char *name, bool forgets, bool alone,
			  inflow_open_fn *open);
bool elf_inflow_check(const struct elf *e);

/* Bytes at a link address, at most n: of the section that is there, else of the segment's contents
 * in the file; empty where there are none. The sections come first since a file of debug
 * information may keep segments that describe the binary it was taken from. */
struct slice elf_bytes_at(const struct elf *e, uint64_t address, uint64_t n);

/* Whether code is at a link address. */
bool elf_is_code(const struct elf *e, uint64_t address);

struct elf_symbol_options {
	bool compat; /* only what dump_syms takes, Thumb bits included */
	bool notype; /* global symbols of no type count as functions, too */
};

/* Functions of .symtab, then of the dynamic table, then of .gnu_debugdata; sorted as symtab_sort()
 * does. Names are borrowed as long as e is open. */
void elf_symbols(struct elf *e, const struct elf_symbol_options *o, struct symtab *t);

/* The bytes of the build id; empty when there is none. */
struct slice elf_build_id(const struct elf *e);

/* DT_SONAME; empty when there is none. */
struct str elf_soname(const struct elf *e);

/* The word of a MODULE record for the machine: "x86_64"; sym-format.md 2. compat: "unknown" for
 * those that dump_syms doesn't know. */
const char *elf_cpu(const struct elf *e, bool compat);

/* The id of a MODULE record: of the build id, else of the beginning of .text; dump-sym-parse.md 3.
 */
struct str elf_debug_id(struct elf *e);

/* The build id as the text of INFO CODE_ID; empty when there is none. */
struct str elf_code_id(const struct elf *e);

#endif
