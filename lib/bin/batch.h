#ifndef CRASH_BIN_BATCH_H
#define CRASH_BIN_BATCH_H

#include "bin/source.h"
#include "sym/sym_task.h"

/*
 * Many binaries at once: files and trees of them, those with the same id put together as one module
 * (dump-sym-parse.md 13), each module a .sym on one output or in a symbol store.
 */
struct batch_options {
	struct source_options
		source;    /* its jobs are for all of them together; 0: one for each CPU */
	const char *store; /* folder; NULL: everything goes to one output */
	bool strict;       /* a warning is an error */
	bool coverage;     /* the output is a report of what the modules have */
	const struct sym_task *index; /* makes the index of each .sym in the store; NULL: none */
};

/* Returns an exit code; errors were reported, and do not end it. */
int batch_run(const struct batch_options *o, const char *const *paths, size_t n, FILE *out,
	      struct diag *d);

#endif
