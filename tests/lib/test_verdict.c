#include <check.h>
#include <stdlib.h>

#include "base/buf.h"
#include "sym/verdict.h"

#define MODULE       "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 app\n"
#define FUNC         "FUNC 100 10 0 f\n"
#define NOTHING      "accept files=0 origins=0 funcs=0 publics=0 cfi=0 win4=0 win0=0"
#define ONE          "accept files=0 origins=0 funcs=1 publics=0 cfi=0 win4=0 win0=0"
#define FAILED(line) "reject failed to parse file (line counter " #line ")"

/* Each is explained by the readers' sources; cases of the corpus that were seen are in
 * parity/bad-sym-verdicts.sh. */
static const struct {
	const char *text, *rust_minidump, *breakpad, *symbolic;
} texts[] = {
	{ MODULE, NOTHING, "accept", "accept" },
	{ MODULE FUNC, ONE, "accept", "accept" },
	{ MODULE FUNC "100 10 1 0 \n", FAILED(2), "accept", "accept" },
	{ MODULE FUNC "100 10 1\n", FAILED(2), "accept corrupt", "reject" },
	{ MODULE FUNC "100 10 -1 0\n", FAILED(2), "accept corrupt", "accept" },
	{ MODULE FUNC "100 10 +1 0\n", FAILED(2), "accept", "reject" },
	{ MODULE FUNC "100 10 1 99999999999\n", FAILED(2), "accept", "accept" },
	{ MODULE FUNC "100 ffffffffffffffff 1 0\n", FAILED(2), "accept corrupt", "accept" },
	{ MODULE "FUNC m 100 10 x\n", FAILED(1), "accept corrupt", "reject" },
	{ MODULE "FUNC m 100 10 0 f\n", ONE, "accept", "accept" },
	{ MODULE "FUNC 0x100 10 0 f\n", FAILED(1), "accept", "reject" },
	{ MODULE "INLINE 0 1 0 0 100 10\n", FAILED(1), "CRASH signal 11", "accept" },
	{ MODULE "INLINE 0 1 0 0 100\n", FAILED(1), "CRASH signal 11", "accept" },
	{ MODULE "INLINE 0 1 -2 0 100 10\n", FAILED(1), "accept", "accept" },
	{ MODULE FUNC "INLINE 0 1 -1 0 100 10\n", FAILED(2), "accept", "reject" },
	{ MODULE "STACK CFI INIT 100 x .cfa\n", FAILED(1), "accept", "accept" },
	{ MODULE "STACK CFI INIT 100 10 \n",
	  "accept files=0 origins=0 funcs=0 publics=0 cfi=1 win4=0 win0=0", "accept corrupt",
	  "accept" },
	{ MODULE "STACK WIN 5 0 10 0 0 0 0 0 0 0 1\n", NOTHING, "accept corrupt", "accept" },
	{ MODULE "STACK WIN z 0 10 0 0 0 0 0 0 0 1\n", FAILED(1), "accept", "accept" },
	{ MODULE "STACK\n", FAILED(1), "accept corrupt", "accept" },
	{ MODULE "PUBLIC 0 0 a\nPUBLIC 0 0 b\n",
	  "accept files=0 origins=0 funcs=0 publics=2 cfi=0 win4=0 win0=0", "accept", "accept" },
	{ MODULE "STACK CFI INIT 1 1 .cfa: 1\nFUNC x\n", FAILED(2), "accept corrupt", "accept" },
	{ "MODULE Linux x86_64 0123456789ABCDEF app\n", NOTHING, "accept", "accept" },
	{ "MODULE Linux x86_64 0123456789ABCDEF0 app\n", NOTHING, "accept", "reject" },
	{ "x",
	  "reject empty SymbolFile (probably something wrong with your debuginfo tooling?) "
	  "(line counter 0)",
	  "accept corrupt", "reject" },
};

START_TEST(each_reader_has_its_verdict)
{
	const char *const expected[READERS] = { texts[_i].rust_minidump, texts[_i].breakpad,
						texts[_i].symbolic };

	for (unsigned r = 0; r < READERS; r++) {
		struct verdict v;

		verdict_of((enum verdict_reader)r, str_of(texts[_i].text), false, NULL, &v);
		ck_assert_msg(strcmp(v.text, expected[r]) == 0, "%s: %s says %s", texts[_i].text,
			      verdict_reader_name((enum verdict_reader)r), v.text);
		ck_assert(v.good == (strcmp(v.text, "accept corrupt") != 0 && v.text[0] == 'a'));
	}
}
END_TEST

START_TEST(breakpad_gives_up_after_a_hundred_errors)
{
	struct buf text = { 0 };
	struct verdict v;

	for (unsigned i = 0; i < 101; i++)
		buf_printf(&text, "x\n");
	buf_printf(&text, "INLINE 0 1 0 0 100 10\n");
	verdict_of(READER_BREAKPAD, buf_str(&text), false, NULL, &v);
	ck_assert_str_eq(v.text, "accept corrupt");
	verdict_of(READER_BREAKPAD, str_from(buf_str(&text), 2), false, NULL, &v);
	ck_assert_str_eq(v.text, "CRASH signal 11");
	buf_free(&text);
}
END_TEST

START_TEST(readers_have_names)
{
	for (unsigned r = 0; r < READERS; r++)
		ck_assert_uint_eq(verdict_reader(verdict_reader_name((enum verdict_reader)r)), r);
	ck_assert_uint_eq(verdict_reader("nobody"), READERS);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("verdict");
	TCase *t = tcase_create("verdict");
	SRunner *runner = srunner_create(s);

	tcase_add_loop_test(t, each_reader_has_its_verdict, 0, (int)COUNT(texts));
	tcase_add_test(t, breakpad_gives_up_after_a_hundred_errors);
	tcase_add_test(t, readers_have_names);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
