#ifndef CRASH_BASE_TOOL_IMPL_H
#define CRASH_BASE_TOOL_IMPL_H

#include "base/tool.h"

/* The options of every command, and what they say. */
struct tool_standard {
	bool help, version, quiet;
	int verbose;
};

enum { TOOL_N_STANDARD = 4 };
extern const struct tool_option tool_standard_options[TOOL_N_STANDARD];

/* One command line being parsed. */
struct tool_parse {
	const struct tool *tool;
	struct diag *diag;
	void *opts;
	struct tool_standard standard;
};

/* Options may stand before, between and behind the operands, until "--". Moves the operands to the
 * end of argv, in their order; *first is where they begin. False, and the diag has been told, for a
 * usage error. */
bool tool_parse_all(struct tool_parse *p, int argc, char **argv, int *first);

#endif
