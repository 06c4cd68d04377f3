#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "sym/check.h"
#include "sym/repair.h"

#define MODULE "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 app\n"
#define FILES  "FILE 0 a.c\n"
#define FUNC   "FUNC 100 40 0 f\n"
#define INIT   "STACK CFI INIT 100 40 .cfa: $rsp 8 + .ra: .cfa 8 - ^\n"

static bool repair(struct str text, bool sort, const char *module, char **out, struct error *err)
{
	struct repair_options o = { .sort = sort, .module = module };
	size_t n;
	FILE *f = open_memstream(out, &n);
	bool ok = repair_text(text, "a.sym", &o, f, err);

	fclose(f);
	return ok;
}

/* What becomes of the text behind MODULE; by each kind of damage of sym-format.md 6. */
static const struct {
	bool sort;
	const char *text, *repaired;
} texts[] = {
	{ false, FILES "FUNC 200 4 0 g\n" FUNC "100 4 1 0\n" INIT,
	  FILES "FUNC 200 4 0 g\n" FUNC "100 4 1 0\n" INIT },
	{ false, "INLINE_ORIGIN 0 \nINLINE_ORIGIN 1\nFUNC 100 4 0 \nPUBLIC 200 0\nFILE 7\n",
	  "FILE 7 <unknown>\nINLINE_ORIGIN 0 <name omitted>\nINLINE_ORIGIN 1 <name omitted>\n"
	  "FUNC 100 4 0 <name omitted>\nPUBLIC 200 0 <name omitted>\n" },
	{ false, "INLINE_ORIGIN 0 le\naf\nx<int>\n", "INLINE_ORIGIN 0 leafx<int>\n" },
	{ false, "FUNC 100 4 0 f(\n\tint)\n100 4 1 0\n", "FUNC 100 4 0 f(int)\n100 4 1 0\n" },
	{ false, "FILE 0 a\x01\x7f.c\r\n\r\n", "FILE 0 a.c\n" },
	{ false, "FILE 0 \xe4.c\n", "FILE 0 \xc3\xa4.c\n" },
	{ false, "FILE 0 a.c", "FILE 0 a.c\n" },
	{ false, "FILE 0 \x01 a b\x02  c", "FILE 0 a b  c\n" },
	{ false, FILES "FILE 3 b\nINLINE_ORIGIN 0 i\n" FUNC "INLINE 0 5 -1 0 100 8\n",
	  FILES "FILE 3 b\nFILE 4 <unknown>\nINLINE_ORIGIN 0 i\n" FUNC "INLINE 0 5 4 0 100 8\n" },
	{ false, FILES "FILE 3 b\nINLINE_ORIGIN 0 -1 i j\n" FUNC "INLINE 0 5 0 100 8\n100 8 1 3\n",
	  FILES "FILE 3 b\nFILE 4 <unknown>\nINLINE_ORIGIN 0 i j\n" FUNC
		"INLINE 0 5 3 0 100 8\n100 8 1 3\n" },
	{ false, "FUNC 100 10 0 f\nFUNC 108 10 0 g\n108 4 1 0\nFUNC 120 0 0 h\n",
	  "FUNC 100 10 0 f\n" },
	{ false, "FUNC 108 10 0 g\nFUNC 100 10 0 f\n", "FUNC 100 10 0 f\n" },
	{ false, FUNC "100 0 1 0\n100 8 2 0\n104 8 3 0\n", FUNC "100 8 2 0\n" },
	{ false, FUNC "108 8 2 0\n100 8 1 0\n", FUNC "100 8 1 0\n108 8 2 0\n" },
	{ false, FUNC "f0 10 1 0\nfc 8 2 0\n200 8 3 0\n", FUNC "100 4 2 0\n200 8 3 0\n" },
	{ false, "100 8 1 0\n200 8 2 0\n" FUNC, FUNC "100 8 1 0\n" },
	{ false, "100 8 1 0\n" FUNC "104 8 2 0\n", FUNC "104 8 2 0\n" },
	{ false, FUNC "100 4 1 0\nINLINE 0 5 0 0 100 4 108 0\n",
	  FUNC "INLINE 0 5 0 0 100 4\n100 4 1 0\n" },
	{ false, "INLINE 0 5 0 0 100 4\n", "" },
	{ false, "PUBLIC 200 0 b\nPUBLIC 100 0 a\nPUBLIC 200 4 c\n",
	  "PUBLIC 100 0 a\nPUBLIC m 200 4 c\n" },
	{ false,
	  "STACK CFI 100 .cfa: 1\n" INIT "STACK CFI 140 .cfa: 2\nSTACK CFI 108 .cfa: 3\n"
	  "STACK CFI 104 .cfa: 4\n",
	  INIT "STACK CFI 104 .cfa: 4\nSTACK CFI 108 .cfa: 3\n" },
	{ false, "STACK CFI INIT 100 8 .cfa: ..sp 8 + .ra: .x30\n",
	  "STACK CFI INIT 100 8 .cfa: sp 8 + .ra: x30\n" },
	{ false, FUNC "WHAT\n# x\nINFO x\n100 4 1 0\n",
	  "INFO x\nFUNC 100 40 0 fWHAT\n100 4 1 0\n" },
	{ false, " FUNC  0x1A0 000000004 0\tf\n 1a0 4 1 0 7\n", "FUNC 1a0 4 0 f\n1a0 4 1 0\n" },
	{ false, "FUNC m 100 100000000 0 f\n", "FUNC m 100 ffffffff 0 f\n" },
	{ false, "FILE 1 a\nFILE 0 b\nFILE 1 c\nINFO URL u\nINFO\n",
	  "INFO URL u\nFILE 0 b\nFILE 1 c\n" },
	{ false, INIT FUNC "STACK WIN 3 1 2 3 4 5 6 7 8 0 1\nSTACK WIN 4 1 0 3 4 5 6 7 8 1 x\n",
	  FUNC INIT "STACK WIN 3 1 2 3 4 5 6 7 8 0 1\n" },
	{ true, "FILE 1 a\nFILE 0 b\nPUBLIC 200 0 p\n" FUNC,
	  "FILE 0 a\nFILE 1 b\n" FUNC "PUBLIC 200 0 p\n" },
	{ true, "FILE 7 a\nFILE 3 b\nFILE 5 b\nFILE 9 -\n" FUNC "110 8 2 5\n100 8 1 3\n118 8 3 7\n",
	  "FILE 0 b\nFILE 1 a\nFILE 2 -\n" FUNC "100 8 1 0\n110 8 2 0\n118 8 3 1\n" },
	{ true, "INLINE_ORIGIN 4 j\n" FUNC "INLINE 0 5 6 4 100 4\nINLINE 0 6 7 8 108 4\n",
	  "INLINE_ORIGIN 0 j\n" FUNC "INLINE 0 5 0 0 100 4\nINLINE 0 6 0 1 108 4\n" },
	{ true, FUNC "INLINE 0 5 -1 0 100 4\n",
	  "FILE 0 <unknown>\n" FUNC "INLINE 0 5 0 0 100 4\n" },
	{ true,
	  FUNC "INLINE 0 2 0 0 100 4 108 2 10a 0\nINLINE 0 1 0 0 100 4 108 2\n"
	       "INLINE 0 3 0 0 100 4\nINLINE 0 1 0 0 100 4 108 2 108 2\n",
	  FUNC "INLINE 0 3 0 0 100 4\nINLINE 0 1 0 0 100 4 108 2\nINLINE 0 2 0 0 100 4 108 2\n"
	       "INLINE 0 1 0 0 100 4 108 2 108 2\n" },
	{ false, "INFO URL\x01 \x01 u\nINFO \x01 a  b\n", "INFO URL u\nINFO a  b\n" },
	{ false, INIT "STACK CFI 104 .\x01\x02 .a:\t1  2 \x03\n", INIT "STACK CFI 104 a: 1 2\n" },
	{ true, INIT "STACK CFI 104 b: 2\nSTACK CFI 104 a: .b\n",
	  INIT "STACK CFI 104 a: b\nSTACK CFI 104 b: 2\n" },
	{ true, FUNC "INLINE 1 5 0 0 100 4\nINLINE 0 5 0 0 100 8\n",
	  FUNC "INLINE 0 5 0 0 100 8\nINLINE 1 5 0 0 100 4\n" },
	{ true, "STACK WIN 0 100 10 0 0 0 0 0 0 0 1\nSTACK WIN 0 108 8 0 0 0 0 0 0 0 1\n" INIT,
	  INIT "STACK WIN 0 100 8 0 0 0 0 0 0 0 1\nSTACK WIN 0 108 8 0 0 0 0 0 0 0 1\n" },
};

START_TEST(damage_is_repaired)
{
	struct error err = { 0 };
	struct buf text = { 0 };
	char *once, *twice;

	buf_printf(&text, "%s%s", MODULE, texts[_i].text);
	ck_assert(repair(buf_str(&text), texts[_i].sort, NULL, &once, &err));
	ck_assert(strncmp(once, MODULE, strlen(MODULE)) == 0);
	ck_assert_str_eq(once + strlen(MODULE), texts[_i].repaired);

	ck_assert(repair(str_of(once), texts[_i].sort, NULL, &twice, &err));
	ck_assert_str_eq(twice, once);

	struct check_options o = { .name = "a.sym" };
	struct check_result r;
	check_text(str_of(once), &o, &r);
	ck_assert(r.grammar && r.total[CHECK_ERROR] == 0);
	free(once);
	free(twice);
	buf_free(&text);
}
END_TEST

/* The same functions with other numbers, in another order. */
static const char *const orders[] = {
	MODULE "FILE 0 a.c\nFILE 1 b.c\nINLINE_ORIGIN 0 i\nINLINE_ORIGIN 1 j\n"
	       "FUNC 100 40 0 f\nINLINE 0 5 0 0 100 8\nINLINE 0 5 0 1 100 8\n"
	       "INLINE 0 5 0 0 110 8\n100 8 1 1\n108 8 2 0\n"
	       "FUNC 200 8 0 g\n200 8 3 1\nPUBLIC 300 0 p\n" INIT
	       "STACK CFI 104 a: 1\nSTACK CFI 108 a: 2\n",
	MODULE "FILE 9 unused\nFILE 8 b.c\nINLINE_ORIGIN 3 j\nFILE 2 a.c\nFILE 4 a.c\n" INIT
	       "STACK CFI 108 a: 2\nSTACK CFI 104 a: 1\n"
	       "PUBLIC 300 0 p\nFUNC 200 8 0 g\n200 8 3 8\n"
	       "FUNC 100 40 0 f\n108 8 2 2\n100 8 1 8\nINLINE 0 5 2 7 110 8\n"
	       "INLINE 0 5 4 3 100 8\nINLINE 0 5 2 7 100 8\nINLINE_ORIGIN 7 i\n",
};

START_TEST(numbers_and_order_do_not_matter)
{
	struct error err = { 0 };
	char *one, *other;

	ck_assert(repair(str_of(orders[0]), true, NULL, &one, &err));
	ck_assert_str_eq(one, orders[0]);
	ck_assert(repair(str_of(orders[1]), true, NULL, &other, &err));

	/* One that nothing uses stays, behind the others. */
	char *unused = strstr(other, "FILE 2 unused\n");
	ck_assert_ptr_nonnull(unused);
	char *behind = strchr(unused, '\n') + 1;
	memmove(unused, behind, strlen(behind) + 1);
	ck_assert_str_eq(one, other);
	free(one);
	free(other);
}
END_TEST

START_TEST(call_places_are_dropped)
{
	struct repair_options o = { .drop = true };
	struct error err = { 0 };
	size_t n;
	char *out;
	FILE *f = open_memstream(&out, &n);

	ck_assert(
		repair_text(STR(MODULE FILES FUNC "INLINE 0 5 -1 0 100 8\nINLINE 0 6 0 0 108 8\n"),
			    "a.sym", &o, f, &err));
	fclose(f);
	ck_assert_str_eq(out, MODULE FILES FUNC "INLINE 0 0 1 0 100 8\nINLINE 0 6 0 0 108 8\n");
	free(out);
}
END_TEST

START_TEST(a_module_is_never_guessed)
{
	struct error err = { 0 };
	char *out;

	ck_assert(!repair(STR(FILES), false, NULL, &out, &err));
	ck_assert_str_eq(err.text, "a.sym: no MODULE record; --module gives one");
	free(out);
	ck_assert(repair(STR(FILES), false, "Linux x86 0123456789abcdef0123456789abcdef0A a b",
			 &out, &err));
	ck_assert_str_eq(out, "MODULE Linux x86 0123456789ABCDEF0123456789ABCDEF0a a b\n" FILES);
	free(out);
	ck_assert(repair(STR("MODULE \x01 x86 b\x02-ad\n"), false, NULL, &out, &err));
	ck_assert_str_eq(out, "MODULE unknown x86 b-ad \n");
	free(out);
	ck_assert(!repair(STR(FILES), false, "Linux", &out, &err));
	ck_assert_str_eq(err.text, "a.sym: --module is OS CPU ID NAME");
	free(out);
	ck_assert(!repair(STR("<html>"), false, NULL, &out, &err));
	ck_assert_str_eq(err.text, "a.sym: a page of HTML, not symbols");
	free(out);
}
END_TEST

START_TEST(a_module_behind_others_comes_first)
{
	struct error err = { 0 };
	char *out;

	ck_assert(repair(STR("\xef\xbb\xbf" FILES MODULE MODULE), false, NULL, &out, &err));
	ck_assert_str_eq(out, MODULE FILES);
	free(out);
}
END_TEST

START_TEST(long_lines_stay_lines)
{
	struct error err = { 0 };
	struct buf text = { 0 };
	char *once, *twice;

	buf_printf(&text, "%sFUNC 100 4 0 %0*d\n", MODULE, 2 * LIMIT_SYM_LINE, 0);
	ck_assert(repair(buf_str(&text), false, NULL, &once, &err));
	ck_assert_uint_lt(strlen(once), LIMIT_SYM_LINE);
	ck_assert(repair(str_of(once), false, NULL, &twice, &err));
	ck_assert(strcmp(once, twice) == 0);
	free(once);
	free(twice);
	buf_free(&text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("repair");
	TCase *t = tcase_create("repair");
	SRunner *runner = srunner_create(s);

	tcase_add_loop_test(t, damage_is_repaired, 0, (int)COUNT(texts));
	tcase_add_test(t, numbers_and_order_do_not_matter);
	tcase_add_test(t, call_places_are_dropped);
	tcase_add_test(t, a_module_is_never_guessed);
	tcase_add_test(t, a_module_behind_others_comes_first);
	tcase_add_test(t, long_lines_stay_lines);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
