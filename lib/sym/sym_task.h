#ifndef CRASH_SYM_SYM_TASK_H
#define CRASH_SYM_SYM_TASK_H

#include "base/diag.h"
#include "sym/sym_input.h"

/*
 * What is done with .sym files, many at a time: each task reads one and gives an exit code.
 */
enum sym_work {
	SYM_NOTHING,
	SYM_CHECK,
	SYM_REPAIR,
	SYM_SORT,
	SYM_JSON,
	SYM_STATS,
	SYM_INDEX,
	SYM_LOOKUP,
	SYM_DIFF, /* of two files, all others are of any number */
	SYM_WORKS,
};

struct sym_task {
	enum sym_work work;
	bool strict;        /* what is no error of a .sym, but none of its grammar, counts as one */
	bool json;          /* results are JSON, one object a line */
	bool in_place;      /* a repaired or sorted file replaces its input */
	bool verbose;       /* notes, too */
	const char *as;     /* a reader (verdict.h), whose verdict is asked for; or NULL */
	const char *module; /* as in repair.h */
	bool drop;          /* as in repair.h */
	const char *name, *id; /* of the module that is looked up in a store; or NULL */
	const char *cache; /* folder of indexes; NULL: none are kept, or they go beside the files */
	uint64_t cache_size;          /* that it may have; 0: any */
	const char *const *addresses; /* hexadecimal; "-" for lines of standard input */
	size_t n_addresses;
	unsigned jobs;
	const char *const *paths;
};

/* Why the options make no sense together, or NULL. */
const char *sym_task_wrong(const struct sym_task *t, size_t n_paths);

/* Results to out in the order of the paths, what is said about inputs to d. Returns the highest
 * exit code. */
int sym_task_run(struct sym_task *t, size_t n_paths, FILE *out, struct diag *d);

#endif
