#ifndef CRASH_CRASH_SIG_STREAM_H
#define CRASH_CRASH_SIG_STREAM_H

#include <stdio.h>

#include "base/diag.h"
#include "base/js_in.h"

/* The crashes of many files or one long stream, in one process or several. */

struct sig_document {
	struct js_value root; /* JS_NONE: it could not be read */
	const char *error;    /* why; NULL if it could */
	bool first;           /* of all */
	const char *file;     /* where it begins; of no meaning with an error */
	uint64_t line;
};

struct sig_stream {
	/* Called for each document, good or bad, in order; writes what came of it to out. Returns
	 * an exit code. With workers it runs in a forked process, so what it leaves in context is
	 * lost. */
	int (*take)(const struct sig_document *d, FILE *out, void *context);
	void *context;
	struct diag *diag;
};

/*
 * Takes all documents of the files, "-" being standard input; of standard input if there are none.
 * Up to so many workers share the files; or, if there is one, its lines, a few MiB at a time (0:
 * one worker for each CPU). What they write comes to out in the order of the documents. A document
 * that is none is reported, and taken as such. Memory does not depend on their number. Returns the
 * highest exit code.
 */
int sig_stream_run(const struct sig_stream *s, char **files, size_t n, unsigned workers, FILE *out);

#endif
