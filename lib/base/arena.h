#ifndef CRASH_BASE_ARENA_H
#define CRASH_BASE_ARENA_H

#include <stddef.h>

#include "base/slice.h"

/*
 * Memory that is freed all at once. One arena per input file (or per request): whatever a reader
 * builds from the file lives in it, and arena_free() ends it all. Blocks are zeroed and never move.
 *
 * Running out of memory, or over the arena's limit, ends the process through oom(), which must not
 * return: readers bound every count that a file claims by the bytes that are left in it before they
 * allocate (cursor_fits), so a hostile file can't reach this.
 */
struct arena {
	struct arena_chunk *chunks; /* newest first */
	size_t used;                /* bytes handed out, for reports of memory use */
	size_t limit;               /* most bytes that may be handed out; 0 for none */
	void (*oom)(size_t wanted); /* NULL: a message and abort() */
};

/* n objects of the given size, zeroed. n * size may not overflow size_t: that is over any limit, so
 * oom() again. */
void *arena_alloc(struct arena *a, size_t n, size_t size, size_t align)
	__attribute__((returns_nonnull));

/* "struct foo *f = arena_new(a, struct foo, 3);" */
#define arena_new(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type), _Alignof(type)))

/* A copy of s that ends in a nul (not counted in n), for names that must outlive their file. */
struct str arena_strdup(struct arena *a, struct str s);

/* n texts as one: "arena_concat(a, PARTS(dir, STR("/"), name))". Ends in a nul that is not counted.
 */
struct str arena_concat(struct arena *a, const struct str *parts, size_t n);

#define PARTS(...)                           \
	(const struct str[]){ __VA_ARGS__ }, \
		sizeof((const struct str[]){ __VA_ARGS__ }) / sizeof(struct str)

/* What printf() would print, with a nul behind it. */
struct str arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Ends every block but keeps some memory for what comes next: for an arena that is filled and
 * emptied in a loop. */
void arena_reset(struct arena *a);

/* Frees every block. The arena is empty afterwards and may be used again. */
void arena_free(struct arena *a);

#endif
