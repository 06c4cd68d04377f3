#ifndef CRASH_BIN_ELF_IMPL_H
#define CRASH_BIN_ELF_IMPL_H

#include "bin/elf.h"

/* What the modules of the ELF reader share; the numbers are those of the System V gABI. */
enum {
	SHT_SYMTAB = 2,
	SHT_RELA = 4,
	SHT_DYNAMIC = 6,
	SHT_NOTE = 7,
	SHT_NOBITS = 8,
	SHT_REL = 9,
	SHT_DYNSYM = 11,
	SHT_SYMTAB_SHNDX = 18,
};
enum { SHF_ALLOC = 2, SHF_EXECINSTR = 4, SHF_TLS = 0x400, SHF_COMPRESSED = 0x800 };
enum { SHN_UNDEF = 0, SHN_LORESERVE = 0xff00, SHN_XINDEX = 0xffff };
enum { PT_LOAD = 1, PT_DYNAMIC = 2, PT_NOTE = 4, PF_X = 1 };
enum { ET_REL = 1 };
enum {
	EM_386 = 3,
	EM_MIPS = 8,
	EM_PPC = 20,
	EM_PPC64 = 21,
	EM_ARM = 40,
	EM_X86_64 = 62,
	EM_AARCH64 = 183,
	EM_RISCV = 243,
};

/* A part of the file in the file's byte order; messages say where it is. */
struct cursor elf_cursor(const struct elf *e, struct slice part);

/* An address, offset or size: of 4 or 8 bytes. */
uint64_t elf_word(const struct elf *e, struct cursor *c);

/* A warning about the byte at an offset of the file. */
void elf_warn(const struct elf *e, uint64_t offset, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Fills memory, loads and code from sections and segments. */
void elf_map(struct elf *e);

/* The first section of that type, whatever is in it; NULL. */
const struct elf_section *elf_section_of_type(const struct elf *e, uint32_t type);

/* An .xz stream that stands in a section, unpacked as elf_contents() does. */
struct slice elf_unpack_xz(struct elf *e, const struct elf_section *s);

/* What PT_DYNAMIC says, as far as it matters: link addresses, and sizes in bytes; 0 for what it
 * does not say. */
struct elf_dynamic {
	uint64_t strings, strings_size, symbols, hash, gnu_hash;
	uint64_t soname; /* offset in strings */
	bool has_soname;
	uint64_t plt_got, plt_relocations, plt_relocations_size;
	uint64_t rela, rela_size, rel, rel_size;
	bool plt_rela; /* which of the two the PLT's are */
};

/* False when there is none. */
bool elf_dynamic(const struct elf *e, struct elf_dynamic *d);

/* The dynamic symbol table and its strings; its end is known from the hash tables, else from the
 * section of its kind. Empty when there is none. */
struct slice elf_dynamic_symbols(const struct elf *e, struct slice *strings);

/* The text at an offset of a string table, cut at LIMIT_NAME_BYTES. */
struct str elf_string(struct slice strings, uint64_t offset);

/* An entry of a symbol table. */
struct elf_entry {
	uint32_t name;
	uint8_t info, other;
	uint16_t section;
	uint64_t value, size;
};
enum { ELF32_SYMBOL = 16, ELF64_SYMBOL = 24 };
struct elf_entry elf_entry_read(const struct elf *e, struct cursor *c);

#endif
