#ifndef CRASH_SYM_SOURCES_H
#define CRASH_SYM_SOURCES_H

#include "base/sandbox.h"
#include "sym/symbols.h"

/* Where a run looks for symbols, before the sandbox is entered and after. Another kind of source
 * has its place here: a member, what the sandbox leaves open for it, what symbols_open() gets. */
struct sources {
	const char **paths; /* stores and single .sym files, in the order of the search */
	size_t n_paths;
	const char *cache;        /* folder of indexes; NULL: none is kept */
	uint64_t cache_size;      /* symbols.h */
	const char *const *trees; /* what the maker reads: binaries */
	size_t n_trees;
	struct symbols_maker maker;
	bool always; /* look modules up without a path, too: then all are missing */
	bool compat;
};

/* $XDG_CACHE_HOME/crash-tools, ~/.cache/crash-tools, or NULL where neither is known. */
const char *sources_default_cache(struct arena *a);

/* Makes the cache folder and leaves open what symbols_open() and what follows it will need. */
void sources_allow(const struct sources *s, struct sandbox *box, struct arena *a);

/* NULL when nothing is to be looked for. symbols_close() ends it; the paths are borrowed. */
struct symbols *sources_open(const struct sources *s, struct diag *d);

#endif
