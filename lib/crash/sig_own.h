#ifndef CRASH_CRASH_SIG_OWN_H
#define CRASH_CRASH_SIG_OWN_H

#include "crash/sig_frame.h"
#include "crash/sig_job.h"

/*
 * The algorithm "own-1": Socorro's rules without the flaws that siggen.md 13 lists. It is asked for
 * by name, because signatures are keys of databases: another rule is another bucket.
 */
#define SIG_OWN "own-1"

/* Whether a function is of Rust by its looks, when no source file says so: a hash at its end, a
 * closure, a path that begins with '<'. */
bool sig_own_rust(struct str name);

/*
 * One function's name, normalised: demangled; without what compilers append; all qualifiers, a
 * return type on either side and declarators around it cut; operators whole; lambdas of all
 * compilers the same; of a Rust type its path kept. Never empty unless the name is blank. lists, a,
 * t as in sig_frame.h.
 */
struct str sig_own_name(struct str name, bool rust, struct str line, struct siglists *lists,
			struct arena *a, struct sig_frame_trace *t);

/* A module's name as it is on every machine: "libc-2.31.so" and "libc.so.6" are "libc.so",
 * "libz.1.2.dylib" is "libz.dylib"; files of Windows are in lower case. */
struct str sig_own_module(struct str name, struct arena *a);

/*
 * The signature of a recursion without end: the frames that repeat, those that are irrelevant left
 * out, from the same one on wherever the stack was when it ended; "(recursion)". Empty when the
 * frames of the result show none. long_stack: there are many more of them than the result has.
 */
struct str sig_own_recursion(struct sig_job *job, bool long_stack);

/* A signature of at most max bytes: cut behind a frame, with a hash of the whole. */
struct str sig_own_cut(struct str signature, size_t max, struct arena *a);

#endif
