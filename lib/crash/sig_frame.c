#include "crash/sig_frame.h"

#include "base/limits.h"
#include "base/unicode.h"
#include "base/utf.h"
#include "crash/sig_brackets.h"

/* Without the rest of a name that is too long, cut between two characters. */
static struct str bounded(struct str s)
{
	size_t n = LIMIT_SIG_NAME_BYTES;

	if (s.n <= n)
		return s;
	while (n > 0 && ((uint8_t)s.p[n] & 0xc0) == 0x80)
		n--;
	return str_first(s, n);
}

static bool has(struct str s, struct str needle)
{
	return str_find(s, needle) != s.n;
}

/* What is entered was searched for the words already. */
static enum sig_fate cpp_type(struct str before, struct str text, bool nested)
{
	if (str_eq(text, STR("<name omitted>")) ||
	    (!nested && (has(text, STR(" as ")) || has(text, STR(" in ")))))
		return SIG_KEEP;
	if (str_ends(before, STR("operator")))
		return SIG_KEEP;
	return str_ends(before, STR("IPC::ParamTraits")) ? SIG_ENTER : SIG_TYPE;
}

static enum sig_fate cpp_arguments(struct str before, struct str text, bool nested)
{
	(void)nested;
	if (str_eq(text, STR("(anonymous namespace)")) || str_ends(before, STR("operator")))
		return SIG_KEEP;
	return SIG_REMOVE;
}

static enum sig_fate rust_type(struct str before, struct str text, bool nested)
{
	(void)before;
	(void)nested;
	return has(text, STR(" as ")) ? SIG_KEEP : SIG_TYPE;
}

static enum sig_fate removed(struct str before, struct str text, bool nested)
{
	(void)before;
	(void)text;
	(void)nested;
	return SIG_REMOVE;
}

static const struct sig_brackets cpp_types = { '<', '>', cpp_type };
static const struct sig_brackets cpp_argument_lists = { '(', ')', cpp_arguments };
static const struct sig_brackets clones = { '[', ']', removed };
static const struct sig_brackets rust_types = { '<', '>', rust_type };
static const struct sig_brackets rust_argument_lists = { '(', ')', removed };

struct str sig_frame_types(struct str name, struct arena *a)
{
	return sig_brackets_replace(bounded(name), &cpp_types, a);
}

struct str sig_frame_arguments(struct str name, struct arena *a)
{
	return sig_brackets_replace(bounded(name), &cpp_argument_lists, a);
}

/* The bracket that a character closes, or 0. */
static char opener(char c)
{
	static const char open[] = "({[<`", close[] = ")}]>'";
	const char *found = c == '\0' ? NULL : strchr(close, c);

	return found == NULL ? '\0' : open[found - close];
}

static bool is_opener(char c)
{
	return c == '(' || c == '{' || c == '[' || c == '<' || c == '`';
}

/*
 * Tokens end at blanks outside brackets. One that begins with a bracket of arguments or with
 * "[clone" belongs to the token before it, so what is wanted is the text from the last other token
 * on, to the end of the last one. Two blanks have an empty token between them; a blank at the end
 * has none behind.
 */
bool sig_frame_drop(struct str name, struct arena *a, struct str *out)
{
	char *open = arena_new(a, char, name.n + 1);
	size_t depth = 0, token = 0, start = 0, end = 0;
	bool any = false;

	for (size_t i = 0; i <= name.n; i++) {
		char c = i == name.n ? ' ' : name.p[i];

		if (i == name.n ? i > token : c == ' ' && depth == 0) {
			struct str text = str_from(name, token);

			if (!any ||
			    !(str_starts(text, STR("(")) || str_starts(text, STR("[clone"))))
				start = token;
			any = true;
			end = i;
			token = i + 1;
		} else if (is_opener(c)) {
			open[depth++] = c;
		} else if (depth != 0 && opener(c) == open[depth - 1]) {
			depth--;
		}
	}
	*out = str_first(str_from(name, start), end - start);
	return any;
}

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

	if (!has(s, STR("::$_")))
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

static struct str add_line(struct str s, struct str line, struct siglists *lists, struct arena *a)
{
	if (!siglists_match(lists, SIGLIST_NUMBERS, s))
		return s;
	return arena_concat(a, PARTS(s, STR(":"), line));
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

bool sig_frame_cpp(struct str name, struct str line, struct siglists *lists, struct arena *a,
		   struct str *out)
{
	struct str s = cut_qualifiers(bounded(name));

	if (!has(s, STR("::operator")) && !sig_frame_drop(s, a, &s))
		return false;
	s = replace_same(s, STR("`anonymous namespace'"), STR("(anonymous namespace)"), a);
	s = replace_lambdas(s, a);
	s = sig_frame_types(s, a);
	s = sig_frame_arguments(s, a);
	if (has(s, STR("clone .cold")))
		s = sig_brackets_replace(s, &clones, a);
	*out = fix_blanks(add_line(s, line, lists, a), a);
	return true;
}

bool sig_frame_rust(struct str name, struct str line, struct siglists *lists, struct arena *a,
		    struct str *out)
{
	struct str s;

	if (!sig_frame_drop(bounded(name), a, &s))
		return false;
	s = sig_brackets_replace(s, &rust_types, a);
	s = sig_brackets_replace(s, &rust_argument_lists, a);
	*out = cut_hash(fix_blanks(add_line(s, line, lists, a), a), a);
	return true;
}

struct str sig_frame_file(struct str file)
{
	struct str parts[4], rest = file;
	size_t n = 0;

	for (;; n++) {
		size_t colon = str_find_char(rest, ':');

		if (n < 4)
			parts[n] = str_first(rest, colon);
		if (colon == rest.n)
			break;
		rest = str_from(rest, colon + 1);
	}
	if (n == 3)
		return parts[2];
	if (n == 1)
		return parts[1];
	return file.n != 0 && file.p[0] == '/' ? file : (struct str){ "", 0 };
}
