/*
 * Compares with what Socorro made of the same input (siggen.md 16).
 *
 *	siggen_parity norm LISTS NAMES             each step of the normalisers
 *	siggen_parity lists LISTS FRAMES           frames against the lists
 *	siggen_parity crash LISTS IN OUT IDS KNOWN      whole signatures of crash data
 *	siggen_parity processed LISTS IN OUT IDS KNOWN  the same of processed crashes
 *
 * LISTS is a directory of lists; IDS names the cases, and KNOWN has the names of those that may
 * differ, and must; the others hold one JSON document a line, IN and OUT in parallel. Prints how
 * many were compared and different, and exits with 1 if any are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/js_in.h"
#include "base/tool.h"
#include "crash/sig_frame.h"
#include "crash/sig_rules.h"

enum { SHOWN = 10, WIDTH = 300 };

struct parity {
	struct siglists lists;
	struct arena arena, scratch; /* of one case, of one frame */
	struct str known;            /* cases that may differ, one a line */
	unsigned long cases, n, bad, n_known;
	bool is_known, differs; /* the case that is being compared */
};

static void compare(struct parity *p, struct str about, const char *what, struct str ours,
		    struct str theirs)
{
	p->n++;
	if (str_eq(ours, theirs))
		return;
	p->differs = true;
	if (p->is_known)
		return;
	if (p->bad++ < SHOWN)
		printf("%s: %.*s\n\tours   %.*s\n\ttheirs %.*s\n", what,
		       STR_ARGS(str_first(about, WIDTH)), STR_ARGS(str_first(ours, WIDTH)),
		       STR_ARGS(str_first(theirs, WIDTH)));
}

/* A step of the golden: its text, or "error". */
static struct str golden(struct parity *p, struct js_value doc, const char *key)
{
	struct js_value v = js_in_get(doc, str_of(key));

	return v.kind == JS_STRING ? js_in_text(v, &p->arena) : STR("error");
}

static void norm(struct parity *p, struct js_value doc)
{
	struct arena *a = &p->arena;
	struct str name = js_in_text(js_in_get(doc, STR("f")), a), line = STR("42"), out;

	compare(p, name, "drop", sig_frame_drop(name, a, &out) ? out : STR("error"),
		golden(p, doc, "drop"));
	compare(p, name, "types", sig_frame_types(name, a), golden(p, doc, "types"));
	compare(p, name, "args", sig_frame_arguments(name, a), golden(p, doc, "args"));
	compare(p, name, "cpp", sig_frame_cpp(name, line, &p->lists, a, &out) ? out : STR("error"),
		golden(p, doc, "cpp"));
	compare(p, name, "rust",
		sig_frame_rust(name, line, &p->lists, a, &out) ? out : STR("error"),
		golden(p, doc, "rust"));
}

static struct str yes(bool v)
{
	return v ? STR("yes") : STR("no");
}

/* The goldens have the text of the first line that matches, and how many do; absent for none. */
static void list(struct parity *p, struct js_value doc)
{
	static const struct {
		const char *key, *count;
		enum siglist_kind kind;
	} kinds[] = {
		{ "irr", "irr_n", SIGLIST_IRRELEVANT },
		{ "pre", "pre_n", SIGLIST_PREFIX },
		{ "num", NULL, SIGLIST_NUMBERS },
	};
	struct str s = js_in_text(js_in_get(doc, STR("s")), &p->arena);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct js_value first = js_in_get(doc, str_of(kinds[i].key));
		bool theirs = first.kind != JS_NONE;
		struct str line;
		unsigned n;
		char text[16];

		regex_list_first(&p->lists.of[kinds[i].kind].patterns, s, &n);
		compare(p, s, kinds[i].key, yes(siglists_match(&p->lists, kinds[i].kind, s)),
			yes(theirs));
		if (siglists_line(&p->lists, kinds[i].kind, s, &line) == 0)
			line = STR("");
		compare(p, s, kinds[i].key, line, js_in_text(first, &p->arena));
		snprintf(text, sizeof(text), "%u", n);
		if (kinds[i].count != NULL && theirs)
			compare(p, s, kinds[i].count, str_of(text),
				js_in_get(doc, str_of(kinds[i].count)).text);
	}
	compare(p, s, "sentinel", yes(siglists_match(&p->lists, SIGLIST_SENTINELS, s)),
		yes(js_in_get(doc, STR("sen")).kind == JS_TRUE));
}

static bool is_known(const struct parity *p, struct str id)
{
	struct str rest = p->known, line;

	while (str_next_line(&rest, &line)) {
		if (str_eq(line, id))
			return true;
	}
	return false;
}

/* Python's wording of an error does not count, nor do the lists' names. */
static struct str log_line(struct str line)
{
	static const struct str ends[] = { STR_INIT("Rule failed: "),
					   STR_INIT("Error parsing AsyncShutdownTimeout: ") };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t at = str_find(line, ends[i]);

		if (at != line.n)
			return str_first(line, at + ends[i].n);
	}
	return line;
}

static void compare_lines(struct parity *p, struct str id, const char *what,
			  const struct sig_line *ours, struct js_value theirs)
{
	for (struct js_in_each e = js_in_over(theirs); js_in_next(&e);) {
		struct str line = js_in_text(e.value, &p->arena);

		if (str_find(line, STR(" signature lists")) != line.n)
			continue;
		compare(p, id, what, ours == NULL ? STR("(none)") : log_line(ours->text),
			log_line(line));
		if (ours != NULL)
			ours = ours->next;
	}
	if (ours != NULL)
		compare(p, id, what, ours->text, STR("(none)"));
}

static void compare_frames(struct parity *p, struct str id, const struct sig_result *r,
			   struct js_value doc)
{
	struct js_value frames = js_in_get(doc, STR("normalized_frames"));
	struct buf proto = { .oom = tool_oom };

	for (size_t i = 0; i < r->n_frames; i++) {
		buf_put_str(&proto, i == 0 ? STR("") : STR(" | "));
		buf_put_str(&proto, r->frames[i]);
		if (frames.kind == JS_ARRAY)
			compare(p, id, "frame", r->frames[i],
				js_in_text(js_in_at(frames, i), &p->arena));
	}
	compare(p, id, "proto signature", buf_str(&proto),
		js_in_text(js_in_get(doc, STR("proto_signature")), &p->arena));
	buf_free(&proto);
}

static void crash(struct parity *p, struct js_value in, struct js_value out, struct str id,
		  bool processed)
{
	struct sig_job job = {
		.crash = sig_crash_read(in, processed ? SIG_PROCESSED : SIG_CRASH),
		.lists = &p->lists,
		.arena = &p->arena,
		.scratch = &p->scratch,
		.debug = true,
	};
	struct js_value log = js_in_get(out, STR("debug_log")),
			notes = js_in_get(out, STR("notes"));

	p->is_known = is_known(p, id);
	p->differs = false;
	sig_rules(&job);
	compare(p, id, "signature", job.result.signature,
		js_in_text(js_in_get(out, STR("signature")), &p->arena));
	compare_lines(p, id, "note", job.result.notes.first, notes);
	compare_frames(p, id, &job.result, out);
	if (log.kind != JS_NONE)
		compare_lines(p, id, "log", job.result.debug_log.first, log);
	if (!p->is_known)
		return;
	p->n_known++;
	p->is_known = false;
	if (!p->differs)
		compare(p, id, "listed as different", STR("no"), STR("yes"));
}

struct input {
	struct file file;
	struct js_in in;
	struct str rest; /* of a file of lines */
	bool open;
};

static void open_input(struct input *i, const char *path)
{
	struct error err = { 0 };

	if (!file_open(&i->file, path, &err)) {
		fprintf(stderr, "siggen_parity: %s\n", err.text);
		exit(EXIT_USAGE);
	}
	i->rest = (struct str){ (const char *)i->file.data.p, i->file.data.n };
	i->in = js_in_make(i->rest, i->file.name, tool_oom);
	i->open = true;
}

static bool next(struct input *i, struct js_value *doc)
{
	struct error err = { 0 };

	if (!js_in_more(&i->in))
		return false;
	if (js_in_read(&i->in, doc, &err))
		return true;
	fprintf(stderr, "siggen_parity: %s\n", err.text);
	exit(EXIT_INPUT);
}

static void close_input(struct input *i)
{
	if (!i->open)
		return;
	js_in_free(&i->in);
	file_close(&i->file);
}

static void run(struct parity *p, const char *mode, struct input *in, struct input *out,
		struct input *ids)
{
	struct js_value doc, theirs;
	struct str id = STR("");

	for (; next(in, &doc); p->cases++) {
		if (ids->open)
			str_next_line(&ids->rest, &id);
		if (strcmp(mode, "norm") == 0)
			norm(p, doc);
		else if (strcmp(mode, "lists") == 0)
			list(p, doc);
		else if (next(out, &theirs))
			crash(p, doc, theirs, id, strcmp(mode, "processed") == 0);
		arena_reset(&p->arena);
	}
}

int main(int argc, char **argv)
{
	struct parity p = { .arena = { .oom = tool_oom }, .scratch = { .oom = tool_oom } };
	struct arena a = { .oom = tool_oom };
	struct error err = { 0 };
	struct input inputs[4] = { 0 };

	if (argc < 4 || argc > 7 || !siglists_load(&p.lists, argv[2], &a, &err)) {
		fprintf(stderr, "siggen_parity: %s\n", err.text);
		return EXIT_USAGE;
	}
	for (int i = 3; i < argc; i++)
		open_input(&inputs[i - 3], argv[i]);
	p.known = inputs[3].rest;
	run(&p, argv[1], &inputs[0], &inputs[1], &inputs[2]);
	printf("%lu cases, %lu texts compared, %lu differ\n", p.cases, p.n, p.bad);
	if (p.n_known != 0)
		printf("\t%lu of them listed as different\n", p.n_known);
	for (int i = 0; i < 4; i++)
		close_input(&inputs[i]);
	siglists_free(&p.lists);
	arena_free(&p.arena);
	arena_free(&p.scratch);
	arena_free(&a);
	return p.bad == 0 ? EXIT_DONE : EXIT_INPUT;
}
