#include "base/js_in.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/tool.h"
#include "base/utf.h"

/* What may come next while a document is read. */
enum expect {
	VALUE,
	VALUE_OR_END, /* after '[' */
	KEY,
	KEY_OR_END, /* after '{' */
	COMMA_OR_END,
	DONE,
};

struct scan {
	struct js_in *in;
	const char *p, *end;
	uint32_t open; /* token of the container that is being read */
	unsigned depth, max_depth;
	enum expect expect;
	const char *wrong; /* NULL while all is well */
	bool limit;
};

struct js_in js_in_make(struct str text, const char *file, void (*oom)(size_t wanted))
{
	return (struct js_in){ .file = file, .rest = text, .line = 1, .oom = oom };
}

void js_in_free(struct js_in *in)
{
	free(in->tokens);
	in->tokens = NULL;
	in->n_tokens = in->cap_tokens = 0;
}

static bool fail(struct scan *s, const char *what)
{
	s->wrong = what;
	return false;
}

static bool fail_limit(struct scan *s, const char *what)
{
	s->limit = true;
	return fail(s, what);
}

/* RFC 8259, 2: not what isspace() takes. */
static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static void skip_blanks(struct scan *s)
{
	while (s->p < s->end && is_blank(*s->p))
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
static bool add(struct scan *s, enum js_kind kind, const char *at, bool escaped)
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

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits, or UTF_BAD. */
static uint32_t hex4(const char *p, const char *end)
{
	uint32_t v = 0;

	if (end - p < 4)
		return UTF_BAD;
	for (int i = 0; i < 4; i++) {
		int digit = hex_value(p[i]);

		if (digit < 0)
			return UTF_BAD;
		v = v << 4 | (uint32_t)digit;
	}
	return v;
}

/*
 * What an escape stands for; *p stands at its backslash and goes behind it. A surrogate pair is one
 * code point, a lone surrogate stays one. UTF_BAD: no escape of JSON.
 */
static uint32_t escape(const char **p, const char *end)
{
	static const char names[] = "bfnrt\"\\/", codes[] = "\b\f\n\r\t\"\\/";
	const char *at = *p;
	const char *found = end - at < 2 || at[1] == '\0' ? NULL : strchr(names, at[1]);

	if (found != NULL) {
		*p += 2;
		return (uint8_t)codes[found - names];
	}
	if (end - at < 2 || at[1] != 'u')
		return UTF_BAD;

	uint32_t code = hex4(at + 2, end);
	if (code == UTF_BAD)
		return UTF_BAD;
	*p += 6;
	if (code < 0xd800 || code > 0xdbff || end - *p < 6 || (*p)[0] != '\\' || (*p)[1] != 'u')
		return code;

	uint32_t low = hex4(*p + 2, end);
	if (low < 0xdc00 || low > 0xdfff)
		return code;
	*p += 6;
	return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

/* From the opening quote on. */
static bool scan_string(struct scan *s)
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
		uint32_t code = escape(&s->p, s->end);

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

static bool digits(struct scan *s)
{
	const char *begin = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p != begin;
}

static bool at_one_of(const struct scan *s, const char *set)
{
	return s->p < s->end && *s->p != '\0' && strchr(set, *s->p) != NULL;
}

static bool fits_double(const struct scan *s, const char *begin)
{
	struct buf b = { .oom = s->in->oom };

	buf_put(&b, begin, (size_t)(s->p - begin));
	buf_put_char(&b, '\0');

	bool fits = isfinite(strtod(b.p, NULL));
	buf_free(&b);
	return fits;
}

static bool scan_number(struct scan *s)
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

static bool scan_word(struct scan *s)
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

static bool scan_open(struct scan *s)
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
	s->expect = kind == JS_OBJECT ? KEY_OR_END : VALUE_OR_END;
	return true;
}

static bool scan_close(struct scan *s)
{
	struct js_token *t = &s->in->tokens[s->open];

	if (s->depth == 0 || (*s->p == '}') != (t->kind == JS_OBJECT))
		return fail(s, "closing bracket of the wrong kind");
	s->p++;
	s->open = t->next;
	t->next = s->in->n_tokens;
	t->n = (uint32_t)(s->p - s->in->text) - t->at;
	s->expect = --s->depth == 0 ? DONE : COMMA_OR_END;
	return true;
}

static bool scan_value(struct scan *s)
{
	char c = *s->p;

	if (c == '{' || c == '[')
		return scan_open(s);
	s->expect = s->depth == 0 ? DONE : COMMA_OR_END;
	if (c == '"')
		return scan_string(s);
	if ((c >= '0' && c <= '9') || (c == '-' && (s->end - s->p < 2 || s->p[1] != 'I')))
		return scan_number(s);
	return scan_word(s);
}

static bool scan_key(struct scan *s)
{
	if (*s->p != '"')
		return fail(s, "no key where one should be");
	if (!scan_string(s))
		return false;
	skip_blanks(s);
	if (s->p == s->end || *s->p != ':')
		return fail(s, "no colon after a key");
	s->p++;
	s->expect = VALUE;
	return true;
}

static bool scan_comma(struct scan *s)
{
	if (*s->p != ',')
		return fail(s, "no comma between values");
	s->p++;
	s->expect = s->in->tokens[s->open].kind == JS_OBJECT ? KEY : VALUE;
	return true;
}

static bool scan_step(struct scan *s)
{
	bool may_end = s->expect == VALUE_OR_END || s->expect == KEY_OR_END ||
		       s->expect == COMMA_OR_END;

	if (may_end && (*s->p == ']' || *s->p == '}'))
		return scan_close(s);
	if (s->expect == COMMA_OR_END)
		return scan_comma(s);
	if (s->expect == KEY || s->expect == KEY_OR_END)
		return scan_key(s);
	return scan_value(s);
}

static bool scan_document(struct scan *s)
{
	while (s->expect != DONE) {
		skip_blanks(s);
		if (s->p == s->end)
			return fail(s, "document without an end");
		if (!scan_step(s))
			return false;
	}
	return true;
}

static uint64_t count_lines(const char *p, const char *end)
{
	uint64_t n = 0;

	while (p != end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

/* Makes p the start of what is left. */
static void advance(struct js_in *in, const char *p)
{
	in->line += count_lines(in->rest.p, p);
	in->rest = str_from(in->rest, (size_t)(p - in->rest.p));
}

bool js_in_more(struct js_in *in)
{
	size_t i = 0;

	while (i < in->rest.n && is_blank(in->rest.p[i]))
		i++;
	if (i != 0)
		advance(in, in->rest.p + i);
	return in->rest.n != 0;
}

void js_in_skip(struct js_in *in, size_t n)
{
	advance(in, in->rest.p + n);
}

/* Over the lines of a bad document, which was read up to stop: js_in_read(). */
static void resume(struct js_in *in, const char *stop)
{
	struct str rest = in->rest, line;
	bool more;

	do {
		more = str_next_line(&rest, &line) && rest.n != 0;
	} while (more && (is_blank(rest.p[0]) || rest.p[0] == ']' || rest.p[0] == '}'));
	if (more && stop > rest.p) {
		in->again += (uint64_t)(stop - rest.p);
		if (in->again > LIMIT_JSON_AGAIN) {
			rest = str_from(rest, (size_t)(stop - rest.p));
			str_next_line(&rest, &line);
		}
	}
	advance(in, more ? rest.p : in->rest.p + in->rest.n);
}

static bool read_failed(struct scan *s, struct error *err)
{
	struct js_in *in = s->in;
	uint64_t line = in->line + count_lines(in->rest.p, s->p);
	enum error_code code = s->limit ? ERROR_LIMIT : ERROR_INPUT;

	if (s->p == s->end && in->rest.n > LIMIT_JSON_BYTES) {
		s->wrong = "document is too long";
		code = ERROR_LIMIT;
	}
	in->cut = s->p == s->end;
	resume(in, s->p);
	in->cut |= in->rest.n == 0;
	return error_set(err, code, "%s:%llu: %s", in->file, (unsigned long long)line, s->wrong);
}

static struct js_value value_of(const struct js_in *in, uint32_t token)
{
	const struct js_token *t = &in->tokens[token];

	return (struct js_value){ (enum js_kind)t->kind, { in->text + t->at, t->n }, in, token };
}

bool js_in_read(struct js_in *in, struct js_value *root, struct error *err)
{
	struct scan s = {
		.in = in,
		.p = in->rest.p,
		.end = in->rest.p + str_first(in->rest, LIMIT_JSON_BYTES).n,
		.max_depth = in->strict ? JS_IN_STRICT_DEPTH : LIMIT_JSON_DEPTH,
		.expect = VALUE,
	};

	in->text = in->rest.p;
	in->n_tokens = 0;
	in->cut = false;
	in->at_line = in->line;
	if (!scan_document(&s))
		return read_failed(&s, err);
	advance(in, s.p);
	*root = value_of(in, 0);
	return true;
}

struct js_in_each js_in_over(struct js_value v)
{
	struct js_in_each e = { .in = v.in };

	if (v.kind == JS_OBJECT || v.kind == JS_ARRAY) {
		e.at = v.token + 1;
		e.end = v.in->tokens[v.token].next;
		e.keyed = v.kind == JS_OBJECT;
	}
	return e;
}

bool js_in_next(struct js_in_each *e)
{
	if (e->at == e->end)
		return false;
	if (e->keyed)
		e->key = value_of(e->in, e->at++);
	e->value = value_of(e->in, e->at);
	e->at = e->in->tokens[e->at].next;
	return true;
}

struct js_value js_in_get(struct js_value v, struct str key)
{
	struct js_value found = { 0 };

	if (v.kind != JS_OBJECT)
		return found;
	for (struct js_in_each e = js_in_over(v); js_in_next(&e);) {
		if (js_in_is(e.key, key))
			found = e.value;
	}
	return found;
}

struct js_value js_in_at(struct js_value v, uint64_t index)
{
	if (v.kind == JS_ARRAY) {
		for (struct js_in_each e = js_in_over(v); js_in_next(&e); index--) {
			if (index == 0)
				return e.value;
		}
	}
	return (struct js_value){ 0 };
}

size_t js_in_count(struct js_value v)
{
	size_t n = 0;

	for (struct js_in_each e = js_in_over(v); js_in_next(&e);)
		n++;
	return n;
}

static void unescape(struct buf *b, struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end) {
		const char *backslash = memchr(p, '\\', (size_t)(end - p));
		size_t plain = (size_t)((backslash == NULL ? end : backslash) - p);

		buf_put(b, p, plain);
		p += plain;
		if (p < end)
			utf8_put(b, escape(&p, end));
	}
}

struct str js_in_text(struct js_value v, struct arena *a)
{
	struct buf b = { .oom = a->oom };

	if (v.kind != JS_STRING)
		return (struct str){ "", 0 };
	if (!v.in->tokens[v.token].escaped)
		return utf8_repair(a, v.text);
	unescape(&b, v.text);

	struct str copy = utf8_repair(a, arena_strdup(a, buf_str(&b)));
	buf_free(&b);
	return copy;
}

bool js_in_is(struct js_value v, struct str text)
{
	struct buf b = { 0 };

	if (v.kind != JS_STRING)
		return false;
	if (!v.in->tokens[v.token].escaped)
		return str_eq(v.text, text);
	b.oom = v.in->oom;
	unescape(&b, v.text);

	bool same = str_eq(buf_str(&b), text);
	buf_free(&b);
	return same;
}

bool js_in_u64(struct js_value v, uint64_t *out)
{
	return v.kind == JS_NUMBER && str_to_u64(v.text, out);
}

bool js_in_valid(struct str json)
{
	struct js_in in = js_in_make(json, "", tool_oom);
	struct js_value root;
	struct error err = { 0 };

	in.strict = true;
	bool ok = json.n <= LIMIT_JSON_BYTES && utf8_valid(json) && js_in_more(&in) &&
		  js_in_read(&in, &root, &err) && !js_in_more(&in);
	js_in_free(&in);
	return ok;
}
