#ifndef CRASH_BASE_PROGRESS_H
#define CRASH_BASE_PROGRESS_H

#include <sys/types.h>

#include "base/diag.h"

/*
 * How far a batch is: one line on a terminal, from a second after the start on, that is erased at
 * the end and before anything else is said (diag.h does that). Nothing where standard error is no
 * terminal, with -q, and on a terminal that cannot erase. jobs_run() takes the steps; a command
 * makes it and puts it into its struct diag.
 */
struct progress {
	FILE *out; /* NULL: nothing is ever shown */
	const char *tool;
	pid_t owner;     /* processes that it forks only erase */
	uint64_t due_ms; /* of the clock: it is not shown earlier */
	bool shown;
	bool taken; /* by jobs that are being run: those inside them take no steps */
};

/* Reads the clock. prints: results go to standard output, and nothing is shown where that is a
 * terminal: they would stand behind the line. */
struct progress progress_make(const struct diag *d, bool prints);

/* done of n were done, the last one being name. */
void progress_step(struct progress *p, size_t done, size_t n, const char *name);

/* What a message begins with, so that it does not stand behind the line; empty if there can be no
 * line. p may be NULL. */
struct str progress_erase(const struct progress *p);

/* Erases the line. */
void progress_end(struct progress *p);

#endif
