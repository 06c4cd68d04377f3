#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "base/number.h"

/* The spellings are those of serde_json 1.0 (ryu) and of Python 3.11. */
static const struct {
	double v;
	const char *rust, *python;
} numbers[] = {
	{ 0.0, "0.0", "0.0" },
	{ -0.0, "-0.0", "-0.0" },
	{ 1.0, "1.0", "1.0" },
	{ -2.5, "-2.5", "-2.5" },
	{ 0.1, "0.1", "0.1" },
	{ 0.1 + 0.2, "0.30000000000000004", "0.30000000000000004" },
	{ 100.0, "100.0", "100.0" },
	{ 123456789.0, "123456789.0", "123456789.0" },
	{ 9007199254740993.0, "9007199254740992.0", "9007199254740992.0" },
	{ 1e15, "1000000000000000.0", "1000000000000000.0" },
	{ 1e16, "1e16", "1e+16" },
	{ 1.5e16, "1.5e16", "1.5e+16" },
	{ 1e-4, "0.0001", "0.0001" },
	{ 1e-5, "0.00001", "1e-05" },
	{ 1.5e-5, "0.000015", "1.5e-05" },
	{ 1e-6, "1e-6", "1e-06" },
	{ 5e-324, "5e-324", "5e-324" },
	{ 2.2250738585072014e-308, "2.2250738585072014e-308", "2.2250738585072014e-308" },
	{ 1.7976931348623157e308, "1.7976931348623157e308", "1.7976931348623157e+308" },
};

START_TEST(the_fewest_digits_that_read_back)
{
	char out[NUMBER_TEXT_SIZE];

	number_text(out, numbers[_i].v, NUMBER_RUST);
	ck_assert_str_eq(out, numbers[_i].rust);
	ck_assert(strtod(out, NULL) == numbers[_i].v);
	number_text(out, numbers[_i].v, NUMBER_PYTHON);
	ck_assert_str_eq(out, numbers[_i].python);
}
END_TEST

START_TEST(python_names_what_is_not_finite)
{
	char out[NUMBER_TEXT_SIZE];

	number_text(out, (double)INFINITY, NUMBER_PYTHON);
	ck_assert_str_eq(out, "inf");
	number_text(out, (double)-INFINITY, NUMBER_PYTHON);
	ck_assert_str_eq(out, "-inf");
	number_text(out, (double)NAN, NUMBER_PYTHON);
	ck_assert_str_eq(out, "nan");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("number");
	TCase *t = tcase_create("number");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, the_fewest_digits_that_read_back, 0,
			    sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_test(t, python_names_what_is_not_finite);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
