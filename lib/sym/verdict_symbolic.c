#include <stdio.h>

#include "base/utf.h"
#include "sym/pieces.h"
#include "sym/verdict.h"
#include "sym/words.h"

/*
 * symbolic-debuginfo: src/breakpad.rs. Opening a file looks at its first 320 bytes. Making a
 * symcache reads FUNCs with their lines and INLINE_ORIGINs up to the first STACK, of which none may
 * be bad; bad records of other kinds are left out.
 */
enum { HEAD = 320 };

/* What is left of a record that is being read. */
struct parser {
	struct str rest;
	bool failed;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* One blank at least, or, if that will do, the end. */
static void blanks(struct parser *p, bool or_end)
{
	size_t n = 0;

	while (n < p->rest.n && is_blank(p->rest.p[n]))
		n++;
	if (n == 0 && (!or_end || p->rest.n != 0))
		p->failed = true;
	p->rest = str_from(p->rest, n);
}

static void keyword(struct parser *p, struct str word)
{
	if (!str_starts(p->rest, word))
		p->failed = true;
	p->rest = str_from(p->rest, word.n);
	blanks(p, false);
}

/* A number of 64 bits. */
static void digits(struct parser *p, bool hexadecimal)
{
	uint64_t v;
	size_t n = 0;

	while (n < p->rest.n && sym_is_hex((struct str){ p->rest.p + n, 1 }) &&
	       (hexadecimal || p->rest.p[n] <= '9'))
		n++;

	struct str number = str_first(p->rest, n);
	while (number.n > 1 && number.p[0] == '0')
		number = str_from(number, 1);
	if (!(hexadecimal ? str_hex_to_u64(number, &v) : str_to_u64(number, &v)))
		p->failed = true;
	p->rest = str_from(p->rest, n);
}

static struct str word(struct parser *p)
{
	size_t n = 0;

	while (n < p->rest.n && !ascii_space(p->rest.p[n]))
		n++;

	struct str s = str_first(p->rest, n);
	p->rest = str_from(p->rest, n);
	blanks(p, true);
	return s;
}

static bool is_func(struct str line)
{
	struct parser p = { .rest = line };

	keyword(&p, STR("FUNC"));
	if (p.rest.n != 0 && p.rest.p[0] == 'm') {
		p.rest = str_from(p.rest, 1);
		blanks(&p, false);
	}
	for (unsigned i = 0; i < 3; i++) {
		digits(&p, true);
		blanks(&p, i == 2);
	}
	return !p.failed;
}

static bool is_origin(struct str line)
{
	struct parser p = { .rest = line };

	keyword(&p, STR("INLINE_ORIGIN"));
	digits(&p, false);
	blanks(&p, false);
	return !p.failed;
}

static bool is_inline(struct str line)
{
	struct parser p = { .rest = line };

	keyword(&p, STR("INLINE"));
	for (unsigned i = 0; i < 4; i++) {
		digits(&p, false);
		blanks(&p, false);
	}
	do {
		digits(&p, true);
		blanks(&p, false);
		digits(&p, true);
		blanks(&p, true);
	} while (!p.failed && p.rest.n != 0);
	return !p.failed;
}

static bool is_line(struct str line)
{
	struct parser p = { .rest = line };

	for (unsigned i = 0; i < 4; i++) {
		if (i == 2 && p.rest.n != 0 && p.rest.p[0] == '-')
			p.rest = str_from(p.rest, 1);
		digits(&p, i < 2);
		if (i < 3)
			blanks(&p, false);
	}
	return !p.failed && p.rest.n == 0;
}

/* debugid: src/lib.rs, DebugId::from_str: 32 digits of a UUID and at most 8 of an age, or 8 of a
 * time stamp and the age. */
static bool is_id(struct str id)
{
	return sym_is_hex(id) && id.n <= 40 && (id.n >= 32 || (id.n >= 9 && id.n <= 16));
}

static bool is_module(struct str line)
{
	struct parser p = { .rest = line };

	keyword(&p, STR("MODULE"));
	word(&p);

	struct str cpu = word(&p), id = word(&p);
	return !p.failed && is_id(id) && sym_knows_cpu(cpu);
}

/* Whether the bytes are UTF-8, up to a character that is cut off at their end. */
static bool is_head(struct str head)
{
	uint32_t code;

	while (head.n != 0) {
		size_t n = utf8_next(head, &code);

		if (code == UTF_BAD)
			return n == head.n && n < 4 && (unsigned char)head.p[0] >= 0xc2;
		head = str_from(head, n);
	}
	return true;
}

static bool opens(struct str text)
{
	struct str head = str_first(text, HEAD), line = { 0 };

	if (!str_starts(text, STR("MODULE ")) || (text.n > HEAD && !is_head(head)))
		return false;
	str_next_line(&head, &line);
	return (text.n > HEAD || utf8_valid(line)) && is_module(str_trim(line));
}

static bool starts_any(struct str line, const struct str *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_starts(line, words[i]))
			return true;
	}
	return false;
}

/* False when a record makes the symcache fail; *end when no more is read. */
static bool take(struct str line, bool *in_func, bool *end)
{
	static const struct str tops[] = { STR_INIT("FUNC "), STR_INIT("PUBLIC "),
					   STR_INIT("STACK ") };
	bool (*is)(struct str) = NULL;

	if (starts_any(line, tops, COUNT(tops)))
		*in_func = false;
	if (str_starts(line, tops[2]))
		*end = true;
	if (str_starts(line, tops[0])) {
		*in_func = true;
		is = is_func;
	} else if (str_starts(line, STR("INLINE_ORIGIN "))) {
		is = is_origin;
	} else if (*in_func && str_starts(line, STR("INLINE "))) {
		is = is_inline;
	} else if (*in_func && line.n != 0) {
		is = is_line;
	}
	return is == NULL || (utf8_valid(line) && is(str_trim(line)));
}

void verdict_symbolic(struct str text, bool mapped, void (*oom)(size_t wanted), struct verdict *v)
{
	struct pieces pieces = pieces_make(text, mapped);
	struct str piece, line;
	bool in_func = false, end = false;

	(void)oom;
	v->good = opens(text);
	while (v->good && !end && pieces_next(&pieces, &piece)) {
		while (v->good && !end && str_next_line(&piece, &line)) {
			if (line.n != 0 && line.p[line.n - 1] == '\r')
				line.n--;
			v->good = take(line, &in_func, &end);
		}
	}
	snprintf(v->text, sizeof(v->text), "%s", v->good ? "accept" : "reject");
}
