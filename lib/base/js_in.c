#include "base/js_in.h"

#include <stdlib.h>

#include "base/js_in_impl.h"
#include "base/limits.h"
#include "base/tool.h"
#include "base/utf.h"

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

	while (i < in->rest.n && js_in_is_blank(in->rest.p[i]))
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
	} while (more && (js_in_is_blank(rest.p[0]) || rest.p[0] == ']' || rest.p[0] == '}'));
	if (more && stop > rest.p) {
		in->again += (uint64_t)(stop - rest.p);
		if (in->again > LIMIT_JSON_AGAIN) {
			rest = str_from(rest, (size_t)(stop - rest.p));
			str_next_line(&rest, &line);
		}
	}
	advance(in, more ? rest.p : in->rest.p + in->rest.n);
}

static bool read_failed(struct js_in_scan *s, struct error *err)
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
	struct js_in_scan s = {
		.in = in,
		.p = in->rest.p,
		.end = in->rest.p + str_first(in->rest, LIMIT_JSON_BYTES).n,
		.max_depth = in->strict ? JS_IN_STRICT_DEPTH : LIMIT_JSON_DEPTH,
		.expect = JS_IN_VALUE,
	};

	in->text = in->rest.p;
	in->n_tokens = 0;
	in->cut = false;
	in->at_line = in->line;
	if (!js_in_scan(&s))
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
