#ifndef CRASH_BIN_ELF_RELOC_H
#define CRASH_BIN_ELF_RELOC_H

#include "bin/elf.h"

/*
 * A relocatable file (ET_REL: an object, a kernel module) as if it were linked: the sections that
 * will be in memory get addresses, one after the other, and the relocations of .debug_* and
 * .eh_frame are applied to copies of them. x86, amd64, arm, arm64, riscv, ppc, ppc64, mips. Call it
 * before anything is read from e. Relocations of unknown types are left out, with a warning.
 */
void elf_relocate(struct elf *e);

#endif
