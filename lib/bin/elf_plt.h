#ifndef CRASH_BIN_ELF_PLT_H
#define CRASH_BIN_ELF_PLT_H

#include "bin/elf.h"

/*
 * The slots of the procedure linkage table, which no symbol names: "memcpy@plt", one for each slot
 * of .plt, .plt.sec and .plt.got of x86, amd64, arm and arm64. A slot is known by its instructions:
 * they load a word of the global offset table, for which a relocation says the symbol. In the form
 * of local symbols, sorted; names live in e's arena.
 */
void elf_plt(struct elf *e, struct symtab *t);

#endif
