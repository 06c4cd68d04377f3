#include <check.h>
#include <stdlib.h>

#include "base/js_in.h"
#include "base/limits.h"

/* One document a row: what is wrong with it for Python, and whether RFC 8259 takes it. */
static const struct {
	const char *text;
	const char *wrong; /* NULL: it is read */
	bool strict;
} documents[] = {
	{ "{}", NULL, true },
	{ " [1, -0.5e+3, \"a\\u00e9\\n\", true, false, null, {\"a\":[]}] ", NULL, true },
	{ "\"\\ud83d\\ude00\"", NULL, true },
	{ "\"\\ud800\"", NULL, false },
	{ "\"\\udc00\"", NULL, false },
	{ "\"\\u0000\"", NULL, true },
	{ "NaN", NULL, false },
	{ "[Infinity, -Infinity]", NULL, false },
	{ "1e400", NULL, false },
	{ "123456789012345678901234567890", NULL, true },
	{ "\"\xff\"", NULL, false },
	{ "01", NULL, false },
	{ "", "document without an end", false },
	{ "{", "document without an end", false },
	{ "[1", "document without an end", false },
	{ "[1,]", "no JSON value", false },
	{ "[,1]", "no JSON value", false },
	{ "[1 2]", "no comma between values", false },
	{ "[1}", "closing bracket of the wrong kind", false },
	{ "{\"a\":1]", "closing bracket of the wrong kind", false },
	{ "]", "no JSON value", false },
	{ "{\"a\"}", "no colon after a key", false },
	{ "{\"a\"", "no colon after a key", false },
	{ "{1:2}", "no key where one should be", false },
	{ "{\"a\":1,}", "no key where one should be", false },
	{ "{\"a\":}", "no JSON value", false },
	{ "\"a", "string without an end", false },
	{ "\"a\tb\"", "control character in a string", false },
	{ "\"\\x\"", "wrong escape in a string", false },
	{ "\"\\u12g4\"", "wrong escape in a string", false },
	{ "\"\\u12", "wrong escape in a string", false },
	{ "\"\\", "wrong escape in a string", false },
	{ "-", "wrong number", false },
	{ "1.", "wrong number", false },
	{ ".5", "no JSON value", false },
	{ "1e", "wrong number", false },
	{ "-I", "no JSON value", false },
	{ "nul", "no JSON value", false },
};

START_TEST(document)
{
	struct js_in in = js_in_make(str_of(documents[_i].text), "t", NULL);
	struct error err = { 0 };
	struct js_value root;

	js_in_more(&in);
	bool ok = js_in_read(&in, &root, &err);
	ck_assert(ok == (documents[_i].wrong == NULL));
	if (!ok) {
		ck_assert(!js_in_more(&in));
		ck_assert_int_eq(err.code, ERROR_INPUT);
		ck_assert_str_eq(err.text + 5, documents[_i].wrong);
	}
	ck_assert(js_in_valid(str_of(documents[_i].text)) == documents[_i].strict);
	js_in_free(&in);
}
END_TEST

START_TEST(every_cut_of_a_document_is_refused)
{
	struct str whole = STR("{\"a\":[1.5e3,\"x\\u00e9\\\"\",{\"b\":null,\"c\":true}],\"d\":{}}");

	ck_assert(js_in_valid(whole));
	for (size_t n = 0; n < whole.n; n++) {
		char *cut = malloc(n + 1); /* so that a read behind the end is seen */

		memcpy(cut, whole.p, n);
		ck_assert(!js_in_valid((struct str){ cut, n }));
		free(cut);
	}
}
END_TEST

START_TEST(values_are_found)
{
	struct js_in in = js_in_make(STR("{\"a\":[10,[20,21],30],\"b\\u0063\":\"x\\ty\",\"a2\":{"
					 "\"k\":-7},\"n\":18446744073709551615}"),
				     "t", NULL);
	struct error err = { 0 };
	struct arena a = { 0 };
	struct js_value root, list;
	uint64_t v = 0;

	ck_assert(js_in_read(&in, &root, &err));
	ck_assert_uint_eq(js_in_count(root), 4);
	list = js_in_get(root, STR("a"));
	ck_assert_uint_eq(js_in_count(list), 3);
	ck_assert(js_in_u64(js_in_at(list, 2), &v) && v == 30);
	ck_assert(js_in_u64(js_in_at(js_in_at(list, 1), 1), &v) && v == 21);
	ck_assert(js_in_at(list, 3).kind == JS_NONE);
	ck_assert(str_eq(js_in_text(js_in_get(root, STR("bc")), &a), STR("x\ty")));
	ck_assert(js_in_u64(js_in_get(root, STR("n")), &v) && v == UINT64_MAX);
	ck_assert(!js_in_u64(js_in_get(js_in_get(root, STR("a2")), STR("k")), &v));
	ck_assert(js_in_get(list, STR("a")).kind == JS_NONE);
	ck_assert(js_in_get(js_in_get(root, STR("zz")), STR("a")).kind == JS_NONE);
	arena_free(&a);
	js_in_free(&in);
}
END_TEST

START_TEST(of_equal_keys_the_last_counts)
{
	struct js_in in = js_in_make(STR("{\"a\":1,\"\\u0061\":2}"), "t", NULL);
	struct error err = { 0 };
	struct js_value root;
	uint64_t v = 0;

	ck_assert(js_in_read(&in, &root, &err));
	ck_assert(js_in_u64(js_in_get(root, STR("a")), &v) && v == 2);
	js_in_free(&in);
}
END_TEST

/* Text of a string value: always UTF-8. */
static const struct {
	const char *json, *text;
} texts[] = {
	{ "\"plain\"", "plain" },
	{ "\"\\b\\f\\n\\r\\t\\\"\\\\\\/\"", "\b\f\n\r\t\"\\/" },
	{ "\"\\u00e9\\u20ac\\ud83d\\ude00\"", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "\"a\\ud800b\"", "a\xef\xbf\xbd"
			   "b" },
	{ "\"\\ud800\\u0041\"", "\xef\xbf\xbd"
				"A" },
	{ "\"a\xff\"", "a\xef\xbf\xbd" },
	{ "5", "" },
};

START_TEST(text)
{
	struct js_in in = js_in_make(str_of(texts[_i].json), "t", NULL);
	struct error err = { 0 };
	struct arena a = { 0 };
	struct js_value root;

	ck_assert(js_in_read(&in, &root, &err));
	ck_assert(str_eq(js_in_text(root, &a), str_of(texts[_i].text)));
	arena_free(&a);
	js_in_free(&in);
}
END_TEST

START_TEST(a_bad_document_costs_itself_only)
{
	struct js_in in = js_in_make(
		STR("[1]\n{\"a\":\n[2]\n{\n  \"x\": 1,\n  oops\n  ]\n}\n[3][4]"), "f", NULL);
	/* '[' begins a value of the second one, so it ends after that. */
	static const char *const expected[] = { "1", "f:4: no comma between values",
						"2", "f:6: no key where one should be",
						"3", "4" };
	struct js_value root;

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct error err = { 0 };

		ck_assert(js_in_more(&in));
		if (js_in_read(&in, &root, &err))
			ck_assert(str_eq(js_in_at(root, 0).text, str_of(expected[i])));
		else
			ck_assert_str_eq(err.text, expected[i]);
	}
	ck_assert(!js_in_more(&in));
	js_in_free(&in);
}
END_TEST

/* Every line begins a document that goes on to the end: read again line by line, it would be 12 GB.
 */
START_TEST(what_is_read_again_is_bounded)
{
	enum { WIDTH = 32000, LINES = 900 };
	char *all = malloc(WIDTH * LINES), *line = all;
	struct js_value root;
	size_t n = 0;

	for (int i = 0; i < LINES; i++, line += WIDTH) {
		memset(line, ' ', WIDTH);
		line[0] = '[';
		line[WIDTH - 1] = '\n';
	}

	struct js_in in = js_in_make((struct str){ all, WIDTH * LINES }, "t", NULL);
	for (; js_in_more(&in); n++) {
		struct error err = { 0 };

		ck_assert(!js_in_read(&in, &root, &err));
	}
	ck_assert_uint_gt(n, 1);
	ck_assert_uint_le(in.again, (uint64_t)LIMIT_JSON_AGAIN + WIDTH * LINES);
	js_in_free(&in);
	free(all);
}
END_TEST

START_TEST(nesting_has_a_limit_and_no_recursion)
{
	enum { N = 2000000 };
	char *deep = malloc(N);
	struct error err = { 0 };
	struct js_value root;

	memset(deep, '[', N);
	struct js_in in = js_in_make((struct str){ deep, N }, "t", NULL);
	ck_assert(!js_in_read(&in, &root, &err));
	ck_assert_int_eq(err.code, ERROR_LIMIT);
	ck_assert_str_eq(err.text, "t:1: nested too deeply");
	memset(deep + 900, ']', 900);
	in.rest = (struct str){ deep, 1800 };
	ck_assert(js_in_read(&in, &root, &err));
	ck_assert(!js_in_valid((struct str){ deep, 1800 }));
	ck_assert(!js_in_valid((struct str){ deep + 900 - 128, 256 }));
	ck_assert(js_in_valid((struct str){ deep + 900 - 127, 254 }));
	js_in_free(&in);
	free(deep);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

int main(void)
{
	Suite *s = suite_create("js_in");
	TCase *t = tcase_create("js_in");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, document, 0, ROWS(documents));
	tcase_add_test(t, every_cut_of_a_document_is_refused);
	tcase_add_test(t, values_are_found);
	tcase_add_test(t, of_equal_keys_the_last_counts);
	tcase_add_loop_test(t, text, 0, ROWS(texts));
	tcase_add_test(t, a_bad_document_costs_itself_only);
	tcase_add_test(t, what_is_read_again_is_bounded);
	tcase_add_test(t, nesting_has_a_limit_and_no_recursion);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
