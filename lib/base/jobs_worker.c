#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/jobs_impl.h"

enum {
	KEPT_RESULTS = 64, /* in a worker's file before it must be emptied: bounds the disk used */
};

struct order {
	uint64_t index;
	uint64_t offset; /* where the result goes; the file is cut there */
};

struct answer {
	uint64_t end; /* of the result in the file */
	int code;
};

static bool read_whole(int fd, void *to, size_t n)
{
	ssize_t got;

	do
		got = read(fd, to, n);
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)n;
}

/* An order or an answer is shorter than PIPE_BUF: written whole or not at all. */
static bool write_whole(int fd, const void *from, size_t n)
{
	ssize_t put;

	do
		put = write(fd, from, n);
	while (put < 0 && errno == EINTR);
	return put == (ssize_t)n;
}

void jobs_say_lost(const struct jobs_pool *p, size_t job)
{
	struct error err;

	error_errno(&err, "%s: the report is lost", p->name(job, p->context));
	diag_error(p->diag, &err);
}

int jobs_run_job(const struct jobs_pool *p, size_t index, FILE *out)
{
	struct diag *d = p->diag;
	bool before = d->trouble;
	int code;

	d->trouble = false;
	code = p->run(index, out, d, p->context);
	if (d->trouble)
		code = EXIT_TROUBLE;
	d->trouble |= before;
	return code;
}

/* One job, its result at the place of the file that the order says. */
static bool do_job(const struct jobs_pool *p, FILE *file, const struct order *o, struct answer *a)
{
	int code;
	off_t end;

	if (ftruncate(fileno(file), (off_t)o->offset) != 0 ||
	    fseeko(file, (off_t)o->offset, SEEK_SET) != 0)
		return false;
	code = jobs_run_job(p, (size_t)o->index, file);
	errno = EIO; /* of a write that failed in the job, the reason is lost */
	if (fflush(file) != 0 || ferror(file))
		return false;
	end = ftello(file);
	if (end < 0)
		return false;
	*a = (struct answer){ .end = (uint64_t)end, .code = code };
	return true;
}

/* A result that could not be written is no result. */
static struct answer do_order(const struct jobs_pool *p, FILE *file, const struct order *o)
{
	struct answer a = { .end = o->offset, .code = EXIT_TROUBLE };

	if (!do_job(p, file, o, &a))
		jobs_say_lost(p, (size_t)o->index);
	clearerr(file);
	return a;
}

/* The life of a worker process: until the parent closes the pipe of orders, or is gone. */
static _Noreturn void work(struct jobs_pool *p, FILE *file, int orders, int answers)
{
	struct order o;

	while (read_whole(orders, &o, sizeof(o))) {
		struct answer a = do_order(p, file, &o);

		if (!write_whole(answers, &a, sizeof(a)))
			break;
	}
	_exit(EXIT_DONE);
}

static void close_pipes(struct jobs_worker *w)
{
	close(w->orders);
	close(w->orders_kept);
	close(w->answers);
}

/* In a worker: the pipes of the others must end with the parent, not with this process. */
static void close_others(struct jobs_pool *p, const struct jobs_worker *w)
{
	for (unsigned i = 0; i < p->n_workers; i++) {
		if (&p->workers[i] != w && p->workers[i].pid > 0)
			close_pipes(&p->workers[i]);
	}
}

bool jobs_start(struct jobs_pool *p, struct jobs_worker *w)
{
	int orders[2], answers[2];

	if (pipe(orders) != 0)
		return false;
	if (pipe(answers) != 0) {
		close(orders[0]);
		close(orders[1]);
		return false;
	}
	/* What is buffered would be written by a worker that runs out of memory, too. */
	fflush(p->out);
	w->pid = fork();
	if (w->pid == 0) {
		close_others(p, w);
		close(orders[1]);
		close(answers[0]);
		work(p, w->file, orders[0], answers[1]);
	}
	close(answers[1]);
	w->orders = orders[1];
	w->orders_kept = orders[0];
	w->answers = answers[0];
	w->job = JOBS_NO_JOB;
	if (w->pid < 0)
		close_pipes(w);
	return w->pid > 0;
}

void jobs_dismiss(struct jobs_worker *w)
{
	close_pipes(w);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	w->pid = 0;
}

void jobs_give(struct jobs_pool *p, struct jobs_worker *w)
{
	if (p->next_given == p->n || w->job != JOBS_NO_JOB || w->pid <= 0)
		return;
	if (w->waiting == 0) {
		w->end = 0;
		w->kept = 0;
	}
	if (w->kept == KEPT_RESULTS)
		return;

	struct order o = { .index = p->next_given, .offset = w->end };
	if (!write_whole(w->orders, &o, sizeof(o))) {
		jobs_dismiss(w);
		return;
	}
	w->job = (ptrdiff_t)p->next_given++;
	w->kept++;
	w->waiting++;
}

void jobs_show(struct jobs_pool *p, size_t job)
{
	if (p->progress != NULL)
		progress_step(p->progress, ++p->n_ended, p->n, p->name(job, p->context));
}

static void end_job(struct jobs_pool *p, struct jobs_worker *w, uint64_t end, int code)
{
	jobs_show(p, (size_t)w->job);
	p->results[w->job] = (struct jobs_result){
		.start = w->end,
		.size = end - w->end,
		.code = code,
		.worker = (unsigned)(w - p->workers),
		.ended = true,
	};
	w->end = end;
	w->job = JOBS_NO_JOB;
}

/* A worker that ended by itself: its job failed, another takes its place. */
static void bury(struct jobs_pool *p, struct jobs_worker *w)
{
	struct error err;
	int status = 0;

	close_pipes(w);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	w->pid = 0;
	if (w->job != JOBS_NO_JOB) {
		const char *name = p->name((size_t)w->job, p->context);

		if (WIFSIGNALED(status))
			error_set(&err, ERROR_SYSTEM, "%s: killed by signal %d", name,
				  WTERMSIG(status));
		else
			error_set(&err, ERROR_SYSTEM, "%s: ended with exit code %d", name,
				  WEXITSTATUS(status));
		diag_error(p->diag, &err);
		end_job(p, w, w->end, EXIT_TROUBLE);
	}
	jobs_start(p, w);
}

void jobs_hear(struct jobs_pool *p, struct jobs_worker *w)
{
	struct answer a;

	if (read_whole(w->answers, &a, sizeof(a)) && w->job != JOBS_NO_JOB && a.end >= w->end)
		end_job(p, w, a.end, a.code);
	else
		bury(p, w);
}
