#ifndef CRASH_CRASH_SIG_FORM_H
#define CRASH_CRASH_SIG_FORM_H

#include <stdio.h>

#include "crash/sig_job.h"

/* How a signature is printed: one record a crash. */
struct ping;

struct sig_record {
	const struct sig_crash *crash;
	const struct sig_result *result;
	const char *algorithm;
	const char *error;       /* why there is no signature, or NULL */
	const struct ping *ping; /* of which the crash was made, or NULL */
	struct str data;         /* the crash data that was made of it */
	bool details, pretty;    /* frames and debug lines too; indented */
	bool compat;             /* as the peer prints it, also what a terminal would obey */
	bool first;              /* nothing was printed before it */
};

struct sig_form {
	const char *name;
	void (*begin)(FILE *out); /* before the first record; NULL: nothing */
	/* a: for what is needed on the way. */
	void (*print)(FILE *out, const struct sig_record *r, struct arena *a);
	/* What stands between two records, of those that were left out, too; NULL: nothing. */
	const char *between;
	bool of_pings; /* prints what was made of a ping */
};

/* json, sig, text, tsv, csv, markdown, signify, request, data; NULL for any other name. */
const struct sig_form *sig_form_find(const char *name);

/*
 * Those of Socorro's commands "signature" (text, csv, markdown) and "signify" (siggen.md 12), byte
 * for byte but for the wording of Python's errors; text for any other name, as there.
 */
const struct sig_form *sig_form_find_peer(const char *name);

/* Whether the crash has the signature that it had before. */
bool sig_form_same(const struct sig_record *r, struct arena *a);

#endif
