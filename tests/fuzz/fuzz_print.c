#include <stdlib.h>

#include "base/limits.h"
#include "base/utf.h"
#include "dump/print.h"

/*
 * A minidump printed field by field, both ways. By default nothing in it may be what a terminal
 * obeys: made printable once more, every line stays as it is, but for its backslashes. The output
 * grows with the file: a byte of contents takes up to 8, a record up to 64 times its size.
 */
enum { RECORD_FACTOR = 64, CONTENTS_FACTOR = 8, LEAST = 65536 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_text(struct str rest)
{
	struct buf b = { 0 };
	struct str line;

	while (str_next_line(&rest, &line)) {
		size_t backslashes = 0;

		buf_clear(&b);
		text_printable(&b, line);
		for (size_t i = 0; i < line.n; i++)
			backslashes += line.p[i] == '\\';
		expect(b.n == line.n + backslashes);
	}
	buf_free(&b);
}

static void print(struct slice data, const struct dump_print_options *o)
{
	struct arena a = { 0 };
	struct diag quiet = { 0 };
	struct error err = { 0 };
	enum md_verdict verdict;
	struct md md;
	char *text = NULL;
	size_t n, contents = LIMIT_PRINT_LEAST + data.n * LIMIT_PRINT_TIMES;
	FILE *out = open_memstream(&text, &n);

	if (md_open(&md, data, "dump", &a, &quiet, &verdict, &err))
		dump_print(&md, o, &a, &quiet, out);
	fclose(out);
	expect(n <= LEAST + RECORD_FACTOR * data.n + CONTENTS_FACTOR * contents);
	if (!o->compat)
		check_text((struct str){ text, n });
	free(text);
	arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice dump = { data, size };

	print(dump, &(struct dump_print_options){ 0 });
	print(dump, &(struct dump_print_options){ .compat = true });
	print(dump, &(struct dump_print_options){ .brief = true });
	return 0;
}
