#include "crash/sig_job.h"

#include <stddef.h>

static bool has(struct js_value v, struct str key)
{
	return js_in_get(v, key).kind != JS_NONE;
}

/* The members of crash data. Those of the crash itself stand elsewhere in a processed crash. */
static const struct member {
	struct str key;
	size_t offset;
	bool of_crash;
} members[] = {
	{ STR_INIT("crashing_thread"), offsetof(struct sig_crash, crashing_thread), true },
	{ STR_INIT("threads"), offsetof(struct sig_crash, threads), true },
	{ STR_INIT("os"), offsetof(struct sig_crash, os), true },
	{ STR_INIT("reason"), offsetof(struct sig_crash, reason), true },
	{ STR_INIT("java_stack_trace"), offsetof(struct sig_crash, java_stack_trace), false },
	{ STR_INIT("java_exception"), offsetof(struct sig_crash, java_exception), false },
	{ STR_INIT("oom_allocation_size"), offsetof(struct sig_crash, oom_allocation_size), false },
	{ STR_INIT("js_large_allocation_failure"),
	  offsetof(struct sig_crash, js_large_allocation_failure), false },
	{ STR_INIT("abort_message"), offsetof(struct sig_crash, abort_message), false },
	{ STR_INIT("async_shutdown_timeout"), offsetof(struct sig_crash, async_shutdown_timeout),
	  false },
	{ STR_INIT("ipc_channel_error"), offsetof(struct sig_crash, ipc_channel_error), false },
	{ STR_INIT("additional_minidumps"), offsetof(struct sig_crash, additional_minidumps),
	  false },
	{ STR_INIT("ipc_message_name"), offsetof(struct sig_crash, ipc_message_name), false },
	{ STR_INIT("hang"), offsetof(struct sig_crash, hang), false },
	{ STR_INIT("mdsw_status_string"), offsetof(struct sig_crash, mdsw_status_string), false },
	{ STR_INIT("uuid"), offsetof(struct sig_crash, uuid), false },
	{ STR_INIT("original_signature"), offsetof(struct sig_crash, original_signature), true },
};

/* The struct's members that the table names, in one pass over the object. */
static struct sig_crash read_members(struct js_value root, bool processed)
{
	struct sig_crash c = { .is_object = root.kind == JS_OBJECT, .processed = processed };

	if (!c.is_object)
		return c;
	for (struct js_in_each e = js_in_over(root); js_in_next(&e);) {
		for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
			if (!(processed && members[i].of_crash) && js_in_is(e.key, members[i].key))
				memcpy((char *)&c + members[i].offset, &e.value, sizeof(e.value));
		}
	}
	return c;
}

static void read_stackwalk(struct sig_crash *c, struct js_value dump)
{
	struct js_value info = js_in_get(dump, STR("crash_info"));

	c->crashing_thread = js_in_get(info, STR("crashing_thread"));
	c->threads = js_in_get(dump, STR("threads"));
	c->os = js_in_get(js_in_get(dump, STR("system_info")), STR("os"));
	c->reason = js_in_get(info, STR("type"));
}

static enum sig_input guess(struct js_value root)
{
	if (has(root, STR("json_dump")))
		return SIG_PROCESSED;
	/* one of Java has no dump */
	if (has(root, STR("uuid")) && !has(root, STR("threads")))
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
		return read_members(root, false);

	struct sig_crash c = { .is_object = true, .processed = true };
	if (input == SIG_PROCESSED) {
		c = read_members(root, true);
		c.original_signature = js_in_get(root, STR("signature"));
		read_stackwalk(&c, js_in_get(root, STR("json_dump")));
	} else {
		c.mdsw_status_string = js_in_get(root, STR("status"));
		read_stackwalk(&c, root);
	}
	return c;
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

void sig_set_parts(struct sig_job *job, const struct str *parts, size_t n)
{
	sig_set(job, arena_concat(job->arena, parts, n));
}

struct str sig_printable(struct sig_job *job, struct str s)
{
	char *out = arena_new(job->arena, char, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 0x20 && s.p[i] < 0x7f)
			out[n++] = s.p[i];
	}
	return (struct str){ out, n };
}

bool sig_fail(struct sig_job *job, const char *why)
{
	job->why = why;
	return false;
}
