#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "sym/record.h"

enum verdict { BAD, LOOSE, STRICT };

/* Whether the reader of the line's kind takes it, and whether rust-minidump would. */
static enum verdict read_line(const char *text, enum record_kind *kind)
{
	struct record r;
	union {
		struct record_module module;
		struct record_name name;
		struct record_func func;
		struct record_line line;
		struct record_inline call;
		struct record_cfi cfi;
		struct record_win win;
		struct str text;
	} u;
	bool ok = true;

	*kind = record_open(&r, str_of(text), false);
	switch (*kind) {
	case RECORD_MODULE:
		ok = record_module(&r, &u.module);
		break;
	case RECORD_INFO:
		ok = record_info(&r);
		break;
	case RECORD_URL:
		record_url(&r, &u.text);
		break;
	case RECORD_FILE:
	case RECORD_ORIGIN:
		ok = record_name(&r, &u.name);
		break;
	case RECORD_FUNC:
		ok = record_func(&r, &u.func);
		break;
	case RECORD_LINE:
		ok = record_line(&r, &u.line);
		break;
	case RECORD_INLINE:
		ok = record_inline(&r, &u.call);
		break;
	case RECORD_PUBLIC:
		ok = record_public(&r, &u.func);
		break;
	case RECORD_CFI_INIT:
		ok = record_cfi_init(&r, &u.cfi);
		break;
	case RECORD_CFI:
		ok = record_cfi(&r, &u.cfi);
		break;
	case RECORD_WIN:
		ok = record_win(&r, &u.win);
		break;
	case RECORD_BLANK:
		break;
	case RECORD_UNKNOWN:
	case RECORD_KINDS:
		ok = false;
		break;
	}
	return !ok ? BAD : r.strict ? STRICT : LOOSE;
}

/* One row a line; what rust-minidump thinks of each was seen in its bad-sym results or its grammar.
 */
static const struct {
	const char *line;
	enum record_kind kind;
	enum verdict verdict;
} lines[] = {
	{ "", RECORD_BLANK, STRICT },
	{ "  ", RECORD_BLANK, LOOSE },
	{ "MODULE Linux x86_64 0123AB app", RECORD_MODULE, STRICT },
	{ "MODULE Linux x86_64 0123AB ", RECORD_MODULE, STRICT },
	{ "MODULE Linux x86_64 0123AB", RECORD_MODULE, LOOSE },
	{ "MODULE Linux x86_64 0123-AB app", RECORD_MODULE, LOOSE },
	{ "MODULE Linux", RECORD_MODULE, BAD },
	{ "INFO", RECORD_INFO, LOOSE },
	{ "INFO ", RECORD_INFO, STRICT },
	{ "INFO CODE_ID \xff", RECORD_INFO, STRICT },
	{ "INFO a\rb", RECORD_INFO, LOOSE },
	{ "INFO URL", RECORD_INFO, STRICT },
	{ "INFO URL x", RECORD_URL, STRICT },
	{ "INFO URL \xff", RECORD_URL, LOOSE },
	{ "FILE 0 a.c", RECORD_FILE, STRICT },
	{ "FILE\t0\ta.c", RECORD_FILE, STRICT },
	{ "FILE 0 ", RECORD_FILE, STRICT },
	{ "FILE 0", RECORD_FILE, LOOSE },
	{ "FILE 0 \xff", RECORD_FILE, LOOSE },
	{ "FILE 00000000001 a.c", RECORD_FILE, LOOSE },
	{ "FILE 4294967295 a.c", RECORD_FILE, STRICT },
	{ "FILE 4294967296 a.c", RECORD_FILE, BAD },
	{ "FILE -1 a.c", RECORD_FILE, BAD },
	{ "FILE a x.c", RECORD_FILE, BAD },
	{ "INLINE_ORIGIN 0 f", RECORD_ORIGIN, STRICT },
	{ "INLINE_ORIGIN 0", RECORD_ORIGIN, LOOSE },
	{ "FUNC 100 10 0 f", RECORD_FUNC, STRICT },
	{ "FUNC m 100 10 0 f", RECORD_FUNC, STRICT },
	{ "FUNC 100 10 0 m", RECORD_FUNC, STRICT },
	{ " FUNC 100 10 0 f", RECORD_FUNC, LOOSE },
	{ "FUNC 100 10 0 ", RECORD_FUNC, STRICT },
	{ "FUNC 100 10 0", RECORD_FUNC, LOOSE },
	{ "FUNC 100 10", RECORD_FUNC, BAD },
	{ "FUNC", RECORD_FUNC, BAD },
	{ "FUNC 0x100 10 0 f", RECORD_FUNC, LOOSE },
	{ "FUNC 0x 10 0 f", RECORD_FUNC, BAD },
	{ "FUNC -100 10 0 f", RECORD_FUNC, BAD },
	{ "FUNC 100 000000010 0 f", RECORD_FUNC, LOOSE },
	{ "FUNC 100 100000000 0 f", RECORD_FUNC, LOOSE },
	{ "FUNC 00000000000000100 10 0 f", RECORD_FUNC, LOOSE },
	{ "FUNC 10000000000000000 10 0 f", RECORD_FUNC, BAD },
	{ "FUNC 100 10 100000000 f", RECORD_FUNC, BAD },
	{ "FUNC 100 10 0 a\rb", RECORD_FUNC, LOOSE },
	{ "FUNCTION 100 10 0 f", RECORD_LINE, BAD },
	{ "func 100 10 0 f", RECORD_LINE, BAD },
	{ "100 10 1 0", RECORD_LINE, STRICT },
	{ "fade 10 1 0", RECORD_LINE, STRICT },
	{ "FADE 10 1 0", RECORD_LINE, STRICT },
	{ " 100 10 1 0", RECORD_LINE, LOOSE },
	{ "100 10 1 0 ", RECORD_LINE, LOOSE },
	{ "100 10 1 0 5", RECORD_LINE, LOOSE },
	{ "100 10 1", RECORD_LINE, BAD },
	{ "100 10 -1 0", RECORD_LINE, BAD },
	{ "100 10 4294967296 0", RECORD_LINE, BAD },
	{ "INLINE 0 5 1 2 100 10", RECORD_INLINE, STRICT },
	{ "INLINE 0 5 1 2 100 10 200 8", RECORD_INLINE, STRICT },
	{ "INLINE\t0 5 1 2 100 10", RECORD_INLINE, LOOSE },
	{ "INLINE 0 5 1 2 100 10 ", RECORD_INLINE, LOOSE },
	{ "INLINE 0 5 -1 2 100 10", RECORD_INLINE, LOOSE },
	{ "INLINE 0 5 2 100 10", RECORD_INLINE, LOOSE },
	{ "INLINE 0 5 1 2", RECORD_INLINE, BAD },
	{ "INLINE 0 5", RECORD_INLINE, BAD },
	{ "PUBLIC 100 0 p", RECORD_PUBLIC, STRICT },
	{ "PUBLIC m 100 0 p", RECORD_PUBLIC, STRICT },
	{ "PUBLIC 100 p", RECORD_PUBLIC, BAD },
	{ "STACK CFI INIT 100 10 .cfa: $rsp 8 +", RECORD_CFI_INIT, STRICT },
	{ "STACK CFI INIT 100 10 ", RECORD_CFI_INIT, STRICT },
	{ "STACK CFI INIT 100 10", RECORD_CFI_INIT, BAD },
	{ "STACK  CFI INIT 100 10 x", RECORD_CFI_INIT, LOOSE },
	{ "STACK CFI 101 .cfa: $rsp 16 +", RECORD_CFI, STRICT },
	{ "STACK CFI 101", RECORD_CFI, BAD },
	{ "STACK WIN 4 100 10 1 2 3 4 5 6 1 $eip = ", RECORD_WIN, STRICT },
	{ "STACK WIN 0 100 10 1 2 3 4 5 6 0 1", RECORD_WIN, STRICT },
	{ "STACK WIN 14 100 10 1 2 3 4 5 6 0 1", RECORD_WIN, LOOSE },
	{ "STACK WIN 4 100 10 1 2 3 4 5 6", RECORD_WIN, BAD },
	{ "STACK FOO 1 2", RECORD_UNKNOWN, BAD },
	{ "# hello", RECORD_UNKNOWN, BAD },
	{ "<html>", RECORD_UNKNOWN, BAD },
};

START_TEST(lines_are_what_they_are)
{
	enum record_kind kind;
	enum verdict verdict = read_line(lines[_i].line, &kind);

	ck_assert_msg(kind == lines[_i].kind && verdict == lines[_i].verdict,
		      "\"%s\": kind %d, verdict %d", lines[_i].line, kind, verdict);
}
END_TEST

START_TEST(line_ends_are_dropped)
{
	struct str rest = STR("a\nb\r\n\r\r\nc\rd"), line;
	static const char *const expected[] = { "a", "b", "", "c\rd" };

	for (unsigned i = 0; i < 4; i++) {
		ck_assert(record_next(&rest, &line));
		ck_assert(str_eq(line, str_of(expected[i])));
	}
	ck_assert(!record_next(&rest, &line));
}
END_TEST

START_TEST(long_line_is_cut)
{
	char *text = malloc(LIMIT_SYM_LINE + 3);
	struct str rest = { text, LIMIT_SYM_LINE + 3 }, line;

	memset(text, 'x', rest.n);
	memcpy(text + LIMIT_SYM_LINE + 1, "\ny", 2);
	ck_assert(record_next(&rest, &line));
	ck_assert_uint_eq(line.n, LIMIT_SYM_LINE);
	ck_assert(record_next(&rest, &line));
	ck_assert(str_eq(line, STR("y")));
	free(text);
}
END_TEST

/* Whether the short way takes the line, and says the same as the long one. */
static const struct {
	const char *line;
	size_t n;
} plain[] = {
	{ "1000 10 5 0\n", 12 },
	{ "ffffffffffffffff ffffffff 999999999 999999999\n", 46 },
	{ "1000 10 4294967295 0\n", 0 },
	{ "1000 10 5 0 \n", 0 },
	{ "1000 10 5 0\r\n", 0 },
	{ "1000  10 5 0\n", 0 },
	{ "00000000000001000 10 5 0\n", 0 },
	{ "1000 10 a 0\n", 0 },
	{ "FUNC 1 2 3 f\n", 0 },
};

START_TEST(plain_lines_are_read_the_short_way)
{
	char text[128];
	struct record_line a, b;
	struct record r;
	int n = snprintf(text, sizeof(text), "%s%50s", plain[_i].line, "");
	struct str line = { text, (size_t)n };

	ck_assert_uint_eq(record_plain_line(line, &a), plain[_i].n);
	ck_assert_uint_eq(record_plain_line(str_first(line, 45), &a), 0);
	if (plain[_i].n == 0)
		return;
	ck_assert_int_eq(record_open(&r, str_first(line, plain[_i].n - 1), true), RECORD_LINE);
	ck_assert(record_line(&r, &b) && r.strict);
	ck_assert_uint_eq(a.start, b.start);
	ck_assert_uint_eq(a.size, b.size);
	ck_assert_uint_eq(a.line, b.line);
	ck_assert_uint_eq(a.file, b.file);
}
END_TEST

START_TEST(plain_rows_are_passed_the_short_way)
{
	ck_assert_uint_eq(record_plain_row(STR("STACK CFI 1000 .cfa: $rsp 16 +\nx")), 31);
	ck_assert_uint_eq(record_plain_row(STR("STACK CFI INIT 1000 10 .cfa: $rsp\n")), 0);
	ck_assert_uint_eq(record_plain_row(STR("STACK CFI 1000 .cfa: $rsp 16 +")), 0);
	ck_assert_uint_eq(record_plain_row(STR("STACK CFI 10000000000000000 .cfa:\n")), 0);
}
END_TEST

START_TEST(ranges_of_an_inline)
{
	struct record_inline i;
	uint64_t start, size;
	struct record r;

	record_open(&r, STR("INLINE 3 11 22 33 1000 10 2000 20"), true);
	ck_assert(record_inline(&r, &i));
	ck_assert(i.has_file && !i.old_form);
	ck_assert_uint_eq(i.depth, 3);
	ck_assert_uint_eq(i.call_line, 11);
	ck_assert_uint_eq(i.call_file, 22);
	ck_assert_uint_eq(i.origin, 33);
	ck_assert(record_range(&i.ranges, &start, &size) && start == 0x1000 && size == 0x10);
	ck_assert(record_range(&i.ranges, &start, &size) && start == 0x2000 && size == 0x20);
	ck_assert(!record_range(&i.ranges, &start, &size));

	record_open(&r, STR("INLINE 3 11 33 1000 10"), true);
	ck_assert(record_inline(&r, &i));
	ck_assert(!i.has_file && i.old_form && i.origin == 33);
}
END_TEST

START_TEST(ranges_have_an_end)
{
	ck_assert(!record_has_end(5, 0));
	ck_assert(record_has_end(UINT64_MAX, 1));
	ck_assert(!record_has_end(UINT64_MAX, 2));
	ck_assert(record_has_end(0, UINT64_MAX));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("record");
	TCase *t = tcase_create("record");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, lines_are_what_they_are, 0, sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(t, line_ends_are_dropped);
	tcase_add_test(t, long_line_is_cut);
	tcase_add_loop_test(t, plain_lines_are_read_the_short_way, 0,
			    sizeof(plain) / sizeof(plain[0]));
	tcase_add_test(t, plain_rows_are_passed_the_short_way);
	tcase_add_test(t, ranges_of_an_inline);
	tcase_add_test(t, ranges_have_an_end);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
