#ifndef CRASH_BIN_DW_H
#define CRASH_BIN_DW_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/inflow.h"
#include "bin/symtab.h"
#include "sym/model.h"

/*
 * DWARF 2 to 5 to a model: units, functions, inlined calls, line tables; dump-sym-parse.md 5, 6.
 * No tree is built: entries (DIEs) are read once, in order, and those of no interest are skipped by
 * the sizes of their attributes.
 */
struct dw_sections {
	const char *file; /* for messages; borrowed */
	bool big;
	unsigned address_size; /* of the machine; units have their own */
	struct inflow *inflow; /* that brings info; NULL: it is there */
	struct slice info, types, abbrev, str, line, line_str, ranges, rnglists, addr, str_offsets;
};

/* Opens the .dwo of a skeleton unit: its file by name (and the folder it was compiled in) or the
 * unit with that id in a .dwp. False when there is none. Borrowed as long as the struct dw. */
struct dw_split {
	bool (*find)(void *context, struct str name, struct str directory, uint64_t id,
		     struct dw_sections *found);
	void *context;
};

struct dw_input {
	struct dw_sections main;
	struct dw_sections supplement; /* dwz's common file; info is empty when there is none */
	struct dw_split split;         /* find is NULL when there is none */
	const struct symtab *symbols;
	uint64_t bias;
	bool relocatable; /* ET_REL: address 0 is as good as any */
	bool compat, inlines;
	/* Whether code lies at a link address, as in dw_cfi.h: functions elsewhere are of code that
	 * a linker threw away. NULL: everywhere. */
	bool (*is_code)(const void *context, uint64_t address);
	const void *code_context;
};

struct dw;

/* Lists the units. in is copied, what it points to borrowed. Never fails: damage is a warning. */
struct dw *dw_open(const struct dw_input *in, struct arena *a, struct diag *d);
/* Bytes of .debug_info: how much work it is, for sharing it out. */
uint64_t dw_size(const struct dw *dw);

/* Whether units are lost when they were fed. */
bool dw_forgets(const struct dw *dw);

/* Adds the functions of the units that begin in [from, to) of .debug_info to m. */
void dw_feed(struct dw *dw, uint64_t from, uint64_t to, struct model *m);

/* After all units (-gmlt, dump-sym-parse.md 5.6): functions for symbols whose code has lines in
 * some line table, but no entry. */
void dw_feed_symbols(struct dw *dw, struct model *m);

void dw_close(struct dw *dw);

#endif
