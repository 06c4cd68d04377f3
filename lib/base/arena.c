#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Many arenas never hold more than a few names. */
enum { FIRST_SIZE = 4 * 1024, CHUNK_SIZE = 64 * 1024 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t used;
	size_t size;
	max_align_t data[];
};

static void out_of_memory(const struct arena *a, size_t wanted)
{
	if (a->oom != NULL)
		a->oom(wanted);
	fprintf(stderr, "out of memory: %zu bytes more than the %zu in use\n", wanted, a->used);
	abort();
}

static struct arena_chunk *chunk_new(struct arena *a, size_t need)
{
	size_t least = a->chunks == NULL ? FIRST_SIZE : CHUNK_SIZE;
	size_t size = need > least ? need : least;
	struct arena_chunk *c = size <= CHUNK_SIZE ? malloc(sizeof(*c) + size)
						   : calloc(1, sizeof(*c) + size);

	if (c == NULL)
		out_of_memory(a, size);
	c->size = size;
	c->used = 0;
	c->next = a->chunks;
	a->chunks = c;
	return c;
}

void *arena_alloc(struct arena *a, size_t n, size_t size, size_t align)
{
	struct arena_chunk *c = a->chunks;
	size_t bytes, room;

	if (__builtin_mul_overflow(n, size, &bytes) ||
	    __builtin_add_overflow(bytes, align + sizeof(*c), &room))
		out_of_memory(a, SIZE_MAX);
	if (a->limit != 0 && (bytes > a->limit || a->used > a->limit - bytes))
		out_of_memory(a, bytes);

	size_t start = c == NULL ? 0 : (c->used + align - 1) & ~(align - 1);
	if (c == NULL || start > c->size || bytes > c->size - start) {
		c = chunk_new(a, bytes + align);
		start = 0;
	}
	c->used = start + bytes;
	a->used += bytes;
	/* A common chunk is zeroed as it is used: most of it never is. */
	if (c->size <= CHUNK_SIZE)
		memset((char *)c->data + start, 0, bytes);
	return (char *)c->data + start;
}

struct str arena_strdup(struct arena *a, struct str s)
{
	char *p = arena_new(a, char, s.n + 1);

	if (s.n != 0)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	char small[128];
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	if (n < 0)
		return (struct str){ 0 };
	if ((size_t)n < sizeof(small))
		return arena_strdup(a, (struct str){ small, (size_t)n });

	char *p = arena_new(a, char, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct str){ p, (size_t)n };
}

struct str arena_concat(struct arena *a, const struct str *parts, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += parts[i].n;

	char *p = arena_new(a, char, size + 1);
	struct str all = { p, size };
	for (size_t i = 0; i < n; i++) {
		if (parts[i].n != 0)
			memcpy(p, parts[i].p, parts[i].n);
		p += parts[i].n;
	}
	return all;
}

void arena_reset(struct arena *a)
{
	struct arena_chunk *keep = a->chunks;

	if (keep == NULL || keep->size > CHUNK_SIZE) {
		arena_free(a);
		return;
	}
	a->chunks = keep->next;
	arena_free(a);
	keep->used = 0;
	keep->next = NULL;
	a->chunks = keep;
}

void arena_free(struct arena *a)
{
	while (a->chunks != NULL) {
		struct arena_chunk *c = a->chunks;

		a->chunks = c->next;
		free(c);
	}
	a->used = 0;
}
