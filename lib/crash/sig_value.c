#include "crash/sig_value.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/unicode.h"
#include "base/utf.h"
#include "crash/sig_repr.h"

static bool is_integer(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] < '0' || s.p[i] > '9') && (i != 0 || s.p[i] != '-'))
			return false;
	}
	return true;
}

static double to_double(struct str s, struct arena *a)
{
	if (str_eq(s, STR("NaN")))
		return NAN;
	if (str_ends(s, STR("Infinity")))
		return s.p[0] == '-' ? -INFINITY : INFINITY;
	return strtod(arena_strdup(a, s).p, NULL);
}

/* Whether a number is 0: all its digits before the exponent are, or it is too small for a double.
 */
static bool is_zero(struct str s)
{
	char copy[64];

	for (size_t i = 0; i < s.n && s.p[i] != 'e' && s.p[i] != 'E'; i++) {
		if (s.p[i] == '0' || s.p[i] == '.' || s.p[i] == '-')
			continue;
		if (s.n >= sizeof(copy) || is_integer(s) || s.p[s.n - 1] > '9')
			return false;
		memcpy(copy, s.p, s.n);
		copy[s.n] = '\0';
		return strtod(copy, NULL) == 0;
	}
	return true;
}

bool sig_value_true(struct js_value v)
{
	switch (v.kind) {
	case JS_TRUE:
		return true;
	case JS_STRING:
		return v.text.n != 0;
	case JS_NUMBER:
		return !is_zero(v.text);
	case JS_ARRAY:
	case JS_OBJECT:
		return v.in->tokens[v.token].next != v.token + 1;
	case JS_NONE:
	case JS_NULL:
	case JS_FALSE:
		break;
	}
	return false;
}

static struct str number_str(struct str s, struct arena *a)
{
	char out[NUMBER_TEXT_SIZE];

	if (str_eq(s, STR("-0")))
		return STR("0");
	if (is_integer(s))
		return s;
	number_text(out, to_double(s, a), NUMBER_PYTHON);
	return arena_strdup(a, str_of(out));
}

struct str sig_value_text(struct js_value v, struct arena *a)
{
	static const struct str words[] = {
		[JS_NONE] = { "None", 4 },
		[JS_NULL] = { "None", 4 },
		[JS_FALSE] = { "False", 5 },
		[JS_TRUE] = { "True", 4 },
	};

	if (v.kind <= JS_TRUE)
		return words[v.kind];
	if (v.kind == JS_STRING)
		return js_in_text(v, a);
	if (v.kind == JS_NUMBER)
		return number_str(v.text, a);
	return sig_repr(v, a);
}

/* The digits of an integer in the base, values 0 to 15, after white space, sign and prefix were
 * taken off: single '_' may stand between them. n is 0 when it is no such text. */
static size_t read_digits(struct str s, int base, bool prefixed, uint8_t *digits)
{
	size_t n = 0;
	bool may_join = prefixed;

	while (s.n != 0) {
		uint32_t code;
		size_t step = utf8_next(s, &code);
		int digit = unicode_digit(code);

		if (digit < 0 && base == 16 && (code | 0x20) >= 'a' && (code | 0x20) <= 'f')
			digit = (int)(code | 0x20) - 'a' + 10;
		if (digit < 0 && !(code == '_' && may_join && s.n > 1))
			return 0;
		if (digit >= 0)
			digits[n++] = (uint8_t)digit;
		may_join = digit >= 0;
		s = str_from(s, step);
	}
	return n;
}

static bool take_sign(struct str *s)
{
	bool negative = s->n != 0 && s->p[0] == '-';

	if (negative || (s->n != 0 && s->p[0] == '+'))
		*s = str_from(*s, 1);
	return negative;
}

static int64_t clamped(const uint8_t *digits, size_t n, bool negative)
{
	int64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, (int64_t)digits[i], &v))
			return negative ? INT64_MIN : INT64_MAX;
	}
	if (negative)
		return v;
	return v == INT64_MIN ? INT64_MAX : -v;
}

static enum sig_int parse_int(struct str s, int64_t *out, struct arena *a)
{
	s = unicode_trim(s);

	bool negative = take_sign(&s);
	uint8_t *digits = arena_new(a, uint8_t, s.n + 1);
	size_t n = read_digits(s, 10, false, digits);

	*out = clamped(digits, n, negative);
	return n == 0 ? SIG_INT_VALUE : SIG_INT_OK;
}

static enum sig_int truncated(double v, int64_t *out)
{
	if (isnan(v))
		return SIG_INT_VALUE;
	if (isinf(v))
		return SIG_INT_INFINITE;
	if (v >= 9223372036854775807.0)
		*out = INT64_MAX;
	else if (v <= -9223372036854775808.0)
		*out = INT64_MIN;
	else
		*out = (int64_t)v;
	return SIG_INT_OK;
}

enum sig_int sig_value_int(struct js_value v, int64_t *out, struct arena *a)
{
	*out = v.kind == JS_TRUE;
	if (v.kind == JS_TRUE || v.kind == JS_FALSE)
		return SIG_INT_OK;
	if (v.kind == JS_STRING)
		return parse_int(js_in_text(v, a), out, a);
	if (v.kind != JS_NUMBER)
		return SIG_INT_TYPE;
	if (is_integer(v.text))
		return parse_int(v.text, out, a);
	return truncated(to_double(v.text, a), out);
}

struct str sig_value_offset(struct js_value v, struct arena *a)
{
	if (v.kind != JS_STRING)
		return sig_value_text(v, a);

	struct str text = js_in_text(v, a), s = unicode_trim(text);
	bool negative = take_sign(&s);
	bool prefixed = str_starts(s, STR("0x")) || str_starts(s, STR("0X"));
	uint8_t *digits = arena_new(a, uint8_t, s.n + 1);
	size_t n = read_digits(prefixed ? str_from(s, 2) : s, 16, prefixed, digits), first = 0;

	if (n == 0)
		return text;
	while (first + 1 < n && digits[first] == 0)
		first++;

	char *out = arena_new(a, char, n + 4);
	size_t at = 0;
	if (negative && digits[first] != 0)
		out[at++] = '-';
	out[at++] = '0';
	out[at++] = 'x';
	while (first < n)
		out[at++] = "0123456789abcdef"[digits[first++]];
	return (struct str){ out, at };
}
