#ifndef CRASH_BIN_SOURCE_IMPL_H
#define CRASH_BIN_SOURCE_IMPL_H

#include "bin/companion.h"
#include "bin/dw_cfi.h"
#include "bin/source.h"

/* Inside of a source: for the files source*.c only. */

/* A file of the module. */
struct object {
	struct elf *elf;
	struct symtab symbols;
	bool has_dwarf;
	struct file received; /* what workers sent of its functions */
};

struct source {
	const struct source_options *o;
	struct arena *arena;
	struct diag *diag;
	struct companions companions;
	struct object *objects; /* those given, then those found */
	size_t n_objects;
	struct sym_head head;
	struct symtab all_symbols; /* of all objects */
	int code;
};

/* The types of a file that a compiler made, before it was linked, and of what is left of a process.
 */
enum { ET_REL = 1, ET_CORE = 4 };

/* Functions of the debug information, then public symbols. */
void source_functions(struct source *s, struct model *m);
void source_publics(struct source *s, struct model *m);

/* The STACK records of all objects, by address, of several at one address the first. */
struct sym_stack source_unwind(struct source *s);

#endif
