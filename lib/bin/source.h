#ifndef CRASH_BIN_SOURCE_H
#define CRASH_BIN_SOURCE_H

#include "base/arena.h"
#include "base/diag.h"

/*
 * A binary of any kind, with the files that belong to it (debug companions by build id, debuglink,
 * altlink, .dwo, .dwp), as the text of a .sym. The kind is seen by the first bytes.
 */
struct source_options {
	bool compat;
	bool no_inlines, no_lines, no_cfi, no_publics;
	bool name_style;               /* names without parameters */
	const char *const *debug_dirs; /* searched for companions */
	size_t n_debug_dirs;
	const char *name, *os, *id; /* for MODULE, instead of what the file says; NULL */
	unsigned jobs;              /* processes that work on one binary */
	void (*oom)(size_t wanted);
};

#endif
