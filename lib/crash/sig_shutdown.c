#include "base/buf.h"
#include "base/sort.h"
#include "base/utf.h"
#include "crash/sig_annotations.h"
#include "crash/sig_value.h"

/* What the program waited for when it should have ended: texts in job->arena. */
struct conditions {
	struct str *v;
	size_t n;
};

/* The characters of a text, as a loop over it in Python has them. */
static struct conditions split(struct sig_job *job, struct str s)
{
	struct conditions c = { arena_new(job->arena, struct str, s.n + 1), 0 };

	while (s.n != 0) {
		uint32_t code;
		size_t n = utf8_next(s, &code);

		c.v[c.n++] = str_first(s, n);
		s = str_from(s, n);
	}
	return c;
}

/* False when one has no name: Python's KeyError. */
static bool read_list(struct sig_job *job, struct js_value list, struct conditions *c)
{
	c->v = arena_new(job->arena, struct str, js_in_count(list) + 1);
	for (struct js_in_each e = js_in_over(list); js_in_next(&e);) {
		struct js_value v = list.kind == JS_OBJECT ? e.key : e.value;

		if (v.kind == JS_OBJECT)
			v = js_in_get(v, STR("name"));
		if (v.kind == JS_NONE)
			return false;
		c->v[c->n++] = sig_value_text(v, job->arena);
	}
	return true;
}

static int compare(const void *a, const void *b, const void *context)
{
	const struct str *x = a, *y = b;

	(void)context;
	return str_cmp(*x, *y); /* UTF-8 is in the order of code points */
}

static void put_conditions(struct buf *b, struct conditions *c, bool keys)
{
	sort_stable(c->v, c->n, sizeof(*c->v), compare, NULL, b->oom);
	if (c->n == 0)
		buf_put_str(b, STR("(none)"));
	for (size_t i = 0; i < c->n; i++) {
		if (keys && i != 0 && str_eq(c->v[i], c->v[i - 1]))
			continue; /* an object has each key once */
		buf_put_str(b, i == 0 ? STR("") : STR(","));
		buf_put_str(b, c->v[i]);
	}
}

static void unknown(struct sig_job *job, struct buf *b, const char *why)
{
	sig_note(job, PARTS(STR("Error parsing AsyncShutdownTimeout: "), str_of(why)));
	buf_put_str(b, STR("UNKNOWN"));
}

/* The phase and the conditions of a description. */
static bool put_parts(struct sig_job *job, struct buf *b, struct js_value root)
{
	struct js_value phase = js_in_get(root, STR("phase"));
	struct js_value list = js_in_get(root, STR("conditions"));
	struct conditions c = { NULL, 0 };

	if (root.kind != JS_OBJECT)
		return sig_fail(job, "async_shutdown_timeout holds no object");
	buf_put_str(b, phase.kind == JS_STRING ? js_in_text(phase, job->arena) : STR("(unknown)"));
	buf_put_str(b, STR(" | "));
	if (!sig_value_true(list)) {
		buf_put_str(b, STR("(none)"));
		return true;
	}
	if (list.kind != JS_STRING && list.kind != JS_ARRAY && list.kind != JS_OBJECT)
		return sig_fail(job, "conditions is no list");
	if (list.kind == JS_STRING)
		c = split(job, js_in_text(list, job->arena));
	else if (!read_list(job, list, &c)) {
		unknown(job, b, "a condition has no name");
		return true;
	}
	put_conditions(b, &c, list.kind == JS_OBJECT);
	return true;
}

static bool replace(struct sig_job *job, struct js_in *in, struct buf *b)
{
	struct error err = { 0 };
	struct js_value root;

	buf_put_str(b, STR("AsyncShutdownTimeout | "));
	if (!js_in_more(in) || !js_in_read(in, &root, &err) || js_in_more(in))
		unknown(job, b, "not one JSON document");
	else if (!put_parts(job, b, root))
		return false;
	sig_note(job, PARTS(STR("Signature replaced with a Shutdown Timeout signature, was: \""),
			    job->result.signature, STR("\"")));
	sig_set(job, arena_strdup(job->arena, buf_str(b)));
	return true;
}

bool sig_shutdown_timeout(struct sig_job *job)
{
	struct js_value v = job->crash.async_shutdown_timeout;

	if (!sig_value_true(v))
		return true;
	if (v.kind != JS_STRING)
		return sig_fail(job, "async_shutdown_timeout is no text");

	struct js_in in = js_in_make(js_in_text(v, job->arena), "async_shutdown_timeout",
				     job->arena->oom);
	struct buf b = { .oom = job->arena->oom };
	bool ok = replace(job, &in, &b);
	buf_free(&b);
	js_in_free(&in);
	return ok;
}
