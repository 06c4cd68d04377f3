#include "sym/sym_task_impl.h"

#include "base/jobs.h"
#include "base/tool.h"
#include "sym/check_impl.h"
#include "sym/sym_diff.h"
#include "sym/sym_json.h"
#include "sym/verdict.h"

static int print_json(const struct sym_task *t, const struct sym_input *in, FILE *out,
		      struct diag *d)
{
	(void)t;
	(void)d;
	sym_json_put(in->text, in->mapped, out);
	return EXIT_DONE;
}

/* What is no text has no records: a binary, most often. --check and --repair say it themselves. */
static bool has_records(const struct sym_task *t, const struct sym_input *in, struct error *err)
{
	bool says = t->work == SYM_CHECK || t->work == SYM_REPAIR || t->work == SYM_SORT;

	if (says || check_content(in->text) != CHECK_BINARY)
		return true;
	return error_set(err, ERROR_INPUT, "%s: %s", in->name, check_rule(CHECK_BINARY)->what);
}

static int diff(const struct sym_task *t, const struct sym_input *in, FILE *out, struct diag *d)
{
	struct error err = { 0 };
	struct sym_input new;
	int code;

	if (sym_input_open(&new, t->paths[1], false, &err) && has_records(t, &new, &err)) {
		code = sym_diff(in, &new, t->json, tool_oom, out) ? EXIT_INPUT : EXIT_DONE;
	} else {
		diag_error(d, &err);
		code = error_exit_code(&err);
	}
	sym_input_close(&new);
	return code;
}

typedef int (*text_work)(const struct sym_task *t, const struct sym_input *in, FILE *out,
			 struct diag *d);
typedef int (*path_work)(const struct sym_task *t, const char *path, FILE *out, struct diag *d);

/* One of both. */
static const struct {
	text_work of_text;
	path_work of_path;
} works[SYM_WORKS] = {
	[SYM_CHECK] = { sym_task_check, NULL },   [SYM_REPAIR] = { sym_task_repair, NULL },
	[SYM_SORT] = { sym_task_repair, NULL },   [SYM_JSON] = { print_json, NULL },
	[SYM_STATS] = { sym_task_stats, NULL },   [SYM_INDEX] = { NULL, sym_task_index },
	[SYM_LOOKUP] = { NULL, sym_task_lookup }, [SYM_DIFF] = { diff, NULL },
};

static int run(size_t index, FILE *out, struct diag *d, void *context)
{
	const struct sym_task *t = context;
	struct error err = { 0 };
	struct sym_input in;
	int code;

	if (works[t->work].of_path != NULL)
		return works[t->work].of_path(t, t->paths[index], out, d);
	if (sym_input_open(&in, t->paths[index], t->as != NULL, &err) &&
	    has_records(t, &in, &err)) {
		code = works[t->work].of_text(t, &in, out, d);
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

/* Whether addresses would be read from where the symbols come from. */
static bool reads_twice(const struct sym_task *t)
{
	for (size_t i = 0; i < t->n_addresses; i++) {
		if (strcmp(t->addresses[i], "-") == 0 && strcmp(t->paths[0], "-") == 0)
			return true;
	}
	return false;
}

const char *sym_task_wrong(const struct sym_task *t, size_t n_paths)
{
	bool repairs = t->work == SYM_REPAIR || t->work == SYM_SORT;
	bool looks = t->work == SYM_LOOKUP;
	const struct {
		bool is;
		const char *what;
	} wrongs[] = {
		{ t->as != NULL && (t->work != SYM_CHECK || verdict_reader(t->as) == READERS),
		  "--as is rust-minidump, breakpad or symbolic, and goes with --check" },
		{ (t->in_place || t->drop || t->module != NULL) && !repairs,
		  "--in-place, --drop and --module go with --repair and --sort" },
		{ t->work == SYM_DIFF && n_paths != 2, "--diff compares two files" },
		{ looks && (n_paths != 1 || (t->id == NULL) != (t->name == NULL)),
		  "--lookup looks into one file, or one store with --name and --id" },
		{ looks && n_paths == 1 && reads_twice(t),
		  "--lookup - reads addresses from standard input: the symbols are a file" },
		{ t->cache != NULL && !looks && t->work != SYM_INDEX,
		  "--cache goes with --lookup and --index" },
		{ repairs && !t->in_place && n_paths > 1,
		  "--repair and --sort of several files go with --in-place" },
	};

	for (unsigned i = 0; i < COUNT(wrongs); i++) {
		if (wrongs[i].is)
			return wrongs[i].what;
	}
	return NULL;
}

int sym_task_run(struct sym_task *t, size_t n_paths, FILE *out, struct diag *d)
{
	t->verbose = d->verbosity >= DIAG_ALL;
	if (t->work == SYM_DIFF)
		n_paths = 1;
	return jobs_run(n_paths, t->jobs, run, name, t, out, d);
}
