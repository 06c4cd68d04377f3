#include "base/js_copy.h"

#include <stdlib.h>

#include "base/js_in.h"
#include "base/number.h"
#include "base/sort.h"
#include "base/tool.h"

struct member {
	struct str key;
	struct js_value value;
};

/* A container that is being written. */
struct level {
	struct member *v;
	size_t n, i;
	char closer;
};

struct copy {
	struct js *j;
	struct arena arena;
	bool sort_keys;
	struct level levels[JS_IN_STRICT_DEPTH];
	unsigned depth;
};

static int compare(const void *a, const void *b, const void *context)
{
	const struct member *x = a, *y = b;

	(void)context;
	return str_cmp(x->key, y->key);
}

/* Of equal keys, which are neighbours, the last. */
static size_t drop_equal(struct member *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (i + 1 == n || !str_eq(v[i].key, v[i + 1].key))
			v[kept++] = v[i];
	}
	return kept;
}

static void open_level(struct copy *c, struct js_value v)
{
	struct level *l = &c->levels[c->depth++];
	size_t n = 0;

	*l = (struct level){ .v = arena_new(&c->arena, struct member, js_in_count(v)) };
	for (struct js_in_each e = js_in_over(v); js_in_next(&e); n++)
		l->v[n] = (struct member){ js_in_text(e.key, &c->arena), e.value };
	if (v.kind == JS_OBJECT && c->sort_keys) {
		sort_stable(l->v, n, sizeof(*l->v), compare, NULL, tool_oom);
		n = drop_equal(l->v, n);
	}
	l->n = n;
	l->closer = v.kind == JS_OBJECT ? '}' : ']';
	if (v.kind == JS_OBJECT)
		js_object(c->j);
	else
		js_array(c->j);
}

/* "-0" is a float to serde_json, as is an integer that 64 bits do not hold. */
static bool is_integer(struct str s)
{
	bool negative = s.n != 0 && s.p[0] == '-';
	uint64_t v;

	return str_to_u64(str_from(s, negative), &v) &&
	       (!negative || (v != 0 && v <= (uint64_t)INT64_MAX + 1));
}

static void number(struct copy *c, struct js_value v)
{
	char out[NUMBER_TEXT_SIZE];

	if (is_integer(v.text)) {
		js_raw(c->j, v.text);
		return;
	}
	number_text(out, strtod(arena_strdup(&c->arena, v.text).p, NULL), NUMBER_RUST);
	js_raw(c->j, str_of(out));
}

static void value(struct copy *c, struct js_value v)
{
	if (v.kind == JS_STRING)
		js_str(c->j, js_in_text(v, &c->arena));
	else if (v.kind == JS_NUMBER)
		number(c, v);
	else if (v.kind != JS_OBJECT && v.kind != JS_ARRAY)
		js_raw(c->j, v.text);
	else if (c->j->depth < JS_DEPTH)
		open_level(c, v);
	else
		js_null(c->j);
}

static void copy(struct copy *c, struct js_value root)
{
	value(c, root);
	while (c->depth != 0) {
		struct level *l = &c->levels[c->depth - 1];

		if (l->i == l->n) {
			js_end(c->j, l->closer);
			c->depth--;
			continue;
		}

		struct member *m = &l->v[l->i++];
		if (l->closer == '}')
			js_key_any(c->j, m->key);
		value(c, m->value);
	}
}

void js_copy(struct js *j, struct str json, bool sort_keys)
{
	struct js_in in = js_in_make(json, "", tool_oom);
	struct copy c = { .j = j, .arena = { .oom = tool_oom }, .sort_keys = sort_keys };
	struct error err = { 0 };
	struct js_value root;

	in.strict = true;
	if (js_in_valid(json) && js_in_more(&in) && js_in_read(&in, &root, &err))
		copy(&c, root);
	else
		js_null(j);
	arena_free(&c.arena);
	js_in_free(&in);
}
