#include "crash/ping.h"

/* A ping and, behind it, the answer to its request. Requests and crash data are JSON, whatever the
 * ping is. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct buf *b)
{
	struct js_in in = js_in_make(buf_str(b), "made", NULL);
	struct error err = { 0 };
	struct js_value root;

	if (!js_in_read(&in, &root, &err) || js_in_more(&in))
		__builtin_trap();
	for (size_t i = 0; i < b->n; i++) {
		if (b->p[i] == '\n')
			__builtin_trap();
	}
	js_in_free(&in);
}

static void make(const struct ping *p, struct js_value answer, bool compat)
{
	struct buf b = { 0 };

	ping_request(&b, p, compat);
	check(&b);
	buf_clear(&b);
	ping_crash(&b, p, answer, compat);
	check(&b);
	buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	size_t line = str_find_char(text, '\n');
	struct js_in in = js_in_make(str_first(text, line), "fuzz", NULL);
	struct js_in answer_in = js_in_make(str_from(text, line + 1), "fuzz", NULL);
	struct js_value root, answer = { .kind = JS_NONE };
	struct error err = { 0 };
	struct arena a = { 0 };
	struct ping p;

	if (js_in_read(&in, &root, &err)) {
		if (!js_in_read(&answer_in, &answer, &err))
			answer.kind = JS_NONE;
		if (ping_read(&p, root, "fuzz", &a, &err)) {
			make(&p, answer, false);
			make(&p, answer, true);
		}
		ping_free(&p);
	}
	js_in_free(&in);
	js_in_free(&answer_in);
	arena_free(&a);
	return 0;
}
