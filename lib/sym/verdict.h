#ifndef CRASH_SYM_VERDICT_H
#define CRASH_SYM_VERDICT_H

#include "base/slice.h"

/*
 * What other readers of .sym files make of one, without running them: rust-minidump
 * (breakpad-symbols 0.27), Breakpad's BasicSourceLineResolver, symbolic 13.9 (making a symcache).
 * sym-format.md 5.
 */
enum verdict_reader { READER_RUST_MINIDUMP, READER_BREAKPAD, READER_SYMBOLIC, READERS };

struct verdict {
	bool good; /* the file is taken, and nothing in it is called corrupt */
	/* "accept", "accept corrupt", "reject", "CRASH signal 11"; behind rust-minidump's, what it
	 * has read, or its message. */
	char text[160];
};

/* The reader of that name; READERS for none. Names are for people and options. */
enum verdict_reader verdict_reader(const char *name);
const char *verdict_reader_name(enum verdict_reader reader);

/* mapped: the text is a mapped file. oom as in buf.h. Memory for rust-minidump's is that of an
 * index (symx_build.h), for Breakpad's 8 bytes a PUBLIC. */
void verdict_of(enum verdict_reader reader, struct str text, bool mapped,
		void (*oom)(size_t wanted), struct verdict *v);

/* One each, for verdict_of(). */
void verdict_rust_minidump(struct str text, bool mapped, void (*oom)(size_t wanted),
			   struct verdict *v);
void verdict_breakpad(struct str text, bool mapped, void (*oom)(size_t wanted), struct verdict *v);
void verdict_symbolic(struct str text, bool mapped, void (*oom)(size_t wanted), struct verdict *v);

#endif
