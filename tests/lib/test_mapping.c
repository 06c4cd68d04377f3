#include <check.h>
#include <stdlib.h>

#include "bin/mapping.h"

static const char *const variables[] = { "rev=0123", "empty=" };
static const char *const sources[] = { "^/build/(.*)$", "/rustc/([0-9a-f]+)/(.*)", "(x)|(y)" };
static const char *const destinations[] = { "git:host/repo:{1}:{rev}", "git:rust:{2}:{1}",
					    "{2}{empty}{not closed" };

/* The first rule that matches decides; a group that took no part means that it does not. */
static const struct {
	const char *path, *mapped;
} rows[] = {
	{ "/build/a/b.c", "git:host/repo:a/b.c:0123" },
	{ "/build/rustc/ab/b.c", "git:host/repo:rustc/ab/b.c:0123" },
	{ "/rustc/ab/lib.rs", "git:rust:lib.rs:ab" },
	{ "/y", "y{not closed" },
	{ "/x", "/x" },
	{ "/other", "/other" },
	{ "", "" },
};

static struct mapping_options options(void)
{
	return (struct mapping_options){ .variables = variables,
					 .n_variables = COUNT(variables),
					 .sources = sources,
					 .destinations = destinations,
					 .n_rules = COUNT(sources) };
}

START_TEST(the_first_rule_that_matches_decides)
{
	struct arena a = { 0 };
	struct error err = { 0 };
	struct mapping_options o = options();
	struct mapping *m = mapping_open(&o, &a, &err);
	struct str mapped;

	ck_assert_msg(m != NULL, "%s", err.text);
	mapped = mapping_apply(m, str_of(rows[_i].path));
	ck_assert(str_eq(mapped, str_of(rows[_i].mapped)));
	mapping_close(m);
	arena_free(&a);
}
END_TEST

static const struct {
	const char *variable, *source, *destination, *text;
} bad[] = {
	{ "rev", ".", "", "rev: no NAME=VALUE" },
	{ "rev=1", "(", "", "(: missing closing parenthesis" },
	{ "rev=1", ".", "{1}", "{1}: {1} is not known" },
	{ "rev=1", ".", "{digest}", "{digest}: {digest} is not known" },
};

START_TEST(what_is_wrong_is_said)
{
	struct arena a = { 0 };
	struct error err = { 0 };
	struct mapping_options o = { .variables = &bad[_i].variable,
				     .n_variables = 1,
				     .sources = &bad[_i].source,
				     .destinations = &bad[_i].destination,
				     .n_rules = 1 };

	ck_assert(mapping_open(&o, &a, &err) == NULL);
	ck_assert_int_eq(err.code, ERROR_INPUT);
	ck_assert_str_eq(err.text, bad[_i].text);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("mapping");
	TCase *t = tcase_create("mapping");
	SRunner *r = srunner_create(s);

	tcase_add_loop_test(t, the_first_rule_that_matches_decides, 0, COUNT(rows));
	tcase_add_loop_test(t, what_is_wrong_is_said, 0, COUNT(bad));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
