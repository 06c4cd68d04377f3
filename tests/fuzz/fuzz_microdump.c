#include <stdlib.h>

#include "dump/microdump.h"
#include "walk/state.h"

/*
 * A log with a microdump, reported without symbols in all three forms, both ways. Memory may not
 * grow faster than the file: a module of 40 bytes of text becomes one of 136 and its range.
 */
enum { MEMORY_BASE = 1 << 20, MEMORY_FACTOR = 32 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void report(const struct dump *d, bool compat, struct arena *a)
{
	struct names names;
	struct state s;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	names_init(&names, d, NULL, compat, a);
	state_build(&s, d, &names, a);
	state_pipe(&s, a, out);
	state_js(&s, &(struct state_js_options){ 0 }, a, out);
	state_text(&s, &(struct state_text_options){ 0 }, a, out);
	fclose(out);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice log = { data, size };

	if (!microdump_is(log))
		return 0;
	for (int compat = 0; compat < 2; compat++) {
		struct arena a = { 0 };
		struct diag quiet = { 0 };
		struct error err = { 0 };
		struct dump d;

		if (microdump_read(&d, log, "log", &a, &quiet, &err)) {
			if (a.used > MEMORY_BASE + MEMORY_FACTOR * size)
				__builtin_trap();
			report(&d, compat != 0, &a);
		}
		arena_free(&a);
	}
	return 0;
}
