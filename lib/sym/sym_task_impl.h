#ifndef CRASH_SYM_SYM_TASK_IMPL_H
#define CRASH_SYM_SYM_TASK_IMPL_H

#include "sym/check.h"
#include "sym/sym_task.h"

/* The tasks: each with the text of one file, results to out; returns an exit code. */
int sym_task_check(const struct sym_task *t, const struct sym_input *in, FILE *out, struct diag *d);
int sym_task_repair(const struct sym_task *t, const struct sym_input *in, FILE *out,
		    struct diag *d);
int sym_task_stats(const struct sym_task *t, const struct sym_input *in, FILE *out, struct diag *d);

/* These look for the file themselves, as path says, because an index may spare the reading. */
int sym_task_index(const struct sym_task *t, const char *path, FILE *out, struct diag *d);
int sym_task_lookup(const struct sym_task *t, const char *path, FILE *out, struct diag *d);

/* For check_text(), messages to out. */
struct check_options sym_task_check_options(const struct sym_task *t, const struct sym_input *in,
					    FILE *out);

#endif
