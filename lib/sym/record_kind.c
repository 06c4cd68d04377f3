#include "base/limits.h"
#include "sym/record_impl.h"

/* The longer of two that start alike comes first. */
static const struct {
	struct str word;
	enum record_kind kind;
} keywords[] = {
	{ { "FUNC", 4 }, RECORD_FUNC },
	{ { "FILE", 4 }, RECORD_FILE },
	{ { "INLINE", 6 }, RECORD_INLINE },
	{ { "INLINE_ORIGIN", 13 }, RECORD_ORIGIN },
	{ { "INFO URL", 8 }, RECORD_URL },
	{ { "INFO", 4 }, RECORD_INFO },
	{ { "STACK CFI INIT", 14 }, RECORD_CFI_INIT },
	{ { "STACK CFI", 9 }, RECORD_CFI },
	{ { "STACK WIN", 9 }, RECORD_WIN },
	{ { "PUBLIC", 6 }, RECORD_PUBLIC },
	{ { "MODULE", 6 }, RECORD_MODULE },
};
enum { N_KEYWORDS = sizeof(keywords) / sizeof(keywords[0]) };

bool record_next(struct str *rest, struct str *line)
{
	if (!str_next_line(rest, line))
		return false;
	while (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	if (line->n > LIMIT_SYM_LINE)
		line->n = LIMIT_SYM_LINE;
	return true;
}

/* Matches a keyword; a blank in it stands for any run of them, of which only one blank is strict.
 */
static bool match(struct record *r, struct str word)
{
	const char *p = r->p;
	bool strict = r->strict;

	for (size_t i = 0; i < word.n; i++, p++) {
		if (p == r->end || *p != word.p[i])
			return false;
		while (word.p[i] == ' ' && p + 1 < r->end && record_is_blank(p[1])) {
			strict = false;
			p++;
		}
	}
	if (p != r->end && !record_is_blank(*p))
		return false;
	r->p = p;
	r->strict = strict;
	r->tabbed = p != r->end && *p == '\t';
	record_skip_blanks(r);
	return true;
}

static enum record_kind keyword(struct record *r)
{
	struct str line = { r->p, (size_t)(r->end - r->p) };

	for (unsigned i = 0; i < N_KEYWORDS; i++) {
		struct str word = keywords[i].word;

		if (line.p[0] == word.p[0] && line.n > word.n && line.p[word.n] == ' ' &&
		    memcmp(line.p, word.p, word.n) == 0) {
			r->p += word.n;
			record_skip_blanks(r);
			return keywords[i].kind;
		}
	}
	for (unsigned i = 0; i < N_KEYWORDS; i++) {
		if (match(r, keywords[i].word))
			return keywords[i].kind;
	}
	return RECORD_UNKNOWN;
}

enum record_kind record_open(struct record *r, struct str line, bool plain)
{
	*r = (struct record){ .p = line.p, .end = line.p + line.n, .plain = plain, .strict = true };
	if (line.n == 0)
		return RECORD_BLANK;
	if (record_is_blank(*r->p)) {
		record_skip_blanks(r);
		r->strict = false;
		if (r->p == r->end)
			return RECORD_BLANK;
	}

	unsigned digit = record_hex_digit(*r->p);
	if (digit != 0 && *r->p != 'F')
		return RECORD_LINE;

	enum record_kind kind = keyword(r);
	return kind == RECORD_UNKNOWN && digit != 0 ? RECORD_LINE : kind;
}

bool record_is_top(enum record_kind kind)
{
	static const bool top[RECORD_KINDS] = {
		[RECORD_MODULE] = true,   [RECORD_FUNC] = true, [RECORD_PUBLIC] = true,
		[RECORD_CFI_INIT] = true, [RECORD_CFI] = true,  [RECORD_WIN] = true,
	};

	return top[kind];
}
