#ifndef CRASH_SYM_REPAIR_H
#define CRASH_SYM_REPAIR_H

#include <stdio.h>

#include "base/error.h"
#include "base/slice.h"

/*
 * A damaged .sym as one of the grammar of sym-format.md 1: what can be read is written anew, in the
 * order of the grammar; section 6 says how each kind of damage is dealt with, and the rules of
 * check.h say it to people. Every address has the answer that rust-minidump would give if it took
 * the file. Repairing twice changes nothing.
 */
struct repair_options {
	bool mapped;        /* the text is a mapped file */
	bool sort;          /* by address and number: the same records give the same bytes */
	bool drop;          /* INLINEs without a call file get none, and no line of it */
	const char *module; /* "OS CPU ID NAME" of the MODULE record, for a file without one */
	void (*oom)(size_t wanted);
};

/* Errors: ERROR_INPUT when there is no MODULE record and none was given, or nothing that is one of
 * a .sym at all. Of out the caller asks whether everything was written. */
bool repair_text(struct str text, const char *name, const struct repair_options *o, FILE *out,
		 struct error *err);

#endif
