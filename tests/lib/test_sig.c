#include <check.h>
#include <stdlib.h>

#include "base/buf.h"
#include "crash/sig_rules.h"
#include "crash/sig_value.h"

/* The rules as a whole: crash data in, signature and notes out. */
static const char *const lists[SIGLIST_KINDS] = {
	[SIGLIST_IRRELEVANT] = "# comment\n  abort$\n@0x[0-9a-f]{2,}\npanic\n",
	[SIGLIST_PREFIX] = "mem\n.*\\.dll$\n.*\\.so\nXUL\n",
	[SIGLIST_NUMBERS] = "js_Interpret\n",
	[SIGLIST_SENTINELS] = "_purecall\npanic\n",
};

struct fixture {
	struct arena a, scratch;
	struct siglists lists;
	struct js_in in;
};

static struct sig_result sign(struct fixture *f, const char *json, enum sig_input input)
{
	struct error err = { 0 };
	struct js_value root;

	*f = (struct fixture){ .in = js_in_make(str_of(json), "test", NULL) };
	for (int kind = 0; kind < SIGLIST_KINDS; kind++)
		ck_assert(siglists_read(&f->lists, (enum siglist_kind)kind, str_of(lists[kind]),
					"test", &f->a, &err));
	ck_assert(js_in_read(&f->in, &root, &err));

	struct sig_job job = {
		.crash = sig_crash_read(root, input),
		.lists = &f->lists,
		.arena = &f->a,
		.scratch = &f->scratch,
		.debug = true,
	};
	sig_rules(&job);
	return job.result;
}

static void end(struct fixture *f)
{
	siglists_free(&f->lists);
	js_in_free(&f->in);
	arena_free(&f->a);
	arena_free(&f->scratch);
}

#define FRAMES(frames) "{\"threads\":[{\"frames\":[" frames "]}]}"
#define FAILED(why)    "SignatureGenerationRule: Rule failed: " why
#define EMPTY          "EMPTY: no frame data available"
#define NONE           "SignatureGenerationRule: CSignatureTool: no frame data for crashing thread (0)"

/* json, the signature, the first note (NULL: there is none). */
static const struct {
	const char *json, *signature, *note;
} crashes[] = {
	{ "{}", EMPTY, NONE },
	{ "[]", "", FAILED("crash data is no object") },
	{ "{\"threads\":[null]}", "", FAILED("thread is no object") },
	{ "{\"threads\":[{\"frames\":null}]}", "", FAILED("frames is no list") },
	{ "{\"threads\":[{\"frames\":\"\"}]}", EMPTY, NONE },
	{ FRAMES("5"), "", FAILED("frame is no object") },
	{ FRAMES("{\"function\":5}"), "", FAILED("function is no text") },
	{ FRAMES("{\"function\":[]}"), "", FAILED("function is no text") },
	{ FRAMES("{\"function\":\"const\"}"), "", FAILED("function has no name") },
	{ FRAMES("{\"file\":5}"), "", FAILED("file is no text") },
	{ FRAMES("{\"module\":5}"), "", FAILED("module is no text") },
	{ FRAMES("{\"module\":5,\"function\":\"f\"}"), "f", NULL },
	{ FRAMES("{\"inlines\":5}"), "", FAILED("inlines is no list") },
	{ FRAMES("{\"inlines\":[5]}"), "", FAILED("inline function is no object") },
	{ FRAMES("{\"unloaded_modules\":[5]}"), "",
	  FAILED("unloaded_modules is no list of objects") },
	{ FRAMES("{\"unloaded_modules\":[{\"module\":\"a.dll\"}]}"), "(unloaded a.dll)", NULL },
	{ FRAMES("{\"offset\":\"0x0000a\"}"), "@0xa", NULL },
	{ FRAMES("{\"offset\":\"0x00ab\"},{\"function\":\"f\"}"), "f", NULL },
	{ FRAMES("{\"file\":\"/a/b.c\",\"line\":7}"), "b.c#7", NULL },
	{ FRAMES("{\"file\":\"c:\\\\a\\\\b.c\\\\\",\"line\":1e16}"), "b.c#1e+16", NULL },
	{ FRAMES("{\"module\":\"[xul.dll]\"},{\"function\":\"f\"}"), "xul.dll | f", NULL },
	/* from the innermost: irrelevant ones skipped, prefixes added, then the last one */
	{ FRAMES("{\"function\":\"abort\"},{\"function\":\"memcpy\"},{\"function\":\"a::b(int)\"},"
		 "{\"function\":\"main\"}"),
	  "memcpy | a::b", NULL },
	/* the sentinel starts the stack, though it is irrelevant itself */
	{ FRAMES("{\"function\":\"x\"},{\"function\":\"panic\"},{\"function\":\"y\"}"), "y", NULL },
	/* modules in a row are one, other frames are not */
	{ FRAMES("{\"module\":\"a.so\"},{\"function\":\"abort\"},{\"module\":\"a.so\"},"
		 "{\"function\":\"mem\"},{\"function\":\"mem\"},{\"function\":\"z\"}"),
	  "a.so | mem | mem | z", NULL },
	/* all irrelevant: the first one */
	{ FRAMES("{\"function\":\"abort\"},{\"function\":\"abort\"}"), "abort", NONE },
	/* inlines come first, innermost first, with the module of their frame */
	{ FRAMES("{\"function\":\"f\",\"module\":\"m.so\",\"inlines\":[{\"function\":\"mem1\"},{}]"
		 "}"),
	  "mem1 | m.so | f", NULL },
	{ FRAMES("{\"function\":\"js_Interpret\",\"line\":3}"), "js_Interpret:3", NULL },
	{ FRAMES("{\"function\":\"panic_fmt\",\"file\":\"git:a/b:src/libcore/panicking.rs:1\"}"),
	  "core::panicking::panic_fmt", NULL },
	{ "{\"crashing_thread\":\" -1 \",\"threads\":[{},{\"frames\":[{\"function\":\"f\"}]}]}",
	  "f", NULL },
	{ "{\"crashing_thread\":Infinity}", "", FAILED("crashing_thread is infinite") },
	{ "{\"os\":\"Windows NT\",\"threads\":[{\"frames\":[{\"module\":\"XUL.DLL\"}]}]}",
	  "xul.dll", NULL },
	{ "{\"reason\":\"EXCEPTION_STACK_OVERFLOW\"}", "stackoverflow | " EMPTY, NONE },
	{ FRAMES("{\"function\":\"caf\xc3\xa9\\u0000\\tx  y\"}"), "y", NULL },
	{ FRAMES("{\"module\":\"a  b\\u0000\"}"), "a b",
	  "SigPrintableCharsOnly: unprintable characters removed" },
};

START_TEST(crash)
{
	struct fixture f;
	struct sig_result r = sign(&f, crashes[_i].json, SIG_AUTO);

	if (!str_eq(r.signature, str_of(crashes[_i].signature)))
		ck_abort_msg("'%.*s', not '%s'", STR_ARGS(r.signature), crashes[_i].signature);
	ck_assert((r.notes.first == NULL) == (crashes[_i].note == NULL));
	if (r.notes.first != NULL && !str_eq(r.notes.first->text, str_of(crashes[_i].note)))
		ck_abort_msg("'%.*s', not '%s'", STR_ARGS(r.notes.first->text), crashes[_i].note);
	end(&f);
}
END_TEST

#define DUMP                                                                            \
	"\"crash_info\":{\"crashing_thread\":1,\"type\":\"EXCEPTION_STACK_OVERFLOW\"}," \
	"\"system_info\":{\"os\":\"Windows NT\"},"                                      \
	"\"threads\":[{},{\"frames\":[{\"module\":\"A.DLL\"},{\"function\":\"f\"}]}]"

/* The same crash in its three forms, told apart by their keys. */
static const char *const forms[] = {
	("{\"status\":\"OK\"," DUMP "}"),
	("{\"reason\":\"x\",\"crashing_thread\":0,\"json_dump\":{" DUMP "}}"),
	("{\"crashing_thread\":1,\"reason\":\"EXCEPTION_STACK_OVERFLOW\",\"os\":\"Windows NT\","
	 "\"threads\":[{},{\"frames\":[{\"module\":\"A.DLL\"},{\"function\":\"f\"}]}]}"),
};

START_TEST(form)
{
	struct fixture f;
	struct sig_result r = sign(&f, forms[_i], SIG_AUTO);

	ck_assert(str_eq(r.signature, STR("stackoverflow | a.dll | f")));
	ck_assert_uint_eq(r.n_frames, 2);
	end(&f);
}
END_TEST

START_TEST(forty_frames_are_looked_at_inlines_counted)
{
	struct buf b = { 0 };
	struct fixture f;

	buf_printf(&b, "{\"threads\":[{\"frames\":[");
	for (int i = 0; i < 20; i++)
		buf_printf(&b, "{\"function\":\"mem%d\",\"inlines\":[{\"function\":\"mem\"}]},", i);
	buf_printf(&b, "5]}]}%c", 0); /* what comes after does no harm */

	struct sig_result r = sign(&f, b.p, SIG_AUTO);
	ck_assert_uint_eq(r.n_frames, SIG_FRAMES);
	ck_assert(str_eq(r.frames[39], STR("mem19")));
	ck_assert_uint_eq(r.signature.n, 255);
	ck_assert(str_ends(r.signature, STR("...")));
	end(&f);
	buf_free(&b);
}
END_TEST

/* Values as Python sees them: text, truth, offset (NULL: not tried). */
static const struct {
	const char *json, *text;
	bool yes;
	const char *offset;
} values[] = {
	{ "null", "None", false, NULL },
	{ "true", "True", true, NULL },
	{ "false", "False", false, NULL },
	{ "0", "0", false, NULL },
	{ "-0", "0", false, NULL },
	{ "-0.0", "-0.0", false, NULL },
	{ "1e-400", "0.0", false, NULL },
	{ "1e400", "inf", true, NULL },
	{ "NaN", "nan", true, NULL },
	{ "-Infinity", "-inf", true, NULL },
	{ "123456789012345678901", "123456789012345678901", true, NULL },
	{ "1e15", "1000000000000000.0", true, NULL },
	{ "1e16", "1e+16", true, NULL },
	{ "0.0001", "0.0001", true, NULL },
	{ "0.00001", "1e-05", true, NULL },
	{ "\"\"", "", false, "" },
	{ "\"0\"", "0", true, "0x0" },
	{ "\" 0x00AbC \"", " 0x00AbC ", true, "0xabc" },
	{ "\"-0x_1_0\"", "-0x_1_0", true, "-0x10" },
	{ "\"0x1__0\"", "0x1__0", true, "0x1__0" },
	{ "\"0x\"", "0x", true, "0x" },
	{ "\"zz\"", "zz", true, "zz" },
	{ "\"\xd9\xa3\"", "\xd9\xa3", true, "0x3" },
	{ "5", "5", true, "5" },
	{ "[]", "[]", false, NULL },
	{ "{\"a\":1}", "{\"a\":1}", true, NULL },
};

START_TEST(value)
{
	struct js_in in = js_in_make(str_of(values[_i].json), "test", NULL);
	struct error err = { 0 };
	struct arena a = { 0 };
	struct js_value v;

	ck_assert(js_in_read(&in, &v, &err));
	ck_assert(str_eq(sig_value_text(v, &a), str_of(values[_i].text)));
	ck_assert(sig_value_true(v) == values[_i].yes);
	if (values[_i].offset != NULL)
		ck_assert(str_eq(sig_value_offset(v, &a), str_of(values[_i].offset)));
	arena_free(&a);
	js_in_free(&in);
}
END_TEST

static const struct {
	const char *json;
	enum sig_int rc;
	int64_t v;
} integers[] = {
	{ "7", SIG_INT_OK, 7 },
	{ "-7", SIG_INT_OK, -7 },
	{ "99999999999999999999", SIG_INT_OK, INT64_MAX },
	{ "-99999999999999999999", SIG_INT_OK, INT64_MIN },
	{ "9223372036854775808", SIG_INT_OK, INT64_MAX },
	{ "-9223372036854775808", SIG_INT_OK, INT64_MIN },
	{ "-1.9", SIG_INT_OK, -1 },
	{ "1e300", SIG_INT_OK, INT64_MAX },
	{ "true", SIG_INT_OK, 1 },
	{ "false", SIG_INT_OK, 0 },
	{ "\"\\u3000+1_0 \"", SIG_INT_OK, 10 },
	{ "\"1.5\"", SIG_INT_VALUE, 0 },
	{ "\"1_\"", SIG_INT_VALUE, 0 },
	{ "\"\"", SIG_INT_VALUE, 0 },
	{ "NaN", SIG_INT_VALUE, 0 },
	{ "Infinity", SIG_INT_INFINITE, 0 },
	{ "null", SIG_INT_TYPE, 0 },
	{ "[]", SIG_INT_TYPE, 0 },
};

START_TEST(integer)
{
	struct js_in in = js_in_make(str_of(integers[_i].json), "test", NULL);
	struct error err = { 0 };
	struct arena a = { 0 };
	struct js_value v;
	int64_t out;

	ck_assert(js_in_read(&in, &v, &err));
	ck_assert(sig_value_int(v, &out, &a) == integers[_i].rc);
	ck_assert(integers[_i].rc != SIG_INT_OK || out == integers[_i].v);
	arena_free(&a);
	js_in_free(&in);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

int main(void)
{
	Suite *s = suite_create("sig");
	TCase *t = tcase_create("sig");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, crash, 0, ROWS(crashes));
	tcase_add_loop_test(t, form, 0, ROWS(forms));
	tcase_add_test(t, forty_frames_are_looked_at_inlines_counted);
	tcase_add_loop_test(t, value, 0, ROWS(values));
	tcase_add_loop_test(t, integer, 0, ROWS(integers));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
