#include <stdlib.h>

#include "base/js_copy.h"
#include "base/js_in.h"
#include "base/utf.h"

/* JSON in both dialects: every value looked at, and what is written again reads as the same. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void look(struct js_value root)
{
	const struct js_in *in = root.in;
	struct arena a = { 0 };

	for (uint32_t i = 0; i < in->n_tokens; i++) {
		struct js_value v = { (enum js_kind)in->tokens[i].kind,
				      { in->text + in->tokens[i].at, in->tokens[i].n },
				      in,
				      i };
		struct str text = js_in_text(v, &a);
		size_t n = 0;

		expect(in->tokens[i].next > i && in->tokens[i].next <= in->n_tokens);
		expect(utf8_valid(text) && (v.kind != JS_STRING || js_in_is(v, text) ||
					    !utf8_valid(v.text) || in->tokens[i].escaped));
		for (struct js_in_each e = js_in_over(v); js_in_next(&e);)
			n++;
		expect(n == js_in_count(v));
	}
	arena_free(&a);
}

static char *copy_of(struct str json)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);
	struct js j;

	expect(f != NULL);
	j = js_make(f, false);
	js_copy(&j, json, true);
	fclose(f);
	return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str json = { (const char *)data, size };
	struct js_in in = js_in_make(json, "fuzz", NULL);
	struct error err = { 0 };
	struct js_value root;

	while (js_in_more(&in)) {
		size_t left = in.rest.n;

		if (js_in_read(&in, &root, &err))
			look(root);
		expect(in.rest.n < left);
	}
	js_in_free(&in);
	if (js_in_valid(json)) {
		char *once = copy_of(json), *twice = copy_of(str_of(once));

		expect(js_in_valid(str_of(once)) && strcmp(once, twice) == 0);
		free(once);
		free(twice);
	}
	return 0;
}
