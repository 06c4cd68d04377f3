#ifndef CRASH_WALK_REQUEST_H
#define CRASH_WALK_REQUEST_H

#include <stdio.h>

#include "base/diag.h"
#include "bin/binaries.h"
#include "walk/evil.h"

/*
 * What is asked for of each of the dumps of a run, and the whole way of one of them: open, read,
 * walk, print. It lies between the options of a command and the reports (state.h).
 */
enum request_form {
	REQUEST_TEXT,
	REQUEST_JSON,
	REQUEST_PIPE,
	REQUEST_MISSING,
	REQUEST_DUMP, /* the dump itself, which needs no more than a directory */
	REQUEST_FORMS,
};

struct request {
	const char *const *dumps; /* "-" is standard input */
	size_t n_dumps;
	enum request_form form;
	bool compat;
	bool brief;                  /* text and dump */
	bool args;                   /* text: arguments of functions */
	bool pretty;                 /* JSON */
	bool registers;              /* JSON: of all frames */
	bool stream;                 /* JSON: a line for each dump, for those that are bad, too */
	bool rate;                   /* text and JSON: exploitability */
	bool only_crashing;          /* walk no other thread */
	const char *also_json;       /* the file of a second report of the one dump, or NULL */
	struct symbols *symbols;     /* NULL: none are looked for */
	struct binaries *binaries;   /* NULL: none are there */
	const struct evil *evil;     /* NULL: none */
	const struct bounds *bounds; /* limits for each dump; NULL: the usual ones */
};

/* A job of jobs_run(), context being the request: prints one dump's report to out, or says why
 * there is none, in the peer's words with compat. EXIT_TROUBLE also when symbols could not be read
 * that are there. Out of memory ends the process. */
int request_run(size_t index, FILE *out, struct diag *d, void *context);

/* The name of a dump, for jobs_run(). */
const char *request_name(size_t index, void *context);

#endif
