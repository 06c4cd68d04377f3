#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "sym/check.h"

#define MODULE "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 app\n"
#define BODY   "FILE 0 a.c\nINLINE_ORIGIN 0 i\nFUNC 100 40 0 f\n"
#define INIT   "STACK CFI INIT 100 40 .cfa: $rsp 8 + .ra: .cfa 8 - ^\n"

/* What check_text() says: "LINE:kind LINE:kind ", without lines that are no lines. */
static void check(struct buf *out, struct str text, const char *name)
{
	char *json;
	size_t n;
	FILE *f = open_memstream(&json, &n);
	struct check_options o = { .json = true, .notes = true, .name = name, .out = f };
	struct check_result result;

	check_text(text, &o, &result);
	fclose(f);
	for (const char *p = json; (p = strstr(p, "\"line\":")) != NULL; p++) {
		const char *kind = strstr(p, "\"kind\":\"") + 8;

		buf_printf(out, "%ld:%.*s ", strtol(p + 7, NULL, 10),
			   (int)(strchr(kind, '"') - kind), kind);
	}
	free(json);
}

static void expect(const char *text, const char *name, const char *expected)
{
	struct buf out = { 0 };

	check(&out, str_of(text), name);
	buf_put_char(&out, '\0');
	ck_assert_msg(strcmp(out.p, expected) == 0, "%s:\n%s\nnot %s", text, out.p, expected);
	buf_free(&out);
}

/* Every kind that a line can be, where it is said, and what is not said beside it. */
static const struct {
	const char *text, *said;
} texts[] = {
	{ MODULE, "" },
	{ MODULE BODY "INLINE 0 5 0 0 100 10\n100 10 1 0\n110 30 2 0\nPUBLIC 200 0 p\n" INIT, "" },
	{ "\xef\xbb\xbf" MODULE, "1:byte-order-mark " },
	{ "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 app", "1:no-line-end " },
	{ "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 app\r\n", "1:crlf " },
	{ MODULE "FILE 0 a\rb\n", "2:cr " },
	{ MODULE "\nFILE 0 a\n", "2:blank-line " },
	{ MODULE BODY "\n100 4 5 0\n", "5:blank-line 5:blank-line-inside " },
	{ MODULE "WHAT 1 2\n", "2:unknown " },
	{ MODULE "FUNC 100 4 0 f(\nint)\n", "3:broken-name " },
	{ MODULE "FILE 0 ab\nac\n", "3:broken-name " },
	{ MODULE "FILE 0 ab\n# a\n", "3:unknown " },
	{ MODULE BODY "100 4 -5 0\n", "5:malformed " },
	{ MODULE "FUNC 100 4 main\n100 4 5 0\nPUBLIC 100 p\n", "2:malformed 4:malformed " },
	{ MODULE BODY " 100 4 5 0\n", "5:leading-blank " },
	{ MODULE BODY "100 4 5 0 \n110 4 5 0 7\n", "5:trailing 6:trailing " },
	{ MODULE "FUNC 0x100 4 0 f\n", "2:prefix " },
	{ MODULE "FUNC 00000000000000100 4 0 f\n", "2:digits " },
	{ MODULE "FUNC\t100 4  0 f\n", "2:spacing " },
	{ MODULE BODY "10A 4 5 0\n", "5:upper-case " },
	{ MODULE "FILE 0 \xe4\n", "2:utf-8 " },
	{ MODULE "FILE 0 a\x01\n", "2:control " },
	{ MODULE "FILE 0 \nINLINE_ORIGIN 0\nFUNC 100 4 0\nPUBLIC 200 0 \n",
	  "2:no-name 3:no-name 4:no-name 5:no-name " },
	{ MODULE INIT "FUNC 100 4 0 f\n", "3:order " },
	{ "FILE 0 a\n" MODULE, "2:module-late " },
	{ MODULE MODULE, "2:module-again " },
	{ "MODULE Linux x86_64 01-23 a\n", "1:module-id " },
	{ "MODULE Linux x86_64 0123 a\n", "1:module-id-length " },
	{ "MODULE Linux x86_64 0123456789abcdef0123456789ABCDEF0 a\n", "1:module-id-case " },
	{ "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0\n", "1:module-name " },
	{ "MODULE Linux z80 0123456789ABCDEF0123456789ABCDEF0 a\n", "1:module-cpu " },
	{ MODULE BODY "INFO x\n", "5:info-late " },
	{ MODULE "INFO\n", "2:info-bare " },
	{ MODULE "FUNC 100 4 0 f\nFILE 0 a\n", "3:file-late " },
	{ MODULE "FILE 0 a\nFILE 0 b\n", "3:file-again " },
	{ MODULE "FILE 9000000 a\nFILE 9000000 b\n", "3:file-again " },
	{ MODULE BODY "100 4 5 1\n104 4 5 1\n", "5:file-missing " },
	{ MODULE BODY "100 4 5 4294967295\n", "5:file-missing " },
	{ MODULE "FUNC 100 4 0 f\n100 4 5 1\nFILE 1 late\n", "4:file-late " },
	{ MODULE "FUNC 100 4 0 f\nINLINE_ORIGIN 0 i\n", "3:origin-late " },
	{ MODULE "INLINE_ORIGIN 0 a\nINLINE_ORIGIN 0 b\n", "3:origin-again " },
	{ MODULE BODY "INLINE 0 5 0 1 100 4\n", "5:origin-missing " },
	{ MODULE "INLINE_ORIGIN 0 -1 a\n", "2:origin-old " },
	{ MODULE "FUNC 100 0 0 f\n", "2:func-empty " },
	{ MODULE "FUNC ffffffffffffffff 2 0 f\n", "2:wrap " },
	{ MODULE "FUNC 100 100000000 0 f\n", "2:size-64 " },
	{ MODULE "FUNC 100 10 0 f\nFUNC 108 10 0 g\nFUNC 90 74 0 h\n", "2:func-overlap " },
	{ MODULE "PUBLIC 100 0 a\nPUBLIC 90 0 b\nPUBLIC 100 0 c\n", "4:public-again " },
	{ MODULE "100 4 5 0\n", "2:line-alone " },
	{ MODULE BODY "100 0 5 0\n", "5:line-empty " },
	{ MODULE BODY "fc 8 5 0\n", "5:line-before " },
	{ MODULE BODY "140 8 5 0\n", "5:line-behind " },
	{ MODULE BODY "100 8 5 0\n104 8 5 0\n", "6:line-overlap " },
	{ MODULE BODY "108 8 5 0\n100 8 5 0\n", "6:line-order " },
	{ MODULE "INLINE 0 5 0 0 100 10\n", "2:inline-alone " },
	{ MODULE BODY "INLINE 0 5 0 100 10\n", "5:inline-old " },
	{ MODULE BODY "INLINE 0 5 -1 0 100 10\n", "5:inline-no-file " },
	{ MODULE BODY "INLINE 0 5 0 0 100 10\nINLINE 2 5 0 0 100 4\n", "6:inline-gap " },
	{ MODULE BODY "INLINE 0 5 0 0 100 0\n", "5:inline-empty " },
	{ MODULE BODY "INLINE 0 5 0 0 140 4\n", "5:inline-outside " },
	{ MODULE BODY "100 4 5 0\nINLINE 0 5 0 0 100 4\n", "6:inline-order " },
	{ MODULE "STACK CFI 100 .cfa: $rsp 8 +\n", "2:cfi-alone " },
	{ MODULE "STACK CFI INIT 100 0 .cfa: $rsp 8 + .ra: .cfa 8 - ^\n", "2:cfi-empty " },
	{ MODULE INIT INIT, "3:cfi-overlap " },
	{ MODULE INIT "STACK CFI 140 .cfa: $rsp 16 +\n", "3:cfi-outside " },
	{ MODULE INIT "STACK CFI 108 .cfa: $rsp 16 +\nSTACK CFI 104 .cfa: $rsp 24 +\n",
	  "4:cfi-order " },
	{ MODULE INIT "STACK CFI 108 .cfa: + ^\nSTACK CFI 109 .cfa $rsp\nSTACK CFI 10a .cfa:\n",
	  "3:cfi-rules 4:cfi-rules 5:cfi-rules " },
	{ MODULE "STACK CFI INIT 100 10 .cfa: $rsp 8 +\n", "2:cfi-useless " },
	{ MODULE INIT "STACK CFI 101 .x19: .cfa 8 - ^\n", "3:cfi-dotted " },
	{ MODULE "STACK WIN 3 100 10 0 0 0 0 0 0 0 1\n", "2:win-unused " },
	{ MODULE "STACK WIN 0 100 0 0 0 0 0 0 0 0 1\n", "2:win-empty " },
	{ MODULE "STACK WIN 0 100 10 0 0 0 0 0 0 0 1\nSTACK WIN 0 f8 10 0 0 0 0 0 0 0 1\n",
	  "3:win-overlap " },
};

START_TEST(each_kind_is_said_where_it_is)
{
	expect(texts[_i].text, "a.sym", texts[_i].said);
}
END_TEST

static const struct {
	const char *text;
	enum check_kind kind;
} contents[] = {
	{ "", CHECK_EMPTY },
	{ "<!DOCTYPE HTML>\n<html>", CHECK_HTML },
	{ "\n  <html lang=en>", CHECK_HTML },
	{ "<?xml version='1.0'?><Error>", CHECK_XML },
	{ "{\"error\": 404}", CHECK_JSON },
	{ "FILE 0 a\n", CHECK_NO_MODULE },
};

START_TEST(what_is_no_sym_is_named)
{
	struct check_options o = { .name = "a.sym" };
	struct check_result r;

	check_text(str_of(contents[_i].text), &o, &r);
	ck_assert_uint_eq(r.count[contents[_i].kind], 1);
	ck_assert_uint_eq(r.total[CHECK_ERROR], 1);
	ck_assert(!r.grammar);
}
END_TEST

START_TEST(long_lines_are_said)
{
	static const struct {
		size_t n;
		const char *said;
	} lengths[] = { { 70000, "" },
			{ 90000, "2:long " },
			{ LIMIT_SYM_LINE + 1, "2:too-long " } };
	struct buf text = { 0 };

	for (unsigned i = 0; i < COUNT(lengths); i++) {
		buf_clear(&text);
		buf_printf(&text, "%sFILE 0 %0*d\n%c", MODULE, (int)lengths[i].n, 0, 0);
		expect(text.p, "a.sym", lengths[i].said);
	}
	buf_free(&text);
}
END_TEST

START_TEST(the_place_in_a_store_must_fit)
{
	expect(MODULE, "s/app/0123456789abcdef0123456789ABCDEF0/app.sym", "");
	expect(MODULE, "s/app/0123456789ABCDEF0123456789ABCDEF1/app.sym", "1:place-id ");
	expect(MODULE, "s/ap/0123456789ABCDEF0123456789ABCDEF0/app.sym", "1:place-name ");
	expect(MODULE, "s/ap/symbols/app.sym", "");
}
END_TEST

START_TEST(messages_of_a_kind_end)
{
	struct buf text = { 0 }, out = { 0 };
	unsigned said = 0;

	buf_printf(&text, "%s", MODULE);
	for (unsigned i = 0; i < 5 * CHECK_REPEAT; i++)
		buf_printf(&text, "\n");
	check(&out, buf_str(&text), "a.sym");
	for (size_t i = 0; i < out.n; i++)
		said += out.p[i] == ':';
	ck_assert_uint_eq(said, CHECK_REPEAT);
	buf_free(&text);
	buf_free(&out);
}
END_TEST

START_TEST(every_rule_is_complete)
{
	for (unsigned i = 0; i < CHECK_KINDS; i++) {
		const struct check_rule *rule = check_rule((enum check_kind)i);

		ck_assert_msg(rule->name != NULL && rule->what != NULL, "rule %u", i);
		for (unsigned k = 0; k < i; k++)
			ck_assert_str_ne(rule->name, check_rule((enum check_kind)k)->name);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("check");
	TCase *t = tcase_create("check");
	SRunner *runner = srunner_create(s);

	tcase_add_loop_test(t, each_kind_is_said_where_it_is, 0, (int)COUNT(texts));
	tcase_add_loop_test(t, what_is_no_sym_is_named, 0, (int)COUNT(contents));
	tcase_add_test(t, long_lines_are_said);
	tcase_add_test(t, the_place_in_a_store_must_fit);
	tcase_add_test(t, messages_of_a_kind_end);
	tcase_add_test(t, every_rule_is_complete);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
