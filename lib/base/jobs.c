#include "base/jobs.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/jobs_impl.h"
#include "base/limits.h"
#include "base/tool.h"

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

static bool copy(const struct jobs_result *r, int from, FILE *out)
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
static void print(struct jobs_pool *p, const struct jobs_result *r)
{
	off_t start = ftello(p->out);

	if (copy(r, fileno(p->workers[r->worker].file), p->out))
		return;
	jobs_say_lost(p, p->next_printed);
	exit_worsen(&p->worst, EXIT_TROUBLE);
	if (start >= 0 && fflush(p->out) == 0 && ftruncate(fileno(p->out), start) == 0)
		fseeko(p->out, start, SEEK_SET);
}

static void print_ended(struct jobs_pool *p)
{
	for (; p->results != NULL && p->next_printed < p->n; p->next_printed++) {
		const struct jobs_result *r = &p->results[p->next_printed];

		if (!r->ended)
			return;
		print(p, r);
		exit_worsen(&p->worst, r->code);
		p->workers[r->worker].waiting--;
	}
}

/* Waits until a worker has something to say. False when there is none left. */
static bool wait_for_workers(struct jobs_pool *p, struct pollfd *polls)
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
			jobs_hear(p, &p->workers[i]);
	}
	return true;
}

/* Without workers: what is still to be done, in this process. */
static void run_here(struct jobs_pool *p)
{
	for (; p->next_printed < p->n && !ferror(p->out); p->next_printed++) {
		print_ended(p);
		if (p->next_printed == p->n)
			break;
		exit_worsen(&p->worst, jobs_run_job(p, p->next_printed, p->out));
		jobs_show(p, p->next_printed);
	}
}

/* As many workers as can be had. */
static unsigned start_all(struct jobs_pool *p)
{
	unsigned started = 0;

	for (unsigned i = 0; i < p->n_workers; i++) {
		struct jobs_worker *w = &p->workers[i];

		w->file = file_temp();
		started += w->file != NULL && jobs_start(p, w);
	}
	return started;
}

static void end_all(struct jobs_pool *p)
{
	for (unsigned i = 0; i < p->n_workers; i++) {
		struct jobs_worker *w = &p->workers[i];

		if (w->pid > 0)
			jobs_dismiss(w);
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
	struct jobs_pool p = {
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

	p.results = arena_new(&arena, struct jobs_result, n);
	p.workers = arena_new(&arena, struct jobs_worker, p.n_workers);
	polls = arena_new(&arena, struct pollfd, p.n_workers);
	bool working = start_all(&p) != 0;
	while (working && p.next_printed < n && !ferror(out)) {
		for (unsigned i = 0; i < p.n_workers; i++)
			jobs_give(&p, &p.workers[i]);
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
