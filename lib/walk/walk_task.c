#include "walk/walk_task.h"

#include "base/arena.h"
#include "base/file.h"
#include "base/jobs.h"
#include "base/progress.h"
#include "base/tool.h"

/* A file that file_create() writes, or a device. */
static void allow_output(struct sandbox *s, const char *path)
{
	if (path == NULL)
		return;
	sandbox_allow(s, path, SANDBOX_WRITE);
	sandbox_allow_folder(s, path, SANDBOX_WRITE);
}

/* Gives up what reading the dumps does not need. */
static bool enter_sandbox(const struct walk_task *t, struct arena *a, struct diag *d,
			  struct error *err)
{
	const struct request *r = &t->request;
	struct sandbox s;

	sandbox_begin(&s, !t->no_sandbox);
	for (size_t i = 0; i < r->n_dumps; i++)
		sandbox_allow(&s, r->dumps[i], SANDBOX_READ);
	sources_allow(&t->sources, &s, a);
	if (t->jobs != 1)
		sandbox_allow(&s, file_temp_folder(), SANDBOX_WRITE);
	if (t->evil != NULL)
		sandbox_allow(&s, t->evil, SANDBOX_READ);
	allow_output(&s, t->output);
	allow_output(&s, r->also_json);
	return sandbox_enter(&s, d, err);
}

/* All dumps; the reports to out or the file asked for, which appears only if there are any. */
static int walk_all(struct walk_task *t, FILE *out, struct diag *d)
{
	struct request *r = &t->request;
	struct file_writer w = { 0 };
	struct error err = { 0 };
	bool to_file = t->output != NULL, ok = true;
	struct progress progress = progress_make(d, !to_file);
	int code;

	if (to_file && !file_create(&w, t->output, 0600, &err)) {
		diag_error(d, &err);
		return error_exit_code(&err);
	}
	d->progress = r->compat ? NULL : &progress;
	code = jobs_run(r->n_dumps, t->jobs, request_run, request_name, r, to_file ? w.out : out,
			d);
	d->progress = NULL;
	if (to_file && !file_is_empty(&w))
		ok = file_commit(&w, &err);
	file_abort(&w);
	if (!ok)
		diag_error(d, &err);
	return ok ? code : EXIT_TROUBLE;
}

/* Crash annotations that cannot be read cost no report. */
static void read_evil(struct walk_task *t, struct evil *evil, struct arena *a, struct diag *d)
{
	struct request *r = &t->request;
	struct error err = { 0 };

	if (t->evil == NULL)
		return;
	r->evil = evil;
	if (evil_read(evil, t->evil, r->compat, a, &err))
		return;
	if (r->compat)
		diag_as_peer(d, err.text);
	else
		diag_error(d, &err);
}

/* Memory has its limit from here on. */
static bool take_limits(const struct walk_task *t, struct bounds *b, struct error *err)
{
	for (size_t i = 0; i < t->n_limits; i++) {
		if (!bounds_set(b, t->limits[i], err))
			return false;
	}
	return bounds_of_memory(b) || error_errno(err, "--limit memory");
}

int walk_task_run(struct walk_task *t, struct arena *a, FILE *out, struct diag *d)
{
	struct request *r = &t->request;
	struct sources *s = &t->sources;
	struct bounds bounds = bounds_make();
	struct error err = { 0 };
	struct evil evil;
	int code;

	if (!take_limits(t, &bounds, &err) || !enter_sandbox(t, a, d, &err)) {
		diag_error(d, &err);
		return EXIT_USAGE;
	}
	r->bounds = &bounds;
	read_evil(t, &evil, a, d);
	if (s->n_trees != 0) {
		r->binaries = binaries_open(s->trees, s->n_trees, tool_oom, d);
		s->maker = binaries_maker(r->binaries);
	}
	r->symbols = sources_open(s, d);
	code = walk_all(t, out, d);
	if (r->symbols != NULL)
		symbols_close(r->symbols);
	if (r->binaries != NULL)
		binaries_close(r->binaries);
	return code;
}
