#include "base/slice.h"

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n == 0 ? 0 : memcmp(a.p, b.p, n);

	return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && ascii_space(s.p[0]))
		s = str_from(s, 1);
	while (s.n > 0 && ascii_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

size_t str_find_char(struct str s, char c)
{
	const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);

	return at == NULL ? s.n : (size_t)(at - s.p);
}

size_t str_find(struct str s, struct str needle)
{
	if (needle.n == 0)
		return 0;
	for (size_t at = 0; at + needle.n <= s.n; at++) {
		at += str_find_char(str_from(s, at), needle.p[0]);
		if (str_starts(str_from(s, at), needle))
			return at;
	}
	return s.n;
}

struct str str_leaf(struct str path)
{
	size_t start = path.n;

	while (start > 0 && path.p[start - 1] != '/' && path.p[start - 1] != '\\')
		start--;
	return str_from(path, start);
}

bool str_next_line(struct str *rest, struct str *line)
{
	if (rest->n == 0)
		return false;

	size_t end = str_find_char(*rest, '\n');
	*line = str_first(*rest, end);
	*rest = str_from(*rest, end + 1);
	return true;
}

bool str_next_word(struct str *rest, struct str *word)
{
	size_t n = 0;

	while (rest->n > 0 && ascii_space(rest->p[0]))
		*rest = str_from(*rest, 1);
	while (n < rest->n && !ascii_space(rest->p[n]))
		n++;
	*word = str_first(*rest, n);
	*rest = str_from(*rest, n);
	return n != 0;
}

bool str_to_u64(struct str s, uint64_t *value)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
			return false;
	}
	*value = v;
	return s.n != 0;
}

static unsigned hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 16;
}

bool str_hex_to_u64(struct str s, uint64_t *value)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned digit = hex_digit(s.p[i]);

		if (digit == 16 || v >> 60 != 0)
			return false;
		v = v << 4 | digit;
	}
	*value = v;
	return s.n != 0;
}
