#include "sym/cache.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define ROOT "cache/0123456789abcdef/"

/* Files of 100 bytes, by how long ago they were used; whether a limit of 500 bytes, and so 450,
 * leaves them. */
static const struct {
	const char *path;
	int hours;
	bool stays;
} files[] = {
	{ ROOT "a/1/a.symx", 9, false },
	{ ROOT "b/1/b.symx", 7, false },
	{ ROOT "b/1/b.sym.64-1-2.sym", 3, true },
	{ ROOT "c/1/c.symx", 1, true },
	{ "cache/made/d/1/d.sym", 8, false },
	{ "cache/made/e/1/e.sym", 2, true },
	{ ROOT "single.symx", 4, true },
	/* what is not the cache's */
	{ "cache/made/f.sym", 99, true },
	{ "cache/app/1/app.sym", 99, true },
	{ "cache/0123456789ABCDEF/a/1/a.symx", 99, true },
	{ ROOT "a/1/notes", 99, true },
	{ "cache/a.symx", 99, true },
	/* what a killed process left, and what is being written */
	{ ROOT "c/1/c.symx.tmp.71-0", 25, false },
	{ ROOT "c/1/c.symx.tmp.72-0", 1, true },
};

static void make(const char *path, int hours)
{
	struct timespec used[2] = { { .tv_sec = time(NULL) - hours * 3600 - 60 } };
	char bytes[100] = { 0 };
	int fd;

	used[1] = used[0];
	ck_assert_msg(file_make_folders(path), "%s", path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_eq(write(fd, bytes, sizeof(bytes)), sizeof(bytes));
	ck_assert_int_eq(futimens(fd, used), 0);
	close(fd);
}

static void trim(uint64_t limit)
{
	struct arena a = { 0 };

	cache_trim("cache", limit, &a);
	arena_free(&a);
}

static void make_all(void)
{
	for (size_t i = 0; i < COUNT(files); i++)
		make(files[i].path, files[i].hours);
}

START_TEST(what_was_not_used_for_longest_goes_first)
{
	make_all();
	trim(500);
	for (size_t i = 0; i < COUNT(files); i++)
		ck_assert_msg((access(files[i].path, F_OK) == 0) == files[i].stays, "%s",
			      files[i].path);
}
END_TEST

START_TEST(nothing_goes_within_the_limit)
{
	make_all();
	trim(_i == 0 ? 700 : 0);
	for (size_t i = 0; i < COUNT(files); i++)
		ck_assert_msg(access(files[i].path, F_OK) == 0 || files[i].hours == 25, "%s",
			      files[i].path);
}
END_TEST

START_TEST(using_a_file_keeps_it)
{
	struct stat before, after;

	make_all();
	cache_mark_used(files[0].path);
	trim(500);
	ck_assert_int_eq(access(files[0].path, F_OK), 0);

	/* not for each use */
	make(files[0].path, 0);
	ck_assert_int_eq(stat(files[0].path, &before), 0);
	cache_mark_used(files[0].path);
	ck_assert_int_eq(stat(files[0].path, &after), 0);
	ck_assert_int_eq(before.st_mtime, after.st_mtime);
	cache_mark_used("not-there");
}
END_TEST

START_TEST(links_and_missing_folders_are_left_alone)
{
	struct arena a = { 0 };

	make_all();
	make("outside.symx", 99);
	ck_assert(symlink("../../outside.symx", ROOT "link.symx") == 0);
	trim(1);
	ck_assert_int_eq(access("outside.symx", F_OK), 0);
	cache_trim("not-there", 1, &a);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cache");
	TCase *t = tcase_create("cache");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, what_was_not_used_for_longest_goes_first);
	tcase_add_loop_test(t, nothing_goes_within_the_limit, 0, 2);
	tcase_add_test(t, using_a_file_keeps_it);
	tcase_add_test(t, links_and_missing_folders_are_left_alone);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
