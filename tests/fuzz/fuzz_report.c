#include <stdlib.h>

#include "base/js_in.h"
#include "base/utf.h"
#include "walk/rating.h"

/*
 * A minidump, reported without symbols both ways, as text and as JSON, of which one has the
 * registers of all frames, and with few frames of each stack the other time. The JSON must parse;
 * the text must hold nothing that a terminal obeys: made printable once more, every line stays as
 * it is, but for its backslashes.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_json(struct str json)
{
	struct js_in in = js_in_make(json, "json", NULL);
	struct js_value root;
	struct error err = { 0 };

	if (js_in_read(&in, &root, &err))
		expect(root.kind == JS_OBJECT && !js_in_more(&in));
	else
		expect(err.code == ERROR_LIMIT); /* of nesting: soft errors may have more */
	js_in_free(&in);
}

static void check_text(struct str rest)
{
	struct buf b = { 0 };
	struct str line;
	size_t backslashes;

	while (str_next_line(&rest, &line)) {
		buf_clear(&b);
		text_printable(&b, line);
		backslashes = 0;
		for (size_t i = 0; i < line.n; i++)
			backslashes += line.p[i] == '\\';
		expect(b.n == line.n + backslashes);
	}
	buf_free(&b);
}

static void report(const struct dump *d, struct bounds *b, bool compat, bool json, struct arena *a)
{
	struct names names;
	struct state s;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	names_init(&names, d, NULL, compat, a);
	state_build(&s, d, &names, a);
	state_set_bounds(&s, b);
	s.rating = rating_name(rating_find(&s, NULL));
	if (json)
		state_js(&s, &(struct state_js_options){ .pretty = compat, .registers = !compat },
			 a, out);
	else
		state_text(&s, &(struct state_text_options){ 0 }, a, out);
	fclose(out);
	if (json)
		check_json((struct str){ text, n });
	else if (!compat)
		check_text((struct str){ text, n });
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (int compat = 0; compat < 2; compat++) {
		struct arena a = { 0 };
		struct bounds b = bounds_make();
		struct diag quiet = { .bounds = &b };
		struct error err = { 0 };
		enum md_verdict verdict;
		struct dump d;

		if (dump_read(&d, (struct slice){ data, size }, "dump", &a, &quiet, compat != 0,
			      &verdict, &err)) {
			report(&d, &b, compat != 0, true, &a);
			b.value[BOUND_WALK_FRAMES] = 4;
			report(&d, &b, compat != 0, false, &a);
		}
		arena_free(&a);
	}
	return 0;
}
