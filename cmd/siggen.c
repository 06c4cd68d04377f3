#include <stdio.h>
#include <string.h>

#include "base/js.h"
#include "base/js_stream.h"
#include "base/sandbox.h"
#include "base/tool.h"
#include "base/utf.h"
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
	  "json, sig or text (default: json)" },
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
	const struct form *form;
	struct arena arena, scratch; /* of one record, of one frame */
};

/* One way to print a record; error is NULL, or says why there is no signature. */
struct form {
	const char *name;
	void (*print)(const struct run *r, const struct sig_result *s, const char *error);
};

static struct str proto_signature(const struct sig_result *s, struct buf *b)
{
	for (size_t i = 0; i < s->n_frames; i++) {
		if (i != 0)
			buf_put_str(b, STR(" | "));
		buf_put_str(b, s->frames[i]);
	}
	return buf_str(b);
}

static void print_lines(struct js *j, const char *key, const struct sig_lines *lines)
{
	js_key(j, key);
	js_array(j);
	for (const struct sig_line *l = lines->first; l != NULL; l = l->next)
		js_str(j, l->text);
	js_end(j, ']');
}

static void print_json(const struct run *r, const struct sig_result *s, const char *error)
{
	struct js j = js_make(stdout, r->o->pretty);
	struct buf b = { .oom = tool_oom };

	js_object(&j);
	js_key_str(&j, "signature", s->signature);
	js_key(&j, "proto_signature");
	if (s->n_frames != 0)
		js_str(&j, proto_signature(s, &b));
	else
		js_null(&j);
	print_lines(&j, "notes", &s->notes);
	js_key_text(&j, "algorithm", SIG_ALGORITHM);
	if (r->o->details) {
		js_key(&j, "normalized_frames");
		js_array(&j);
		for (size_t i = 0; i < s->n_frames; i++)
			js_str(&j, s->frames[i]);
		js_end(&j, ']');
		print_lines(&j, "debug_log", &s->debug_log);
	}
	if (error != NULL)
		js_key_text(&j, "error", error);
	js_end(&j, '}');
	putchar('\n');
	buf_free(&b);
}

static void print_sig(const struct run *r, const struct sig_result *s, const char *error)
{
	(void)r;
	(void)error;
	fwrite(s->signature.p, 1, s->signature.n, stdout);
	putchar('\n');
}

static void print_label(const char *label, struct str text)
{
	struct buf b = { .oom = tool_oom };

	text_printable(&b, text);
	printf("%-12s%.*s\n", label, STR_ARGS(buf_str(&b)));
	buf_free(&b);
}

static void print_text(const struct run *r, const struct sig_result *s, const char *error)
{
	const char *label = "Frames:";

	print_label("Signature:", s->signature);
	if (error != NULL)
		print_label("Error:", str_of(error));
	for (const struct sig_line *l = s->notes.first; l != NULL; l = l->next)
		print_label("Note:", l->text);
	for (const struct sig_line *l = s->debug_log.first; l != NULL; l = l->next)
		print_label("Step:", l->text);
	for (size_t i = 0; r->o->details && i < s->n_frames; i++, label = "")
		print_label(label, s->frames[i]);
	putchar('\n');
}

static const struct form forms[] = {
	{ "json", print_json },
	{ "sig", print_sig },
	{ "text", print_text },
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
	r->form->print(r, &job.result, NULL);
	arena_reset(&r->arena);
}

/* All documents of one file. A bad one is reported and has a record too, so that records stay
 * beside their inputs. */
static int sign_file(struct run *r, const char *path)
{
	static const struct sig_result none = { .signature = { "", 0 } };
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
		r->form->print(r, &none, err.text);
		err = (struct error){ 0 };
	}
	js_stream_close(&s);
	return code;
}

static bool choose_form(struct run *r)
{
	const char *name = r->o->form == NULL ? "json" : r->o->form;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].name, name) == 0)
			r->form = &forms[i];
	}
	return r->form != NULL;
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

static bool load_lists(struct run *r, const char *argv0, struct arena *a)
{
	struct error err = { 0 };
	char self[1024], path[1024];
	const char *dir = r->o->lists;

	if (dir == NULL) {
		if (!tool_self(argv0, self, sizeof(self)) ||
		    !siglists_default(self, path, sizeof(path))) {
			error_set(&err, ERROR_INPUT, "no signature lists found: use --lists");
			diag_error(r->d, &err);
			return false;
		}
		dir = path;
	}
	if (siglists_load(&r->lists, dir, a, &err))
		return true;
	diag_error(r->d, &err);
	return false;
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
	if (!choose_form(&r))
		return tool_usage(&d, "the format is json, sig or text");
	if (!choose_input(&r))
		return tool_usage(&d, "the input is auto, crash, processed or stackwalk");
	if (!load_lists(&r, argv[0], &lists) || !enter_sandbox(&r, argv + first, argc - first)) {
		code = EXIT_USAGE;
	} else if (first == argc) {
		code = sign_file(&r, "-");
	} else {
		for (int i = first; i < argc; i++) {
			int one = sign_file(&r, argv[i]);

			code = code > one ? code : one;
		}
	}
	siglists_free(&r.lists);
	arena_free(&r.arena);
	arena_free(&r.scratch);
	arena_free(&lists);
	return tool_end(&d, code);
}
