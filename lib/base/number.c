#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIGITS = 17 };

/* Where each style leaves plain notation. v is 0.DIGITS * 10^point. */
static const struct {
	int low, high; /* smallest and largest point that is written plain */
} styles[] = {
	[NUMBER_RUST] = { -4, 16 },
	[NUMBER_PYTHON] = { -3, 16 },
};

/* The fewest digits (no zeros at the end) of a finite v >= 0, and the place of the point. */
static int shortest(double v, char digits[MAX_DIGITS + 1], int *point)
{
	char text[NUMBER_TEXT_SIZE];
	int n = 0;

	do {
		snprintf(text, sizeof(text), "%.*e", n++, v);
	} while (n < MAX_DIGITS && strtod(text, NULL) != v);

	const char *e = strchr(text, 'e') + 1; /* sign and digits */
	*point = 0;
	for (const char *p = e + 1; *p != '\0'; p++)
		*point = *point * 10 + (*p - '0');
	*point = (*e == '-' ? -*point : *point) + 1;
	digits[0] = text[0];
	if (n > 1)
		memcpy(digits + 1, text + 2, (size_t)n - 1);
	digits[n] = '\0';
	return n;
}

static void plain(char *out, size_t size, const char *digits, int n, int point)
{
	static const char zeros[] = "0000000000000000";

	if (point <= 0)
		snprintf(out, size, "0.%.*s%s", -point, zeros, digits);
	else if (point >= n)
		snprintf(out, size, "%s%.*s.0", digits, point - n, zeros);
	else
		snprintf(out, size, "%.*s.%s", point, digits, digits + point);
}

void number_text(char out[NUMBER_TEXT_SIZE], double v, enum number_style style)
{
	char digits[MAX_DIGITS + 1];
	int point, n, at = 0;

	if (isnan(v)) {
		snprintf(out, NUMBER_TEXT_SIZE, "nan");
		return;
	}
	if (signbit(v))
		out[at++] = '-';
	if (isinf(v)) {
		snprintf(out + at, (size_t)(NUMBER_TEXT_SIZE - at), "inf");
		return;
	}
	n = shortest(fabs(v), digits, &point);
	if (v == 0)
		point = 1;
	if (point >= styles[style].low && point <= styles[style].high) {
		plain(out + at, (size_t)(NUMBER_TEXT_SIZE - at), digits, n, point);
		return;
	}

	at += snprintf(out + at, (size_t)(NUMBER_TEXT_SIZE - at), "%c%s%s", digits[0],
		       n > 1 ? "." : "", digits + 1);
	if (style == NUMBER_RUST)
		snprintf(out + at, (size_t)(NUMBER_TEXT_SIZE - at), "e%d", point - 1);
	else
		snprintf(out + at, (size_t)(NUMBER_TEXT_SIZE - at), "e%+03d", point - 1);
}
