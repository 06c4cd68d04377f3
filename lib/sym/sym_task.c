#include "sym/sym_task.h"

#include <inttypes.h>

#include "base/jobs.h"
#include "base/tool.h"
#include "sym/check.h"
#include "sym/repair.h"
#include "sym/verdict.h"

/* How many of each kind were found: "FILE: lines 9, errors 2, warnings 0, notes 0; utf-8 2". */
static void put_counts(const struct check_result *r, const struct sym_input *in, FILE *out)
{
	const char *before = "; ";

	fprintf(out,
		"%s: lines %" PRIu64 ", errors %" PRIu64 ", warnings %" PRIu64 ", notes %" PRIu64,
		in->name, r->lines, r->total[CHECK_ERROR], r->total[CHECK_WARNING],
		r->total[CHECK_NOTE]);
	for (unsigned i = 0; i < CHECK_KINDS; i++) {
		if (r->count[i] == 0)
			continue;
		fprintf(out, "%s%s %" PRIu64, before, check_rule((enum check_kind)i)->name,
			r->count[i]);
		before = ", ";
	}
	fputc('\n', out);
}

static int put_verdict(const struct sym_task *t, const struct sym_input *in, FILE *out)
{
	struct verdict v;

	verdict_of(verdict_reader(t->as), in->text, in->mapped, tool_oom, &v);
	fprintf(out, "%s: %s: %s\n", in->name, t->as, v.text);
	return v.good ? EXIT_DONE : EXIT_INPUT;
}

static struct check_options check_options(const struct sym_task *t, const struct sym_input *in,
					  FILE *out)
{
	return (struct check_options){ .mapped = in->mapped,
				       .packed = in->packed,
				       .json = t->json,
				       .notes = t->strict || t->verbose,
				       .name = in->name,
				       .out = out,
				       .oom = tool_oom };
}

static int check(const struct sym_task *t, const struct sym_input *in, FILE *out, struct diag *d)
{
	struct check_options o = check_options(t, in, out);
	struct check_result r;

	(void)d;
	if (t->as != NULL)
		return put_verdict(t, in, out);
	check_text(in->text, &o, &r);
	if (!t->json)
		put_counts(&r, in, out);
	return r.total[CHECK_ERROR] != 0 || (t->strict && !r.grammar) ? EXIT_INPUT : EXIT_DONE;
}

static int repair_to(const struct sym_task *t, const struct sym_input *in, FILE *out,
		     struct error *err)
{
	struct repair_options o = { .mapped = in->mapped,
				    .sort = t->work == SYM_SORT,
				    .module = t->module,
				    .oom = tool_oom };

	return repair_text(in->text, in->name, &o, out, err) ? EXIT_DONE : EXIT_INPUT;
}

/* In its place, and only if there is anything to change. */
static int replace(const struct sym_task *t, const struct sym_input *in, struct error *err)
{
	struct file_writer w = { 0 };
	int code;

	if (!file_create(&w, in->name, 0644, err))
		return error_exit_code(err);
	code = repair_to(t, in, w.out, err);
	if (code == EXIT_DONE && !file_commit(&w, err))
		code = error_exit_code(err);
	file_abort(&w);
	return code;
}

static int repair(const struct sym_task *t, const struct sym_input *in, FILE *out, struct diag *d)
{
	struct check_options o = check_options(t, in, d->out);
	struct check_result r;
	struct error err = { 0 };
	int code;

	o.repairs = true;
	o.json = false;
	if (d->verbosity < DIAG_WARNINGS || t->work == SYM_SORT)
		o.out = NULL;
	check_text(in->text, &o, &r);
	code = t->in_place ? replace(t, in, &err) : repair_to(t, in, out, &err);
	if (code != EXIT_DONE)
		diag_error(d, &err);
	else if (t->strict && (r.total[CHECK_ERROR] != 0 || !r.grammar))
		code = EXIT_INPUT;
	return code;
}

static int (*const works[SYM_WORKS])(const struct sym_task *t, const struct sym_input *in,
				     FILE *out, struct diag *d) = {
	[SYM_CHECK] = check,
	[SYM_REPAIR] = repair,
	[SYM_SORT] = repair,
};

static int run(size_t index, FILE *out, struct diag *d, void *context)
{
	const struct sym_task *t = context;
	struct error err = { 0 };
	struct sym_input in;
	int code;

	if (sym_input_open(&in, t->paths[index], t->as != NULL, &err)) {
		code = works[t->work](t, &in, out, d);
	} else {
		diag_error(d, &err);
		code = error_exit_code(&err);
	}
	sym_input_close(&in);
	return code;
}

static const char *name(size_t index, void *context)
{
	const struct sym_task *t = context;

	return t->paths[index];
}

const char *sym_task_wrong(const struct sym_task *t, size_t n_paths)
{
	bool repairs = t->work == SYM_REPAIR || t->work == SYM_SORT;

	if (t->as != NULL && (t->work != SYM_CHECK || verdict_reader(t->as) == READERS))
		return "--as is rust-minidump, breakpad or symbolic, and goes with --check";
	if ((t->in_place || t->module != NULL) && !repairs)
		return "--in-place and --module go with --repair and --sort";
	if (repairs && !t->in_place && n_paths > 1)
		return "--repair and --sort of several files go with --in-place";
	return NULL;
}

int sym_task_run(struct sym_task *t, size_t n_paths, FILE *out, struct diag *d)
{
	t->verbose = d->verbosity >= DIAG_ALL;
	return jobs_run(n_paths, t->jobs, run, name, t, out, d);
}
