#include "crash/sig_task.h"

#include <inttypes.h>

#include "base/js_stream.h"
#include "base/tool.h"
#include "crash/ping.h"
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
	struct js_stream answers;
	int answers_code; /* what came of reading them */
	struct ping ping; /* of one crash; is_ping: there is one */
	bool is_ping;
	struct buf data;      /* the crash data that was made of it */
	struct js_in data_in; /* a reader of that */
	struct sig_compare *compare;
	struct sig_suggest *suggest;
};

static bool run_begin(struct run *r, const struct sig_task *t, int *code)
{
	struct error err = { 0 };

	*r = (struct run){
		.task = t,
		.arena = { .oom = tool_oom },
		.scratch = { .oom = tool_oom },
		.data = { .oom = tool_oom },
	};
	*code = EXIT_DONE;
	if (t->answers == NULL || js_stream_open(&r->answers, t->answers, tool_oom, &err))
		return true;
	diag_error(t->diag, &err);
	*code = error_exit_code(&err);
	return false;
}

static void run_free(struct run *r)
{
	if (r->task->answers != NULL)
		js_stream_close(&r->answers);
	arena_free(&r->arena);
	arena_free(&r->scratch);
	buf_free(&r->data);
}

/* What was made of a document is done with. */
static void forget(struct run *r)
{
	if (r->is_ping) {
		ping_free(&r->ping);
		js_in_free(&r->data_in);
	}
	r->is_ping = false;
	arena_reset(&r->arena);
}

/* The answer beside a ping; without a good one it is signed without names. */
static struct js_value next_answer(struct run *r)
{
	struct js_value answer = { .kind = JS_NONE };
	struct error err = { 0 };
	enum js_next next = JS_NEXT_END;

	if (r->task->answers != NULL)
		next = js_stream_next(&r->answers, &answer, &err);
	if (next == JS_NEXT_BAD || next == JS_NEXT_FAILED) {
		diag_error(r->task->diag, &err);
		if (r->answers_code < error_exit_code(&err))
			r->answers_code = error_exit_code(&err);
	}
	if (next != JS_NEXT_DOCUMENT)
		answer.kind = JS_NONE;
	return answer;
}

static bool read_ping(struct run *r, const struct sig_document *d, struct js_value answer,
		      struct sig_crash *crash, struct error *err)
{
	struct str where = arena_printf(&r->arena, "%s:%" PRIu64, d->file, d->line);
	struct js_value data;

	r->is_ping = true;
	r->data_in = (struct js_in){ .oom = tool_oom };
	if (!ping_read(&r->ping, d->root, where.p, &r->arena, err))
		return false;
	buf_clear(&r->data);
	ping_crash(&r->data, &r->ping, answer, r->task->compat);
	r->data_in = js_in_make(buf_str(&r->data), "crash data", tool_oom);
	if (!js_in_read(&r->data_in, &data, err))
		return false;
	*crash = sig_crash_read(data, SIG_CRASH);
	return true;
}

/* The crash that a document says; NULL, or why it says none. */
static const char *read_crash(struct run *r, const struct sig_document *d, struct sig_crash *crash)
{
	struct error err = { 0 };
	struct js_value answer;

	if (r->task->input != SIG_PING) {
		if (d->error == NULL)
			*crash = sig_crash_read(d->root, r->task->input);
		return d->error;
	}
	answer = next_answer(r);
	if (d->error != NULL || read_ping(r, d, answer, crash, &err))
		return d->error;
	diag_error(r->task->diag, &err);
	forget(r);
	return arena_strdup(&r->arena, str_of(err.text)).p;
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

static void print(struct run *r, const struct sig_document *d, const struct sig_job *job,
		  const char *error, FILE *out)
{
	const struct sig_task *t = r->task;
	const struct sig_record record = {
		.crash = &job->crash,
		.result = &job->result,
		.algorithm = t->own ? SIG_OWN : SIG_ALGORITHM,
		.error = error,
		.ping = r->is_ping ? &r->ping : NULL,
		.data = buf_str(&r->data),
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

static int sign(const struct sig_document *d, FILE *out, void *context)
{
	struct run *r = context;
	struct sig_job job = job_of(r);
	const char *error = read_crash(r, d, &job.crash);

	if (r->task->explain)
		job.explain = arena_new(&r->arena, struct sig_explain, 1);
	r->printed |= !d->first && !r->task->different_only;
	if (error == NULL && !r->task->form->of_pings)
		sig_rules(&job);
	print(r, d, &job, error, out);
	forget(r);
	return error != NULL && r->answers_code < EXIT_INPUT ? EXIT_INPUT : r->answers_code;
}

int sig_task_sign(const struct sig_task *t, char **files, size_t n, FILE *out)
{
	struct run r;
	const struct sig_stream s = { .take = sign, .context = &r, .diag = t->diag };
	/* Whether anything was printed before, and which answer is next, only one process knows. */
	bool alone = (t->different_only && !t->compat && t->form->between != NULL) ||
		     t->answers != NULL;
	int code;

	if (!run_begin(&r, t, &code))
		return code;
	if (t->form->begin != NULL && !t->explain)
		t->form->begin(out);
	code = sig_stream_run(&s, files, n, alone ? 1 : t->jobs, out);
	run_free(&r);
	return code;
}

static int compare(const struct sig_document *d, FILE *out, void *context)
{
	struct run *r = context;
	struct sig_job old = job_of(r), new = job_of(r);
	struct sig_record record = { .crash = &old.crash };

	(void)out;
	if (read_crash(r, d, &old.crash) != NULL)
		return EXIT_INPUT;
	new.crash = old.crash;
	new.lists = r->task->others;
	sig_rules(&old);
	sig_rules(&new);

	struct str id = sig_form_id(&record, &r->arena);
	if (id.n == 0)
		id = arena_printf(&r->arena, "#%" PRIu64, r->compare->n + 1);
	sig_compare_add(r->compare, old.result.signature, new.result.signature, id);
	forget(r);
	return r->answers_code;
}

int sig_task_compare(const struct sig_task *t, char **files, size_t n, FILE *out)
{
	struct run r;
	const struct sig_stream s = { .take = compare, .context = &r, .diag = t->diag };
	struct sig_compare c;
	int code;

	if (!run_begin(&r, t, &code))
		return code;
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

static int suggest(const struct sig_document *d, FILE *out, void *context)
{
	struct run *r = context;
	struct sig_job job = job_of(r);

	(void)out;
	if (read_crash(r, d, &job.crash) != NULL)
		return EXIT_INPUT;
	job.explain = arena_new(&r->arena, struct sig_explain, 1);
	sig_rules(&job);
	sig_suggest_add(r->suggest, &job, &r->arena);
	forget(r);
	return r->answers_code;
}

int sig_task_suggest(const struct sig_task *t, char **files, size_t n, FILE *out)
{
	struct run r;
	const struct sig_stream s = { .take = suggest, .context = &r, .diag = t->diag };
	struct sig_suggest all;
	int code;

	if (!run_begin(&r, t, &code))
		return code;
	sig_suggest_begin(&all, tool_oom);
	r.suggest = &all;
	code = sig_stream_run(&s, files, n, 1, out);
	sig_suggest_print(&all, out, &r.arena);
	sig_suggest_free(&all);
	run_free(&r);
	return code;
}
