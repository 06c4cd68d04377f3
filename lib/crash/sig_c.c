#include "crash/sig_c.h"

#include <inttypes.h>
#include <stdio.h>

#include "crash/sig_c_impl.h"
#include "crash/sig_own.h"
#include "crash/sig_value.h"
#include "crash/sig_walk.h"

/* The members that are read, by name: one pass over an object of a dozen. */
static void read_members(struct js_value v, struct sig_c_frame *f, bool inlined)
{
	const struct {
		struct str key;
		struct js_value *to;
		bool outer; /* an inline function has that of its frame */
	} members[] = {
		{ STR("function"), &f->function, false },
		{ STR("file"), &f->file, false },
		{ STR("line"), &f->line, false },
		{ STR("module"), &f->module, true },
		{ STR("offset"), &f->offset, true },
		{ STR("unloaded_modules"), &f->unloaded, true },
	};

	for (struct js_in_each e = js_in_over(v); js_in_next(&e);) {
		for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
			if (!(inlined && members[i].outer) && js_in_is(e.key, members[i].key))
				*members[i].to = e.value;
		}
	}
}

/* What is no frame ends the rule, as in Python; or that frame is left out. */
static bool bad_frame(struct sig_job *job)
{
	if (job->own)
		sig_note(job, PARTS(STR("frame left out: "), str_of(job->why)));
	return job->own;
}

static bool add_frame(struct sig_job *job, const struct sig_c_frame *f)
{
	struct sig_result *r = &job->result;

	if (!sig_c_frame_text(job, f, &r->frames[r->n_frames]))
		return bad_frame(job);
	r->n_frames++;
	return true;
}

static bool add_inlines(struct sig_job *job, struct js_value inlines,
			const struct sig_c_frame *outer)
{
	if (!sig_value_true(inlines))
		return true;
	if (inlines.kind != JS_ARRAY)
		return sig_fail(job, "inlines is no list") || bad_frame(job);
	for (struct js_in_each e = js_in_over(inlines);
	     job->result.n_frames < SIG_FRAMES && js_in_next(&e);) {
		struct sig_c_frame f = { .module = outer->module, .offset = outer->offset };

		if (e.value.kind != JS_OBJECT) {
			sig_fail(job, "inline function is no object");
			if (!bad_frame(job))
				return false;
			continue;
		}
		read_members(e.value, &f, true);
		if (!add_frame(job, &f))
			return false;
	}
	return true;
}

/* What Python walks over without a complaint, and finds nothing in, beside a list. */
static bool is_nothing(struct js_value v)
{
	return v.kind == JS_NONE ||
	       ((v.kind == JS_STRING || v.kind == JS_OBJECT) && !sig_value_true(v));
}

static bool add_frames(struct sig_job *job, struct js_value frames)
{
	if (frames.kind != JS_ARRAY)
		return is_nothing(frames) || sig_fail(job, "frames is no list");
	for (struct js_in_each e = js_in_over(frames);
	     job->result.n_frames < SIG_FRAMES && js_in_next(&e);) {
		struct sig_c_frame f = { 0 };

		if (e.value.kind != JS_OBJECT) {
			sig_fail(job, "frame is no object");
			if (!bad_frame(job))
				return false;
			continue;
		}
		read_members(e.value, &f, false);
		if (!add_inlines(job, js_in_get(e.value, STR("inlines")), &f))
			return false;
		if (job->result.n_frames < SIG_FRAMES && !add_frame(job, &f))
			return false;
	}
	return true;
}

/* A negative index counts from the end; an object is looked up by the index as a key. */
static struct js_value find_thread(struct js_value threads, int64_t index)
{
	char key[24];

	if (threads.kind == JS_OBJECT) {
		snprintf(key, sizeof(key), "%" PRId64, index);
		return js_in_get(threads, str_of(key));
	}
	if (index < 0 && threads.kind == JS_ARRAY)
		index += (int64_t)js_in_count(threads);
	if (index < 0)
		return (struct js_value){ 0 };
	return js_in_at(threads, (uint64_t)index);
}

/* The number of the crashing thread, as text too; 0 if there is none that can be read. */
static bool crashing_thread(struct sig_job *job, int64_t *index, struct str *number)
{
	struct js_value v = job->crash.crashing_thread;
	char text[24];
	enum sig_int rc = sig_value_int(v, index, job->arena);

	if (rc == SIG_INT_INFINITE)
		return sig_fail(job, "crashing_thread is infinite");
	if (rc != SIG_INT_OK)
		*index = 0;
	snprintf(text, sizeof(text), "%" PRId64, *index);
	*number = arena_strdup(job->arena, str_of(text));
	if (*index == INT64_MAX || *index == INT64_MIN) /* or beyond */
		*number = sig_value_text(v, job->arena);
	return true;
}

static bool read_frames(struct sig_job *job, struct js_value thread)
{
	if (thread.kind == JS_NONE)
		return true;
	if (thread.kind != JS_OBJECT)
		return sig_fail(job, "thread is no object");
	return add_frames(job, js_in_get(thread, STR("frames")));
}

bool sig_c_crashing_thread(struct sig_job *job, struct js_value *thread)
{
	struct str number;
	int64_t index;

	*thread = (struct js_value){ .kind = JS_NONE };
	if (!crashing_thread(job, &index, &number))
		return false;
	*thread = find_thread(job->crash.threads, index);
	return true;
}

/* Whether the stack is so long that a recursion may have ended it, or the reason says that one did.
 */
static bool may_overflow(const struct sig_job *job, struct js_value thread)
{
	enum { LONG_STACK = 200 }; /* a stack of 8 MiB with frames of 40 KiB, which are rare */

	return js_in_count(js_in_get(thread, STR("frames"))) >= LONG_STACK ||
	       js_in_is(job->crash.reason, STR("EXCEPTION_STACK_OVERFLOW"));
}

static bool walk(struct sig_job *job)
{
	struct js_value thread;
	struct str number;
	int64_t index;

	if (!crashing_thread(job, &index, &number))
		return false;
	thread = find_thread(job->crash.threads, index);
	if (!read_frames(job, thread))
		return false;
	if (job->own) {
		struct str cycle = sig_own_recursion(job, may_overflow(job, thread));

		job->recursion = cycle.n != 0;
		if (job->recursion) {
			sig_set(job, cycle);
			return true;
		}
	}
	sig_walk(job, number);
	return true;
}

/* The frames of an earlier run stay when this one finds none. */
static void keep_frames(struct sig_result *now, const struct sig_result *before)
{
	memcpy(now->frames, before->frames, sizeof(now->frames));
	now->n_frames = before->n_frames;
}

bool sig_c(struct sig_job *job)
{
	const struct sig_result before = job->result;

	sig_debug(job, PARTS(STR("using CSignatureTool")));
	if (job->lists_name != NULL)
		sig_debug(job, PARTS(STR("using "), str_of(job->lists_name)));
	job->result.n_frames = 0;
	job->named = 0;

	bool ok = walk(job);
	if (!ok || job->result.n_frames == 0)
		keep_frames(&job->result, &before);
	return ok;
}
