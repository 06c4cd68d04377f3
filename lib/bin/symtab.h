#ifndef CRASH_BIN_SYMTAB_H
#define CRASH_BIN_SYMTAB_H

#include "base/arena.h"

/*
 * The function symbols of a binary, whatever its format: what names functions that debug
 * information names badly or not at all.
 */
enum symbol_bind { SYMBOL_GLOBAL, SYMBOL_WEAK, SYMBOL_LOCAL };

struct symbol {
	uint64_t address; /* module-relative, without the Thumb bit */
	uint64_t size;    /* bytes; 0: not known */
	struct str name;  /* as in the table: mangled, with a version ("memcpy@@GLIBC_2.14") */
	enum symbol_bind bind;
	bool dynamic; /* from the dynamic table */
};

struct symtab {
	struct symbol *v;     /* in the order of the tables, the static one first */
	uint32_t *by_address; /* indexes into v, sorted by address, then by themselves */
	size_t n;
};

/* Makes by_address. */
void symtab_sort(struct symtab *t, struct arena *a);

/* The first symbol at exactly that address, or NULL. */
const struct symbol *symtab_at(const struct symtab *t, uint64_t address);

#endif
