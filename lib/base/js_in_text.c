#include "base/buf.h"
#include "base/js_in_impl.h"
#include "base/utf.h"

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

uint32_t js_in_escape(const char **p, const char *end)
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

static void unescape(struct buf *b, struct str s)
{
	const char *p = s.p, *end = s.p + s.n;

	while (p < end) {
		const char *backslash = memchr(p, '\\', (size_t)(end - p));
		size_t plain = (size_t)((backslash == NULL ? end : backslash) - p);

		buf_put(b, p, plain);
		p += plain;
		if (p < end)
			utf8_put(b, js_in_escape(&p, end));
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
