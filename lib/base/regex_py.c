#include "base/regex_py.h"

#include <string.h>

#include "base/utf.h"

struct scan {
	struct regex_py *r;
	struct str rest;
	unsigned depth;      /* of groups */
	bool in_prefix;      /* nothing but text was seen yet */
	size_t last_literal; /* length of the prefix before the last character of text */
	bool repeated;       /* what was read last is a repeat */
};

static bool refuse(struct scan *s, const char *why)
{
	s->r->why = why;
	return false;
}

static void emit(struct scan *s, struct str text)
{
	buf_put_str(&s->r->pattern, text);
	s->repeated = false;
}

/* Anything but text ends what all matches begin with. */
static void end_prefix(struct scan *s)
{
	s->in_prefix = false;
	s->r->plain = false;
}

static bool take(struct scan *s, struct str text)
{
	if (!str_starts(s->rest, text))
		return false;
	s->rest = str_from(s->rest, text.n);
	return true;
}

static bool is_alnum(uint32_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* A character that stands for itself, inside or outside a set. */
static void emit_code(struct scan *s, uint32_t code)
{
	if (code < 0x20 || code == 0x7f) {
		buf_printf(&s->r->pattern, "\\x{%x}", (unsigned)code);
		return;
	}
	if (code < 0x80 && !is_alnum(code))
		buf_put_char(&s->r->pattern, '\\');
	utf8_put(&s->r->pattern, code);
}

static void literal(struct scan *s, uint32_t code)
{
	s->repeated = false;
	emit_code(s, code);
	if (s->in_prefix) {
		s->last_literal = s->r->prefix.n;
		utf8_put(&s->r->prefix, code);
	}
}

static uint32_t next_code(struct scan *s)
{
	uint32_t code;

	s->rest = str_from(s->rest, utf8_next(s->rest, &code));
	return code;
}

/* n hex digits. */
static bool hex_code(struct scan *s, size_t n, uint32_t *code)
{
	uint64_t v;

	if (s->rest.n < n || !str_hex_to_u64(str_first(s->rest, n), &v) || v > 0x10ffff ||
	    (v >= 0xd800 && v < 0xe000))
		return refuse(s, "incomplete escape");
	s->rest = str_from(s->rest, n);
	*code = (uint32_t)v;
	return true;
}

/* The character that the escape of the letter c stands for; the backslash and c were read. */
static bool escaped_code(struct scan *s, uint32_t c, uint32_t *code)
{
	static const char letters[] = "abfnrtv", codes[] = "\a\b\f\n\r\t\v";
	const char *found = c == 0 || c >= 0x80 ? NULL : strchr(letters, (int)c);

	if (found != NULL && c != 'b') {
		*code = (uint8_t)codes[found - letters];
		return true;
	}
	if (c == 'x' || c == 'u' || c == 'U')
		return hex_code(s, c == 'x' ? 2 : c == 'u' ? 4 : 8, code);
	if (c >= '0' && c <= '9')
		return refuse(s, "back-references and octal escapes are not supported");
	if (is_alnum(c))
		return refuse(s, "bad escape");
	*code = c;
	return true;
}

/* Python's \s holds four control characters more than PCRE2's. */
static const struct {
	char letter;
	const char *outside, *inside; /* of a set; NULL: not there */
} classes[] = {
	{ 'd', "\\d", "\\d" },
	{ 'D', "\\D", "\\D" },
	{ 'w', "\\w", "\\w" },
	{ 'W', "\\W", "\\W" },
	{ 's', "[\\s\\x1c-\\x1f]", "\\s\\x1c-\\x1f" },
	{ 'S', "[^\\s\\x1c-\\x1f]", "\\S" },
	{ 'b', "\\b", "\\x08" },
	{ 'B', "\\B", NULL },
	{ 'A', "\\A", NULL },
	{ 'Z', "\\z", NULL },
};

static const char *class_of(uint32_t c, bool inside)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if ((uint32_t)(uint8_t)classes[i].letter == c)
			return inside ? classes[i].inside : classes[i].outside;
	}
	return NULL;
}

static bool escape(struct scan *s, bool inside)
{
	uint32_t c, code;

	if (s->rest.n == 0)
		return refuse(s, "bad escape at the end");
	c = next_code(s);

	const char *class = class_of(c, inside);
	if (class != NULL) {
		emit(s, str_of(class));
		if (!inside)
			end_prefix(s);
		return true;
	}
	if (!escaped_code(s, c, &code))
		return false;
	if (inside)
		emit_code(s, code);
	else
		literal(s, code);
	return true;
}

/* After the '['. A '[' inside is text to Python, the start of [:alpha:] to PCRE2. */
static bool set(struct scan *s)
{
	end_prefix(s);
	emit(s, STR("["));
	if (take(s, STR("^")))
		emit(s, STR("^"));
	if (take(s, STR("]")))
		emit(s, STR("\\]"));
	while (!take(s, STR("]"))) {
		if (s->rest.n == 0)
			return refuse(s, "set without an end");
		if (take(s, STR("\\"))) {
			if (!escape(s, true))
				return false;
		} else if (take(s, STR("-"))) {
			emit(s, STR("-"));
		} else {
			emit_code(s, next_code(s));
		}
	}
	emit(s, STR("]"));
	return true;
}

/* What may follow "(?" and means the same to both. */
static const char *const groups[] = { ":", "=", "!", "<=", "<!", ">" };

static bool flags(struct scan *s)
{
	size_t n = 0;

	while (n < s->rest.n && s->rest.p[n] != '\0' && strchr("ims-", s->rest.p[n]) != NULL)
		n++;
	if (n == 0 || n == s->rest.n || s->rest.p[n] != ':')
		return refuse(s, "groups of this kind and flags for all are not supported");
	emit(s, STR("(?"));
	emit(s, str_first(s->rest, n + 1));
	s->rest = str_from(s->rest, n + 1);
	return true;
}

/* After the '('. */
static bool group(struct scan *s)
{
	end_prefix(s);
	if (take(s, STR("?#"))) {
		size_t end = str_find_char(s->rest, ')');

		if (end == s->rest.n)
			return refuse(s, "comment without an end");
		s->rest = str_from(s->rest, end + 1);
		return true;
	}
	s->depth++;
	if (s->rest.n != 0 && s->rest.p[0] == '*')
		return refuse(s, "nothing to repeat");
	if (!take(s, STR("?"))) {
		emit(s, STR("("));
		return true;
	}
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		if (take(s, str_of(groups[i]))) {
			emit(s, STR("(?"));
			emit(s, str_of(groups[i]));
			return true;
		}
	}
	return flags(s);
}

/* The length of "{n}", "{n,}", "{,m}" or "{n,m}" at the start of rest with its numbers; 0 when what
 * stands there is text. */
static size_t braces(struct str rest, struct str *low, struct str *high)
{
	size_t i = 1;

	while (i < rest.n && rest.p[i] >= '0' && rest.p[i] <= '9')
		i++;
	*low = *high = (struct str){ rest.p + 1, i - 1 };
	if (i < rest.n && rest.p[i] == ',') {
		size_t from = ++i;

		while (i < rest.n && rest.p[i] >= '0' && rest.p[i] <= '9')
			i++;
		*high = (struct str){ rest.p + from, i - from };
	} else if (low->n == 0) {
		return 0;
	}
	return i < rest.n && rest.p[i] == '}' ? i + 1 : 0;
}

/* At '*', '+', '?' or '{'. */
static bool repeat(struct scan *s)
{
	struct str low = { 0 }, high = { 0 };
	size_t n = 1;

	if (s->rest.p[0] == '{') {
		n = braces(s->rest, &low, &high);
		if (n == 0) {
			literal(s, next_code(s));
			return true;
		}
	}
	if (s->repeated)
		return refuse(s, "multiple repeat");
	if (s->in_prefix)
		s->r->prefix.n = s->last_literal;
	end_prefix(s);
	if (s->rest.p[0] == '{')
		buf_printf(&s->r->pattern, "{%.*s,%.*s}", STR_ARGS(low.n == 0 ? STR("0") : low),
			   STR_ARGS(high));
	else
		emit(s, str_first(s->rest, 1));
	s->rest = str_from(s->rest, n);
	if (take(s, STR("?")))
		emit(s, STR("?"));
	else if (take(s, STR("+")))
		emit(s, STR("+"));
	s->repeated = true;
	return true;
}

static bool meta(struct scan *s, char c)
{
	s->rest = str_from(s->rest, 1);
	if (c == '[')
		return set(s);
	if (c == '(')
		return group(s);
	if (c == '\\')
		return escape(s, false);
	end_prefix(s);
	if (c == ')' && s->depth != 0)
		s->depth--;
	if (c == '|' && s->depth == 0)
		buf_clear(&s->r->prefix); /* the other side begins with something else */
	emit(s, (struct str){ &c, 1 });
	return true;
}

bool regex_py_read(struct regex_py *r, struct str line, void (*oom)(size_t wanted))
{
	struct scan s = { .r = r, .rest = line, .in_prefix = true };

	*r = (struct regex_py){ .pattern = { .oom = oom },
				.prefix = { .oom = oom },
				.plain = true };
	while (s.rest.n != 0) {
		char c = s.rest.p[0];

		if (c != '\0' && strchr("*+?{", c) != NULL) {
			if (!repeat(&s))
				return false;
		} else if (c != '\0' && strchr("\\[().^$|", c) != NULL) {
			if (!meta(&s, c))
				return false;
		} else {
			literal(&s, next_code(&s));
		}
	}
	return true;
}

void regex_py_free(struct regex_py *r)
{
	buf_free(&r->pattern);
	buf_free(&r->prefix);
}
