#include "base/limits.h"
#include "sym/record.h"

/* Value + 1; 0 for what is no hexadecimal digit that writers use: upper case is for a closer
 * look. */
static const uint8_t plain_digits[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* A number of at most most digits. Returns what stands behind it and the byte that must follow it;
 * NULL if it does not. */
static inline const char *plain_number(const char *p, unsigned most, unsigned base, char behind,
				       uint64_t *value)
{
	const char *end = p;
	uint64_t v = 0;
	unsigned digit;

	while ((digit = plain_digits[(unsigned char)*end] - 1u) < base &&
	       end - p < (ptrdiff_t)most) {
		v = v * base + digit;
		end++;
	}
	*value = v;
	return end == p || *end != behind ? NULL : end + 1;
}

size_t record_plain_line(struct str text, struct record_line *l)
{
	enum { LONGEST = 16 + 8 + 9 + 9 + 4 };
	const char *p = text.p;
	uint64_t line, file;

	/* Nine decimal digits are always below 2^32. */
	if (text.n < LONGEST || (p = plain_number(p, 16, 16, ' ', &l->start)) == NULL ||
	    (p = plain_number(p, 8, 16, ' ', &l->size)) == NULL ||
	    (p = plain_number(p, 9, 10, ' ', &line)) == NULL ||
	    (p = plain_number(p, 9, 10, '\n', &file)) == NULL)
		return 0;
	l->line = (uint32_t)line;
	l->file = (uint32_t)file;
	return (size_t)(p - text.p);
}

size_t record_plain_inline(struct str text, uint64_t first, uint64_t last, struct record_inline *i)
{
	static const char word[] = "INLINE ";
	enum { WORD = sizeof(word) - 1, HEAD = WORD + 4 * 10, RANGE = 17 + 9 };
	uint64_t v[4], start, size;
	const char *p = text.p + WORD, *end = text.p + text.n, *behind;

	if (text.n < HEAD || memcmp(text.p, word, WORD) != 0)
		return 0;
	for (unsigned k = 0; k < 4; k++) {
		if ((p = plain_number(p, 9, 10, ' ', &v[k])) == NULL)
			return 0;
	}
	do {
		if (end - p < RANGE || (p = plain_number(p, 16, 16, ' ', &start)) == NULL)
			return 0;
		behind = plain_number(p, 8, 16, ' ', &size);
		if (behind == NULL)
			behind = plain_number(p, 8, 16, '\n', &size);
		if (behind == NULL || start < first || start > last || size == 0)
			return 0;
		p = behind;
	} while (p[-1] == ' ');
	*i = (struct record_inline){ .depth = (uint32_t)v[0],
				     .call_line = (uint32_t)v[1],
				     .call_file = (uint32_t)v[2],
				     .origin = (uint32_t)v[3],
				     .has_file = true };
	return (size_t)(p - text.p);
}

size_t record_plain_row(struct str text)
{
	static const char word[] = "STACK CFI ";
	enum { WORD = sizeof(word) - 1 };
	const char *p;
	uint64_t at;

	if (text.n < WORD + 16 + 1 || memcmp(text.p, word, WORD) != 0)
		return 0;
	p = plain_number(text.p + WORD, 16, 16, ' ', &at);
	if (p == NULL)
		return 0;

	size_t start = (size_t)(p - text.p);
	size_t n = start + str_find_char(str_from(text, start), '\n');
	return n < text.n && n < LIMIT_SYM_LINE ? n + 1 : 0;
}
