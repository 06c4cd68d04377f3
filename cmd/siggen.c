#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/sandbox.h"
#include "base/tool.h"
#include "crash/sig_lint.h"
#include "crash/sig_own.h"
#include "crash/sig_rules.h"
#include "crash/sig_task.h"

struct options {
	const char *lists, *input, *form, *compare, *algorithm, *answers;
	bool details, pretty, compat, different_only, explain, lint, suggest, no_sandbox;
	uint64_t jobs;
};

static const struct tool_option options[] = {
	{ 'l', "lists", "DIR", OPTION_TEXT, offsetof(struct options, lists),
	  "take the signature lists from DIR" },
	{ 'i', "input", "KIND", OPTION_TEXT, offsetof(struct options, input),
	  "auto, crash, processed, stackwalk or ping (default: auto)" },
	{ 0, "answers", "FILE", OPTION_TEXT, offsetof(struct options, answers),
	  "take what a server said to the request of each ping from FILE" },
	{ 'f', "format", "FORM", OPTION_TEXT, offsetof(struct options, form),
	  "json, sig, text, tsv, csv, markdown or signify (default: json); of pings: request, "
	  "data" },
	{ 'a', "algorithm", "NAME", OPTION_TEXT, offsetof(struct options, algorithm),
	  "by the rules of " SIG_ALGORITHM " (the default) or " SIG_OWN ", without their flaws" },
	{ 'j', "jobs", "N", OPTION_SIZE, offsetof(struct options, jobs),
	  "share the files, or the lines of one, among N processes (0: one for each CPU)" },
	{ 'd', "details", NULL, OPTION_FLAG, offsetof(struct options, details),
	  "add the normalised frames and what was decided about each" },
	{ 0, "different-only", NULL, OPTION_FLAG, offsetof(struct options, different_only),
	  "leave out crashes whose signature stays the same" },
	{ 0, "explain", NULL, OPTION_FLAG, offsetof(struct options, explain),
	  "say what became of each frame, and by which line of which list" },
	{ 0, "compare", "DIR", OPTION_TEXT, offsetof(struct options, compare),
	  "say which signatures the lists in DIR would change, and in how many crashes" },
	{ 0, "suggest", NULL, OPTION_FLAG, offsetof(struct options, suggest),
	  "say which entries of the lists would split or join groups of crashes" },
	{ 0, "lint", NULL, OPTION_FLAG, offsetof(struct options, lint),
	  "say what is wrong with the signature lists, and read no crashes" },
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

static const struct {
	const char *name;
	enum sig_input input;
} inputs[] = {
	{ "auto", SIG_AUTO },           { "crash", SIG_CRASH }, { "processed", SIG_PROCESSED },
	{ "stackwalk", SIG_STACKWALK }, { "ping", SIG_PING },
};

static bool choose_input(const char *name, enum sig_input *input)
{
	for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
		if (name == NULL || strcmp(inputs[i].name, name) == 0) {
			*input = inputs[i].input;
			return true;
		}
	}
	return false;
}

/* Lists that are not there or wrong are a matter of configuration. */
static int lists_exit_code(const struct error *err)
{
	return error_is_lasting(err) ? EXIT_USAGE : EXIT_TROUBLE;
}

/* The folder of the lists, in a. */
static const char *find_lists(struct sig_task *t, const struct options *o, const char *argv0,
			      struct arena *a, struct error *err)
{
	char self[1024], path[1024];

	if (o->lists != NULL) {
		t->lists_name = arena_printf(a, "signature lists from %s", o->lists).p;
		return o->lists;
	}
	t->lists_name = "included signature lists";
	if (!tool_self(argv0, self, sizeof(self)))
		self[0] = '\0';
	if (!siglists_default(self, path, sizeof(path), err))
		return NULL;
	*err = (struct error){ 0 };
	return arena_strdup(a, str_of(path)).p;
}

static int lint(const char *dir, struct arena *a, struct error *err)
{
	size_t n;

	if (!sig_lint(dir, stdout, &n, a, err))
		return lists_exit_code(err);
	return n == 0 ? EXIT_DONE : EXIT_INPUT;
}

/* Gives up what reading the inputs does not need. The lists are read before. */
static bool enter_sandbox(const struct sig_task *t, const struct options *o, char **files, size_t n,
			  struct error *err)
{
	struct sandbox s;

	sandbox_begin(&s, !o->no_sandbox);
	for (size_t i = 0; i < n; i++)
		sandbox_allow(&s, files[i], SANDBOX_READ);
	if (t->answers != NULL)
		sandbox_allow(&s, t->answers, SANDBOX_READ);
	if (t->jobs != 1)
		sandbox_allow(&s, file_temp_folder(), SANDBOX_WRITE);
	return sandbox_enter(&s, t->diag, err);
}

static int run(const struct sig_task *t, const struct options *o, char **files, size_t n)
{
	if (o->compare != NULL)
		return sig_task_compare(t, files, n, stdout);
	if (o->suggest)
		return sig_task_suggest(t, files, n, stdout);
	return sig_task_sign(t, files, n, stdout);
}

/* From the lists to the last record. */
static int use(struct sig_task *t, const struct options *o, const char *argv0, char **files,
	       size_t n, struct arena *a)
{
	struct error err = { 0 };
	const char *dir = find_lists(t, o, argv0, a, &err);
	int code = lists_exit_code(&err);

	if (dir != NULL && o->lint)
		code = lint(dir, a, &err);
	else if (dir == NULL || !siglists_load(t->lists, dir, a, &err) ||
		 (o->compare != NULL && !siglists_load(t->others, o->compare, a, &err)))
		code = lists_exit_code(&err);
	else if (enter_sandbox(t, o, files, n, &err))
		return run(t, o, files, n);
	if (err.code != ERROR_NONE)
		diag_error(t->diag, &err);
	return code;
}

static bool choose_algorithm(const char *name, bool *own)
{
	*own = name != NULL && strcmp(name, SIG_OWN) == 0;
	return name == NULL || *own || strcmp(name, SIG_ALGORITHM) == 0;
}

/* What is wrong with the options of n files, or NULL. */
static const char *take_options(struct sig_task *t, const struct options *o, size_t n)
{
	if (o->compat)
		t->form = sig_form_find_peer(o->form == NULL ? "text" : o->form);
	else
		t->form = sig_form_find(o->form == NULL ? "json" : o->form);
	if (t->form == NULL)
		return "the format is json, sig, text, tsv, csv, markdown, signify, request or "
		       "data";
	if (!choose_input(o->input, &t->input))
		return "the input is auto, crash, processed, stackwalk or ping";
	t->answers = o->answers;
	if (t->input != SIG_PING && (t->form->of_pings || t->answers != NULL))
		return "requests, data and answers are of pings: -i ping";
	if (!choose_algorithm(o->algorithm, &t->own))
		return "the algorithm is " SIG_ALGORITHM " or " SIG_OWN;
	if (t->own && o->compat)
		return "--compat goes with Socorro's algorithm only";
	if (o->jobs > LIMIT_WORKERS)
		return "too many processes";
	if (o->lint + o->suggest + o->explain + (o->compare != NULL) > 1)
		return "--compare, --explain, --lint and --suggest exclude each other";
	if (o->lint && n > 0)
		return "--lint reads the lists of --lists and no other file";
	t->jobs = (unsigned)o->jobs;
	return NULL;
}

int main(int argc, char **argv)
{
	struct options o = { .jobs = 1 };
	struct diag d;
	struct arena lists = { .oom = tool_oom };
	struct siglists siglists = { 0 }, others = { 0 };
	const char *wrong;
	int first, code;

	if (!tool_begin(&tool, &o, &d, argc, argv, &first, &code))
		return code;

	struct sig_task t = {
		.lists = &siglists,
		.others = &others,
		.details = o.details,
		.pretty = o.pretty,
		.compat = o.compat,
		.different_only = o.different_only,
		.explain = o.explain,
		.diag = &d,
	};
	wrong = take_options(&t, &o, (size_t)(argc - first));
	if (wrong != NULL)
		return tool_usage(&d, wrong);
	code = use(&t, &o, argv[0], argv + first, (size_t)(argc - first), &lists);
	siglists_free(&siglists);
	siglists_free(&others);
	arena_free(&lists);
	return tool_end(&d, code);
}
