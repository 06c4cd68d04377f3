#ifndef CRASH_BIN_ELF_LINK_H
#define CRASH_BIN_ELF_LINK_H

#include "bin/elf.h"

/* What an ELF file says about files that belong to it. Names and ids are borrowed from it. */
struct elf_link {
	struct str name;
	uint32_t crc;    /* elf_debuglink(): CRC-32 of the whole file */
	struct slice id; /* elf_altlink(): build id of the file, or its checksum in .debug_sup */
};

/* .gnu_debuglink: the file with the debug information (GDB's manual, "Separate Debug Files"). */
bool elf_debuglink(struct elf *e, struct elf_link *l);

/* .gnu_debugaltlink of dwz, or .debug_sup (DWARF 5, 7.3.6): the file with what several files have
 * in common. */
bool elf_altlink(struct elf *e, struct elf_link *l);

/* Whether the file is the one that elf_altlink() of another asks for. */
bool elf_is_linked(struct elf *e, const struct elf_link *l);

/* The sum of elf_debuglink(). */
uint32_t elf_crc(struct slice file);

#endif
