#ifndef CRASH_BASE_JOBS_IMPL_H
#define CRASH_BASE_JOBS_IMPL_H

#include <sys/types.h>

#include "base/jobs.h"
#include "base/progress.h"

/*
 * Each worker has a pipe for orders, a pipe for answers, and a nameless temporary file for results,
 * which it shares with the parent. So a result of any size waits for its turn on the disk, and one
 * that a dying worker left unfinished is never seen.
 */

/* A job that has ended but whose turn has not come. */
struct jobs_result {
	uint64_t start, size;
	int code;
	unsigned worker;
	bool ended;
};

enum { JOBS_NO_JOB = -1 };

struct jobs_worker {
	pid_t pid;
	int orders,
		orders_kept; /* write end; the read end, kept so that a dead worker is no SIGPIPE */
	int answers;
	FILE *file;
	ptrdiff_t job;  /* being done, or JOBS_NO_JOB */
	uint64_t end;   /* of the results in the file */
	unsigned kept;  /* results since the file was empty */
	size_t waiting; /* of these, not yet copied */
};

struct jobs_pool {
	size_t n, next_given, next_printed, n_ended;
	jobs_fn run;
	const char *(*name)(size_t, void *);
	void *context;
	FILE *out;
	struct diag *diag;
	struct progress *progress; /* NULL: not for these jobs */
	struct jobs_result *results;
	struct jobs_worker *workers;
	unsigned n_workers;
	int worst;
};

/* A process for w; its file must be there. False when there can be none. */
bool jobs_start(struct jobs_pool *p, struct jobs_worker *w);

/* Ends a worker that cannot be talked to or has nothing to do. */
void jobs_dismiss(struct jobs_worker *w);

/* Gives w the next job, if there is one and w can take it. */
void jobs_give(struct jobs_pool *p, struct jobs_worker *w);

/* What w has to say: that its job has ended, or that it has. */
void jobs_hear(struct jobs_pool *p, struct jobs_worker *w);

/* Runs a job in this process. Trouble that it met is part of its exit code, not of that of the next
 * one. */
int jobs_run_job(const struct jobs_pool *p, size_t index, FILE *out);

/* Shows on the progress line that a job has ended. */
void jobs_show(struct jobs_pool *p, size_t job);

/* Says that the result of a job is lost; errno says why. */
void jobs_say_lost(const struct jobs_pool *p, size_t job);

#endif
