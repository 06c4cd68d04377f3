#include <check.h>
#include <stdlib.h>

#include "base/regex.h"
#include "base/regex_py.h"

/* Expressions of Python with what they match and don't (re.match), and what is known of them before
 * PCRE2 sees them. */
static const struct {
	const char *line;
	const char *yes, *no; /* NULL: not tried */
	const char *prefix;
	bool plain;
} patterns[] = {
	{ "foo::bar", "foo::barbaz", "foo::ba", "foo::bar", true },
	{ "a\\.b", "a.bc", "axb", "a.b", true },
	{ "\\<lt\\>", "<lt>", "lt", "<lt>", true },
	{ "{{both}}", "{{both}}", "both", "{{both}}", true },
	{ "{lead", "{lead", "lead", "{lead", true },
	{ "brace{x}", "brace{x}", "brac", "brace{x}", true },
	{ "u\\u0042\\x43", "uBC", "uX", "uBC", true },
	{ "caf\xc3\xa9", "caf\xc3\xa9s", "cafe", "caf\xc3\xa9", true },
	{ "a\\tb", "a\tb", "atb", "a\tb", true },
	{ "any.char", "anyXchar", "any\nchar", "any", false },
	{ "digits\\d+", "digits\xd9\xa3", "digits", "digits", false },
	{ "rep{2,3}x", "reppx", "repx", "re", false },
	{ "a{,2}b", "b", "aaab", "", false },
	{ "a{,}b", "aaaab", "ac", "", false },
	{ "abc*", "ab", "ac", "ab", false },
	{ "\xc3\xa9?x", "x", "y", "", false },
	{ "foo$", "foo\n", "foobar", "foo", false },
	{ "end\\Z", "end", "end\n", "end", false },
	{ "pipe|PIPE", "PIPE", "pip", "", false },
	{ "x(a|b)y", "xby", "xcy", "x", false },
	{ "x|", "anything", NULL, "", false },
	{ "[]a]x", "]x", "bx", "", false },
	{ "[[:alpha:]]x", "p]x", "zx", "", false },
	{ "[^a-z]n", "An", "an", "", false },
	{ "[\\]\\-]e", "-e", "e", "", false },
	{ "a(?#remark)b", "ab", "a", "a", false },
	{ "(?i:case)", "CaSe", "cas", "", false },
	{ "foo(?=bar)", "foobar", "foobaz", "foo", false },
	{ "poss++x", "possssx", "posx", "pos", false },
	{ "(?>a+)b", "aab", "b", "", false },
	{ "sp\\sace",
	  "sp\x1c"
	  "ace",
	  "space", "sp", false },
	{ "v\\vt", "v\x0bt", "v\nt", "v\x0bt", true },
};

START_TEST(pattern)
{
	struct arena a = { 0 };
	struct regex_list l;
	struct regex_py py;
	struct error err = { 0 };

	ck_assert(regex_py_read(&py, str_of(patterns[_i].line), NULL));
	ck_assert(str_eq(buf_str(&py.prefix), str_of(patterns[_i].prefix)));
	ck_assert(py.plain == patterns[_i].plain);
	regex_py_free(&py);

	regex_list_init(&l, 1, &a);
	ck_assert(regex_list_add(&l, str_of(patterns[_i].line), 7, &err));
	regex_list_seal(&l);
	ck_assert(regex_list_match(&l, str_of(patterns[_i].yes)));
	ck_assert_uint_eq(regex_list_first(&l, str_of(patterns[_i].yes), NULL), 7);
	ck_assert(patterns[_i].no == NULL || !regex_list_match(&l, str_of(patterns[_i].no)));
	regex_list_free(&l);
	arena_free(&a);
}
END_TEST

static const struct {
	const char *line, *why;
} refused[] = {
	{ "ab\\q", "bad escape" },
	{ "ab\\", "bad escape at the end" },
	{ "\\x4", "incomplete escape" },
	{ "\\ud800", "incomplete escape" },
	{ "(a)\\1", "back-references and octal escapes are not supported" },
	{ "a\\012", "back-references and octal escapes are not supported" },
	{ "(?P<n>a)", "groups of this kind and flags for all are not supported" },
	{ "(?i)a", "groups of this kind and flags for all are not supported" },
	{ "(?x: a)", "groups of this kind and flags for all are not supported" },
	{ "(*UTF)a", "nothing to repeat" },
	{ "a**", "multiple repeat" },
	{ "a{2}{3}", "multiple repeat" },
	{ "[abc", "set without an end" },
	{ "(?#abc", "comment without an end" },
	{ "*a", "quantifier does not follow a repeatable item" },
	{ "(a", "missing closing parenthesis" },
	{ "a)", "unmatched closing parenthesis" },
};

START_TEST(refused_pattern)
{
	struct arena a = { 0 };
	struct regex_list l;
	struct error err = { 0 };

	regex_list_init(&l, 1, &a);
	ck_assert(!regex_list_add(&l, str_of(refused[_i].line), 1, &err));
	ck_assert_int_eq(err.code, ERROR_INPUT);
	ck_assert_str_eq(err.text, refused[_i].why);
	ck_assert_uint_eq(l.n, 0);
	regex_list_free(&l);
	arena_free(&a);
}
END_TEST

START_TEST(the_first_line_that_matches_is_named)
{
	static const char *const lines[] = { "memcpy_x", "mem", "memcpy", "m.m", "zz" };
	struct arena a = { 0 };
	struct regex_list l;
	struct error err = { 0 };
	unsigned n;

	regex_list_init(&l, 5, &a);
	for (unsigned i = 0; i < 5; i++)
		ck_assert(regex_list_add(&l, str_of(lines[i]), i + 1, &err));
	regex_list_seal(&l);
	ck_assert_uint_eq(l.n_literals, 2); /* mem covers the two that begin with it */
	ck_assert_uint_eq(regex_list_first(&l, STR("memcpy"), &n), 2);
	ck_assert_uint_eq(n, 3);
	ck_assert_uint_eq(regex_list_first(&l, STR("mxm"), &n), 4);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(regex_list_first(&l, STR("z"), &n), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert(regex_list_match(&l, STR("memset")) && regex_list_match(&l, STR("zzz")));
	ck_assert(!regex_list_match(&l, STR("me")) && !regex_list_match(&l, STR("")));
	regex_list_free(&l);
	arena_free(&a);
}
END_TEST

START_TEST(a_pattern_that_takes_too_long_does_not_match)
{
	struct arena a = { 0 };
	struct regex_list l;
	struct error err = { 0 };

	regex_list_init(&l, 1, &a);
	ck_assert(regex_list_add(&l, STR("(a+)+b"), 9, &err));
	regex_list_seal(&l);
	ck_assert(!regex_list_match(&l, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaacb")));
	ck_assert_uint_eq(regex_list_stuck(&l), 9);
	ck_assert_uint_eq(regex_list_stuck(&l), 0);
	regex_list_free(&l);
	arena_free(&a);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

int main(void)
{
	Suite *s = suite_create("regex");
	TCase *t = tcase_create("regex");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, pattern, 0, ROWS(patterns));
	tcase_add_loop_test(t, refused_pattern, 0, ROWS(refused));
	tcase_add_test(t, the_first_line_that_matches_is_named);
	tcase_add_test(t, a_pattern_that_takes_too_long_does_not_match);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
