#ifndef CRASH_WALK_STATE_TEXT_IMPL_H
#define CRASH_WALK_STATE_TEXT_IMPL_H

#include "base/buf.h"
#include "walk/args.h"
#include "walk/state.h"

/*
 * The human report, line for line rust-minidump's (minidump-processor/src/process_state.rs, print;
 * minidump-unwind/src/lib.rs, CallStack::print). Threads are walked as they are printed.
 */
struct state_printer {
	FILE *out;
	struct state *s;
	const struct dump *dump;
	const struct state_text_options *o;
	unsigned digits;      /* of an address */
	struct arena *a;      /* for the whole report */
	struct arena scratch; /* for a step of the walk */
	struct arena names;   /* for one frame */
	struct buf text;      /* for one piece of text */
	struct args args;     /* of the thread being printed; empty unless asked for */
};

/* Text from the dump or a symbol file, between our own words. */
void state_put(struct state_printer *p, struct str s);

/* BEFORE TEXT, within a line, and as one. */
void state_put_after(struct state_printer *p, const char *before, struct str s);
void state_put_line(struct state_printer *p, const char *before, struct str s);

/* The frames of a thread, walked now. */
void state_put_stack(struct state_printer *p, size_t thread);

void state_put_modules(struct state_printer *p);
void state_put_unloaded_modules(struct state_printer *p);

#endif
