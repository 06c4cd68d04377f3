#include <check.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/dir.h"
#include "base/file.h"

/* A tree of files: t/a/x, t/b/c/y, t/z, a pipe, and a link that leads back. */

static struct buf seen;
static struct arena arena;
static struct diag quiet;

static void make_file(const char *path)
{
	FILE *f;

	ck_assert(file_make_folders(path));
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fclose(f), 0);
}

static void make_tree(void)
{
	make_file("t/a/x");
	make_file("t/b/c/y");
	make_file("t/z");
	mkfifo("t/pipe", 0600);
	ck_assert(symlink("..", "t/b/up") == 0 || access("t/b/up", F_OK) == 0);
}

static void visit(void *context, const char *path)
{
	(void)context;
	buf_printf(&seen, "%s ", path);
}

static void saw(const char *paths)
{
	ck_assert_str_eq(seen.n == 0 ? "" : (buf_put_char(&seen, '\0'), seen.p), paths);
	buf_free(&seen);
	arena_free(&arena);
}

START_TEST(regular_files_are_visited_in_order)
{
	make_tree();
	ck_assert_int_eq(dir_walk("t", &arena, &quiet, visit, NULL), EXIT_DONE);
	saw("t/a/x t/b/c/y t/z ");
	ck_assert(dir_walk_most("t", 3, &arena, &quiet, visit, NULL));
	saw("t/a/x t/b/c/y t/z ");
}
END_TEST

START_TEST(a_tree_ends_after_so_many_files)
{
	make_tree();
	ck_assert(!dir_walk_most("t", 2, &arena, &quiet, visit, NULL));
	saw("t/a/x t/b/c/y ");
	ck_assert(!dir_walk_most("t", 0, &arena, &quiet, visit, NULL));
	saw("");
}
END_TEST

START_TEST(what_is_no_folder_is_visited_itself)
{
	make_tree();
	dir_walk("t/z", &arena, &quiet, visit, NULL);
	dir_walk_most("not/there", 1, &arena, &quiet, visit, NULL);
	saw("t/z not/there ");
}
END_TEST

START_TEST(a_link_that_was_asked_for_is_followed)
{
	make_tree();
	dir_walk("t/b/up", &arena, &quiet, visit, NULL);
	saw("t/b/up/a/x t/b/up/b/c/y t/b/up/z ");
}
END_TEST

/* /proc of a system's tree would never end. */
START_TEST(other_file_systems_are_left_out)
{
	struct stat root, mounted;

	if (stat("/dev", &root) != 0 || stat("/dev/shm", &mounted) != 0 ||
	    root.st_dev == mounted.st_dev || access("/dev/shm", W_OK) != 0) {
		printf("skipped: no file system is mounted in /dev here\n");
		return;
	}
	make_file("/dev/shm/crash-test-dir");
	dir_walk_most("/dev", 1000, &arena, &quiet, visit, NULL);
	buf_put_char(&seen, '\0');
	remove("/dev/shm/crash-test-dir");
	ck_assert_ptr_null(strstr(seen.p, "crash-test-dir"));
	buf_free(&seen);
	arena_free(&arena);
}
END_TEST

START_TEST(folders_that_cannot_be_read_are_reported)
{
	make_tree();
	mkdir("closed", 0700);
	chmod("closed", 0);
	if (geteuid() == 0) {
		printf("skipped: root can read all folders\n");
	} else {
		ck_assert_int_eq(dir_walk("closed", &arena, &quiet, visit, NULL), EXIT_TROUBLE);
		ck_assert(dir_walk_most("closed", 9, &arena, &quiet, visit, NULL));
	}
	saw("");
	rmdir("closed");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dir");
	TCase *t = tcase_create("dir");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, regular_files_are_visited_in_order);
	tcase_add_test(t, a_tree_ends_after_so_many_files);
	tcase_add_test(t, what_is_no_folder_is_visited_itself);
	tcase_add_test(t, a_link_that_was_asked_for_is_followed);
	tcase_add_test(t, other_file_systems_are_left_out);
	tcase_add_test(t, folders_that_cannot_be_read_are_reported);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
