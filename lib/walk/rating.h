#ifndef CRASH_WALK_RATING_H
#define CRASH_WALK_RATING_H

#include "walk/state.h"

/*
 * How likely an attacker could make use of a crash, by rules of thumb of Breakpad's
 * (src/processor/exploitability_win.cc, exploitability_linux.cc). stackwalk.md 15. It is a hint for
 * the order in which people look at crashes, and no proof in either direction.
 */
enum rating {
	RATING_NONE,
	RATING_INTERESTING,
	RATING_LOW,
	RATING_MEDIUM,
	RATING_HIGH,
	RATING_NO_RULES, /* for this system: there are some for Windows and Linux */
	RATING_NO_DATA,  /* no exception, or nothing that says what it was */
};

/* "high", "no rules". */
const char *rating_name(enum rating r);

/*
 * Rates the crash of a state that is built. The stack of the thread that crashed is walked for it,
 * with a budget of its own, so that the report's is left whole. With compat a Linux dump without
 * memory map is RATING_HIGH, as Breakpad has it; else what a map would have told is left out. oom
 * as in arena.h.
 */
enum rating rating_find(const struct state *s, void (*oom)(size_t wanted));

#endif
