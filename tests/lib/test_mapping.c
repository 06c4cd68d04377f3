#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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
	{ "rev=1", ".", "{digests}", "{digests}: {digests} is not known" },
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

/* The sum of "abc" begins with ddaf35a1. */
static const char *const digest_sources[] = { "^.*/(abc|pipe|gone)$", "(.*)" };
static const char *const digest_templates[] = { "{1}:{digest}:{DIGEST}", "other:{1}" };

static const struct {
	const char *path, *starts, *ends;
	unsigned warnings;
} digests[] = {
	{ "./abc", "abc:ddaf35a193617aba", "2A9AC94FA54CA49F", 0 },
	{ "./link/abc", "abc:ddaf35a193617aba", "2A9AC94FA54CA49F", 0 },
	{ "./pipe", "./pipe", "./pipe", 1 },
	{ "./gone", "./gone", "./gone", 1 },
	{ "./def", "other:./def", "other:./def", 0 },
};

/* Files in a folder of our own, which is left again. */
static void make_files(char *folder)
{
	FILE *f;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	f = fopen("abc", "w");
	ck_assert_ptr_nonnull(f);
	fputs("abc", f);
	fclose(f);
	ck_assert_int_eq(mkfifo("pipe", 0600), 0);
	ck_assert_int_eq(symlink(".", "link"), 0);
}

static void remove_files(const char *folder)
{
	unlink("abc");
	unlink("pipe");
	unlink("link");
	ck_assert_int_eq(chdir("/"), 0);
	rmdir(folder);
}

START_TEST(digests_are_of_regular_files)
{
	char folder[] = "/tmp/test_mapping.XXXXXX";
	struct arena a = { 0 };
	struct error err = { 0 };
	struct diag d = { .tool = "test" };
	struct mapping_options o = { .sources = digest_sources,
				     .destinations = digest_templates,
				     .n_rules = COUNT(digest_sources),
				     .diag = &d };
	struct mapping *m = mapping_open(&o, &a, &err);
	struct str mapped;

	ck_assert_msg(m != NULL, "%s", err.text);
	make_files(folder);
	errno = EIO;
	mapped = mapping_apply(m, str_of(digests[_i].path));
	ck_assert(str_starts(mapped, str_of(digests[_i].starts)));
	ck_assert(str_ends(mapped, str_of(digests[_i].ends)));
	ck_assert_uint_eq(d.warnings, digests[_i].warnings);
	ck_assert(!d.trouble);
	remove_files(folder);
	mapping_close(m);
	arena_free(&a);
}
END_TEST

/* Rules see what a link leads to; what is not there stays as it is. */
START_TEST(links_are_followed_if_asked_to)
{
	char folder[] = "/tmp/test_mapping.XXXXXX", real[4096];
	struct arena a = { 0 };
	struct error err = { 0 };
	const char *source = "/abc$", *template = "{0}";
	struct mapping_options o = {
		.sources = &source, .destinations = &template, .n_rules = 1, .canonicalize = true
	};
	struct mapping *m = mapping_open(&o, &a, &err);

	ck_assert_msg(m != NULL, "%s", err.text);
	make_files(folder);
	ck_assert(str_eq(mapping_apply(m, STR("link/link/abc")), STR("/abc")));
	ck_assert_ptr_nonnull(getcwd(real, sizeof(real)));
	ck_assert(str_eq(mapping_apply(m, STR("link")), str_of(real)));
	ck_assert(str_eq(mapping_apply(m, STR("link/gone")), STR("link/gone")));
	remove_files(folder);
	mapping_close(m);
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
	tcase_add_loop_test(t, digests_are_of_regular_files, 0, COUNT(digests));
	tcase_add_test(t, links_are_followed_if_asked_to);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
