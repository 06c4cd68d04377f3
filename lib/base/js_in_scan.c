#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/js_in_impl.h"
#include "base/limits.h"
#include "base/utf.h"

static bool fail(struct js_in_scan *s, const char *what)
{
	s->wrong = what;
	return false;
}

static bool fail_limit(struct js_in_scan *s, const char *what)
{
	s->limit = true;
	return fail(s, what);
}

static void skip_blanks(struct js_in_scan *s)
{
	while (s->p < s->end && js_in_is_blank(*s->p))
		s->p++;
}

static void grow(struct js_in *in)
{
	uint32_t cap = in->cap_tokens == 0 ? 256 : in->cap_tokens * 2;
	struct js_token *t = realloc(in->tokens, cap * sizeof(*t));

	if (t == NULL) {
		if (in->oom != NULL)
			in->oom(cap * sizeof(*t));
		fprintf(stderr, "out of memory: %zu bytes\n", cap * sizeof(*t));
		abort();
	}
	in->tokens = t;
	in->cap_tokens = cap;
}

/* A token for what begins at `at` and ends before s->p. */
static bool add(struct js_in_scan *s, enum js_kind kind, const char *at, bool escaped)
{
	struct js_in *in = s->in;

	if (in->n_tokens == LIMIT_JSON_VALUES)
		return fail_limit(s, "too many values");
	if (in->n_tokens == in->cap_tokens)
		grow(in);
	in->tokens[in->n_tokens] = (struct js_token){
		.at = (uint32_t)(at - in->text),
		.n = (uint32_t)(s->p - at),
		.next = in->n_tokens + 1,
		.kind = (uint8_t)kind,
		.escaped = escaped,
	};
	in->n_tokens++;
	return true;
}

/* From the opening quote on. */
static bool scan_string(struct js_in_scan *s)
{
	const char *begin = ++s->p;
	bool escaped = false;

	while (s->p < s->end && *s->p != '"') {
		if ((uint8_t)*s->p < 0x20)
			return fail(s, "control character in a string");
		if (*s->p != '\\') {
			s->p++;
			continue;
		}
		uint32_t code = js_in_escape(&s->p, s->end);

		if (code == UTF_BAD || (s->in->strict && code >= 0xd800 && code < 0xe000))
			return fail(s, "wrong escape in a string");
		escaped = true;
	}
	if (s->p == s->end)
		return fail(s, "string without an end");
	if (!add(s, JS_STRING, begin, escaped))
		return false;
	s->p++;
	return true;
}

static bool digits(struct js_in_scan *s)
{
	const char *begin = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p != begin;
}

static bool at_one_of(const struct js_in_scan *s, const char *set)
{
	return s->p < s->end && *s->p != '\0' && strchr(set, *s->p) != NULL;
}

static bool fits_double(const struct js_in_scan *s, const char *begin)
{
	struct buf b = { .oom = s->in->oom };

	buf_put(&b, begin, (size_t)(s->p - begin));
	buf_put_char(&b, '\0');

	bool fits = isfinite(strtod(b.p, NULL));
	buf_free(&b);
	return fits;
}

static bool scan_number(struct js_in_scan *s)
{
	const char *begin = s->p;
	bool ok;

	if (*s->p == '-')
		s->p++;
	if (s->p < s->end && *s->p == '0') {
		s->p++;
		ok = true;
	} else {
		ok = digits(s);
	}
	if (ok && at_one_of(s, ".")) {
		s->p++;
		ok = digits(s);
	}
	if (ok && at_one_of(s, "eE")) {
		s->p++;
		if (at_one_of(s, "+-"))
			s->p++;
		ok = digits(s);
	}
	if (!ok || (s->in->strict && !fits_double(s, begin)))
		return fail(s, "wrong number");
	return add(s, JS_NUMBER, begin, false);
}

/* The words of JSON; the last three are Python's. */
static const struct {
	const char *text;
	enum js_kind kind;
} words[] = {
	{ "null", JS_NULL },  { "false", JS_FALSE },     { "true", JS_TRUE },
	{ "NaN", JS_NUMBER }, { "Infinity", JS_NUMBER }, { "-Infinity", JS_NUMBER },
};
enum { N_WORDS = 6, N_STRICT_WORDS = 3 };

static bool scan_word(struct js_in_scan *s)
{
	struct str rest = { s->p, (size_t)(s->end - s->p) };

	for (unsigned i = 0; i < (s->in->strict ? N_STRICT_WORDS : N_WORDS); i++) {
		struct str word = str_of(words[i].text);

		if (str_starts(rest, word)) {
			s->p += word.n;
			return add(s, words[i].kind, rest.p, false);
		}
	}
	return fail(s, "no JSON value");
}

static bool scan_open(struct js_in_scan *s)
{
	enum js_kind kind = *s->p == '{' ? JS_OBJECT : JS_ARRAY;
	uint32_t token = s->in->n_tokens;

	if (s->depth == s->max_depth)
		return fail_limit(s, "nested too deeply");
	if (!add(s, kind, s->p, false))
		return false;
	s->in->tokens[token].next = s->open;
	s->open = token;
	s->depth++;
	s->p++;
	s->expect = kind == JS_OBJECT ? JS_IN_KEY_OR_END : JS_IN_VALUE_OR_END;
	return true;
}

static bool scan_close(struct js_in_scan *s)
{
	struct js_token *t = &s->in->tokens[s->open];

	if (s->depth == 0 || (*s->p == '}') != (t->kind == JS_OBJECT))
		return fail(s, "closing bracket of the wrong kind");
	s->p++;
	s->open = t->next;
	t->next = s->in->n_tokens;
	t->n = (uint32_t)(s->p - s->in->text) - t->at;
	s->expect = --s->depth == 0 ? JS_IN_DONE : JS_IN_COMMA_OR_END;
	return true;
}

static bool scan_value(struct js_in_scan *s)
{
	char c = *s->p;

	if (c == '{' || c == '[')
		return scan_open(s);
	s->expect = s->depth == 0 ? JS_IN_DONE : JS_IN_COMMA_OR_END;
	if (c == '"')
		return scan_string(s);
	if ((c >= '0' && c <= '9') || (c == '-' && (s->end - s->p < 2 || s->p[1] != 'I')))
		return scan_number(s);
	return scan_word(s);
}

static bool scan_key(struct js_in_scan *s)
{
	if (*s->p != '"')
		return fail(s, "no key where one should be");
	if (!scan_string(s))
		return false;
	skip_blanks(s);
	if (s->p == s->end || *s->p != ':')
		return fail(s, "no colon after a key");
	s->p++;
	s->expect = JS_IN_VALUE;
	return true;
}

static bool scan_comma(struct js_in_scan *s)
{
	if (*s->p != ',')
		return fail(s, "no comma between values");
	s->p++;
	s->expect = s->in->tokens[s->open].kind == JS_OBJECT ? JS_IN_KEY : JS_IN_VALUE;
	return true;
}

static bool scan_step(struct js_in_scan *s)
{
	bool may_end = s->expect == JS_IN_VALUE_OR_END || s->expect == JS_IN_KEY_OR_END ||
		       s->expect == JS_IN_COMMA_OR_END;

	if (may_end && (*s->p == ']' || *s->p == '}'))
		return scan_close(s);
	if (s->expect == JS_IN_COMMA_OR_END)
		return scan_comma(s);
	if (s->expect == JS_IN_KEY || s->expect == JS_IN_KEY_OR_END)
		return scan_key(s);
	return scan_value(s);
}

bool js_in_scan(struct js_in_scan *s)
{
	while (s->expect != JS_IN_DONE) {
		skip_blanks(s);
		if (s->p == s->end)
			return fail(s, "document without an end");
		if (!scan_step(s))
			return false;
	}
	return true;
}
