#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/js_stream.h"
#include "base/sandbox.h"
#include "base/tool.h"
#include "crash/sig_form.h"
#include "crash/sig_rules.h"

struct options {
	const char *lists, *input, *form;
	bool details, pretty, no_sandbox;
};

static const struct tool_option options[] = {
	{ 'l', "lists", "DIR", OPTION_TEXT, offsetof(struct options, lists),
	  "take the signature lists from DIR" },
	{ 'i', "input", "KIND", OPTION_TEXT, offsetof(struct options, input),
	  "auto, crash, processed or stackwalk (default: auto)" },
	{ 'f', "format", "FORM", OPTION_TEXT, offsetof(struct options, form),
	  "json, sig, text, tsv, csv or markdown (default: json)" },
	{ 'd', "details", NULL, OPTION_FLAG, offsetof(struct options, details),
	  "add the normalised frames and what was decided about each" },
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

static void print(struct run *r, const struct sig_crash *crash, const struct sig_result *result,
		  const char *error)
{
	const struct sig_record record = {
		.crash = crash,
		.result = result,
		.error = error,
		.details = r->o->details,
		.pretty = r->o->pretty,
		.first = !r->printed,
	};

	r->printed = true;
	r->form->print(stdout, &record, &r->arena);
	arena_reset(&r->arena);
}

static void sign(struct run *r, struct js_value root)
{
	struct sig_job job = {
		.crash = sig_crash_read(root, r->input),
		.lists = &r->lists,
		.arena = &r->arena,
		.scratch = &r->scratch,
		.debug = r->o->details,
	};

	sig_rules(&job);
	print(r, &job.crash, &job.result, NULL);
}

/* All documents of one file. A bad one is reported and has a record too, so that records stay
 * beside their inputs. */
static int sign_file(struct run *r, const char *path)
{
	static const struct sig_result none = { .signature = { "", 0 } };
	static const struct sig_crash no_crash = { .is_object = false };
	enum js_next next;
	struct error err = { 0 };
	struct js_stream s;
	struct js_value root;
	int code = EXIT_DONE;

	if (!js_stream_open(&s, path, tool_oom, &err)) {
		diag_error(r->d, &err);
		return error_exit_code(&err);
	}
	while ((next = js_stream_next(&s, &root, &err)) != JS_NEXT_END) {
		if (next == JS_NEXT_DOCUMENT) {
			sign(r, root);
			continue;
		}
		diag_error(r->d, &err);
		code = code > error_exit_code(&err) ? code : error_exit_code(&err);
		if (next == JS_NEXT_FAILED)
			break;
		print(r, &no_crash, &none, err.text);
		err = (struct error){ 0 };
	}
	js_stream_close(&s);
	return code;
}

static int sign_all(struct run *r, char **files, int n)
{
	int code = EXIT_DONE;

	if (r->form->begin != NULL)
		r->form->begin(stdout);
	if (n == 0)
		return sign_file(r, "-");
	for (int i = 0; i < n; i++) {
		int one = sign_file(r, files[i]);

		code = code > one ? code : one;
	}
	return code;
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
	if (sandbox_enter(&s, r->d, &err))
		return true;
	diag_error(r->d, &err);
	return false;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct diag d;
	struct arena lists = { .oom = tool_oom };
	int first, code;

	if (!tool_begin(&tool, &o, &d, argc, argv, &first, &code))
		return code;

	struct run r = {
		.o = &o, .d = &d, .arena = { .oom = tool_oom }, .scratch = { .oom = tool_oom }
	};
	r.form = sig_form_find(o.form == NULL ? "json" : o.form);
	if (r.form == NULL)
		return tool_usage(&d, "the format is json, sig, text, tsv, csv or markdown");
	if (!choose_input(&r))
		return tool_usage(&d, "the input is auto, crash, processed or stackwalk");
	code = load_lists(&r, argv[0], &lists);
	if (code == EXIT_DONE && !enter_sandbox(&r, argv + first, argc - first))
		code = EXIT_USAGE;
	if (code == EXIT_DONE)
		code = sign_all(&r, argv + first, argc - first);
	siglists_free(&r.lists);
	arena_free(&r.arena);
	arena_free(&r.scratch);
	arena_free(&lists);
	return tool_end(&d, code);
}
