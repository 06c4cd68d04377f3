#ifndef CRASH_CRASH_SIG_TASK_H
#define CRASH_CRASH_SIG_TASK_H

#include <stdio.h>

#include "base/diag.h"
#include "crash/sig_form.h"

/* What siggen does with the crashes of some files. */
struct sig_task {
	struct siglists *lists;
	struct siglists *others; /* to compare with */
	const char *lists_name;  /* as the peer's debug log has it */
	enum sig_input input;
	const char *answers; /* a file of what a server said to the requests of pings, or NULL */
	const struct sig_form *form;
	bool own; /* by the algorithm of sig_own.h */
	bool details, pretty, compat, different_only, explain;
	unsigned jobs; /* processes, 0: one for each CPU */
	struct diag *diag;
};

/* Each returns the highest exit code. Files as of sig_stream_run(). */

/* Prints a record for each crash. */
int sig_task_sign(const struct sig_task *t, char **files, size_t n, FILE *out);

/* Prints which signatures the other lists would change: sig_compare.h. In one process. */
int sig_task_compare(const struct sig_task *t, char **files, size_t n, FILE *out);

/* Prints entries for the lists: sig_suggest.h. In one process. */
int sig_task_suggest(const struct sig_task *t, char **files, size_t n, FILE *out);

#endif
