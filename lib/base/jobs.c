#include "base/jobs.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/progress.h"
#include "base/tool.h"

/*
 * Each worker has a pipe for orders, a pipe for answers, and a nameless temporary file for results,
 * which it shares with the parent. So a result of any size waits for its turn on the disk, and one
 * that a dying worker left unfinished is never seen.
 */
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

/* A job that has ended but whose turn has not come. */
struct result {
	uint64_t start, size;
	int code;
	unsigned worker;
	bool ended;
};

enum { NO_JOB = -1 };

struct worker {
	pid_t pid;
	int orders,
		orders_kept; /* write end; the read end, kept so that a dead worker is no SIGPIPE */
	int answers;
	FILE *file;
	ptrdiff_t job;  /* being done, or NO_JOB */
	uint64_t end;   /* of the results in the file */
	unsigned kept;  /* results since the file was empty */
	size_t waiting; /* of these, not yet copied */
};

struct pool {
	size_t n, next_given, next_printed, n_ended;
	jobs_fn run;
	const char *(*name)(size_t, void *);
	void *context;
	FILE *out;
	struct diag *diag;
	struct progress *progress; /* NULL: not for these jobs */
	struct result *results;
	struct worker *workers;
	unsigned n_workers;
	int worst;
};

/* The line is about the outermost jobs of which there are several. */
static struct progress *take_progress(struct progress *p, size_t n)
{
	if (p == NULL || p->taken || n < 2)
		return NULL;
	p->taken = true;
	return p;
}

static void give_progress_back(struct progress *p)
{
	if (p == NULL)
		return;
	progress_end(p);
	p->taken = false;
}

static void worsen(struct pool *p, int code)
{
	p->worst = code > p->worst ? code : p->worst;
}

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

/* errno says why the result of a job is lost. */
static void say_lost(const struct pool *p, size_t job)
{
	struct error err;

	error_errno(&err, "%s: the report is lost", p->name(job, p->context));
	diag_error(p->diag, &err);
}

/* Trouble that a job met is part of its exit code, not of that of the next one. */
static int run_job(const struct pool *p, size_t index, FILE *out)
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
static bool do_job(const struct pool *p, FILE *file, const struct order *o, struct answer *a)
{
	int code;
	off_t end;

	if (ftruncate(fileno(file), (off_t)o->offset) != 0 ||
	    fseeko(file, (off_t)o->offset, SEEK_SET) != 0)
		return false;
	code = run_job(p, (size_t)o->index, file);
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
static struct answer do_order(const struct pool *p, FILE *file, const struct order *o)
{
	struct answer a = { .end = o->offset, .code = EXIT_TROUBLE };

	if (!do_job(p, file, o, &a))
		say_lost(p, (size_t)o->index);
	clearerr(file);
	return a;
}

/* The life of a worker process: until the parent closes the pipe of orders, or is gone. */
static _Noreturn void work(struct pool *p, FILE *file, int orders, int answers)
{
	struct order o;

	while (read_whole(orders, &o, sizeof(o))) {
		struct answer a = do_order(p, file, &o);

		if (!write_whole(answers, &a, sizeof(a)))
			break;
	}
	_exit(EXIT_DONE);
}

static void close_pipes(struct worker *w)
{
	close(w->orders);
	close(w->orders_kept);
	close(w->answers);
}

/* A process for w; its file must be there. */
static bool start(struct pool *p, struct worker *w)
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
		/* The other workers' pipes must end with the parent, not with this process. */
		for (unsigned i = 0; i < p->n_workers; i++) {
			if (&p->workers[i] != w && p->workers[i].pid > 0)
				close_pipes(&p->workers[i]);
		}
		close(orders[1]);
		close(answers[0]);
		work(p, w->file, orders[0], answers[1]);
	}
	close(answers[1]);
	w->orders = orders[1];
	w->orders_kept = orders[0];
	w->answers = answers[0];
	w->job = NO_JOB;
	if (w->pid < 0)
		close_pipes(w);
	return w->pid > 0;
}

/* Ends a worker that cannot be talked to and has nothing to do. */
static void dismiss(struct worker *w)
{
	close_pipes(w);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	w->pid = 0;
}

static void give(struct pool *p, struct worker *w)
{
	if (p->next_given == p->n || w->job != NO_JOB || w->pid <= 0)
		return;
	if (w->waiting == 0) {
		w->end = 0;
		w->kept = 0;
	}
	if (w->kept == KEPT_RESULTS)
		return;

	struct order o = { .index = p->next_given, .offset = w->end };
	if (!write_whole(w->orders, &o, sizeof(o))) {
		dismiss(w);
		return;
	}
	w->job = (ptrdiff_t)p->next_given++;
	w->kept++;
	w->waiting++;
}

static void show(struct pool *p, size_t job)
{
	if (p->progress != NULL)
		progress_step(p->progress, ++p->n_ended, p->n, p->name(job, p->context));
}

static void end_job(struct pool *p, struct worker *w, uint64_t end, int code)
{
	show(p, (size_t)w->job);
	p->results[w->job] = (struct result){
		.start = w->end,
		.size = end - w->end,
		.code = code,
		.worker = (unsigned)(w - p->workers),
		.ended = true,
	};
	w->end = end;
	w->job = NO_JOB;
}

/* A worker that ended by itself: its job failed, another takes its place. */
static void bury(struct pool *p, struct worker *w)
{
	struct error err;
	int status = 0;

	close_pipes(w);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	w->pid = 0;
	if (w->job != NO_JOB) {
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
	start(p, w);
}

static void hear(struct pool *p, struct worker *w)
{
	struct answer a;

	if (read_whole(w->answers, &a, sizeof(a)) && w->job != NO_JOB && a.end >= w->end)
		end_job(p, w, a.end, a.code);
	else
		bury(p, w);
}

static bool copy(const struct result *r, int from, FILE *out)
{
	char bytes[8192];

	for (uint64_t at = 0; at < r->size;) {
		uint64_t left = r->size - at;
		size_t want = left < sizeof(bytes) ? (size_t)left : sizeof(bytes);
		ssize_t got = pread(from, bytes, want, (off_t)(r->start + at));

		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			errno = EIO;
		if (got <= 0)
			return false;
		fwrite(bytes, 1, (size_t)got, out);
		at += (uint64_t)got;
	}
	return true;
}

/* Copies a result. A temporary file that cannot be read back is a lost output: the start of it is
 * taken back from a file, if not from a pipe. */
static void print(struct pool *p, const struct result *r)
{
	off_t start = ftello(p->out);

	if (copy(r, fileno(p->workers[r->worker].file), p->out))
		return;
	say_lost(p, p->next_printed);
	worsen(p, EXIT_TROUBLE);
	if (start >= 0 && fflush(p->out) == 0 && ftruncate(fileno(p->out), start) == 0)
		fseeko(p->out, start, SEEK_SET);
}

static void print_ended(struct pool *p)
{
	for (; p->results != NULL && p->next_printed < p->n; p->next_printed++) {
		const struct result *r = &p->results[p->next_printed];

		if (!r->ended)
			return;
		print(p, r);
		worsen(p, r->code);
		p->workers[r->worker].waiting--;
	}
}

/* Waits until a worker has something to say. False when there is none left. */
static bool wait_for_workers(struct pool *p, struct pollfd *polls)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->n_workers; i++) {
		bool alive = p->workers[i].pid > 0;

		polls[i] = (struct pollfd){ .fd = alive ? p->workers[i].answers : -1,
					    .events = POLLIN };
		n += alive;
	}
	if (n == 0)
		return false;
	if (poll(polls, p->n_workers, -1) < 0)
		return errno == EINTR;
	for (unsigned i = 0; i < p->n_workers; i++) {
		if (polls[i].revents != 0)
			hear(p, &p->workers[i]);
	}
	return true;
}

/* Without workers: what is still to be done, in this process. */
static void run_here(struct pool *p)
{
	for (; p->next_printed < p->n && !ferror(p->out); p->next_printed++) {
		print_ended(p);
		if (p->next_printed == p->n)
			break;
		worsen(p, run_job(p, p->next_printed, p->out));
		show(p, p->next_printed);
	}
}

/* As many workers as can be had. */
static unsigned start_all(struct pool *p)
{
	unsigned started = 0;

	for (unsigned i = 0; i < p->n_workers; i++) {
		struct worker *w = &p->workers[i];

		w->file = file_temp();
		started += w->file != NULL && start(p, w);
	}
	return started;
}

static void end_all(struct pool *p)
{
	for (unsigned i = 0; i < p->n_workers; i++) {
		struct worker *w = &p->workers[i];

		if (w->pid > 0)
			dismiss(w);
		if (w->file != NULL)
			fclose(w->file);
	}
}

static unsigned worker_count(unsigned asked, size_t n)
{
	long cpus = asked == 0 ? sysconf(_SC_NPROCESSORS_ONLN) : (long)asked;

	if (cpus < 1)
		cpus = 1;
	if (cpus > LIMIT_WORKERS)
		cpus = LIMIT_WORKERS;
	return (size_t)cpus < n ? (unsigned)cpus : (unsigned)n;
}

int jobs_run(size_t n, unsigned workers, jobs_fn run, const char *(*name)(size_t, void *),
	     void *context, FILE *out, struct diag *d)
{
	struct arena arena = { .oom = tool_oom };
	struct pool p = {
		.n = n, .run = run, .name = name, .context = context, .out = out, .diag = d
	};
	struct pollfd *polls;

	p.progress = take_progress(d->progress, n);
	p.n_workers = worker_count(workers, n);
	if (p.n_workers <= 1) {
		run_here(&p);
		give_progress_back(p.progress);
		return p.worst;
	}

	p.results = arena_new(&arena, struct result, n);
	p.workers = arena_new(&arena, struct worker, p.n_workers);
	polls = arena_new(&arena, struct pollfd, p.n_workers);
	bool working = start_all(&p) != 0;
	while (working && p.next_printed < n && !ferror(out)) {
		for (unsigned i = 0; i < p.n_workers; i++)
			give(&p, &p.workers[i]);
		working = wait_for_workers(&p, polls);
		print_ended(&p);
	}
	if (!working)
		run_here(&p); /* no process could be had: slower, but done */
	end_all(&p);
	give_progress_back(p.progress);
	arena_free(&arena);
	return p.worst;
}
