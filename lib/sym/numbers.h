#ifndef CRASH_SYM_NUMBERS_H
#define CRASH_SYM_NUMBERS_H

#include "base/buf.h"

/*
 * Which numbers of FILE or INLINE_ORIGIN records a .sym gives, and where others are asked for that
 * it does not give. Writers count from 0, so a bit a number does; numbers from NUMBERS_DENSE on are
 * kept as a list.
 */
enum { NUMBERS_DENSE = 1 << 23 };

struct numbers {
	struct buf given, asked; /* a bit a number */
	struct buf rest;         /* struct number_use */
};

struct number_use {
	uint32_t number;
	uint32_t given; /* 1 for a record that gives it */
	uint64_t line;
};

void numbers_init(struct numbers *n, void (*oom)(size_t wanted));
void numbers_free(struct numbers *n);

/* False when it was given before. */
bool numbers_give(struct numbers *n, uint32_t number, uint64_t line);

/* Remembers the first line that asks for a number which was not given yet. */
void numbers_ask(struct numbers *n, uint32_t number, uint64_t line);

/* The lines that asked for what was never given, and those that gave large numbers again: calls say
 * for each. No more is given or asked afterwards. */
void numbers_end(struct numbers *n, void (*say)(void *context, bool again, uint64_t line),
		 void *context);

static inline bool numbers_has(const struct numbers *n, uint32_t number)
{
	size_t at = number / 8;

	return at < n->given.n && ((unsigned char)n->given.p[at] >> number % 8 & 1) != 0;
}

#endif
