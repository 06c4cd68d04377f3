#include "crash/sig_task.h"

#include <inttypes.h>

#include "base/tool.h"
#include "crash/sig_compare.h"
#include "crash/sig_explain.h"
#include "crash/sig_form_impl.h"
#include "crash/sig_own.h"
#include "crash/sig_rules.h"
#include "crash/sig_stream.h"
#include "crash/sig_suggest.h"

/* A task on its way through the crashes. */
struct run {
	const struct sig_task *task;
	bool printed;                /* a record at least */
	struct arena arena, scratch; /* of one crash, of one frame */
	struct sig_compare *compare;
	struct sig_suggest *suggest;
};

static struct run run_of(const struct sig_task *t)
{
	return (struct run){ .task = t,
			     .arena = { .oom = tool_oom },
			     .scratch = { .oom = tool_oom } };
}

static void run_free(struct run *r)
{
	arena_free(&r->arena);
	arena_free(&r->scratch);
}

static struct sig_job job_of(struct run *r)
{
	const struct sig_task *t = r->task;

	return (struct sig_job){
		.lists = t->lists,
		.arena = &r->arena,
		.scratch = &r->scratch,
		.debug = t->details || t->explain,
		.own = t->own,
		.lists_name = t->compat ? t->lists_name : NULL,
		.result = { .signature = STR_INIT("") },
	};
}

static void print(struct run *r, const struct sig_document *d, const struct sig_job *job, FILE *out)
{
	const struct sig_task *t = r->task;
	const struct sig_record record = {
		.crash = &job->crash,
		.result = &job->result,
		.algorithm = t->own ? SIG_OWN : SIG_ALGORITHM,
		.error = d->error,
		.details = t->details,
		.pretty = t->pretty,
		.compat = t->compat,
	};
	bool wanted = !t->different_only || !sig_form_same(&record, &r->arena);

	/* The peer separates those, too, that it doesn't print. */
	if (t->form->between != NULL && (t->compat ? !d->first : wanted && r->printed))
		fputs(t->form->between, out);
	if (!wanted)
		return;
	if (t->explain)
		sig_explain_print(out, &record, job->explain, &r->arena);
	else
		t->form->print(out, &record, &r->arena);
	r->printed = true;
}

static void sign(const struct sig_document *d, FILE *out, void *context)
{
	struct run *r = context;
	struct sig_job job = job_of(r);

	if (r->task->explain)
		job.explain = arena_new(&r->arena, struct sig_explain, 1);
	r->printed |= !d->first && !r->task->different_only;
	if (d->error == NULL) {
		job.crash = sig_crash_read(d->root, r->task->input);
		sig_rules(&job);
	}
	print(r, d, &job, out);
	arena_reset(&r->arena);
}

int sig_task_sign(const struct sig_task *t, char **files, size_t n, FILE *out)
{
	struct run r = run_of(t);
	const struct sig_stream s = { .take = sign, .context = &r, .diag = t->diag };
	/* Whether anything was printed before, only one process knows. */
	bool alone = t->different_only && !t->compat && t->form->between != NULL;
	int code;

	if (t->form->begin != NULL && !t->explain)
		t->form->begin(out);
	code = sig_stream_run(&s, files, n, alone ? 1 : t->jobs, out);
	run_free(&r);
	return code;
}

static void compare(const struct sig_document *d, FILE *out, void *context)
{
	struct run *r = context;
	struct sig_job old = job_of(r), new = job_of(r);
	struct sig_record record = { .crash = &old.crash };

	(void)out;
	if (d->error != NULL)
		return;
	old.crash = new.crash = sig_crash_read(d->root, r->task->input);
	new.lists = r->task->others;
	sig_rules(&old);
	sig_rules(&new);

	struct str id = sig_form_id(&record, &r->arena);
	if (id.n == 0)
		id = arena_printf(&r->arena, "#%" PRIu64, r->compare->n + 1);
	sig_compare_add(r->compare, old.result.signature, new.result.signature, id);
	arena_reset(&r->arena);
}

int sig_task_compare(const struct sig_task *t, char **files, size_t n, FILE *out)
{
	struct run r = run_of(t);
	const struct sig_stream s = { .take = compare, .context = &r, .diag = t->diag };
	struct sig_compare c;
	int code;

	sig_compare_begin(&c, tool_oom);
	r.compare = &c;
	code = sig_stream_run(&s, files, n, 1, out);
	sig_compare_print(&c, out, &r.arena);
	diag_info(t->diag, "%" PRIu64 " of %" PRIu64 " crashes get another signature", c.changed,
		  c.n);
	sig_compare_free(&c);
	run_free(&r);
	return code;
}

static void suggest(const struct sig_document *d, FILE *out, void *context)
{
	struct run *r = context;
	struct sig_job job = job_of(r);

	(void)out;
	if (d->error != NULL)
		return;
	job.explain = arena_new(&r->arena, struct sig_explain, 1);
	job.crash = sig_crash_read(d->root, r->task->input);
	sig_rules(&job);
	sig_suggest_add(r->suggest, &job, &r->arena);
	arena_reset(&r->arena);
}

int sig_task_suggest(const struct sig_task *t, char **files, size_t n, FILE *out)
{
	struct run r = run_of(t);
	const struct sig_stream s = { .take = suggest, .context = &r, .diag = t->diag };
	struct sig_suggest all;
	int code;

	sig_suggest_begin(&all, tool_oom);
	r.suggest = &all;
	code = sig_stream_run(&s, files, n, 1, out);
	sig_suggest_print(&all, out, &r.arena);
	sig_suggest_free(&all);
	run_free(&r);
	return code;
}
