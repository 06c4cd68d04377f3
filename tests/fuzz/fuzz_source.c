#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bin/source.h"
#include "sym/check.h"

/*
 * A whole small ELF file, as dump-sym-parse reads it, with its last byte as the options. The text
 * that comes out has nothing that sym(5) does not know; with compat only dump_syms decides what it
 * has.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COMPAT = 1, NO_INLINES = 2, RELOCATABLE = 4, NOTYPE = 8, REPORT = 16, JSON = 32 };

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check(struct str text)
{
	const struct check_options o = { .name = "fuzz.sym" };
	struct check_result r;

	check_text(text, &o, &r);
	if (!r.grammar || r.total[CHECK_ERROR] != 0)
		fwrite(text.p, 1, text.n, stderr);
	expect(r.grammar && r.total[CHECK_ERROR] == 0);
}

static void dump(const char *path, uint8_t how)
{
	const struct source_options o = {
		.compat = how & COMPAT,
		.no_inlines = how & NO_INLINES,
		.relocatable = how & RELOCATABLE,
		.notype = how & NOTYPE,
		.warn_bare = true,
		.json = how & JSON,
		.jobs = 1,
	};
	struct diag quiet = { .tool = "fuzz_source" };
	struct arena arena = { 0 };
	struct error err = { 0 };
	struct source *s = source_open(&path, 1, &o, &arena, &quiet, &err);
	char *text = NULL, *report = NULL;
	size_t n, n_report;
	FILE *out = open_memstream(&text, &n), *to = open_memstream(&report, &n_report);

	if (s != NULL) {
		expect(source_write(s, out, how & REPORT ? to : NULL) == EXIT_DONE);
		source_close(s);
	}
	fclose(out);
	fclose(to);
	if (s != NULL && !o.compat)
		check((struct str){ text, n });
	free(text);
	free(report);
	arena_free(&arena);
}

/* Sources are files. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/tmp/fuzz_source.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		return 0;
	if (size != 0 && write(fd, data, size) == (ssize_t)size)
		dump(path, data[size - 1]);
	close(fd);
	unlink(path);
	return 0;
}
