/*
 * measure [-n ROUNDS] [-p PREPARE] COMMAND [ARG...] [-- COMMAND [ARG...]]...: runs the commands in
 * turns, there and back, since a run finds the memory as the one before left it, ROUNDS times each
 * (11), with standard output to /dev/null, and prints a line for each:
 * median wall clock and median user + system time in microseconds, largest resident set in KiB,
 * worst exit code, separated by tabs. PREPARE is a shell command that runs before each of them,
 * unmeasured.
 *
 * A program of its own because a child's resident set counts from fork on: started from an
 * interpreter, it would be the interpreter's.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ROUNDS = 1001, MAX_COMMANDS = 8 };

struct result {
	char **argv;
	long wall[MAX_ROUNDS], cpu[MAX_ROUNDS]; /* microseconds */
	long rss;                               /* KiB */
	int code;
};

extern char **environ;

static long microseconds(struct timeval t)
{
	return t.tv_sec * 1000000L + t.tv_usec;
}

static long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static int run(char **argv, struct rusage *usage)
{
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	errno = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (errno != 0 || wait4(pid, &status, 0, usage) != pid) {
		perror(argv[0]);
		exit(3);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void measure(struct result *r, int round)
{
	struct rusage usage;
	long start = now();
	int code = run(r->argv, &usage);

	r->wall[round] = now() - start;
	r->cpu[round] = microseconds(usage.ru_utime) + microseconds(usage.ru_stime);
	r->rss = usage.ru_maxrss > r->rss ? usage.ru_maxrss : r->rss;
	r->code = code > r->code ? code : r->code;
}

static int compare(const void *a, const void *b)
{
	long x = *(const long *)a, y = *(const long *)b;

	return (x > y) - (x < y);
}

static long median(long *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), compare);
	return v[n / 2];
}

/* The commands between the "--"; they end with argv's NULL or with one put in place of the "--". */
static int split(char **argv, struct result *results)
{
	int n = 0;

	results[n++].argv = argv;
	for (; *argv != NULL; argv++) {
		if (strcmp(*argv, "--") == 0 && n < MAX_COMMANDS) {
			*argv = NULL;
			results[n++].argv = argv + 1;
		}
	}
	return n;
}

int main(int argc, char **argv)
{
	static struct result results[MAX_COMMANDS];
	char shell[] = "sh", command[] = "-c", nothing[] = ":";
	char *prepare[] = { shell, command, nothing, NULL };
	int option, rounds = 11;

	/* "+": glibc would look for options in the commands too. */
	while ((option = getopt(argc, argv, "+n:p:")) != -1) {
		if (option == 'n')
			rounds = atoi(optarg);
		else if (option == 'p')
			prepare[2] = optarg;
		else
			return 2;
	}
	if (optind == argc || rounds < 1 || rounds > MAX_ROUNDS)
		return 2;

	int n = split(argv + optind, results);
	for (int i = 0; i < rounds * n; i++) {
		struct rusage unused;
		int round = i / n, at = round % 2 == 0 ? i % n : n - 1 - i % n;

		run(prepare, &unused);
		measure(&results[at], round);
	}
	for (int i = 0; i < n; i++)
		printf("%ld\t%ld\t%ld\t%d\n", median(results[i].wall, rounds),
		       median(results[i].cpu, rounds), results[i].rss, results[i].code);
	return 0;
}
