#include "sym/sym_task_impl.h"

#include "base/tool.h"
#include "sym/repair.h"

static int repair_to(const struct sym_task *t, const struct sym_input *in, FILE *out,
		     struct error *err)
{
	struct repair_options o = { .mapped = in->mapped,
				    .sort = t->work == SYM_SORT,
				    .drop = t->drop,
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

int sym_task_repair(const struct sym_task *t, const struct sym_input *in, FILE *out, struct diag *d)
{
	struct check_options o = sym_task_check_options(t, in, d->out);
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
