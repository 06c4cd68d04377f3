#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

enum { FIRST_SIZE = 256 };

void buf_grow(struct buf *b, size_t n)
{
	size_t cap = b->cap < FIRST_SIZE ? FIRST_SIZE : b->cap * 2;
	while (cap < SIZE_MAX / 2 && cap - b->n < n)
		cap *= 2;

	char *p = cap - b->n < n ? NULL : realloc(b->p, cap);
	if (p == NULL) {
		if (b->oom != NULL)
			b->oom(n);
		fprintf(stderr, "out of memory: %zu bytes more than the %zu in use\n", n, b->n);
		abort();
	}
	b->p = p;
	b->cap = cap;
}

enum { MAX_DIGITS = 20 };

void buf_put_hex(struct buf *b, uint64_t v)
{
	unsigned n = v == 0 ? 1 : (67u - (unsigned)__builtin_clzll(v)) / 4;

	buf_reserve(b, MAX_DIGITS);
	for (char *p = b->p + b->n + n; p > b->p + b->n; v >>= 4)
		*--p = "0123456789abcdef"[v & 15];
	b->n += n;
}

void buf_put_decimal(struct buf *b, uint64_t v)
{
	char digits[MAX_DIGITS], *p = digits + sizeof(digits);

	do {
		*--p = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	buf_put(b, p, (size_t)(digits + sizeof(digits) - p));
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	int need = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (need < 0)
		return;

	buf_reserve(b, (size_t)need + 1);
	vsnprintf(b->p + b->n, (size_t)need + 1, fmt, ap);
	b->n += (size_t)need;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

void buf_clear(struct buf *b)
{
	b->n = 0;
}

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .oom = b->oom };
}
