#include <stdio.h>

#include "base/buf.h"
#include "base/sort.h"
#include "sym/pieces.h"
#include "sym/verdict.h"

/*
 * Breakpad: src/processor/basic_source_line_resolver.cc, LoadMapFromMemory and SymbolParseHelper;
 * tokenize.cc. It counts errors and gives up after 100; each makes the module corrupt. What is
 * wrong in INLINE and INLINE_ORIGIN is counted apart and has no effect.
 */
enum { MOST_ERRORS = 100, MOST_TOKENS = 512 };

struct resolver {
	bool has_func, crashed;
	unsigned errors;
	struct buf publics; /* uint64_t: their addresses */
};

static bool is_separator(char c)
{
	return c == ' ' || c == '\r' || c == '\n';
}

/* The next token; false at the end. */
static bool next_token(struct str *rest, struct str *token)
{
	size_t i = 0;

	while (rest->n > 0 && is_separator(rest->p[0]))
		*rest = str_from(*rest, 1);
	while (i < rest->n && !is_separator(rest->p[i]))
		i++;
	*token = str_first(*rest, i);
	*rest = str_from(*rest, i);
	return i != 0;
}

/* Exactly n tokens, the last of which is the rest of the line behind one separator. */
static bool tokenize(struct str line, unsigned n, struct str *tokens)
{
	for (unsigned i = 0; i + 1 < n; i++) {
		if (!next_token(&line, &tokens[i]))
			return false;
	}
	tokens[n - 1] = str_from(line, 1);
	return tokens[n - 1].n != 0;
}

/* The same with an "m" in front, which then is left out. */
static bool tokenize_optional(struct str line, unsigned n, struct str *tokens)
{
	struct str last[2];

	if (!tokenize(line, n, tokens))
		return false;
	if (!str_eq(tokens[0], STR("m")))
		return true;
	if (!tokenize(tokens[n - 1], 2, last))
		return false;
	memmove(tokens, tokens + 1, (n - 2) * sizeof(*tokens));
	tokens[n - 2] = last[0];
	tokens[n - 1] = last[1];
	return true;
}

static unsigned digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a' + 10);
	return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10) : 16;
}

/* A number as strtol() reads it, with a blank or the end behind it. The greatest of its type is
 * taken for one that is too large. */
static bool number(struct str s, unsigned base, uint64_t greatest, uint64_t *value)
{
	uint64_t v = 0;
	bool negative = false, large = false;
	size_t i = 0, first;

	while (i < s.n && (s.p[i] == ' ' || (s.p[i] >= '\t' && s.p[i] <= '\r')))
		i++;
	if (i < s.n && (s.p[i] == '-' || s.p[i] == '+'))
		negative = s.p[i++] == '-';
	if (base == 16 && s.n - i > 2 && s.p[i] == '0' && (s.p[i + 1] | 0x20) == 'x' &&
	    digit_of(s.p[i + 2]) < 16)
		i += 2;
	for (first = i; i < s.n && digit_of(s.p[i]) < base; i++)
		large |= __builtin_mul_overflow(v, base, &v) ||
			 __builtin_add_overflow(v, digit_of(s.p[i]), &v);
	if (i == first || (i < s.n && !is_separator(s.p[i])) || large || v >= greatest)
		return false;
	if (negative && greatest != UINT64_MAX && v != 0)
		return false;
	*value = negative ? 0 - v : v;
	return !negative || v != 1;
}

static bool address(struct str s)
{
	uint64_t v;

	return number(s, 16, UINT64_MAX, &v);
}

static bool count(struct str s, unsigned base)
{
	uint64_t v;

	return number(s, base, INT64_MAX, &v);
}

static bool take_file(struct resolver *r, struct str line)
{
	struct str t[2];

	(void)r;
	return tokenize(line, 2, t) && count(t[0], 10);
}

static bool take_func(struct resolver *r, struct str line)
{
	struct str t[4];

	r->has_func = tokenize_optional(line, 4, t) && address(t[0]) && address(t[1]) &&
		      count(t[2], 16);
	return r->has_func;
}

static bool take_public(struct resolver *r, struct str line)
{
	struct str t[3];
	uint64_t at;

	r->has_func = false;
	if (!tokenize_optional(line, 3, t) || !number(t[0], 16, UINT64_MAX, &at) ||
	    !count(t[1], 16))
		return false;
	if (at != 0)
		buf_put(&r->publics, &at, sizeof(at));
	return true;
}

static bool take_win(struct str rest)
{
	struct str t[11];
	uint64_t type;

	/* What is no number counts as 0. */
	return tokenize(rest, 11, t) && (!count(t[0], 16) || (number(t[0], 16, 5, &type)));
}

static bool take_cfi(struct str rest)
{
	struct str token;
	unsigned numbers = 1;

	if (!next_token(&rest, &token))
		return false;
	if (str_eq(token, STR("INIT")))
		numbers = 3;
	while (--numbers > 0) {
		if (!next_token(&rest, &token))
			return false;
	}
	return str_from(rest, 1).n != 0;
}

static bool take_stack(struct resolver *r, struct str line)
{
	struct str platform;

	(void)r;
	if (!next_token(&line, &platform))
		return false;
	if (str_eq(platform, STR("WIN")))
		return take_win(line);
	return str_eq(platform, STR("CFI")) && take_cfi(line);
}

/* Whether an INLINE is good; one outside a FUNC is then the end. */
static bool is_inline(struct str line)
{
	struct str rest = line, token;
	unsigned n = 0;

	while (n < MOST_TOKENS && next_token(&rest, &token))
		n++;
	if (n < 5)
		return false;

	unsigned numbers = n % 2 == 0 ? 4 : 3;
	for (unsigned i = 0; i < n && next_token(&line, &token); i++) {
		bool file = i == 2 && numbers == 4;

		if (file && str_eq(token, STR("-1")))
			continue;
		if (i < numbers ? !count(token, 10) : !address(token))
			return false;
	}
	return true;
}

static bool take_inline(struct resolver *r, struct str line)
{
	r->crashed |= !r->has_func && is_inline(line);
	return true;
}

static bool take_nothing(struct resolver *r, struct str line)
{
	(void)r;
	(void)line;
	return true;
}

static bool take_line(struct resolver *r, struct str line)
{
	struct str t[4];

	return r->has_func && tokenize(line, 4, t) && address(t[0]) && address(t[1]) &&
	       count(t[2], 10) && count(t[3], 10);
}

static const struct {
	struct str word;
	bool (*take)(struct resolver *r, struct str line);
} records[] = {
	{ STR_INIT("FILE "), take_file },      { STR_INIT("STACK "), take_stack },
	{ STR_INIT("FUNC "), take_func },      { STR_INIT("PUBLIC "), take_public },
	{ STR_INIT("MODULE "), take_nothing }, { STR_INIT("INFO "), take_nothing },
	{ STR_INIT("INLINE "), take_inline },  { STR_INIT("INLINE_ORIGIN "), take_nothing },
};

static void take(struct resolver *r, struct str line)
{
	for (unsigned i = 0; i < COUNT(records); i++) {
		if (str_starts(line, records[i].word)) {
			r->errors += !records[i].take(r, str_from(line, records[i].word.n));
			return;
		}
	}
	r->errors += !take_line(r, line);
}

static int compare_addresses(const void *a, const void *b, const void *context)
{
	const uint64_t *x = a, *y = b;

	(void)context;
	return *x < *y ? -1 : *x > *y;
}

/* A PUBLIC at an address that has one is an error. */
static bool has_same_publics(struct resolver *r)
{
	uint64_t *v = (void *)r->publics.p;
	size_t n = r->publics.n / sizeof(*v);

	sort_stable(v, n, sizeof(*v), compare_addresses, NULL, r->publics.oom);
	for (size_t i = 1; i < n; i++) {
		if (v[i] == v[i - 1])
			return true;
	}
	return false;
}

/* NULs behind the text are not counted. */
static bool has_nul(struct str text)
{
	while (text.n > 0 && text.p[text.n - 1] == '\0')
		text.n--;
	return text.n != 0 && memchr(text.p, '\0', text.n) != NULL;
}

static void take_piece(struct resolver *r, struct str piece)
{
	struct str line, rest;

	while (r->errors <= MOST_ERRORS && !r->crashed && str_next_line(&piece, &line)) {
		/* A CR ends a line, too. */
		while (line.n > 0) {
			size_t n = str_find_char(line, '\r');

			rest = str_first(line, n);
			line = str_from(line, n + 1);
			if (rest.n != 0)
				take(r, rest);
		}
	}
}

void verdict_breakpad(struct str text, bool mapped, void (*oom)(size_t wanted), struct verdict *v)
{
	struct resolver r = { .errors = has_nul(text), .publics.oom = oom };
	struct pieces pieces = pieces_make(text, mapped);
	struct str piece;

	while (pieces_next(&pieces, &piece))
		take_piece(&r, piece);

	bool corrupt = r.errors != 0 || has_same_publics(&r);
	v->good = !corrupt && !r.crashed;
	snprintf(v->text, sizeof(v->text), "%s",
		 r.crashed ? "CRASH signal 11"
		 : corrupt ? "accept corrupt"
			   : "accept");
	buf_free(&r.publics);
}
