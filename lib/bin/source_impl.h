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
	size_t n_objects, n_given;
	struct sym_head head;
	struct symtab all_symbols; /* of all objects */
	struct unwind *unwind;     /* of all objects; NULL: not read */
	int code;
};

/* The types of a file that a compiler made, before it was linked, and of what is left of a process.
 */
enum { ET_REL = 1, ET_CORE = 4 };

/* Functions of the debug information, then public symbols. */
void source_functions(struct source *s, struct model *m);
void source_publics(struct source *s, struct model *m);

/* The call frame information of all objects, by address, of several at one address the first. */
struct unwind_entry {
	uint32_t object, entry;
};

struct unwind {
	struct dw_cfi *cfis; /* one an object */
	struct unwind_entry *entries;
	size_t n;
};

/* Reads it, and gives its STACK records. */
struct sym_stack source_unwind(struct source *s);

/* The addresses of one of its entries. */
struct model_range source_unwind_range(const struct unwind *u, size_t i);

/* Says what functions, lines and unwind rules there are for the code: to out, which may be NULL,
 * and as a warning. */
void source_coverage(struct source *s, const struct model *m, FILE *out);

#endif
