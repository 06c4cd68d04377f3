#include "sym/stats.h"

#include <check.h>

#include "sym_text.h"

START_TEST(every_kind_is_counted)
{
	static const struct {
		enum record_kind kind;
		uint64_t records, bytes;
	} wanted[] = {
		{ RECORD_MODULE, 1, 58 }, { RECORD_FILE, 2, 22 },     { RECORD_ORIGIN, 1, 22 },
		{ RECORD_FUNC, 1, 21 },   { RECORD_INLINE, 1, 22 },   { RECORD_LINE, 3, 34 },
		{ RECORD_PUBLIC, 1, 23 }, { RECORD_CFI_INIT, 1, 55 }, { RECORD_CFI, 1, 31 },
		{ RECORD_WIN, 1, 45 },
	};
	struct str text = STR(SYM_TEXT);
	uint64_t bytes = 0;
	struct stats s;

	stats_of(&s, text, false);
	for (unsigned i = 0; i < COUNT(wanted); i++) {
		ck_assert_uint_eq(s.kinds[wanted[i].kind].records, wanted[i].records);
		ck_assert_uint_eq(s.kinds[wanted[i].kind].bytes, wanted[i].bytes);
		bytes += wanted[i].bytes;
	}
	ck_assert_uint_eq(bytes, text.n);
	ck_assert_uint_eq(s.longest, 58);
	ck_assert_uint_eq(s.malformed, 0);
}
END_TEST

/* What the records behind MODULE are about. */
static const struct {
	const char *text;
	uint64_t func_code, line_code, inline_code, cfi_code, with_lines, deepest, ranges,
		malformed;
} texts[] = {
	{ "", 0, 0, 0, 0, 0, 0, 0, 0 },
	{ SYM_OUTER SYM_CFI SYM_WIN, 0x20, 0x20, 8, 0x30, 1, 1, 1, 0 },
	{ "FUNC 0 10 0 f\nFUNC 10 10 0 g\n10 8 1 0\n18 8 2 0\n", 0x20, 0x10, 0, 0, 1, 0, 0, 0 },
	{ "FUNC 0 10 0 f\nINLINE 0 1 0 0 0 4 8 2\nINLINE 1 1 0 0 0 4\n", 0x10, 0, 6, 0, 0, 2, 3,
	  0 },
	{ "FUNC 0\n10 8 1\nINLINE 0\nPUBLIC\nFILE x\nSTACK CFI INIT\nSTACK CFI\nSTACK WIN\n", 0, 0,
	  0, 0, 0, 0, 0, 8 },
};

START_TEST(code_is_counted)
{
	struct stats s;

	stats_of(&s, str_of(texts[_i].text), false);
	ck_assert_uint_eq(s.func_code, texts[_i].func_code);
	ck_assert_uint_eq(s.line_code, texts[_i].line_code);
	ck_assert_uint_eq(s.inline_code, texts[_i].inline_code);
	ck_assert_uint_eq(s.cfi_code, texts[_i].cfi_code);
	ck_assert_uint_eq(s.funcs_with_lines, texts[_i].with_lines);
	ck_assert_uint_eq(s.deepest, texts[_i].deepest);
	ck_assert_uint_eq(s.ranges, texts[_i].ranges);
	ck_assert_uint_eq(s.malformed, texts[_i].malformed);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stats");
	TCase *t = tcase_create("stats");
	SRunner *runner = srunner_create(s);

	tcase_add_test(t, every_kind_is_counted);
	tcase_add_loop_test(t, code_is_counted, 0, (int)COUNT(texts));
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
