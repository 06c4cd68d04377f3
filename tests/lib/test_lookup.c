#include "sym/lookup.h"

#include <check.h>

#include "sym_text.h"

/* What stands at an address, as text and as JSON. */
static const struct {
	uint64_t address;
	const char *text, *json;
} answers[] = {
	{ 0x1000, "1000\touter\ta.c:4\n",
	  "{\"addr\":4096,\"base\":4096,\"public\":false,\"frames\":["
	  "{\"function\":\"outer\",\"file\":\"a.c\",\"line\":4}]}\n" },
	{ 0x100f, "100f\tinner\tb.c:9\n100f\touter\ta.c:5\n",
	  "{\"addr\":4111,\"base\":4096,\"public\":false,\"frames\":["
	  "{\"function\":\"inner\",\"file\":\"b.c\",\"line\":9},"
	  "{\"function\":\"outer\",\"file\":\"a.c\",\"line\":5}]}\n" },
	{ 0x2100, "2100\tpublic\t-\n",
	  "{\"addr\":8448,\"base\":8192,\"public\":true,\"frames\":["
	  "{\"function\":\"public\"}]}\n" },
	{ 0xfff, "fff\t-\t-\n", "{\"addr\":4095,\"frames\":[]}\n" },
	{ UINT64_MAX, "ffffffffffffffff\tpublic\t-\n",
	  "{\"addr\":18446744073709551615,\"base\":8192,\"public\":true,\"frames\":["
	  "{\"function\":\"public\"}]}\n" },
};

static void put(const struct symx *x, uint64_t address, bool json, struct arena *a, FILE *out)
{
	struct lookup_out o;

	lookup_out_open(&o, out, json, NULL);
	lookup_put(x, address, a, &o);
	lookup_out_close(&o);
}

START_TEST(addresses_have_their_frames)
{
	struct arena a = { 0 };
	struct error err = { 0 };
	struct lookup l;
	struct sym_text text, json;

	ck_assert(lookup_open(&l, STR(SYM_TEXT), false, NULL, &err));
	put(&l.symx, answers[_i].address, false, &a, sym_text_begin(&text));
	put(&l.symx, answers[_i].address, true, &a, sym_text_begin(&json));
	ck_assert_str_eq(sym_text_end(&text), answers[_i].text);
	ck_assert_str_eq(sym_text_end(&json), answers[_i].json);
	free(text.p);
	free(json.p);
	arena_free(&a);
	lookup_close(&l);
}
END_TEST

START_TEST(names_are_printable)
{
	struct arena a = { 0 };
	struct error err = { 0 };
	struct lookup l;
	struct sym_text text;

	ck_assert(lookup_open(&l,
			      STR("FILE 0 \x1b[1m\nFUNC 10 10 0 a\tb\xff\n10 4 7 0\n14 4 0 9\n"),
			      false, NULL, &err));
	sym_text_begin(&text);
	put(&l.symx, 0x10, false, &a, text.out);
	put(&l.symx, 0x14, false, &a, text.out);
	ck_assert_str_eq(sym_text_end(&text),
			 "10\ta\\x09b\\xff\t\\x1b[1m:7\n14\ta\\x09b\\xff\t-\n");
	free(text.p);
	arena_free(&a);
	lookup_close(&l);
}
END_TEST

START_TEST(nothing_is_found_in_nothing)
{
	struct arena a = { 0 };
	struct error err = { 0 };
	struct lookup l;
	struct sym_text text;

	ck_assert(lookup_open(&l, STR(""), false, NULL, &err));
	put(&l.symx, 0, false, &a, sym_text_begin(&text));
	ck_assert_str_eq(sym_text_end(&text), "0\t-\t-\n");
	free(text.p);
	arena_free(&a);
	lookup_close(&l);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("lookup");
	TCase *t = tcase_create("lookup");
	SRunner *runner = srunner_create(s);

	tcase_add_loop_test(t, addresses_have_their_frames, 0, (int)COUNT(answers));
	tcase_add_test(t, names_are_printable);
	tcase_add_test(t, nothing_is_found_in_nothing);
	suite_add_tcase(s, t);
	srunner_run_all(runner, CK_ENV);

	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
