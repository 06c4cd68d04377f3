#ifndef CRASH_BIN_MAPPING_H
#define CRASH_BIN_MAPPING_H

#include "base/arena.h"
#include "base/diag.h"

/*
 * Paths of source files as a version control system knows them: rules of an expression and a
 * template, the first that matches decides, a path that none matches stays. dump-sym-parse.md 12.
 * In a template {N} is what group N matched, {digest} or {DIGEST} the SHA-512 of the file in lower
 * or upper case hexadecimal, and {name} a variable. A rule does not apply where a group that it
 * needs took no part; a path whose file cannot be read for its digest stays.
 */
struct mapping_options {
	const char *const *variables; /* "NAME=VALUE" */
	size_t n_variables;
	const char *const *sources;      /* expressions */
	const char *const *destinations; /* a template for each */
	size_t n_rules;
	const char *file;  /* JSON with more of both, whose rules come first; NULL */
	bool canonicalize; /* paths of files that are on this machine become those without links */
	struct diag *diag; /* is told of files that cannot be read; never NULL */
};

struct mapping;

/* Memory is in a, but for what mapping_close() frees; what o points to is borrowed. NULL, with
 * ERROR_INPUT, for an expression, template or document that is wrong. */
struct mapping *mapping_open(const struct mapping_options *o, struct arena *a, struct error *err);
void mapping_close(struct mapping *m);

/* Where a path leads, borrowed until the next call; context is the struct mapping. */
struct str mapping_apply(void *context, struct str path);

#endif
