#include <stdlib.h>
#include <string.h>

#include "bin/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MOST = 8 };

struct lines {
	char *v[3 * MOST];
	size_t n;
};

static void split(struct lines *l, char *text)
{
	for (char *p = text; p != NULL && l->n < COUNT(l->v);) {
		char *end = strchr(p, '\n');

		if (end != NULL)
			*end++ = '\0';
		l->v[l->n++] = p;
		p = end;
	}
}

/* A path leads to the same place whenever it is asked for. */
static void map(struct mapping *m, const char *path)
{
	struct arena a = { 0 };
	struct str once = arena_strdup(&a, mapping_apply(m, str_of(path)));

	if (!str_eq(once, mapping_apply(m, str_of(path))))
		abort();
	arena_free(&a);
}

/* Lines: a variable behind "V", an expression behind "S" before the line with its template; any
 * other is a path. */
static void run(const struct lines *l)
{
	const char *variables[MOST], *sources[MOST], *destinations[MOST], *paths[3 * MOST];
	struct diag quiet = { .tool = "fuzz_mapping" };
	struct mapping_options o = { .variables = variables,
				     .sources = sources,
				     .destinations = destinations,
				     .canonicalize = l->n % 2 != 0,
				     .diag = &quiet };
	struct arena a = { 0 };
	struct error err = { 0 };
	size_t n_paths = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i][0] == 'V' && o.n_variables < MOST) {
			variables[o.n_variables++] = l->v[i] + 1;
		} else if (l->v[i][0] == 'S' && o.n_rules < MOST && i + 1 < l->n) {
			sources[o.n_rules] = l->v[i] + 1;
			destinations[o.n_rules++] = l->v[++i];
		} else {
			paths[n_paths++] = l->v[i];
		}
	}

	struct mapping *m = mapping_open(&o, &a, &err);
	for (size_t i = 0; m != NULL && i < n_paths; i++)
		map(m, paths[i]);
	if (m != NULL)
		mapping_close(m);
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = { 0 };
	struct lines l = { 0 };

	split(&l, (char *)(uintptr_t)arena_strdup(&a, (struct str){ (const char *)data, n }).p);
	run(&l);
	arena_free(&a);
	return 0;
}
