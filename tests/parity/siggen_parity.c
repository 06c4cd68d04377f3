/*
 * Compares with what Socorro made of the same input: names through each step of the normalisers,
 * and frames against the lists. siggen_parity norm|lists DIR [FILE], DIR being the lists; one JSON
 * document a line on standard input or in FILE. Prints counts, the first differences, and exits
 * with 1 if there are any.
 */
#include <stdio.h>
#include <string.h>

#include "base/js_in.h"
#include "base/tool.h"
#include "crash/sig_frame.h"

enum { SHOWN = 10, WIDTH = 300 };

struct parity {
	struct siglists lists;
	struct arena arena;   /* of one document */
	unsigned long n, bad; /* compared, different */
};

static void compare(struct parity *p, struct str about, const char *what, struct str ours,
		    struct str theirs)
{
	p->n++;
	if (str_eq(ours, theirs))
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

/* The first entry that matches, or how many do, as the golden has them: absent for none. */
static struct str count_text(struct parity *p, unsigned n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	return arena_strdup(&p->arena, str_of(text));
}

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
		struct js_value line = js_in_get(doc, str_of(kinds[i].key));
		unsigned n;

		regex_list_first(&p->lists.of[kinds[i].kind].patterns, s, &n);
		compare(p, s, kinds[i].key,
			siglists_match(&p->lists, kinds[i].kind, s) ? STR("yes") : STR("no"),
			line.kind != JS_NONE ? STR("yes") : STR("no"));
		if (kinds[i].count != NULL && line.kind != JS_NONE)
			compare(p, s, kinds[i].count, count_text(p, n),
				js_in_get(doc, str_of(kinds[i].count)).text);
	}
	compare(p, s, "sen",
		siglists_match(&p->lists, SIGLIST_SENTINELS, s) ? STR("yes") : STR("no"),
		js_in_get(doc, STR("sen")).kind == JS_TRUE ? STR("yes") : STR("no"));
}

int main(int argc, char **argv)
{
	struct parity p = { .arena = { .oom = tool_oom } };
	struct arena a = { .oom = tool_oom };
	struct error err = { 0 };
	struct file f;
	struct js_value doc;
	unsigned long documents = 0;

	if (argc < 3 || !siglists_load(&p.lists, argv[2], &a, &err) ||
	    !file_open(&f, argc > 3 ? argv[3] : "-", &err)) {
		fprintf(stderr, "siggen_parity: %s\n", argc < 3 ? "no lists" : err.text);
		return 2;
	}

	struct js_in in = js_in_make((struct str){ (const char *)f.data.p, f.data.n }, f.name,
				     tool_oom);
	while (js_in_more(&in) && js_in_read(&in, &doc, &err)) {
		if (strcmp(argv[1], "norm") == 0)
			norm(&p, doc);
		else
			list(&p, doc);
		arena_reset(&p.arena);
		documents++;
	}
	printf("%lu documents, %lu compared, %lu differ\n", documents, p.n, p.bad);
	js_in_free(&in);
	file_close(&f);
	siglists_free(&p.lists);
	arena_free(&p.arena);
	arena_free(&a);
	return p.bad != 0 || err.code != ERROR_NONE;
}
