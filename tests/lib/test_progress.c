#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/jobs.h"
#include "base/progress.h"

#define ERASE "\r\033[K"

/* A terminal, what was written on it, and a command that writes there. */
struct terminal {
	int master;
	char text[4096];
	struct diag diag;
	struct progress progress;
};

static int open_pair(int *master)
{
	const char *name;

	*master = posix_openpt(O_RDWR | O_NOCTTY);
	if (*master < 0 || grantpt(*master) != 0 || unlockpt(*master) != 0)
		return -1;
	name = ptsname(*master);
	return name == NULL ? -1 : open(name, O_RDWR | O_NOCTTY);
}

static bool open_terminal(struct terminal *t)
{
	int fd = open_pair(&t->master);

	if (fd < 0) {
		printf("skipped: no terminal to be had here\n");
		return false;
	}
	setenv("TERM", "xterm", 1);
	t->diag = (struct diag){ .tool = "tool", .out = fdopen(fd, "w") };
	return true;
}

/* Shown from the first step on, and at each. */
static void start(struct terminal *t)
{
	t->progress = progress_make(&t->diag, false);
	t->progress.due_ms = 0;
	t->diag.progress = &t->progress;
}

/* Closes it, when all that is expected was read. */
static void expect(struct terminal *t, const char *text)
{
	size_t n = 0, want = strlen(text);

	fflush(t->diag.out);
	while (n < want && n < sizeof(t->text) - 1) {
		ssize_t got = read(t->master, t->text + n, want - n);

		if (got <= 0)
			break;
		n += (size_t)got;
	}
	t->text[n] = '\0';
	ck_assert_str_eq(t->text, text);
	fclose(t->diag.out);
	close(t->master);
}

static void say(struct diag *d)
{
	struct error err = { 0 };

	error_set(&err, ERROR_INPUT, "a: bad");
	diag_error(d, &err);
	fflush(d->out);
}

/* A line, a message in its place, the line again, its end; the terminal makes CR LF of LF. */
START_TEST(a_line_gives_way_to_messages)
{
	struct terminal t;

	if (!open_terminal(&t))
		return;
	start(&t);
	say(&t.diag);
	progress_step(&t.progress, 1, 30, "dir/a");
	say(&t.diag);
	t.progress.due_ms = 0;
	progress_step(&t.progress, 2, 30, "b\033");
	progress_end(&t.progress);
	progress_end(&t.progress);
	expect(&t, "tool: a: bad\r\n" ERASE "tool: 1 of 30: dir/a" ERASE "tool: a: bad\r\n" ERASE
		   "tool: 2 of 30: b\\x1b" ERASE);
}
END_TEST

/* It is cut at the start of a character, so that the line fits. */
START_TEST(of_long_names_the_end_is_shown)
{
	char name[201], want[128];
	struct terminal t;

	if (!open_terminal(&t))
		return;
	start(&t);
	for (size_t i = 0; i + 1 < sizeof(name); i += 2)
		memcpy(name + i, "\xc3\xa4", 2);
	name[sizeof(name) - 1] = '\0';
	progress_step(&t.progress, 1, 2, name);
	snprintf(want, sizeof(want), ERASE "tool: 1 of 2: %.64s", name);
	expect(&t, want);
}
END_TEST

/* The clock is not asked to wait: the line is due in a second, and then ten times a second. */
START_TEST(nothing_is_shown_too_early)
{
	struct terminal t;

	if (!open_terminal(&t))
		return;
	start(&t);
	t.progress = progress_make(&t.diag, false);
	progress_step(&t.progress, 1, 9, "early");
	ck_assert(!t.progress.shown);
	t.progress.due_ms = 0;
	progress_step(&t.progress, 2, 9, "due");
	progress_step(&t.progress, 3, 9, "early");
	expect(&t, ERASE "tool: 2 of 9: due");
}
END_TEST

/* A process that was forked before the line was shown cannot know whether it is there. */
START_TEST(other_processes_only_erase)
{
	struct terminal t;
	pid_t pid;

	if (!open_terminal(&t))
		return;
	start(&t);
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		progress_step(&t.progress, 1, 2, "not mine");
		say(&t.diag);
		progress_end(&t.progress);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	progress_step(&t.progress, 2, 2, "mine");
	expect(&t, ERASE "tool: a: bad\r\n" ERASE "tool: 2 of 2: mine");
}
END_TEST

static const char *job_name(size_t index, void *context)
{
	static const char *const names[] = { "first", "second", "part" };

	return context == NULL ? names[index] : names[2];
}

/* Of those outside, the first has jobs inside it. */
static int job(size_t index, FILE *out, struct diag *d, void *context)
{
	if (context != NULL)
		return EXIT_DONE;
	if (index == 0) {
		jobs_run(2, 1, job, job_name, d, out, d);
		say(d);
	}
	fprintf(out, "%zu\n", index);
	return EXIT_DONE;
}

/* In one process all is known: with more, the order is that of their ends. */
START_TEST(jobs_are_steps)
{
	struct terminal t;
	FILE *out = tmpfile();

	if (!open_terminal(&t))
		return;
	start(&t);
	jobs_run(2, 1, job, job_name, NULL, out, &t.diag);
	ck_assert(!t.progress.shown);
	expect(&t, "tool: a: bad\r\n" ERASE "tool: 1 of 2: first" ERASE);
	fclose(out);
}
END_TEST

/* What makes that there is no line: a file, -q, a terminal that cannot erase. */
START_TEST(only_terminals_have_lines)
{
	FILE *file = tmpfile();
	struct diag d = { .tool = "tool", .out = file };
	struct progress p = progress_make(&d, true);
	struct terminal t;

	p.due_ms = 0;
	progress_step(&p, 1, 2, "x");
	ck_assert_int_eq(ftell(file), 0);
	ck_assert_uint_eq(progress_erase(&p).n, 0);
	ck_assert_uint_eq(progress_erase(NULL).n, 0);
	fclose(file);
	if (!open_terminal(&t))
		return;
	t.diag.verbosity = DIAG_ERRORS;
	ck_assert_ptr_null(progress_make(&t.diag, false).out);
	t.diag.verbosity = DIAG_WARNINGS;
	setenv("TERM", "dumb", 1);
	ck_assert_ptr_null(progress_make(&t.diag, false).out);
	unsetenv("TERM");
	ck_assert_ptr_null(progress_make(&t.diag, false).out);
	fclose(t.diag.out);
	close(t.master);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("progress");
	TCase *t = tcase_create("progress");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, a_line_gives_way_to_messages);
	tcase_add_test(t, of_long_names_the_end_is_shown);
	tcase_add_test(t, nothing_is_shown_too_early);
	tcase_add_test(t, other_processes_only_erase);
	tcase_add_test(t, jobs_are_steps);
	tcase_add_test(t, only_terminals_have_lines);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
