#include "base/sandbox.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each test has a process of its own (CK_FORK), which it locks up. */

static void make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_eq(write(fd, "text", 4), 4);
	ck_assert_int_eq(close(fd), 0);
}

static bool can(const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Files in folders, of which "in" may be read, "out" written to, and one is named. */
static void make_files(void)
{
	static const char *const folders[] = { "in", "out", "other" };

	for (size_t i = 0; i < COUNT(folders); i++)
		mkdir(folders[i], 0700);
	make("in/file");
	make("out/file");
	make("other/file");
	make("other/named");
}

/* False where this system, or a sanitizer, allows none. */
static bool enter(const char *how)
{
	struct diag d = { .tool = "test" };
	struct error err = { 0 };
	struct sandbox s;

	setenv("CRASH_SANDBOX", how, 1);
	sandbox_begin(&s, true);
	sandbox_allow(&s, "in", SANDBOX_READ);
	sandbox_allow(&s, "out", SANDBOX_WRITE);
	sandbox_allow(&s, "other/named", SANDBOX_READ);
	sandbox_allow(&s, "not-there", SANDBOX_READ);
	if (!s.on)
		return false;
	if (sandbox_enter(&s, &d, &err))
		return true;
	ck_assert_int_eq(err.code, ERROR_UNSUPPORTED);
	return false;
}

/* What each way to a file is worth inside. */
static const struct {
	const char *path;
	int flags;
	bool allowed;
} ways[] = {
	{ "in/file", O_RDONLY, true },
	{ "in", O_RDONLY, true },
	{ "in/file", O_WRONLY, false },
	{ "in/new", O_WRONLY | O_CREAT, false },
	{ "out/file", O_RDONLY, true },
	{ "out/file", O_WRONLY, true },
	{ "out/new", O_WRONLY | O_CREAT, true },
	{ "other/named", O_RDONLY, true },
	{ "other/named", O_WRONLY, false },
	{ "other/file", O_RDONLY, false },
	{ "other", O_RDONLY, false },
	{ "in/../other/file", O_RDONLY, false },
	{ "/etc/passwd", O_RDONLY, false },
};

START_TEST(files_are_reached_as_they_were_allowed)
{
	make_files();
	if (enter("require"))
		ck_assert_msg(can(ways[_i].path, ways[_i].flags) == ways[_i].allowed, "%s",
			      ways[_i].path);
}
END_TEST

START_TEST(a_link_leads_only_to_what_is_allowed)
{
	make_files();
	ck_assert(symlink("../other/file", "in/out-of-it") == 0 || errno == EEXIST);
	ck_assert(symlink("../other/named", "in/to-named") == 0 || errno == EEXIST);
	if (!enter("require"))
		return;
	ck_assert(!can("in/out-of-it", O_RDONLY));
	ck_assert(can("in/to-named", O_RDONLY));
}
END_TEST

START_TEST(off_and_unwanted_change_nothing)
{
	struct diag d = { .tool = "test" };
	struct error err = { 0 };
	struct sandbox s;

	make_files();
	setenv("CRASH_SANDBOX", _i == 0 ? "off" : "require", 1);
	sandbox_begin(&s, _i == 0);
	ck_assert(!s.on && !s.require);
	sandbox_allow(&s, "in", SANDBOX_READ);
	sandbox_allow_folder(&s, "in/file", SANDBOX_WRITE);
	ck_assert(sandbox_enter(&s, &d, &err));
	ck_assert(can("other/file", O_WRONLY));
}
END_TEST

START_TEST(the_folder_of_a_file_is_allowed)
{
	static const char *const files[] = { "out/later", "./out/later", "later" };
	struct diag d = { .tool = "test" };
	struct error err = { 0 };
	struct sandbox s;

	make_files();
	setenv("CRASH_SANDBOX", "require", 1);
	sandbox_begin(&s, true);
	sandbox_allow_folder(&s, files[_i], SANDBOX_WRITE);
	if (!s.on || !sandbox_enter(&s, &d, &err))
		return;
	ck_assert(can(files[_i], O_WRONLY | O_CREAT));
	ck_assert(rename(files[_i], files[_i]) == 0 && unlink(files[_i]) == 0);
	ck_assert(!can("/etc/passwd", O_RDONLY));
}
END_TEST

enum { NO_SANDBOX = 77 };

/* Does it in a child of a process in the sandbox: 1 when that is killed, 0 when it lives. */
static int try(const char *how, void (*deed)(void))
{
	int status = 0;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (!enter(how))
			_exit(NO_SANDBOX);
		pid = fork();
		if (pid == 0) {
			deed();
			_exit(0);
		}
		waitpid(pid, &status, 0);
		_exit(WIFSIGNALED(status) ? 1 : 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void connects(void)
{
	socket(AF_INET, SOCK_STREAM, 0);
}

static void runs(void)
{
	execl("/bin/true", "true", (char *)NULL);
}

static void lowers_its_priority(void)
{
	setpriority(PRIO_PROCESS, 0, 1);
}

static const struct {
	void (*deed)(void);
	bool killed, killed_if_strict;
} deeds[] = {
	{ connects, true, true },
	{ runs, true, true },
	{ lowers_its_priority, false, true },
};

START_TEST(children_are_as_bound)
{
	bool strict = _i >= (int)COUNT(deeds);
	size_t i = (size_t)_i % COUNT(deeds);
	int code;

	make_files();
	code = try(strict ? "strict" : "require", deeds[i].deed);
	if (code != NO_SANDBOX)
		ck_assert_int_eq(code, strict ? deeds[i].killed_if_strict : deeds[i].killed);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sandbox");
	TCase *t = tcase_create("sandbox");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, files_are_reached_as_they_were_allowed, 0, COUNT(ways));
	tcase_add_test(t, a_link_leads_only_to_what_is_allowed);
	tcase_add_loop_test(t, off_and_unwanted_change_nothing, 0, 2);
	tcase_add_loop_test(t, the_folder_of_a_file_is_allowed, 0, 3);
	tcase_add_loop_test(t, children_are_as_bound, 0, 2 * COUNT(deeds));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
