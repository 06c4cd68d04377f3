#include "base/unicode.h"
#include "base/utf.h"
#include "crash/sig_frame_impl.h"

/* Every `from` in s by `to`, which has the same length. */
static struct str replace_same(struct str s, struct str from, struct str to, struct arena *a)
{
	size_t at = str_find(s, from);

	if (at == s.n)
		return s;

	char *p = arena_new(a, char, s.n + 1);
	memcpy(p, s.p, s.n);
	while (at < s.n) {
		memcpy(p + at, to.p, to.n);
		at += from.n;
		at += str_find(str_from(s, at), from);
	}
	return (struct str){ p, s.n };
}

/* The length of "::$_DIGITS::" at the start of s, or 0. */
static size_t lambda(struct str s)
{
	size_t i = 4, digits = 0;

	if (!str_starts(s, STR("::$_")))
		return 0;
	while (i < s.n) {
		uint32_t code;
		size_t n = utf8_next(str_from(s, i), &code);

		if (unicode_digit(code) < 0)
			break;
		i += n;
		digits++;
	}
	return digits != 0 && str_starts(str_from(s, i), STR("::")) ? i + 2 : 0;
}

static struct str replace_lambdas(struct str s, struct arena *a)
{
	static const struct str any = { "::$::", 5 };
	size_t out = 0;

	if (!str_has(s, STR("::$_")))
		return s;

	char *p = arena_new(a, char, s.n + 1);
	for (size_t i = 0; i < s.n;) {
		size_t n = lambda(str_from(s, i));

		if (n == 0) {
			p[out++] = s.p[i++];
			continue;
		}
		memcpy(p + out, any.p, any.n);
		out += any.n;
		i += n;
	}
	return (struct str){ p, out };
}

static bool is_cut_blank(struct str s, size_t i)
{
	return s.p[i] == ' ' && i + 1 < s.n &&
	       (s.p[i + 1] == '*' || s.p[i + 1] == '&' || s.p[i + 1] == ',');
}

/* No blank before '*', '&' and ',', one after ','. */
static struct str fix_blanks(struct str s, struct arena *a)
{
	size_t n = 0;
	bool any = str_find_char(s, ',') != s.n;

	for (size_t i = 0; i < s.n && !any; i++)
		any = is_cut_blank(s, i);
	if (!any)
		return s;

	char *out = arena_new(a, char, 2 * s.n + 1);
	for (size_t i = 0; i < s.n; i++) {
		if (is_cut_blank(s, i))
			continue;
		out[n++] = s.p[i];
		if (s.p[i] == ',' && (i + 1 == s.n || s.p[i + 1] != ' ' || is_cut_blank(s, i + 1)))
			out[n++] = ' ';
	}
	return (struct str){ out, n };
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Without "::hHEX" at the end, or before the newline there. */
static struct str cut_hash(struct str s, struct arena *a)
{
	size_t end = s.n != 0 && s.p[s.n - 1] == '\n' ? s.n - 1 : s.n, i = end;

	while (i > 0 && is_hex(s.p[i - 1]))
		i--;
	if (i == end || i < 3 || !str_starts(str_from(s, i - 3), STR("::h")))
		return s;
	if (end == s.n)
		return str_first(s, i - 3);

	return arena_concat(a, PARTS(str_first(s, i - 3), STR("\n")));
}

static struct str cut_qualifiers(struct str s)
{
	static const char *const qualifiers[] = { "const", "const&", "const &", "&&", "&" };

	for (size_t i = 0; i < sizeof(qualifiers) / sizeof(qualifiers[0]); i++) {
		struct str q = str_of(qualifiers[i]);

		if (str_ends(s, q))
			s = unicode_trim(str_first(s, s.n - q.n));
	}
	return s;
}

bool sig_step_qualifiers(struct sig_name *n)
{
	n->text = cut_qualifiers(n->text);
	return true;
}

bool sig_step_anonymous(struct sig_name *n)
{
	n->text = replace_same(n->text, STR("`anonymous namespace'"), STR("(anonymous namespace)"),
			       n->arena);
	return true;
}

bool sig_step_lambdas(struct sig_name *n)
{
	n->text = replace_lambdas(n->text, n->arena);
	return true;
}

bool sig_step_line(struct sig_name *n)
{
	if (siglists_match(n->lists, SIGLIST_NUMBERS, n->text))
		n->text = arena_concat(n->arena, PARTS(n->text, STR(":"), n->line));
	return true;
}

bool sig_step_blanks(struct sig_name *n)
{
	n->text = fix_blanks(n->text, n->arena);
	return true;
}

bool sig_step_hash(struct sig_name *n)
{
	n->text = cut_hash(n->text, n->arena);
	return true;
}
