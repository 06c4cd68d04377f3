#include "crash/sig_repr.h"

#include <inttypes.h>

#include "base/unicode.h"
#include "base/utf.h"
#include "crash/sig_value.h"

/* A list or an object that is being written, and the one around it. */
struct level {
	struct js_in_each each;
	bool object, filled;
	struct level *up;
};

/* What repr() escapes though it is no control: format characters, surrogates, private use. */
static const struct {
	uint32_t first, last;
} unprintable[] = {
	{ 0xad, 0xad },     { 0x600, 0x605 },   { 0x200b, 0x200f }, { 0x202a, 0x202e },
	{ 0x2060, 0x206f }, { 0xd800, 0xf8ff }, { 0xfeff, 0xfeff },
};

static bool is_printable(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code < 0xa0))
		return false;
	for (size_t i = 0; i < sizeof(unprintable) / sizeof(unprintable[0]); i++) {
		if (code >= unprintable[i].first && code <= unprintable[i].last)
			return false;
	}
	return code == ' ' || !unicode_is_space(code);
}

static void put_escaped(struct buf *b, uint32_t code)
{
	if (code == '\n')
		buf_put_str(b, STR("\\n"));
	else if (code == '\r')
		buf_put_str(b, STR("\\r"));
	else if (code == '\t')
		buf_put_str(b, STR("\\t"));
	else if (code < 0x100)
		buf_printf(b, "\\x%02" PRIx32, code);
	else
		buf_printf(b, "\\u%04" PRIx32, code);
}

/* In single quotes, unless only those are in it. */
void sig_repr_text(struct buf *b, struct str s)
{
	bool single = str_find_char(s, '\'') != s.n, twice = str_find_char(s, '"') != s.n;
	char quote = single && !twice ? '"' : '\'';

	buf_put_char(b, quote);
	while (s.n != 0) {
		uint32_t code;
		size_t n = utf8_next(s, &code);

		if (code == '\\' || code == (uint32_t)quote)
			buf_put_char(b, '\\');
		if (is_printable(code))
			buf_put_str(b, str_first(s, n));
		else
			put_escaped(b, code);
		s = str_from(s, n);
	}
	buf_put_char(b, quote);
}

static struct level *enter(struct buf *b, struct js_value v, struct level *up, struct arena *a)
{
	struct level *l = arena_new(a, struct level, 1);

	*l = (struct level){ js_in_over(v), v.kind == JS_OBJECT, false, up };
	buf_put_char(b, l->object ? '{' : '[');
	return l;
}

struct str sig_repr(struct js_value v, struct arena *a)
{
	struct buf b = { .oom = a->oom };

	for (struct level *l = enter(&b, v, NULL, a); l != NULL;) {
		if (!js_in_next(&l->each)) {
			buf_put_char(&b, l->object ? '}' : ']');
			l = l->up;
			continue;
		}
		if (l->filled)
			buf_put_str(&b, STR(", "));
		l->filled = true;
		if (l->object) {
			sig_repr_text(&b, js_in_text(l->each.key, a));
			buf_put_str(&b, STR(": "));
		}

		struct js_value value = l->each.value;
		if (value.kind == JS_ARRAY || value.kind == JS_OBJECT)
			l = enter(&b, value, l, a);
		else if (value.kind == JS_STRING)
			sig_repr_text(&b, js_in_text(value, a));
		else
			buf_put_str(&b, sig_value_text(value, a));
	}

	struct str copy = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return copy;
}
