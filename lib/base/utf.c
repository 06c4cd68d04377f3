#include "base/utf.h"

/* RFC 3629, section 4: the first byte gives the length and the range of the second. */
static const struct lead {
	uint8_t first, last;
	uint8_t length;
	uint8_t low, high; /* of the second byte */
} leads[] = {
	{ 0x00, 0x7f, 1, 0x00, 0x00 }, { 0xc2, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf }, { 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

static const struct lead *lead_of(uint8_t byte)
{
	for (size_t i = 0; i < sizeof(leads) / sizeof(leads[0]); i++) {
		if (byte >= leads[i].first && byte <= leads[i].last)
			return &leads[i];
	}
	return NULL;
}

size_t utf8_next(struct str s, uint32_t *code)
{
	uint8_t first = (uint8_t)s.p[0];
	const struct lead *lead = first < 0x80 ? &leads[0] : lead_of(first);

	*code = UTF_BAD;
	if (lead == NULL)
		return 1;

	uint32_t v = lead->length == 1 ? first : first & (0x7fu >> lead->length);
	for (size_t i = 1; i < lead->length; i++) {
		uint8_t byte = i < s.n ? (uint8_t)s.p[i] : 0;

		if (byte < (i == 1 ? lead->low : 0x80) || byte > (i == 1 ? lead->high : 0xbf))
			return i;
		v = v << 6 | (byte & 0x3f);
	}
	*code = v;
	return lead->length;
}

void utf8_put(struct buf *b, uint32_t code)
{
	char out[4];
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
		code = 0xfffd;
		n = 3;
	}
	if (n == 1) {
		buf_put_char(b, (char)code);
		return;
	}
	for (size_t i = n; i-- > 1; code >>= 6)
		out[i] = (char)(0x80 | (code & 0x3f));
	out[0] = (char)((0xf00u >> n & 0xff) | code);
	buf_put(b, out, n);
}

/* How many bytes at the start of s are surely ASCII: nearly all text is. */
static size_t ascii_prefix(struct str s)
{
	uint64_t bytes;
	size_t n = 0;

	for (; s.n - n >= sizeof(bytes); n += sizeof(bytes)) {
		memcpy(&bytes, s.p + n, sizeof(bytes));
		if ((bytes & 0x8080808080808080) != 0)
			break;
	}
	return n;
}

bool utf8_valid(struct str s)
{
	s = str_from(s, ascii_prefix(s));
	while (s.n != 0) {
		uint32_t code;
		size_t n = utf8_next(s, &code);

		if (code == UTF_BAD)
			return false;
		s = str_from(s, n);
	}
	return true;
}

struct str utf8_repair(struct arena *a, struct str s)
{
	struct buf b = { .oom = a->oom };

	if (utf8_valid(s))
		return s;
	while (s.n != 0) {
		uint32_t code;
		size_t n = utf8_next(s, &code);

		utf8_put(&b, code);
		s = str_from(s, n);
	}

	struct str copy = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return copy;
}

/* The next code point, or UTF_BAD. */
static uint32_t utf16_next(struct cursor *c, size_t *left)
{
	uint32_t unit = cursor_u16(c);

	--*left;
	if (unit < 0xd800 || unit > 0xdfff)
		return unit;
	if (unit > 0xdbff || *left == 0)
		return UTF_BAD;

	uint32_t low = cursor_u16(c);
	--*left;
	if (low < 0xdc00 || low > 0xdfff)
		return UTF_BAD;
	return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
}

bool utf16_to_utf8(struct arena *a, struct cursor *c, size_t n_units, struct str *out)
{
	struct buf b = { .oom = a->oom };
	bool ok = cursor_fits(c, n_units, 2);

	while (ok && n_units != 0) {
		uint32_t code = utf16_next(c, &n_units);

		ok = code != UTF_BAD && !c->failed;
		if (ok)
			utf8_put(&b, code);
	}
	if (ok)
		*out = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return ok;
}

/* C0, DEL and C1 are \x escapes; these are the others that a terminal or a reader must not see. */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0x061c, 0x061c }, { 0x200e, 0x200f },
	{ 0x2028, 0x202e }, { 0x2066, 0x2069 }, { 0xfeff, 0xfeff },
};

static bool is_unsafe(uint32_t code)
{
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++) {
		if (code >= unsafe[i].first && code <= unsafe[i].last)
			return true;
	}
	return false;
}

/* Eight at a time: where all bytes are below 0x80, the highest bit of a difference says that one
 * was less. */
size_t text_plain(struct str s, char a, char b)
{
	const uint64_t ones = 0x0101010101010101, highs = ones * 0x80;
	uint64_t v, less;
	size_t n = 0;

	for (; s.n - n >= sizeof(v); n += sizeof(v)) {
		memcpy(&v, s.p + n, sizeof(v));
		less = (v - ones * ' ') | ((v ^ ones * 0x7f) - ones) |
		       ((v ^ ones * (uint8_t)a) - ones) | ((v ^ ones * (uint8_t)b) - ones);
		if (((v | less) & highs) != 0)
			break;
	}
	while (n < s.n && s.p[n] >= ' ' && s.p[n] < 0x7f && s.p[n] != a && s.p[n] != b)
		n++;
	return n;
}

void text_printable(struct buf *b, struct str s)
{
	for (;;) {
		uint32_t code;
		size_t n = text_plain(s, '\\', '\\');

		buf_put(b, s.p, n);
		s = str_from(s, n);
		if (s.n == 0)
			return;
		n = utf8_next(s, &code);
		if (code == UTF_BAD) {
			for (size_t i = 0; i < n; i++)
				buf_printf(b, "\\x%02x", (uint8_t)s.p[i]);
		} else if (code == '\\') {
			buf_put(b, "\\\\", 2);
		} else if (!is_unsafe(code)) {
			buf_put(b, s.p, n);
		} else if (code < 0x80) {
			buf_printf(b, "\\x%02x", (unsigned)code);
		} else {
			buf_printf(b, "\\u{%04x}", (unsigned)code);
		}
		s = str_from(s, n);
	}
}
