#include <check.h>
#include <stdlib.h>

#include "base/js.h"

/* What a test writes ends up here. */
struct written {
	char *text;
	size_t n;
	struct js js;
};

static void start(struct written *w, bool pretty)
{
	w->js = js_make(open_memstream(&w->text, &w->n), pretty);
	ck_assert_ptr_nonnull(w->js.out);
}

static void expect(struct written *w, const char *want)
{
	fclose(w->js.out);
	ck_assert_str_eq(w->text, want);
	free(w->text);
}

/* Every kind of value, empty and filled containers at every place. */
static void write_all(struct js *j)
{
	js_object(j);
	js_key_str(j, "str", STR("text"));
	js_key_text(j, "text", "\t");
	js_key_text(j, "none", NULL);
	js_key_u64(j, "u64", UINT64_MAX);
	js_key(j, "i64");
	js_i64(j, INT64_MIN);
	js_key_bool(j, "bool", true);
	js_key_null(j, "null");
	js_key_hex(j, "hex", 0xbeef, 16);
	js_key(j, "empty");
	js_array(j);
	js_end(j, ']');
	js_key(j, "array");
	js_array(j);
	js_bool(j, false);
	js_object(j);
	js_end(j, '}');
	js_raw(j, STR("[1, 2]"));
	js_end(j, ']');
	js_end(j, '}');
}

START_TEST(compact_form)
{
	struct written w;

	start(&w, false);
	write_all(&w.js);
	expect(&w, "{\"str\":\"text\",\"text\":\"\\t\",\"none\":null,\"u64\":18446744073709551615,"
		   "\"i64\":-9223372036854775808,\"bool\":true,\"null\":null,"
		   "\"hex\":\"0x000000000000beef\",\"empty\":[],\"array\":[false,{},[1, 2]]}");
}
END_TEST

START_TEST(pretty_form_is_that_of_serde_json)
{
	struct written w;

	start(&w, true);
	write_all(&w.js);
	expect(&w, "{\n  \"str\": \"text\",\n  \"text\": \"\\t\",\n  \"none\": null,\n  \"u64\": "
		   "18446744073709551615,\n"
		   "  \"i64\": -9223372036854775808,\n  \"bool\": true,\n  \"null\": null,\n"
		   "  \"hex\": \"0x000000000000beef\",\n  \"empty\": [],\n  \"array\": [\n"
		   "    false,\n    {},\n    [1, 2]\n  ]\n}");
}
END_TEST

static const struct {
	struct str text;
	const char *json;
} strings[] = {
	{ STR_INIT(""), "\"\"" },
	{ STR_INIT("\"\\/"), "\"\\\"\\\\/\"" },
	{ STR_INIT("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"" },
	{ STR_INIT("\0\x01\x1f\x7f"), "\"\\u0000\\u0001\\u001f\\u007f\"" },
	{ STR_INIT("\xc2\x80\xc2\x9f\xc2\xa0"), "\"\\u0080\\u009f\xc2\xa0\"" },
	{ STR_INIT("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80"),
	  "\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\"" },
	{ STR_INIT("a\xff"
		   "b\xe2\x82"),
	  "\"a\xef\xbf\xbd"
	  "b\xef\xbf\xbd\"" },
	{ STR_INIT("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ { NULL, 0 }, "\"\"" },
};

START_TEST(strings_are_escaped_and_repaired)
{
	struct written w;

	start(&w, false);
	js_str(&w.js, strings[_i].text);
	expect(&w, strings[_i].json);
}
END_TEST

START_TEST(text_in_ascii_only)
{
	struct written w;

	start(&w, false);
	w.js.ascii = true;
	js_str(&w.js, STR("a\x01\x7f\xc3\xbc\xe2\x80\xae\xf0\x9f\x98\x80\xff"));
	expect(&w, "\"a\\u0001\\u007f\\u00fc\\u202e\\ud83d\\ude00\\ufffd\"");
}
END_TEST

static const struct {
	uint64_t value;
	unsigned digits;
	const char *json;
} hexes[] = {
	{ 0, 0, "\"0x0\"" },
	{ 0, 8, "\"0x00000000\"" },
	{ 0x1f, 0, "\"0x1f\"" },
	{ 0x123456789, 8, "\"0x123456789\"" },
	{ UINT64_MAX, 16, "\"0xffffffffffffffff\"" },
	{ 1, 99, "\"0x0000000000000001\"" },
};

START_TEST(hex_is_padded_to_its_digits)
{
	struct written w;

	start(&w, false);
	js_hex(&w.js, hexes[_i].value, hexes[_i].digits);
	expect(&w, hexes[_i].json);
}
END_TEST

START_TEST(the_deepest_level_is_written)
{
	struct written w;
	char line[2 * JS_DEPTH + 20];

	start(&w, true);
	for (int i = 0; i < JS_DEPTH; i++)
		js_array(&w.js);
	js_null(&w.js);
	for (int i = 0; i < JS_DEPTH; i++)
		js_end(&w.js, ']');
	fflush(w.js.out);
	snprintf(line, sizeof(line), "\n%*snull\n", 2 * JS_DEPTH, "");
	ck_assert_ptr_nonnull(strstr(w.text, line));
	fclose(w.js.out);
	free(w.text);
}
END_TEST

START_TEST(an_error_of_writing_stays_in_the_stream)
{
	FILE *full = fopen("/dev/full", "w");
	struct js j = js_make(full, false);

	if (full == NULL)
		return; /* only Linux and NetBSD have it */
	write_all(&j);
	ck_assert(fflush(full) != 0 || ferror(full));
	fclose(full);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("js");
	TCase *t = tcase_create("js");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, compact_form);
	tcase_add_test(t, pretty_form_is_that_of_serde_json);
	tcase_add_loop_test(t, strings_are_escaped_and_repaired, 0,
			    sizeof(strings) / sizeof(strings[0]));
	tcase_add_test(t, text_in_ascii_only);
	tcase_add_loop_test(t, hex_is_padded_to_its_digits, 0, sizeof(hexes) / sizeof(hexes[0]));
	tcase_add_test(t, the_deepest_level_is_written);
	tcase_add_test(t, an_error_of_writing_stays_in_the_stream);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
