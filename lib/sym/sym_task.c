#include "sym/sym_task.h"

#include <inttypes.h>

#include "base/arena.h"
#include "base/jobs.h"
#include "base/js.h"
#include "base/tool.h"
#include "sym/check.h"
#include "sym/lookup.h"
#include "sym/repair.h"
#include "sym/stats.h"
#include "sym/sym_diff.h"
#include "sym/sym_json.h"
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

static int print_json(const struct sym_task *t, const struct sym_input *in, FILE *out,
		      struct diag *d)
{
	(void)t;
	(void)d;
	sym_json_put(in->text, in->mapped, out);
	return EXIT_DONE;
}

/* What a file is about beside its records. */
static const struct {
	const char *name;
	size_t offset;
} figures[] = {
	{ "malformed", offsetof(struct stats, malformed) },
	{ "longest_line", offsetof(struct stats, longest) },
	{ "func_code", offsetof(struct stats, func_code) },
	{ "line_code", offsetof(struct stats, line_code) },
	{ "inline_code", offsetof(struct stats, inline_code) },
	{ "cfi_code", offsetof(struct stats, cfi_code) },
	{ "funcs_with_lines", offsetof(struct stats, funcs_with_lines) },
	{ "inline_depth", offsetof(struct stats, deepest) },
	{ "inline_ranges", offsetof(struct stats, ranges) },
};

static uint64_t figure(const struct stats *s, unsigned i)
{
	uint64_t v;

	memcpy(&v, (const char *)s + figures[i].offset, sizeof(v));
	return v;
}

static void put_stats_json(const struct stats *s, const struct sym_input *in, FILE *out)
{
	struct js j = js_make(out, false);

	js_object(&j);
	js_key_text(&j, "file", in->name);
	js_key_u64(&j, "bytes", in->text.n);
	for (unsigned i = 0; i < COUNT(figures); i++)
		js_key_u64(&j, figures[i].name, figure(s, i));
	js_key(&j, "records");
	js_object(&j);
	for (unsigned i = 0; i < RECORD_KINDS; i++) {
		js_key(&j, stats_kind_name((enum record_kind)i));
		js_object(&j);
		js_key_u64(&j, "count", s->kinds[i].records);
		js_key_u64(&j, "bytes", s->kinds[i].bytes);
		js_end(&j, '}');
	}
	js_end(&j, '}');
	js_end(&j, '}');
	fputc('\n', out);
}

static int print_stats(const struct sym_task *t, const struct sym_input *in, FILE *out,
		       struct diag *d)
{
	struct stats s;

	(void)d;
	stats_of(&s, in->text, in->mapped);
	if (t->json) {
		put_stats_json(&s, in, out);
		return EXIT_DONE;
	}
	for (unsigned i = 0; i < RECORD_KINDS; i++) {
		if (s.kinds[i].records != 0)
			fprintf(out, "%s\t%s\t%" PRIu64 "\t%" PRIu64 "\n", in->name,
				stats_kind_name((enum record_kind)i), s.kinds[i].records,
				s.kinds[i].bytes);
	}
	for (unsigned i = 0; i < COUNT(figures); i++)
		fprintf(out, "%s\t%s\t%" PRIu64 "\n", in->name, figures[i].name, figure(&s, i));
	return EXIT_DONE;
}

/* The index beside the file: FILE.symx of FILE.sym and FILE.sym.gz. */
static int write_index(const struct sym_task *t, const struct sym_input *in, FILE *out,
		       struct diag *d)
{
	struct str stem = str_of(in->name);
	struct arena a = { .oom = tool_oom };
	struct error err = { 0 };
	struct file_writer w = { 0 };
	struct lookup l;
	int code = EXIT_DONE;

	(void)t;
	(void)out;
	if (str_ends(stem, STR(".gz")))
		stem = str_first(stem, stem.n - 3);

	const char *path = arena_concat(&a, PARTS(stem, STR("x"))).p;
	bool ok = lookup_open(&l, in->text, in->mapped, tool_oom, &err) &&
		  file_create(&w, path, 0644, &err);
	if (ok) {
		fwrite(l.made.p, 1, l.made.n, w.out);
		ok = file_commit(&w, &err);
	}
	if (!ok) {
		diag_error(d, &err);
		code = error_exit_code(&err);
	}
	file_abort(&w);
	lookup_close(&l);
	arena_free(&a);
	return code;
}

/* An address, with or without "0x". */
static int look_up(struct lookup *l, struct str word, bool json, FILE *out, struct diag *d)
{
	struct str digits = str_starts(word, STR("0x")) ? str_from(word, 2) : word;
	struct error err = { 0 };
	uint64_t address;

	if (str_hex_to_u64(digits, &address)) {
		lookup_put(l, address, json, out);
		return EXIT_DONE;
	}
	error_set(&err, ERROR_INPUT, "%.*s: no address", STR_ARGS(word));
	diag_error(d, &err);
	return EXIT_INPUT;
}

/* The words of standard input as addresses. */
static int look_up_lines(struct lookup *l, bool json, FILE *out, struct diag *d)
{
	struct error err = { 0 };
	struct sym_input in;
	struct str rest, word;
	int worst = EXIT_DONE;

	if (!sym_input_open(&in, "-", true, &err)) {
		diag_error(d, &err);
		worst = error_exit_code(&err);
	}
	for (rest = in.text; str_next_word(&rest, &word);) {
		int code = look_up(l, word, json, out, d);

		worst = code > worst ? code : worst;
	}
	sym_input_close(&in);
	return worst;
}

static int answer(const struct sym_task *t, const struct sym_input *in, FILE *out, struct diag *d)
{
	struct error err = { 0 };
	struct lookup l;
	int worst = EXIT_DONE;

	if (!lookup_open(&l, in->text, in->mapped, tool_oom, &err)) {
		diag_error(d, &err);
		worst = error_exit_code(&err);
	}
	for (size_t i = 0; worst != EXIT_TROUBLE && l.made.n != 0 && i < t->n_addresses; i++) {
		struct str word = str_of(t->addresses[i]);
		int code = str_eq(word, STR("-")) ? look_up_lines(&l, t->json, out, d)
						  : look_up(&l, word, t->json, out, d);

		worst = code > worst ? code : worst;
	}
	lookup_close(&l);
	return worst;
}

static int diff(const struct sym_task *t, const struct sym_input *in, FILE *out, struct diag *d)
{
	struct error err = { 0 };
	struct sym_input new;
	int code;

	if (sym_input_open(&new, t->paths[1], false, &err)) {
		code = sym_diff(in->text, new.text, tool_oom, out) ? EXIT_INPUT : EXIT_DONE;
	} else {
		diag_error(d, &err);
		code = error_exit_code(&err);
	}
	sym_input_close(&new);
	return code;
}

static int (*const works[SYM_WORKS])(const struct sym_task *t, const struct sym_input *in,
				     FILE *out, struct diag *d) = {
	[SYM_CHECK] = check,     [SYM_REPAIR] = repair,     [SYM_SORT] = repair,
	[SYM_JSON] = print_json, [SYM_STATS] = print_stats, [SYM_INDEX] = write_index,
	[SYM_LOOKUP] = answer,   [SYM_DIFF] = diff,
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
	if (t->work == SYM_DIFF && n_paths != 2)
		return "--diff compares two files";
	if (t->work == SYM_LOOKUP && n_paths != 1)
		return "--lookup looks into one file";
	if (repairs && !t->in_place && n_paths > 1)
		return "--repair and --sort of several files go with --in-place";
	return NULL;
}

int sym_task_run(struct sym_task *t, size_t n_paths, FILE *out, struct diag *d)
{
	t->verbose = d->verbosity >= DIAG_ALL;
	if (t->work == SYM_DIFF)
		n_paths = 1;
	return jobs_run(n_paths, t->jobs, run, name, t, out, d);
}
