#ifndef CRASH_BIN_BINARIES_H
#define CRASH_BIN_BINARIES_H

#include "bin/elf.h"
#include "sym/symbols.h"

/*
 * The binaries of a dump's modules, found by their ids in folders: what is there when nobody made
 * symbols. Each gives a .sym (source.h) and the bytes of its code. ELF.
 */
struct binaries;

/* dirs: trees of files (a system's root, a build folder, a folder with .build-id), or binaries;
 * borrowed. They are read when the first module is looked for. */
struct binaries *binaries_open(const char *const *dirs, size_t n, void (*oom)(size_t wanted),
			       struct diag *d);
void binaries_close(struct binaries *b);

/*
 * The binary with the debug id of the module, open until binaries_close(); NULL when there is none.
 * Looked for are, in each folder: .build-id/xx/rest and the same with ".debug", the module's path
 * below it, and any file of the module's name; a file without code, of debug information, only when
 * there is no other.
 */
const struct elf *binaries_find(struct binaries *b, const struct symbols_key *key);

/* Makes symbols of them, for struct symbols_options. */
struct symbols_maker binaries_maker(struct binaries *b);

#endif
