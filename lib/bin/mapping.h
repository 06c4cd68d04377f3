#ifndef CRASH_BIN_MAPPING_H
#define CRASH_BIN_MAPPING_H

#include "base/arena.h"
#include "base/error.h"

/*
 * Paths of source files as a version control system knows them: rules of an expression and a
 * template, the first that matches decides, a path that none matches stays. dump-sym-parse.md 12.
 * In a template {N} is what group N matched, and {name} a variable; a rule does not apply where a
 * group that it needs took no part.
 */
struct mapping_options {
	const char *const *variables; /* "NAME=VALUE" */
	size_t n_variables;
	const char *const *sources;      /* expressions */
	const char *const *destinations; /* a template for each */
	size_t n_rules;
	const char *file; /* JSON with more of both, whose rules come first; NULL */
};

struct mapping;

/* Memory is in a, but for what mapping_close() frees; what o points to is borrowed. NULL, with
 * ERROR_INPUT, for an expression, template or document that is wrong, {digest} included. */
struct mapping *mapping_open(const struct mapping_options *o, struct arena *a, struct error *err);
void mapping_close(struct mapping *m);

/* Where a path leads, borrowed until the next call; context is the struct mapping. */
struct str mapping_apply(void *context, struct str path);

#endif
