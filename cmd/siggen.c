#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "base/tool.h"
#include "crash/sig_form.h"
#include "crash/sig_rules.h"
#include "crash/sig_stream.h"

struct options {
	const char *lists, *input, *form;
	bool details, pretty, compat, different_only, no_sandbox;
	uint64_t jobs;
};

static const struct tool_option options[] = {
	{ 'l', "lists", "DIR", OPTION_TEXT, offsetof(struct options, lists),
	  "take the signature lists from DIR" },
	{ 'i', "input", "KIND", OPTION_TEXT, offsetof(struct options, input),
	  "auto, crash, processed or stackwalk (default: auto)" },
	{ 'f', "format", "FORM", OPTION_TEXT, offsetof(struct options, form),
	  "json, sig, text, tsv, csv, markdown or signify (default: json)" },
	{ 'j', "jobs", "N", OPTION_SIZE, offsetof(struct options, jobs),
	  "share the files, or the lines of one, among N processes (0: one for each CPU)" },
	{ 'd', "details", NULL, OPTION_FLAG, offsetof(struct options, details),
	  "add the normalised frames and what was decided about each" },
	{ 0, "different-only", NULL, OPTION_FLAG, offsetof(struct options, different_only),
	  "leave out crashes whose signature stays the same" },
	{ 0, "compat", NULL, OPTION_FLAG, offsetof(struct options, compat),
	  "print exactly what Socorro's signature and signify do (default: text)" },
	{ 'p', "pretty", NULL, OPTION_FLAG, offsetof(struct options, pretty), "indent the JSON" },
	{ 0, "no-sandbox", NULL, OPTION_FLAG, offsetof(struct options, no_sandbox),
	  "keep access to all files while crashes are read" },
};

static const struct tool tool = {
	.name = "siggen",
	.operands = "[FILE ...]",
	.about = "make signatures of crashes",
	.options = options,
	.n_options = sizeof(options) / sizeof(options[0]),
};

struct run {
	const struct options *o;
	struct diag *d;
	struct siglists lists;
	const char *lists_name; /* as the peer's debug log has it */
	enum sig_input input;
	const struct sig_form *form;
	bool printed;                /* a record at least */
	struct arena arena, scratch; /* of one record, of one frame */
};

static const struct {
	const char *name;
	enum sig_input input;
} inputs[] = {
	{ "auto", SIG_AUTO },
	{ "crash", SIG_CRASH },
	{ "processed", SIG_PROCESSED },
	{ "stackwalk", SIG_STACKWALK },
};

static void print(struct run *r, const struct sig_document *d, const struct sig_job *job, FILE *out)
{
	const struct sig_record record = {
		.crash = &job->crash,
		.result = &job->result,
		.error = d->error,
		.details = r->o->details,
		.pretty = r->o->pretty,
		.compat = r->o->compat,
	};
	bool wanted = !r->o->different_only || !sig_form_same(&record, &r->arena);

	/* The peer separates those, too, that it doesn't print. */
	if (r->form->between != NULL && (r->o->compat ? !d->first : wanted && r->printed))
		fputs(r->form->between, out);
	if (!wanted)
		return;
	r->form->print(out, &record, &r->arena);
	r->printed = true;
}

static void sign(const struct sig_document *d, FILE *out, void *context)
{
	struct run *r = context;
	struct sig_job job = {
		.lists = &r->lists,
		.arena = &r->arena,
		.scratch = &r->scratch,
		.debug = r->o->details,
		.lists_name = r->o->compat ? r->lists_name : NULL,
		.result = { .signature = STR_INIT("") },
	};

	r->printed |= !d->first && !r->o->different_only;
	if (d->error == NULL) {
		job.crash = sig_crash_read(d->root, r->input);
		sig_rules(&job);
	}
	print(r, d, &job, out);
	arena_reset(&r->arena);
}

static int sign_all(struct run *r, char **files, size_t n)
{
	const struct sig_stream s = { .take = sign, .context = r, .diag = r->d };
	bool alone = r->o->different_only && !r->o->compat && r->form->between != NULL;

	if (r->form->begin != NULL)
		r->form->begin(stdout);
	/* Whether anything was printed before, only one process knows. */
	return sig_stream_run(&s, files, n, alone ? 1 : (unsigned)r->o->jobs, stdout);
}

static bool choose_input(struct run *r)
{
	const char *name = r->o->input == NULL ? "auto" : r->o->input;

	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		if (strcmp(inputs[i].name, name) == 0) {
			r->input = inputs[i].input;
			return true;
		}
	}
	return false;
}

/* Lists that are not there or wrong are a matter of configuration. */
static int lists_exit_code(const struct error *err)
{
	bool trouble = err->code == ERROR_SYSTEM && err->errnum != ENOENT &&
		       err->errnum != ENOTDIR && err->errnum != EACCES && err->errnum != EISDIR;

	return trouble ? EXIT_TROUBLE : EXIT_USAGE;
}

static int load_lists(struct run *r, const char *argv0, struct arena *a)
{
	struct error err = { 0 };
	char self[1024], path[1024];
	const char *dir = r->o->lists;

	if (dir == NULL) {
		if (!tool_self(argv0, self, sizeof(self)))
			self[0] = '\0';
		dir = siglists_default(self, path, sizeof(path), &err) ? path : NULL;
	}
	r->lists_name = r->o->lists == NULL
				? "included signature lists"
				: arena_printf(a, "signature lists from %s", r->o->lists).p;
	if (dir != NULL && siglists_load(&r->lists, dir, a, &err))
		return EXIT_DONE;
	diag_error(r->d, &err);
	return lists_exit_code(&err);
}

/* Gives up what reading the inputs does not need. The lists are read before. */
static bool enter_sandbox(const struct run *r, char **files, int n)
{
	struct error err = { 0 };
	struct sandbox s;

	sandbox_begin(&s, !r->o->no_sandbox);
	for (int i = 0; i < n; i++)
		sandbox_allow(&s, files[i], SANDBOX_READ);
	if (r->o->jobs != 1)
		sandbox_allow(&s, file_temp_folder(), SANDBOX_WRITE);
	if (sandbox_enter(&s, r->d, &err))
		return true;
	diag_error(r->d, &err);
	return false;
}

int main(int argc, char **argv)
{
	struct options o = { .jobs = 1 };
	struct diag d;
	struct arena lists = { .oom = tool_oom };
	int first, code;

	if (!tool_begin(&tool, &o, &d, argc, argv, &first, &code))
		return code;

	struct run r = {
		.o = &o, .d = &d, .arena = { .oom = tool_oom }, .scratch = { .oom = tool_oom }
	};
	if (o.compat)
		r.form = sig_form_find_peer(o.form == NULL ? "text" : o.form);
	else
		r.form = sig_form_find(o.form == NULL ? "json" : o.form);
	if (r.form == NULL)
		return tool_usage(&d,
				  "the format is json, sig, text, tsv, csv, markdown or signify");
	if (o.jobs > LIMIT_WORKERS)
		return tool_usage(&d, "too many processes");
	if (!choose_input(&r))
		return tool_usage(&d, "the input is auto, crash, processed or stackwalk");
	code = load_lists(&r, argv[0], &lists);
	if (code == EXIT_DONE && !enter_sandbox(&r, argv + first, argc - first))
		code = EXIT_USAGE;
	if (code == EXIT_DONE)
		code = sign_all(&r, argv + first, (size_t)(argc - first));
	siglists_free(&r.lists);
	arena_free(&r.arena);
	arena_free(&r.scratch);
	arena_free(&lists);
	return tool_end(&d, code);
}
