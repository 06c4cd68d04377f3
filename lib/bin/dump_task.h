#ifndef CRASH_BIN_DUMP_TASK_H
#define CRASH_BIN_DUMP_TASK_H

#include "bin/batch.h"
#include "bin/mapping.h"
#include "sym/sym_task.h"

/*
 * A run of dump-sym-parse between its options and the work: what it may touch, the names of its
 * inputs, where its results go. What is done with .sym files is in sym_task.h, what with binaries
 * in batch.h.
 */
struct dump_task {
	struct sym_task sym;        /* paths are set by the run */
	struct batch_options batch; /* when there is nothing to do with .sym files; index and the
				       mapping of paths are set by the run */
	struct mapping_options mapping; /* of paths of sources; diag is set by the run */
	struct sym_task
		index;      /* SYM_INDEX: of the .sym that are made of binaries, or SYM_NOTHING */
	const char *output; /* the file of the results, or NULL */
	bool stream;        /* the inputs' names are lines of standard input */
	bool no_sandbox;
};

/* Results go to out when they have no file. Returns an exit code; what is wrong was said to d. Out
 * of memory ends the process. */
int dump_task_run(const struct dump_task *t, const char *const *paths, size_t n, FILE *out,
		  struct diag *d);

#endif
