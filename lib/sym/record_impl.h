#ifndef CRASH_SYM_RECORD_IMPL_H
#define CRASH_SYM_RECORD_IMPL_H

#include "sym/record.h"

/* What the modules of record share. */

/* Value + 1; 0 for what is no hexadecimal digit. */
extern const uint8_t record_hex_digits[256];

static inline bool record_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline unsigned record_hex_digit(char c)
{
	return record_hex_digits[(unsigned char)c];
}

static inline void record_skip_blanks(struct record *r)
{
	const char *p = r->p;

	while (p < r->end && record_is_blank(*p))
		p++;
	r->gap = p != r->p;
	r->p = p;
}

#endif
