/*
 * sym_ask [-c] [-p] STORE ID: what STORE/app/ID/app.sym says about each address (hexadecimal, one a
 * line) of standard input. -c: as rust-minidump. -p: as rows of sym-parse.tsv, not of
 * golden/lookup.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "sym/symbols.h"

static void put_place(const struct sym_place *p)
{
	if (!p->has_line)
		printf("\t-");
	else if (!p->has_file)
		printf("\t?:%" PRIu32, p->line);
	else
		printf("\t%.*s:%" PRIu32, STR_ARGS(p->file), p->line);
}

static void put_win(const struct symx *x, uint64_t address, enum sym_win_type type)
{
	struct sym_win w;

	if (symx_win(x, address, type, NULL, &w))
		printf("\t%" PRIx64 "+%" PRIx32, w.start, w.size);
	else
		printf("\t-");
}

static void put_lookup(const struct symx *x, uint64_t address, struct arena *a)
{
	struct sym_frame f;
	struct sym_cfi cfi;

	printf("%" PRIx64, address);
	if (symx_cfi(x, address, a, &cfi))
		printf("\t%" PRIx64 "+%" PRIx64 "/%zu", cfi.start, cfi.size, cfi.n_rules - 1);
	else
		printf("\t-");
	put_win(x, address, SYM_WIN_FRAME_DATA);
	put_win(x, address, SYM_WIN_FPO);
	if (!symx_find(x, address, a, &f)) {
		printf("\t-\n");
		return;
	}
	printf("\t%s\t%" PRIx64 "\t", f.is_public ? "PUBLIC" : "FUNC", f.base);
	fwrite(f.function.p, 1, f.function.n, stdout);
	if (!f.is_public)
		put_place(&f.place);
	for (size_t i = f.n_inlines; i-- > 0;) {
		printf("\t%.*s", STR_ARGS(f.inlines[i].function));
		put_place(&f.inlines[i].place);
	}
	printf("\n");
}

static void put_text(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\0')
			printf("\\0");
		else
			putchar(s.p[i]);
	}
}

static void put_parsed(const struct sym_module *m, uint64_t address, struct arena *a)
{
	bool corrupt = m->status == SYM_CORRUPT;
	struct sym_frame f = { 0 };

	printf("%s\t%s\t", m->status == SYM_LOADED || corrupt ? "true" : "false",
	       corrupt ? "true" : "false");
	if (m->symx == NULL || !symx_find(m->symx, address, a, &f)) {
		printf("null\tnull");
	} else {
		put_text(f.function);
		printf("\t0x%016" PRIx64, address - f.base);
	}
	if (f.place.has_file)
		printf("\t%.*s\t%" PRIu32, STR_ARGS(f.place.file), f.place.line);
	else
		printf("\tnull\tnull");

	printf("\t%s", f.n_inlines == 0 ? "null" : "[");
	for (size_t i = 0; i < f.n_inlines; i++) {
		const struct sym_place *p = &f.inlines[i].place;
		const char *quote = p->has_file ? "\"" : "";

		printf("%s{\"file\": %s%.*s%s, \"function\": \"%.*s\", \"line\": ",
		       i == 0 ? "" : ", ", quote, STR_ARGS(p->has_file ? p->file : STR("null")),
		       quote, STR_ARGS(f.inlines[i].function));
		printf(p->has_line ? "%" PRIu32 "}" : "null}", p->line);
	}
	printf("%s\t%.*s\n", f.n_inlines == 0 ? "" : "]",
	       STR_ARGS(m->url.n == 0 ? STR("null") : m->url));
}

static int put_path(char **names)
{
	char path[4096];
	bool found = symbols_path(str_of(names[0]), str_of(names[1]), str_of(names[2]), path,
				  sizeof(path));

	printf("%s\n", found ? path : "none");
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	bool compat = false, parsed = false;
	struct diag d = { .tool = "sym_ask", .out = stderr, .verbosity = -1 };
	struct arena a = { 0 };
	char line[64];
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		compat = compat || strcmp(argv[i], "-c") == 0;
		parsed = parsed || strcmp(argv[i], "-p") == 0;
	}
	if (argc - i == 3)
		return put_path(argv + i);
	if (argc - i != 2)
		return EXIT_USAGE;

	const char *store = argv[i], *id = argv[i + 1];
	struct symbols_options o = { .cache = getenv("CACHE"), .compat = compat };
	struct symbols *s = symbols_open(&store, 1, &o, &d);
	const struct sym_module *m = symbols_find(
		s, &(struct symbols_key){ .debug_file = STR("app"), .debug_id = str_of(id) });

	if (!parsed)
		printf("%s %s\n", m->status == SYM_LOADED ? "accept" : "reject",
		       m->symx == NULL || symx_strict(m->symx) ? "strict" : "repaired");
	while (fgets(line, sizeof(line), stdin) != NULL) {
		uint64_t address;

		if (!str_hex_to_u64(str_trim(str_of(line)), &address))
			return EXIT_USAGE;
		if (parsed)
			put_parsed(m, address, &a);
		else if (m->symx != NULL)
			put_lookup(m->symx, address, &a);
		arena_reset(&a);
	}
	symbols_close(s);
	arena_free(&a);
	return EXIT_DONE;
}
