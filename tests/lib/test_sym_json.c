#include "sym/sym_json.h"

#include <check.h>

#include "sym_text.h"

/* Records and the objects that they become. */
static const struct {
	const char *text, *json;
} records[] = {
	{ SYM_MODULE, "{\"type\":\"module\",\"os\":\"Linux\",\"cpu\":\"x86_64\","
		      "\"id\":\"0123456789ABCDEF0123456789ABCDEF0\",\"name\":\"app\"}\n" },
	{ "INFO CODE_ID 00FF a.exe\n",
	  "{\"type\":\"info\",\"key\":\"CODE_ID\",\"text\":\"00FF a.exe\"}\n" },
	{ "INFO URL http://x/y\n",
	  "{\"type\":\"info\",\"key\":\"URL\",\"text\":\"http://x/y\"}\n" },
	{ "FILE 7 C:\\a b.c\n", "{\"type\":\"file\",\"number\":7,\"name\":\"C:\\\\a b.c\"}\n" },
	{ "INLINE_ORIGIN 1 f(\"x\")\n",
	  "{\"type\":\"inline_origin\",\"number\":1,\"name\":\"f(\\\"x\\\")\"}\n" },
	{ "FUNC m ff 10 4 f\n", "{\"type\":\"func\",\"addr\":255,\"size\":16,\"param\":4,"
				"\"multiple\":true,\"name\":\"f\"}\n" },
	{ "ff 10 3 2\n", "{\"type\":\"line\",\"addr\":255,\"size\":16,\"line\":3,\"file\":2}\n" },
	{ "INLINE 1 2 -1 3 10 4 20 8\n",
	  "{\"type\":\"inline\",\"level\":1,\"call_line\":2,\"call_file\":null,\"origin\":3,"
	  "\"ranges\":[[16,4],[32,8]]}\n" },
	{ "PUBLIC 10 0 p\n",
	  "{\"type\":\"public\",\"addr\":16,\"param\":0,\"multiple\":false,\"name\":\"p\"}\n" },
	{ "STACK CFI INIT 10 8 .cfa: 1\n",
	  "{\"type\":\"stack_cfi_init\",\"addr\":16,\"size\":8,\"rules\":\".cfa: 1\"}\n" },
	{ "STACK CFI 12 .cfa: 2\n",
	  "{\"type\":\"stack_cfi\",\"addr\":18,\"rules\":\".cfa: 2\"}\n" },
	{ SYM_WIN, "{\"type\":\"stack_win\",\"win_type\":4,\"addr\":12288,\"size\":16,"
		   "\"prologue\":1,\"epilogue\":2,\"param\":3,\"saved_registers\":4,\"locals\":5,"
		   "\"max_stack\":6,\"has_program\":true,\"program\":\"$T0 $ebp =\"}\n" },
	{ "FUNC 10 10 0 a\xff\x01\n",
	  "{\"type\":\"func\",\"addr\":16,\"size\":16,\"param\":0,\"multiple\":false,"
	  "\"name\":\"a\xef\xbf\xbd\\u0001\",\"name_bytes\":\"61ff01\"}\n" },
	{ "FUNC 10\n", "{\"type\":\"func\",\"malformed\":\"FUNC 10\"}\n" },
	{ "what\n\n", "{\"type\":\"unknown\",\"text\":\"what\"}\n" },
	{ "FILE 0 no end", "{\"type\":\"file\",\"number\":0,\"name\":\"no end\"}\n" },
	{ "", "" },
};

START_TEST(a_record_is_an_object)
{
	struct sym_text t;

	sym_json_put(str_of(records[_i].text), false, sym_text_begin(&t));
	ck_assert_str_eq(sym_text_end(&t), records[_i].json);
	free(t.p);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sym_json");
	TCase *t = tcase_create("sym_json");
	SRunner *runner = srunner_create(s);

	tcase_add_loop_test(t, a_record_is_an_object, 0, (int)COUNT(records));
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
