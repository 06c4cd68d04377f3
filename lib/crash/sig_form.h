#ifndef CRASH_CRASH_SIG_FORM_H
#define CRASH_CRASH_SIG_FORM_H

#include <stdio.h>

#include "crash/sig_job.h"

/* How a signature is printed: one record a crash. csv and markdown are those of Socorro's command
 * "signature" (siggen.md 12), but for its links and for what a terminal would obey. */
struct sig_record {
	const struct sig_crash *crash;
	const struct sig_result *result;
	const char *error;    /* why there is no signature, or NULL */
	bool details, pretty; /* frames and debug lines too; indented */
	bool first;           /* nothing was printed before it */
};

struct sig_form {
	const char *name;
	void (*begin)(FILE *out); /* before the first record; NULL: nothing */
	/* a: for what is needed on the way. */
	void (*print)(FILE *out, const struct sig_record *r, struct arena *a);
};

/* json, sig, text, tsv, csv, markdown; NULL for any other name. */
const struct sig_form *sig_form_find(const char *name);

#endif
