#ifndef CRASH_CRASH_SIG_FRAME_H
#define CRASH_CRASH_SIG_FRAME_H

#include "crash/siglist.h"

/*
 * Normalising one function's name, so that the same function gives the same text in every build:
 * without return type, arguments, template arguments, hashes. The steps, their order and their
 * flaws are Socorro's (socorro/signature/rules.py and utils.py; siggen.md 5.4 to 5.8), because
 * signatures are keys of databases. Work is linear in the length of the name; of a name longer than
 * LIMIT_SIG_NAME_BYTES the rest is ignored. Names are UTF-8.
 */

/* line is what is appended when the list of line numbers names the function ("None" without one).
 * False when nothing is left of the name, which ends the rule. The answer is in a. */
bool sig_frame_cpp(struct str name, struct str line, struct siglists *lists, struct arena *a,
		   struct str *out);
bool sig_frame_rust(struct str name, struct str line, struct siglists *lists, struct arena *a,
		    struct str *out);

/* The same, and what each step that changed the name made of it. */
enum { SIG_FRAME_STEPS = 12 };
struct sig_frame_trace {
	struct {
		const char *what; /* "arguments" */
		struct str after;
	} step[SIG_FRAME_STEPS];
	size_t n;
};
bool sig_frame_trace(struct str name, bool rust, struct str line, struct siglists *lists,
		     struct arena *a, struct sig_frame_trace *t, struct str *out);

/* The steps alone. sig_frame_drop(): the name without what stands before it; a part of name, false
 * when that is empty. */
bool sig_frame_drop(struct str name, struct arena *a, struct str *out);
struct str sig_frame_types(struct str name, struct arena *a);
struct str sig_frame_arguments(struct str name, struct arena *a);

/* The path in a "file" of a frame: of "hg:host/repo:path:revision" and its kin the third part, of
 * "c:path" the second, else an absolute path as it stands; empty for anything else. siggen.md 5.5
 */
struct str sig_frame_file(struct str file);

#endif
