#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "walk/evil.h"

/* evil: certificates and microcode from crash annotations. */

static const struct {
	const char *json;
	bool compat;
	const char *cert;  /* of "m.dll"; NULL: none */
	const char *error; /* NULL: none */
	uint64_t microcode;
} files[] = {
	{ "{}", false, NULL, NULL, 0 },
	{ "{\"ModuleSignatureInfo\": {\"A\": [\"x\", \"m.dll\"]}}", true, "A", NULL, 0 },
	{ "{\"ModuleSignatureInfo\": \"{\\\"A\\\": [\\\"m.dll\\\"]}\"}", true, "A", NULL, 0 },
	{ "{\"ModuleSignatureInfo\": {\"A\": [\"m.dll\"], \"B\": [\"m.dll\", \"z\"]}}", false, "B",
	  NULL, 0 },
	{ "{\"CPUMicrocodeVersion\": \"0xAb\"}", false, NULL, NULL, 0xab },
	{ "{\"CPUMicrocodeVersion\": \"ab\"}", false, NULL, NULL, 0 },
	{ "{\"CPUMicrocodeVersion\": 5}", false, NULL, NULL, 0 },
	{ "{\"ModuleSignatureInfo\": {\"A\": [\"m.dll\", 5], \"B\": 1}}", false, "A",
	  "evil.json: ModuleSignatureInfo is not an object of arrays of names", 0 },
	{ "{\"ModuleSignatureInfo\": {\"A\": [\"m.dll\"], \"B\": 1}}", true, NULL,
	  "Could not parse Evil JSON's ModuleSignatureInfo (not an object)", 0 },
	{ "{\"ModuleSignatureInfo\": 7, \"CPUMicrocodeVersion\": \"0x1\"}", true, NULL,
	  "Could not parse Evil JSON's ModuleSignatureInfo (not an object)", 1 },
	{ "{\"ModuleSignatureInfo\": \"{\"}", false, NULL,
	  "evil.json: ModuleSignatureInfo is not an object of arrays of names", 0 },
	{ "[]", false, NULL, "evil.json: not a JSON object", 0 },
	{ "{", true, NULL, "Could not parse Extra JSON (was not valid JSON)", 0 },
	{ NULL, true, NULL, "Could not load Extra JSON at \"evil.json\"", 0 },
	{ NULL, false, NULL, "evil.json: No such file or directory", 0 },
};

static void write_file(const char *text)
{
	FILE *f;

	remove("evil.json");
	if (text == NULL)
		return;
	f = fopen("evil.json", "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(what_is_right_is_read_and_the_rest_is_said)
{
	struct arena a = { 0 };
	struct error err = { 0 };
	struct evil e;
	const struct str *cert;
	bool ok;

	write_file(files[_i].json);
	ok = evil_read(&e, "evil.json", files[_i].compat, &a, &err);
	ck_assert(ok == (files[_i].error == NULL));
	if (!ok)
		ck_assert_str_eq(err.text, files[_i].error);
	cert = evil_cert_of(&e, STR("m.dll"));
	ck_assert((cert != NULL) == (files[_i].cert != NULL));
	ck_assert(cert == NULL || str_eq(*cert, str_of(files[_i].cert)));
	ck_assert_ptr_null(evil_cert_of(&e, STR("m")));
	ck_assert(e.has_certs == (cert != NULL));
	ck_assert_uint_eq(e.microcode, files[_i].microcode);
	ck_assert(e.has_microcode == (files[_i].microcode != 0));
	arena_free(&a);
}
END_TEST

START_TEST(nothing_known_has_no_certificates)
{
	ck_assert_ptr_null(evil_cert_of(NULL, STR("m.dll")));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("evil");
	Suite *s = suite_create("evil");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, what_is_right_is_read_and_the_rest_is_said, 0,
			    sizeof(files) / sizeof(files[0]));
	tcase_add_test(t, nothing_known_has_no_certificates);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
