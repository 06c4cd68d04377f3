#include <check.h>
#include <stdlib.h>

#include "base/slice.h"

static void expect(struct str got, const char *want)
{
	ck_assert_msg(str_eq(got, str_of(want)), "'%.*s' is not '%s'", STR_ARGS(got), want);
}

START_TEST(a_null_text_is_the_empty_one)
{
	struct str none = str_of(NULL), rest = none, piece;

	ck_assert(str_eq(none, STR("")));
	ck_assert_int_eq(str_cmp(none, STR("")), 0);
	ck_assert(str_starts(none, none) && str_ends(none, none));
	expect(str_trim(none), "");
	expect(str_leaf(none), "");
	ck_assert(!str_next_line(&rest, &piece));
	ck_assert(!str_next_word(&rest, &piece));
}
END_TEST

START_TEST(cutting_stops_at_the_ends)
{
	struct str s = STR("frame");

	expect(str_from(s, 2), "ame");
	expect(str_from(s, 5), "");
	expect(str_from(s, SIZE_MAX), "");
	ck_assert_ptr_eq(str_from(s, SIZE_MAX).p, s.p + 5);
	expect(str_first(s, 2), "fr");
	expect(str_first(s, SIZE_MAX), "frame");
	ck_assert(str_starts(s, STR("fra")) && !str_starts(s, STR("frames")));
	ck_assert(str_ends(s, STR("ame")) && !str_ends(s, STR("a frame")));
}
END_TEST

START_TEST(order_is_by_bytes_then_by_length)
{
	ck_assert_int_lt(str_cmp(STR("a"), STR("b")), 0);
	ck_assert_int_lt(str_cmp(STR("a"), STR("aa")), 0);
	ck_assert_int_gt(str_cmp(STR("\xff"), STR("z")), 0);
	ck_assert_int_eq(str_cmp(STR("a\0b"), STR("a\0b")), 0);
	ck_assert(!str_eq(STR("a\0b"), STR("a\0c")));
}
END_TEST

static const struct {
	const char *text, *needle;
	size_t at;
} finds[] = {
	{ "abcabc", "abc", 0 }, { "abcabc", "ca", 2 }, { "aab", "ab", 1 },
	{ "abc", "abcd", 3 },   { "abc", "x", 3 },     { "abc", "", 0 },
	{ "", "", 0 },          { "", "x", 0 },        { "aaaa", "ab", 4 },
};

START_TEST(find_gives_the_first_place_or_the_length)
{
	struct str s = str_of(finds[_i].text), needle = str_of(finds[_i].needle);

	ck_assert_uint_eq(str_find(s, needle), finds[_i].at);
	if (needle.n == 1)
		ck_assert_uint_eq(str_find_char(s, needle.p[0]), finds[_i].at);
}
END_TEST

static const struct {
	const char *path, *leaf;
} leaves[] = {
	{ "/usr/lib/libc.so.6", "libc.so.6" },
	{ "C:\\Windows\\ntdll.dll", "ntdll.dll" },
	{ "C:\\a/b", "b" },
	{ "plain", "plain" },
	{ "folder/", "" },
};

START_TEST(leaf_of_a_path_of_any_system)
{
	expect(str_leaf(str_of(leaves[_i].path)), leaves[_i].leaf);
}
END_TEST

START_TEST(lines_end_with_lf_or_the_text)
{
	struct str rest = STR("one\n\nthree\r\nfour"), line;

	ck_assert(str_next_line(&rest, &line));
	expect(line, "one");
	ck_assert(str_next_line(&rest, &line));
	expect(line, "");
	ck_assert(str_next_line(&rest, &line));
	expect(line, "three\r");
	ck_assert(str_next_line(&rest, &line));
	expect(line, "four");
	ck_assert(!str_next_line(&rest, &line));

	rest = STR("last");
	ck_assert(str_next_line(&rest, &line));
	ck_assert_ptr_eq(rest.p, line.p + line.n);
	rest = STR("last\n");
	ck_assert(str_next_line(&rest, &line));
	ck_assert(!str_next_line(&rest, &line));
}
END_TEST

START_TEST(words_are_what_stands_between_white_space)
{
	struct str rest = STR(" \tone\vtwo  \r\n"), word;

	ck_assert(str_next_word(&rest, &word));
	expect(word, "one");
	ck_assert(str_next_word(&rest, &word));
	expect(word, "two");
	ck_assert(!str_next_word(&rest, &word));
	expect(str_trim(STR(" \f a b \n")), "a b");
}
END_TEST

static const struct {
	const char *text;
	bool decimal, hex;
	uint64_t decimal_value, hex_value;
} numbers[] = {
	{ "0", true, true, 0, 0 },
	{ "0010", true, true, 10, 16 },
	{ "18446744073709551615", true, false, UINT64_MAX, 0 },
	{ "18446744073709551616", false, false, 0, 0 },
	{ "99999999999999999999", false, false, 0, 0 },
	{ "ffffFFFFffffFFFF", false, true, 0, UINT64_MAX },
	{ "10000000000000000", true, false, 10000000000000000, 0 },
	{ "00000000000000000aF", false, true, 0, 0xaf },
	{ "", false, false, 0, 0 },
	{ "-1", false, false, 0, 0 },
	{ "+1", false, false, 0, 0 },
	{ " 1", false, false, 0, 0 },
	{ "1 ", false, false, 0, 0 },
	{ "0x1", false, false, 0, 0 },
	{ "1g", false, false, 0, 0 },
};

START_TEST(numbers_are_digits_that_fit)
{
	struct str s = str_of(numbers[_i].text);
	uint64_t v;

	ck_assert(str_to_u64(s, &v) == numbers[_i].decimal);
	if (numbers[_i].decimal)
		ck_assert_uint_eq(v, numbers[_i].decimal_value);
	ck_assert(str_hex_to_u64(s, &v) == numbers[_i].hex);
	if (numbers[_i].hex)
		ck_assert_uint_eq(v, numbers[_i].hex_value);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("slice");
	TCase *t = tcase_create("slice");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, a_null_text_is_the_empty_one);
	tcase_add_test(t, cutting_stops_at_the_ends);
	tcase_add_test(t, order_is_by_bytes_then_by_length);
	tcase_add_loop_test(t, find_gives_the_first_place_or_the_length, 0,
			    sizeof(finds) / sizeof(finds[0]));
	tcase_add_loop_test(t, leaf_of_a_path_of_any_system, 0, sizeof(leaves) / sizeof(leaves[0]));
	tcase_add_test(t, lines_end_with_lf_or_the_text);
	tcase_add_test(t, words_are_what_stands_between_white_space);
	tcase_add_loop_test(t, numbers_are_digits_that_fit, 0,
			    sizeof(numbers) / sizeof(numbers[0]));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
