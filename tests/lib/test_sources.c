#include "sym/sources.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"

/* Where symbols and their indexes are, by the environment and what was asked for. */

static const struct {
	const char *xdg, *home, *cache;
} caches[] = {
	{ "/x", "/h", "/x/crash-tools" },
	{ NULL, "/h", "/h/.cache/crash-tools" },
	{ "relative", "/h", "/h/.cache/crash-tools" },
	{ "", "/h", "/h/.cache/crash-tools" },
	{ "/x", NULL, "/x/crash-tools" },
	{ NULL, NULL, NULL },
	{ NULL, "relative", NULL },
};

static void set(const char *name, const char *value)
{
	if (value == NULL)
		unsetenv(name);
	else
		setenv(name, value, 1);
}

START_TEST(cache_is_where_the_environment_says)
{
	struct arena a = { 0 };
	const char *cache;

	set("XDG_CACHE_HOME", caches[_i].xdg);
	set("HOME", caches[_i].home);
	cache = sources_default_cache(&a);
	if (caches[_i].cache == NULL)
		ck_assert_ptr_null(cache);
	else
		ck_assert_str_eq(cache, caches[_i].cache);
	arena_free(&a);
}
END_TEST

START_TEST(nothing_is_looked_for_without_paths_unless_asked)
{
	struct diag quiet = { 0 };
	struct sources s = { 0 };
	struct symbols *symbols;

	ck_assert_ptr_null(sources_open(&s, &quiet));
	s.always = true;
	symbols = sources_open(&s, &quiet);
	ck_assert_ptr_nonnull(symbols);
	ck_assert_int_eq(symbols_find(symbols, &(struct symbols_key){ STR("a"), STR("A0"), STR("a"),
								      STR("") })
				 ->status,
			 SYM_MISSING);
	symbols_close(symbols);
}
END_TEST

START_TEST(cache_is_made_only_for_a_sandbox_and_a_path)
{
	const char *path = "store";
	struct sources s = { .paths = &path, .cache = "made/here" };
	struct sandbox box = { .files = -1 };
	struct arena a = { 0 };

	sources_allow(&s, &box, &a);
	ck_assert_int_ne(access("made", F_OK), 0);
	box.on = true;
	sources_allow(&s, &box, &a);
	ck_assert_int_ne(access("made", F_OK), 0);
	s.n_paths = 1;
	sources_allow(&s, &box, &a);
	ck_assert_int_eq(rmdir("made/here") | rmdir("made"), 0);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sources");
	TCase *t = tcase_create("sources");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, cache_is_where_the_environment_says, 0,
			    sizeof(caches) / sizeof(caches[0]));
	tcase_add_test(t, nothing_is_looked_for_without_paths_unless_asked);
	tcase_add_test(t, cache_is_made_only_for_a_sandbox_and_a_path);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
