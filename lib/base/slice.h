#ifndef CRASH_BASE_SLICE_H
#define CRASH_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Borrowed views. A slice is bytes of a mapped file or an arena; a str is text in the same places.
 * Neither is terminated, neither owns: a view is valid as long as the file or arena that it points
 * into. Pass them by value.
 */
struct slice {
	const uint8_t *p;
	size_t n;
};

struct str {
	const char *p;
	size_t n;
};

/* A str from a string literal, or from any array of char that ends in a nul. */
#define STR(literal) ((struct str){ (literal), sizeof(literal) - 1 })

/* The same as an initialiser, for static tables. */
/* clang-format off */
#define STR_INIT(literal) { (literal), sizeof(literal) - 1 }
/* clang-format on */

/* Elements of an array that is in sight as one. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Arguments for "%.*s". Texts longer than 64 KiB are cut: no message needs more. */
#define STR_ARGS(s) (int)((s).n < 65536 ? (s).n : 65536), (s).p

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The text up to the nul; NULL gives the empty str. */
static inline struct str str_of(const char *text)
{
	return (struct str){ text, text == NULL ? 0 : strlen(text) };
}

/* s without its first n bytes; empty, at the end of s, when it has no more than n. */
static inline struct str str_from(struct str s, size_t n)
{
	if (n > s.n)
		n = s.n;
	return n == 0 ? s : (struct str){ s.p + n, s.n - n };
}

static inline struct str str_first(struct str s, size_t n)
{
	return (struct str){ s.p, n < s.n ? n : s.n };
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_first(s, prefix.n), prefix);
}

static inline bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

/* Whether c is ASCII white space: blank, tab, LF, VT, FF or CR. The locale has no say. */
static inline bool ascii_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Order by bytes, then by length: negative, 0 or positive. */
int str_cmp(struct str a, struct str b);

/* Without ASCII white space at both ends. */
struct str str_trim(struct str s);

/* Place of the first needle in s, or s.n. */
size_t str_find(struct str s, struct str needle);
size_t str_find_char(struct str s, char c);

/* Whether a needle, which is not empty, is in s. */
static inline bool str_has(struct str s, struct str needle)
{
	return str_find(s, needle) != s.n;
}

/* What stands after the last '/' or '\', whichever comes later: the leaf of a path of any system.
 */
struct str str_leaf(struct str path);

/* Takes the next line (without its LF) from rest; false at the end. A last line needs no LF. */
bool str_next_line(struct str *rest, struct str *line);

/* Takes the next run of bytes that are not ASCII white space from rest; false when none is left. */
bool str_next_word(struct str *rest, struct str *word);

/* The whole of s as a number: digits only, no sign, no blanks, no "0x". False if s is empty, holds
 * anything else or does not fit. */
bool str_to_u64(struct str s, uint64_t *value);
bool str_hex_to_u64(struct str s, uint64_t *value);

#endif
