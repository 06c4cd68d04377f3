#ifndef CRASH_WALK_FRAMES_H
#define CRASH_WALK_FRAMES_H

#include "base/buf.h"
#include "walk/state.h"

/*
 * All stacks of a dump, walked once and kept small: what is needed to print a frame later, 16 bytes
 * each. Its name is looked up again then. The JSON report needs this, because the symbol flags of
 * modules, which only the walks decide, come before the threads in it.
 *
 * Of a thread with more frames than the limit for it the first and the last half are kept.
 */
struct frame_note {
	uint64_t instruction;
	int32_t module; /* or MD_NO_MODULE */
	uint8_t trust;  /* enum trust */
	uint8_t behind; /* pc - instruction: how far the return address is behind it */
};

struct frames_thread {
	size_t first;   /* place of its first note */
	uint64_t total; /* frames of the walk, kept or not */
};

struct frames {
	struct buf notes;
	uint64_t half; /* how many of a thread's first and of its last frames are kept */
	struct frames_thread *threads; /* as many as the dump has */
	struct regs registers;         /* of the first frame of the requesting thread */
};

/* Walks every thread that is to be walked. threads lives in a; frames_free() ends it. */
void frames_collect(struct frames *f, struct state *s, struct arena *a);
void frames_free(struct frames *f);

/* How many notes a thread has, and how many frames were left out between its two halves. */
size_t frames_kept(const struct frames *f, size_t thread);
uint64_t frames_omitted(const struct frames *f, size_t thread);

/* The note at place i < frames_kept(); *number is which frame of the walk it is, from 0. */
struct frame_note frames_at(const struct frames *f, size_t thread, size_t i, uint64_t *number);

#endif
