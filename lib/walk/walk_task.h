#ifndef CRASH_WALK_WALK_TASK_H
#define CRASH_WALK_WALK_TASK_H

#include "sym/sources.h"
#include "walk/request.h"

/*
 * A run of stackwalk between its options and the dumps: its limits, what it may touch, where it
 * looks for symbols, where its reports go. What is done with one dump is in request.h.
 */
struct walk_task {
	struct request request; /* of each dump; symbols, binaries, evil and bounds are set by the
				   run */
	struct sources sources; /* its maker is set by the run */
	const char *const *limits; /* "NAME=VALUE" */
	size_t n_limits;
	const char *evil;   /* the file of evil.h, or NULL */
	const char *output; /* the file of the reports, or NULL */
	unsigned jobs;      /* dumps at a time; 0: one for each CPU */
	bool no_sandbox;
};

/* Reports go to out when they have no file. Memory of the run is in a. Returns an exit code; what
 * is wrong was said to d. Out of memory ends the process. */
int walk_task_run(struct walk_task *t, struct arena *a, FILE *out, struct diag *d);

#endif
