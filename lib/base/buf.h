#ifndef CRASH_BASE_BUF_H
#define CRASH_BASE_BUF_H

#include <stdarg.h>

#include "base/slice.h"

/*
 * Bytes that grow: text being put together, an array whose length is not known before. The memory
 * moves when it grows, so nothing may point into it until it is complete. Zeroed is empty;
 * buf_free() ends it. Running out of memory ends the process through oom(), as in arena.h.
 */
struct buf {
	char *p;
	size_t n;   /* bytes used */
	size_t cap; /* bytes allocated */
	void (*oom)(size_t wanted);
};

/* What buf_reserve() does when there is no room. */
void buf_grow(struct buf *b, size_t n);

/* Room for n more bytes: p + n may be written by the caller, who then adds to n. */
static inline void buf_reserve(struct buf *b, size_t n)
{
	if (n > b->cap - b->n)
		buf_grow(b, n);
}

/* In place always: nearly all calls have a size that is known, for which copying is an instruction
 * or two and a call is many. */
static inline __attribute__((always_inline)) void buf_put(struct buf *b, const void *bytes,
							  size_t n)
{
	buf_reserve(b, n);
	if (n != 0)
		memcpy(b->p + b->n, bytes, n);
	b->n += n;
}

static inline void buf_put_char(struct buf *b, char c)
{
	buf_reserve(b, 1);
	b->p[b->n++] = c;
}

static inline void buf_put_str(struct buf *b, struct str s)
{
	buf_put(b, s.p, s.n);
}

/* A number in hexadecimal or decimal digits, no prefix: for texts of millions of them. */
void buf_put_hex(struct buf *b, uint64_t v);
void buf_put_decimal(struct buf *b, uint64_t v);

void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* What is in it, borrowed until the next change. */
struct str buf_str(const struct buf *b);

/* Empties it but keeps the memory. */
void buf_clear(struct buf *b);
void buf_free(struct buf *b);

#endif
