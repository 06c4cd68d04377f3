#include "crash/sig_job.h"

static bool has(struct js_value v, struct str key)
{
	return js_in_get(v, key).kind != JS_NONE;
}

static struct sig_crash from_stackwalk(struct js_value dump)
{
	struct js_value info = js_in_get(dump, STR("crash_info"));

	return (struct sig_crash){
		.is_object = true,
		.crashing_thread = js_in_get(info, STR("crashing_thread")),
		.threads = js_in_get(dump, STR("threads")),
		.os = js_in_get(js_in_get(dump, STR("system_info")), STR("os")),
		.reason = js_in_get(info, STR("type")),
	};
}

static struct sig_crash from_crash(struct js_value root)
{
	return (struct sig_crash){
		.is_object = root.kind == JS_OBJECT,
		.crashing_thread = js_in_get(root, STR("crashing_thread")),
		.threads = js_in_get(root, STR("threads")),
		.os = js_in_get(root, STR("os")),
		.reason = js_in_get(root, STR("reason")),
	};
}

static enum sig_input guess(struct js_value root)
{
	if (has(root, STR("json_dump")))
		return SIG_PROCESSED;
	if (has(root, STR("crash_info")) || has(root, STR("status")))
		return SIG_STACKWALK;
	return SIG_CRASH;
}

struct sig_crash sig_crash_read(struct js_value root, enum sig_input input)
{
	if (input == SIG_AUTO)
		input = guess(root);
	if (root.kind != JS_OBJECT || input == SIG_CRASH)
		return from_crash(root);
	return from_stackwalk(input == SIG_PROCESSED ? js_in_get(root, STR("json_dump")) : root);
}

static void add_line(struct sig_job *job, struct sig_lines *lines, const struct str *parts,
		     size_t n)
{
	struct sig_line *line = arena_new(job->arena, struct sig_line, 1);
	struct str text = arena_concat(job->arena, parts, n);

	line->text = arena_concat(job->arena, PARTS(str_of(job->rule), STR(": "), text));
	if (lines->last == NULL)
		lines->first = line;
	else
		lines->last->next = line;
	lines->last = line;
}

void sig_note(struct sig_job *job, const struct str *parts, size_t n)
{
	add_line(job, &job->result.notes, parts, n);
}

void sig_debug(struct sig_job *job, const struct str *parts, size_t n)
{
	if (job->debug)
		add_line(job, &job->result.debug_log, parts, n);
}

void sig_set(struct sig_job *job, struct str signature)
{
	sig_debug(job, PARTS(STR("change signature: \""), job->result.signature, STR("\" -> \""),
			     signature, STR("\"")));
	job->result.signature = signature;
}

bool sig_fail(struct sig_job *job, const char *why)
{
	job->why = why;
	return false;
}
