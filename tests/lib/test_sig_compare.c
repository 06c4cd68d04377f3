#include <check.h>
#include <stdlib.h>

#include "crash/sig_compare.h"

/* What is counted, and what --compare prints of it. */

START_TEST(pairs_are_counted_and_the_first_sample_kept)
{
	struct sig_tally t;

	sig_tally_begin(&t, NULL);
	ck_assert(sig_tally_add(&t, STR("a"), STR("b"), STR("first"), 1));
	ck_assert(!sig_tally_add(&t, STR("a"), STR("b"), STR("second"), 2));
	ck_assert(sig_tally_add(&t, STR("ab"), STR(""), STR(""), 1));
	ck_assert_uint_eq(sig_tally_count(&t, STR("a"), STR("b")), 3);
	ck_assert_uint_eq(sig_tally_count(&t, STR("ab"), STR("")), 1);
	ck_assert_uint_eq(sig_tally_count(&t, STR(""), STR("ab")), 0);
	ck_assert(str_eq(t.rows[0].sample, STR("first")));
	sig_tally_free(&t);
}
END_TEST

START_TEST(rows_are_sorted_by_number_and_text)
{
	struct sig_tally t;

	sig_tally_begin(&t, NULL);
	for (unsigned i = 0; i < 200; i++) {
		char name[2] = { (char)('a' + i % 20), '\0' };

		sig_tally_add(&t, str_of(name), STR("x"), STR(""), i % 20 == 7 ? 5 : 1);
	}
	ck_assert_uint_eq(t.n, 20);
	sig_tally_sort(&t);
	ck_assert(str_eq(t.rows[0].a, STR("h")));
	ck_assert_uint_eq(t.rows[0].n, 50);
	for (size_t i = 2; i < t.n; i++)
		ck_assert_int_lt(str_cmp(t.rows[i - 1].a, t.rows[i].a), 0);
	sig_tally_free(&t);
}
END_TEST

/* Old and new signature of a crash each; what is printed is wanted in this order. */
static const struct {
	const char *old, *new, *id;
} crashes[] = {
	{ "same", "same", "0" }, { "r", "R", "1" },         { "r", "R", "2" },
	{ "s", "s | a", "3" },   { "s", "s | b", "4" },     { "m1", "m", "5" },
	{ "m2", "m", "6" },      { "b", "m", "7" },         { "b", "only", "8" },
	{ "r", "R", "9" },       { "tab\t", "new\n", "x" },
};

static const char wanted[] = "3\trenamed\tr\tR\t1\n"
			     "1\tsplit merged\tb\tm\t7\n"
			     "1\tsplit\tb\tonly\t8\n"
			     "1\tmerged\tm1\tm\t5\n"
			     "1\tmerged\tm2\tm\t6\n"
			     "1\tsplit\ts\ts | a\t3\n"
			     "1\tsplit\ts\ts | b\t4\n"
			     "1\trenamed\ttab\\x09\tnew\\x0a\tx\n";

START_TEST(groups_are_renamed_split_and_merged)
{
	struct arena a = { 0 };
	struct sig_compare c;
	char got[1024] = "";
	FILE *out = tmpfile();

	ck_assert_ptr_nonnull(out);
	sig_compare_begin(&c, NULL);
	for (size_t i = 0; i < COUNT(crashes); i++)
		sig_compare_add(&c, str_of(crashes[i].old), str_of(crashes[i].new),
				str_of(crashes[i].id));
	ck_assert_uint_eq(c.n, 11);
	ck_assert_uint_eq(c.changed, 10);
	sig_compare_print(&c, out, &a);
	rewind(out);
	ck_assert_uint_ne(fread(got, 1, sizeof(got) - 1, out), 0);
	ck_assert_str_eq(got, wanted);
	fclose(out);
	sig_compare_free(&c);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sig_compare");
	TCase *t = tcase_create("sig_compare");
	SRunner *runner = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, pairs_are_counted_and_the_first_sample_kept);
	tcase_add_test(t, rows_are_sorted_by_number_and_text);
	tcase_add_test(t, groups_are_renamed_split_and_merged);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
