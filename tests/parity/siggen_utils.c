/*
 * siggen_utils FILE: the small steps of signatures beside Socorro's utils.py (siggen.md 16): places
 * of source files, offsets, printable characters, integers, crashing threads, Rust functions
 * without a module. FILE has a case a line: "fn", "in", "out". What Socorro does to crash ids is
 * not siggen's. Prints how many were compared and different, and exits with 1 if any are.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/tool.h"
#include "crash/sig_frame.h"
#include "crash/sig_rules.h"
#include "crash/sig_value.h"

struct utils {
	struct siglists lists; /* none */
	struct arena arena, scratch;
	struct js_in made; /* a document made of a case */
};

static struct sig_job job_of(struct utils *u)
{
	return (struct sig_job){
		.lists = &u->lists,
		.arena = &u->arena,
		.scratch = &u->scratch,
	};
}

static struct str text_of(struct utils *u, struct js_value v)
{
	return v.kind == JS_STRING ? js_in_text(v, &u->arena) : sig_value_text(v, &u->arena);
}

/* None is said by an empty text. */
static bool source_file(struct utils *u, struct js_value in, struct js_value out)
{
	return str_eq(sig_frame_file(js_in_text(in, &u->arena)), js_in_text(out, &u->arena));
}

static bool offset(struct utils *u, struct js_value in, struct js_value out)
{
	return str_eq(sig_value_offset(in, &u->arena), text_of(u, out));
}

static bool printable(struct utils *u, struct js_value in, struct js_value out)
{
	struct sig_job job = job_of(u);

	return str_eq(sig_printable(&job, js_in_text(in, &u->arena)), text_of(u, out));
}

static bool integer(struct utils *u, struct js_value in, struct js_value out)
{
	int64_t value;

	if (sig_value_int(in, &value, &u->arena) != SIG_INT_OK)
		return out.kind == JS_NULL;
	return str_eq(arena_printf(&u->arena, "%" PRId64, value), text_of(u, out));
}

/* There are no threads, so a note says which one was looked for. */
static bool crashing_thread(struct utils *u, struct js_value in, struct js_value out)
{
	struct sig_job job = job_of(u);
	struct str wanted = arena_printf(&u->arena, "(%.*s)", STR_ARGS(text_of(u, out)));

	job.crash = sig_crash_read(in, SIG_CRASH);
	sig_rules(&job);
	return job.result.notes.first != NULL && str_ends(job.result.notes.first->text, wanted);
}

/* As the only frame of a crash. */
static bool missing_module(struct utils *u, struct js_value in, struct js_value out)
{
	struct sig_job job = job_of(u);
	struct error err = { 0 };
	struct js_value root;

	u->made = js_in_make(arena_concat(&u->arena, PARTS(STR("{\"threads\":[{\"frames\":["),
							   in.text, STR("]}]}"))),
			     "made", tool_oom);
	if (!js_in_read(&u->made, &root, &err))
		return false;
	job.crash = sig_crash_read(root, SIG_CRASH);
	sig_rules(&job);
	js_in_free(&u->made);
	return job.result.n_frames == 1 &&
	       str_eq(job.result.frames[0], js_in_text(js_in_get(out, STR("function")), &u->arena));
}

static const struct {
	const char *name;
	bool (*equal)(struct utils *u, struct js_value in, struct js_value out);
} functions[] = {
	{ "parse_source_file", source_file },       { "strip_leading_zeros", offset },
	{ "drop_bad_characters", printable },       { "int_or_none", integer },
	{ "get_crashing_thread", crashing_thread }, { "fix_missing_module", missing_module },
};

/* Whether there is such a function; *equal: whether ours does the same. */
static bool compare(struct utils *u, struct js_value doc, bool *equal)
{
	for (size_t i = 0; i < COUNT(functions); i++) {
		if (js_in_is(js_in_get(doc, STR("fn")), str_of(functions[i].name))) {
			*equal = functions[i].equal(u, js_in_get(doc, STR("in")),
						    js_in_get(doc, STR("out")));
			return true;
		}
	}
	return false;
}

int main(int argc, char **argv)
{
	struct utils u = { .arena = { .oom = tool_oom }, .scratch = { .oom = tool_oom } };
	unsigned n = 0, bad = 0, others = 0;
	struct error err = { 0 };
	struct js_value doc;
	struct file f;

	if (argc != 2 || !file_open(&f, argv[1], &err))
		return EXIT_USAGE;
	struct js_in in = js_in_make((struct str){ (const char *)f.data.p, f.data.n }, argv[1],
				     tool_oom);
	for (bool equal; js_in_more(&in) && js_in_read(&in, &doc, &err); arena_reset(&u.arena)) {
		if (!compare(&u, doc, &equal)) {
			others++;
			continue;
		}
		n++;
		bad += !equal;
		if (!equal)
			printf("differs: %.*s\n", STR_ARGS(doc.text));
	}
	printf("%u cases, %u texts compared, %u differ; %u of crash ids\n", n, n, bad, others);
	js_in_free(&in);
	file_close(&f);
	arena_free(&u.arena);
	arena_free(&u.scratch);
	return bad != 0 || n == 0;
}
