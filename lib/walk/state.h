#ifndef CRASH_WALK_STATE_H
#define CRASH_WALK_STATE_H

#include <stdio.h>

#include "base/bounds.h"
#include "walk/evil.h"
#include "walk/hints.h"
#include "walk/walk.h"

/*
 * A processed dump: what the reports are made from. Frames are not kept with their names: threads
 * are walked when the report needs them, and a frame is 16 bytes in between (frames.h).
 */
struct state {
	const struct dump *dump;
	struct names *names;
	bool compat;
	/* Both are the caller's to set after state_build(). */
	const struct evil *evil; /* what a crash reporter knew besides; NULL: nothing */
	bool only_requesting;    /* walk no other thread, if there is a requesting one */
	ptrdiff_t requesting;    /* index of the thread that crashed or asked for the dump, or -1 */
	struct str reason;       /* of the exception, if there is one */
	bool has_address;
	uint64_t address;
	struct hints hints; /* what the crashing instruction tells */
	struct walk_budget budget;
	struct bounds *bounds; /* state_set_bounds(); else NULL */
	uint64_t half_frames;  /* how many of a stack's first and of its last frames are kept */
	uint64_t cpu_start;    /* milliseconds, when it was first asked for; 0 before */
	bool late;             /* no time is left for walks */
	const char *rating;    /* of rating.h, set by who wants it in the reports; else NULL */
};

/* Decides which thread is the requesting one, the reason and the address, and analyses the
 * instruction. stackwalk.md 2. */
void state_build(struct state *s, const struct dump *d, struct names *names, struct arena *a);

/* Other limits than the usual ones, for walks that have not begun; b has what readers reached and
 * gets what walks reach. */
void state_set_bounds(struct state *s, struct bounds *b);

/* The value of a limit, and whether the dump reached it; that of frames of a thread is the
 * thread's own affair. */
uint64_t state_bound(const struct state *s, enum bound which);
bool state_has_reached(const struct state *s, enum bound which);

/* Whether a thread is the one that wrote the dump: it has no frames in reports. */
bool state_is_dump_thread(const struct state *s, size_t thread);

/* Whether reports have the frames of a thread. */
bool state_is_walked(const struct state *s, size_t thread);

/* The version of the CPU's microcode: the dump's, else the crash reporter's. */
bool state_microcode(const struct state *s, uint64_t *version);

/* "EXPRESSION, FUNCTION, FILE:LINE", as much of it as is there, or what kind of assertion it was.
 * False when there is none; with compat, too: rust-minidump never reports it. */
bool state_assertion(const struct state *s, struct arena *a, struct str *text);

/* Starts the walk of a thread with the right context: the exception's for the requesting one. */
void state_walk(struct state *s, size_t thread, struct arena *scratch, struct walk *w);

/* walk_next() as long as there is time. When there is none left, a walk has one frame. */
bool state_next(struct state *s, struct walk *w, struct walk_frame *frame);

/* The JSON report of stackwalk.md 11, without a final newline. Errors of writing stay in out. */
struct state_js_options {
	bool pretty;
	bool registers;   /* of all frames, as far as they are known */
	const char *file; /* for the key "file", which tells documents of a stream apart, or NULL */
};
void state_js(struct state *s, const struct state_js_options *o, struct arena *a, FILE *out);

/* The line of a stream for a dump that has no report: keys error, file and status, which is the
 * peer's word, and a newline. */
void state_js_failure(const char *file, const char *status, const char *error, FILE *out);

/* The human report of stackwalk.md 12. brief: the requesting thread only. Text from the dump is
 * made printable (utf.h), but not with compat. */
struct state_text_options {
	bool brief;
	bool args; /* what the arguments of functions of x86 seem to have been (args.h) */
};
void state_text(struct state *s, const struct state_text_options *o, struct arena *a, FILE *out);

/*
 * Breakpad's lines of fields separated by '|': OS, CPU, GPU, Crash, Module, and after an empty line
 * frames, the requesting thread's first. In fields, what is not printable and '|' are \xNN; compat
 * leaves '|' and newlines out, as Breakpad does. stackwalk.md 15.
 */
void state_pipe(struct state *s, struct arena *a, FILE *out);

/* The modules whose symbols the walks looked for and did not find, a line for each: debug file,
 * debug id, code file and code id, with tabs between them; names are leaves, made printable. */
void state_missing(struct state *s, struct arena *a, FILE *out);

#endif
