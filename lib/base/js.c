#include "base/js.h"

#include <assert.h>

#include "base/utf.h"

struct js js_make(FILE *out, bool pretty)
{
	return (struct js){ .out = out, .pretty = pretty };
}

static void flush(struct js *j)
{
	if (j->n != 0)
		fwrite(j->buffer, 1, j->n, j->out);
	j->n = 0;
}

static void put(struct js *j, const char *bytes, size_t n)
{
	if (n > sizeof(j->buffer) - j->n)
		flush(j);
	if (n > sizeof(j->buffer)) {
		fwrite(bytes, 1, n, j->out);
	} else if (n != 0) {
		memcpy(j->buffer + j->n, bytes, n);
		j->n += n;
	}
}

static void put_char(struct js *j, char c)
{
	if (j->n == sizeof(j->buffer))
		flush(j);
	j->buffer[j->n++] = c;
}

static void put_text(struct js *j, const char *text)
{
	put(j, text, strlen(text));
}

static void new_line(struct js *j)
{
	put_char(j, '\n');
	for (unsigned i = 0; i < j->depth; i++)
		put(j, "  ", 2);
}

/* What stands before a member: the comma, the line, or nothing when its key was just written. */
static void before(struct js *j)
{
	if (j->keyed) {
		j->keyed = false;
		return;
	}
	if (j->depth == 0)
		return;
	if (j->filled[j->depth - 1])
		put_char(j, ',');
	j->filled[j->depth - 1] = true;
	if (j->pretty)
		new_line(j);
}

/* A document that is complete goes to out. */
static void after(struct js *j)
{
	if (j->depth == 0)
		flush(j);
}

static void begin(struct js *j, char opener)
{
	before(j);
	assert(j->depth < JS_DEPTH);
	j->filled[j->depth++] = false;
	put_char(j, opener);
}

void js_object(struct js *j)
{
	begin(j, '{');
}

void js_array(struct js *j)
{
	begin(j, '[');
}

void js_end(struct js *j, char closer)
{
	assert(j->depth > 0 && !j->keyed);
	j->depth--;
	if (j->pretty && j->filled[j->depth])
		new_line(j);
	put_char(j, closer);
	after(j);
}

void js_key(struct js *j, const char *key)
{
	assert(!j->keyed);
	before(j);
	put_char(j, '"');
	put_text(j, key);
	put_text(j, j->pretty ? "\": " : "\":");
	j->keyed = true;
}

/* \uXXXX. */
static void put_unit(struct js *j, uint32_t unit)
{
	put_text(j, "\\u");
	for (unsigned shift = 16; shift != 0; shift -= 4)
		put_char(j, "0123456789abcdef"[unit >> (shift - 4) & 15]);
}

/* A code point of more than one byte, or DEL, in ASCII. */
static void put_ascii(struct js *j, uint32_t code)
{
	if (code >= 0x10000) {
		put_unit(j, 0xd800 + ((code - 0x10000) >> 10));
		put_unit(j, 0xdc00 + (code & 0x3ff));
	} else {
		put_unit(j, code);
	}
}

/* The escape of a byte below 0x20, or of '"' and '\\'. */
static void put_escape(struct js *j, char c)
{
	static const char special[] = "\b\t\n\f\r\"\\", names[] = "btnfr\"\\";
	const char *found = c == '\0' ? NULL : strchr(special, c);

	if (found != NULL) {
		put_char(j, '\\');
		put_char(j, names[found - special]);
	} else {
		put_unit(j, (uint8_t)c);
	}
}

/* DEL and C1 are controls of terminals, too. */
static bool is_escaped(const struct js *j, uint32_t code)
{
	return code >= 0x7f && (j->ascii || code <= 0x9f);
}

static bool is_special(const struct js *j, uint32_t code)
{
	return code == UTF_BAD || code < 0x20 || code == '"' || code == '\\' || is_escaped(j, code);
}

static void put_special(struct js *j, uint32_t code)
{
	if (code < 0x7f)
		put_escape(j, (char)code);
	else if (is_escaped(j, code))
		put_ascii(j, code == UTF_BAD ? 0xfffd : code);
	else
		put(j, "\xef\xbf\xbd", 3);
}

/* Most text has nothing to escape and one byte a character. */
static void put_quoted(struct js *j, struct str s)
{
	size_t put_until = 0, i = 0;

	put_char(j, '"');
	while ((i += text_plain(str_from(s, i), '"', '\\')) < s.n) {
		uint32_t code = (uint8_t)s.p[i];
		size_t n = code < 0x80 ? 1 : utf8_next(str_from(s, i), &code);

		if (is_special(j, code)) {
			put(j, s.p + put_until, i - put_until);
			put_until = i + n;
			put_special(j, code);
		}
		i += n;
	}
	if (put_until < s.n)
		put(j, s.p + put_until, s.n - put_until);
	put_char(j, '"');
}

void js_str(struct js *j, struct str s)
{
	before(j);
	put_quoted(j, s);
	after(j);
}

void js_key_any(struct js *j, struct str key)
{
	assert(!j->keyed);
	before(j);
	put_quoted(j, key);
	put_text(j, j->pretty ? ": " : ":");
	j->keyed = true;
}

void js_text(struct js *j, const char *text)
{
	if (text == NULL)
		js_null(j);
	else
		js_str(j, str_of(text));
}

static void put_decimal(struct js *j, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	put(j, digits + at, sizeof(digits) - at);
}

void js_u64(struct js *j, uint64_t v)
{
	before(j);
	put_decimal(j, v);
	after(j);
}

void js_i64(struct js *j, int64_t v)
{
	before(j);
	if (v < 0)
		put_char(j, '-');
	put_decimal(j, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
	after(j);
}

void js_bool(struct js *j, bool v)
{
	before(j);
	put_text(j, v ? "true" : "false");
	after(j);
}

void js_null(struct js *j)
{
	before(j);
	put(j, "null", 4);
	after(j);
}

void js_hex(struct js *j, uint64_t v, unsigned digits)
{
	char out[24];
	size_t at = sizeof(out);

	before(j);
	out[--at] = '"';
	for (unsigned n = 0; n < 16 && (n < digits || v != 0 || n == 0); n++, v >>= 4)
		out[--at] = "0123456789abcdef"[v & 15];
	at -= 3;
	memcpy(out + at, "\"0x", 3);
	put(j, out + at, sizeof(out) - at);
	after(j);
}

void js_raw(struct js *j, struct str json)
{
	before(j);
	put(j, json.p, json.n);
	after(j);
}

void js_key_str(struct js *j, const char *key, struct str s)
{
	js_key(j, key);
	js_str(j, s);
}

void js_key_text(struct js *j, const char *key, const char *text)
{
	js_key(j, key);
	js_text(j, text);
}

void js_key_u64(struct js *j, const char *key, uint64_t v)
{
	js_key(j, key);
	js_u64(j, v);
}

void js_key_bool(struct js *j, const char *key, bool v)
{
	js_key(j, key);
	js_bool(j, v);
}

void js_key_null(struct js *j, const char *key)
{
	js_key(j, key);
	js_null(j);
}

void js_key_hex(struct js *j, const char *key, uint64_t v, unsigned digits)
{
	js_key(j, key);
	js_hex(j, v, digits);
}
