#include "sym/sym_diff.h"

#include <check.h>

#include "base/buf.h"
#include "sym_text.h"

static bool differ(const char *old, const char *new, bool json, char **out)
{
	struct sym_input a = { .text = str_of(old) }, b = { .text = str_of(new) };
	struct sym_text t;
	bool result = sym_diff(&a, &b, json, NULL, sym_text_begin(&t));

	*out = sym_text_end(&t);
	return result;
}

/* SYM_TEXT beside another build of it. */
static const struct {
	const char *new, *text;
} builds[] = {
	{ SYM_TEXT, "" },
	/* Other numbers, another order, another address. */
	{ SYM_MODULE SYM_CFI SYM_PUBLIC
	  "FUNC 1000 20 8 outer\n1010 10 6 9\n1008 8 9 7\n1000 8 4 9\nINLINE 0 5 9 3 1008 8\n"
	  "FILE 7 b.c\nFILE 9 a.c\nINLINE_ORIGIN 3 inner\n",
	  "" },
	{ SYM_MODULE SYM_FILES
	  "FUNC 5000 20 8 outer\nINLINE 0 5 0 0 5008 8\n5000 8 4 0\n5008 8 9 1\n5010 10 6 0\n"
	  "PUBLIC 2000 0 public\nSTACK CFI INIT 5000 20 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n"
	  "STACK CFI 5001 .cfa: $rsp 16 +\n",
	  "" },
	{ SYM_MODULE SYM_FILES SYM_OUTER SYM_CFI "FUNC 3000 8 0 new\n", "+ new\n- public\n" },
	{ SYM_MODULE SYM_FILES SYM_PUBLIC, "- outer\n" },
	{ SYM_MODULE "FILE 0 a.c\nFILE 1 c.c\nINLINE_ORIGIN 0 inner\n" SYM_OUTER SYM_PUBLIC SYM_CFI,
	  "~ outer\tlines -1 +1\n" },
	{ SYM_MODULE "FILE 0 a.c\nFILE 1 b.c\nINLINE_ORIGIN 0 other\n" SYM_OUTER SYM_PUBLIC SYM_CFI,
	  "~ outer\tlines -1 +1\n" },
	{ SYM_MODULE SYM_FILES "FUNC 1000 10 8 outer\n1000 8 4 0\n1008 4 9 1\n" SYM_PUBLIC SYM_CFI,
	  "~ outer\tsize 20 10\tlines -3 +1\n" },
	{ SYM_MODULE SYM_FILES SYM_OUTER SYM_PUBLIC
	  "STACK CFI INIT 1000 20 .cfa: $rsp 8 + "
	  ".ra: .cfa -8 + ^\nSTACK CFI 1002 .cfa: $rsp 16 +\nSTACK CFI 1004 .cfa: $rsp 24 +\n",
	  "~ outer\tcfi -1 +2\n" },
	{ SYM_MODULE SYM_FILES SYM_OUTER SYM_PUBLIC, "~ outer\tcfi -2 +0\n" },
	/* Rules that begin before the function, and end inside it. */
	{ SYM_MODULE SYM_FILES SYM_OUTER SYM_PUBLIC
	  "STACK CFI INIT ff0 18 .cfa: $rsp 8 + .ra: .cfa -8 + ^\nSTACK CFI 1001 .cfa: $rsp 16 +\n",
	  "~ outer\tcfi -1 +2\n" },
};

START_TEST(builds_differ)
{
	char *out;

	ck_assert(differ(SYM_TEXT, builds[_i].new, false, &out) == (builds[_i].text[0] != '\0'));
	ck_assert_str_eq(out, builds[_i].text);
	free(out);
}
END_TEST

START_TEST(functions_of_one_name_find_their_equals)
{
	char *out;

	ck_assert(
		differ("FUNC 0 8 0 f\nFUNC 10 9 0 f\nFUNC 20 a 0 f\nFUNC 30 8 0 f\n",
		       "FUNC 0 a 0 f\nFUNC 10 8 0 f\nFUNC 20 8 0 f\nFUNC 30 b 0 f\nFUNC 40 c 0 f\n",
		       false, &out));
	ck_assert_str_eq(out, "~ f\tsize 9 b\n+ f\n");
	free(out);
}
END_TEST

START_TEST(differences_are_json)
{
	char *out;

	ck_assert(differ("FUNC 0 8 0 f\nFUNC 8 8 0 \"\n", "FUNC 0 9 0 f\n0 4 1 0\nPUBLIC 9 0 p\n",
			 true, &out));
	ck_assert_str_eq(out,
			 "{\"change\":\"removed\",\"name\":\"\\\"\",\"old_size\":8}\n"
			 "{\"change\":\"changed\",\"name\":\"f\",\"old_size\":8,\"new_size\":9,"
			 "\"lines_removed\":0,\"lines_added\":1,"
			 "\"cfi_removed\":0,\"cfi_added\":0}\n"
			 "{\"change\":\"added\",\"name\":\"p\",\"new_size\":0}\n");
	free(out);
}
END_TEST

/* Each record is read once or twice, whatever covers whatever. */
START_TEST(one_init_over_many_functions_is_read_once)
{
	struct buf b = { 0 };
	char *out;

	for (unsigned i = 0; i < 20000; i++)
		buf_printf(&b, "FUNC %x 10 0 f%u\n", i * 16, i % 7);
	buf_printf(&b, "STACK CFI INIT 0 %x .cfa: 1\n", 20000 * 16);
	for (unsigned i = 0; i < 20000; i++)
		buf_printf(&b, "STACK CFI %x a: %u\n", i * 16 + 4, i);
	buf_put_char(&b, '\0');
	ck_assert(!differ(b.p, b.p, false, &out));
	free(out);
	ck_assert(differ(b.p, SYM_TEXT, false, &out));
	free(out);
	buf_free(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sym_diff");
	TCase *t = tcase_create("sym_diff");
	SRunner *runner = srunner_create(s);

	tcase_add_loop_test(t, builds_differ, 0, (int)COUNT(builds));
	tcase_add_test(t, functions_of_one_name_find_their_equals);
	tcase_add_test(t, differences_are_json);
	tcase_add_test(t, one_init_over_many_functions_is_read_once);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
