#include <check.h>
#include <stdlib.h>

#include "base/unicode.h"

static const struct {
	uint32_t upper, lower;
} letters[] = {
	{ 'A', 'a' },           { 'Z', 'z' },   { '[', '[' },
	{ 'a', 'a' },           { 0xc0, 0xe0 }, /* LATIN CAPITAL LETTER A WITH GRAVE */
	{ 0xd7, 0xd7 },                         /* the sign between the letters */
	{ 0x100, 0x101 },                       /* every other one is a capital */
	{ 0x101, 0x101 },                       /* and this is the small one */
	{ 0x130, 0x130 },                       /* has no simple mapping of one code point to two */
	{ 0x178, 0xff },                        /* far away */
	{ 0x1e9e, 0xdf },                       /* CAPITAL SHARP S */
	{ 0x3a3, 0x3c3 },                       /* SIGMA, never the final one */
	{ 0x42f, 0x44f },                       /* last of a range */
	{ 0x2126, 0x3c9 },                      /* OHM SIGN */
	{ 0x10400, 0x10428 },                   /* outside the first plane */
	{ 0x1e921, 0x1e943 },                   /* last of all */
	{ 0x10ffff, 0x10ffff },
};

START_TEST(lower_case_is_the_simple_mapping)
{
	ck_assert_uint_eq(unicode_lower(letters[_i].upper), letters[_i].lower);
}
END_TEST

/* How many there are: a row that is lost or too long changes the sum. Python 3.11:
 * sum(len(c.lower()) == 1 and c.lower() != c for c in map(chr, range(0x110000))), str.isdecimal and
 * str.isspace likewise. */
START_TEST(the_tables_have_as_many_as_python)
{
	unsigned lower = 0, digits = 0, spaces = 0;

	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		lower += unicode_lower(code) != code;
		digits += unicode_digit(code) >= 0;
		spaces += unicode_is_space(code);
	}
	ck_assert_uint_eq(lower, 1432);
	ck_assert_uint_eq(digits, 660);
	ck_assert_uint_eq(spaces, 29);
}
END_TEST

START_TEST(digits_of_any_script_have_a_value)
{
	ck_assert_int_eq(unicode_digit('0'), 0);
	ck_assert_int_eq(unicode_digit('9'), 9);
	ck_assert_int_eq(unicode_digit('/'), -1);
	ck_assert_int_eq(unicode_digit(':'), -1);
	ck_assert_int_eq(unicode_digit(0x667), 7);   /* ARABIC-INDIC DIGIT SEVEN */
	ck_assert_int_eq(unicode_digit(0x1d7ff), 9); /* MATHEMATICAL MONOSPACE DIGIT NINE */
	ck_assert_int_eq(unicode_digit(0x1d800), -1);
	ck_assert_int_eq(unicode_digit(0xb2), -1); /* SUPERSCRIPT TWO is no decimal digit */
	ck_assert_int_eq(unicode_digit(0x10ffff), -1);
}
END_TEST

static const struct {
	const char *text, *trimmed;
} trims[] = {
	{ "", "" },
	{ "plain", "plain" },
	{ " \t\n\v\f\r\x1c\x1fx y\x1d ", "x y" },
	{ "\xc2\x85\xc2\xa0x\xe3\x80\x80\xe2\x80\xa9", "x" },
	{ " \xe2\x80\x8bx", "\xe2\x80\x8bx" }, /* ZERO WIDTH SPACE is none */
	{ "\xe3\x80\x80", "" },
	{ "\x80 ", "\x80" },
	{ "\xe3\x80 ", "\xe3\x80" },
	{ " \xff\x80\x80\x80\x80\x80", "\xff\x80\x80\x80\x80\x80" },
};

START_TEST(white_space_is_trimmed_at_both_ends)
{
	struct str got = unicode_trim(str_of(trims[_i].text));

	ck_assert_msg(str_eq(got, str_of(trims[_i].trimmed)), "%.*s", STR_ARGS(got));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("unicode");
	TCase *t = tcase_create("unicode");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, lower_case_is_the_simple_mapping, 0,
			    sizeof(letters) / sizeof(letters[0]));
	tcase_add_test(t, the_tables_have_as_many_as_python);
	tcase_add_test(t, digits_of_any_script_have_a_value);
	tcase_add_loop_test(t, white_space_is_trimmed_at_both_ends, 0,
			    sizeof(trims) / sizeof(trims[0]));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
