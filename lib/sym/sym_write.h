#ifndef CRASH_SYM_SYM_WRITE_H
#define CRASH_SYM_SYM_WRITE_H

#include <stdio.h>

#include "base/diag.h"
#include "sym/demangle.h"
#include "sym/model.h"

/*
 * A finished model as the text of a .sym: sym-format.md 1. FILE and INLINE_ORIGIN records are
 * numbered in the order in which FUNC records, by address, refer to them: so the text is the same
 * whoever found the functions in which order. The text is made in pieces, by several processes if
 * asked to; each piece is dropped when it is written.
 */
struct sym_head {
	struct str os, cpu, id, name;
	struct str code_id;      /* empty: no INFO CODE_ID */
	const char *const *info; /* "KEY text" of further INFO records */
	size_t n_info;
	const char *generator; /* of INFO GENERATOR; NULL: none */
};

/* The STACK records, each with what belongs to it, in the order in which they are written. */
struct sym_stack {
	size_t n;
	void (*write)(const void *context, size_t i, struct buf *out);
	const void *context;
};

struct sym_write {
	const struct sym_head *head;
	const struct model *model;
	struct sym_stack stack;
	/* Replaces the path of a file; NULL: it stays. */
	struct str (*map_path)(void *context, struct str path);
	void *map_context;
	enum demangle_style style;
	bool no_lines; /* neither lines nor inlined calls */
	unsigned jobs;
	void (*oom)(size_t wanted);
};

/* Returns an exit code; what could not be written is for the caller to ask of out. */
int sym_write(const struct sym_write *w, FILE *out, struct diag *d);

#endif
