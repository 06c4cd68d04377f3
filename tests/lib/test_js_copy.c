#include <check.h>
#include <stdlib.h>

#include "base/js_copy.h"

/* As serde_json 1.0 writes what it read: into a map that sorts, and member by member. */
static const struct {
	const char *json, *sorted, *as_it_stands;
} copies[] = {
	{ "null", "null", "null" },
	{ " [ 1 , true,\tfalse ] ", "[1,true,false]", "[1,true,false]" },
	{ "{\"b\":1,\"a\":{\"d\":[],\"c\":{}}}", "{\"a\":{\"c\":{},\"d\":[]},\"b\":1}",
	  "{\"b\":1,\"a\":{\"d\":[],\"c\":{}}}" },
	{ "{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}", "{\"a\":1,\"b\":2,\"a\":3}" },
	{ "{\"\\n\":null}", "{\"\\n\":null}", "{\"\\n\":null}" },
	{ "{\"\\u0061b\":\"\\u00e9\\n\\/\"}", "{\"ab\":\"\xc3\xa9\\n/\"}",
	  "{\"ab\":\"\xc3\xa9\\n/\"}" },
	{ "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"", "\"\xf0\x9f\x98\x80\"" },
	{ "[18446744073709551615,-9223372036854775808]",
	  "[18446744073709551615,-9223372036854775808]",
	  "[18446744073709551615,-9223372036854775808]" },
	{ "[18446744073709551616,-9223372036854775809,-0]",
	  "[1.8446744073709552e19,-9.223372036854776e18,-0.0]",
	  "[1.8446744073709552e19,-9.223372036854776e18,-0.0]" },
	{ "[1.0,1e2,0.10,1e-5]", "[1.0,100.0,0.1,0.00001]", "[1.0,100.0,0.1,0.00001]" },
	/* what serde_json refuses */
	{ "[1", "null", "null" },
	{ "", "null", "null" },
	{ "[NaN]", "null", "null" },
	{ "1e400", "null", "null" },
	{ "\"\\ud83d\"", "null", "null" },
	{ "\"\xff\"", "null", "null" },
	{ "{} {}", "null", "null" },
};

static void expect(const char *json, bool sort_keys, const char *want)
{
	char *text = NULL;
	size_t n;
	struct js j = js_make(open_memstream(&text, &n), false);

	js_copy(&j, str_of(json), sort_keys);
	fclose(j.out);
	ck_assert_str_eq(text, want);
	free(text);
}

START_TEST(a_document_is_written_as_serde_json_does)
{
	expect(copies[_i].json, true, copies[_i].sorted);
	expect(copies[_i].json, false, copies[_i].as_it_stands);
}
END_TEST

START_TEST(the_deepest_document_is_copied_and_a_deeper_one_is_null)
{
	char deep[300];

	for (size_t depth = 127; depth <= 128; depth++) {
		memset(deep, '[', depth);
		memset(deep + depth, ']', depth);
		deep[2 * depth] = '\0';
		expect(deep, true, depth == 127 ? deep : "null");
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("js_copy");
	TCase *t = tcase_create("js_copy");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, a_document_is_written_as_serde_json_does, 0,
			    sizeof(copies) / sizeof(copies[0]));
	tcase_add_test(t, the_deepest_document_is_copied_and_a_deeper_one_is_null);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
