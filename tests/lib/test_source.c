#include <check.h>
#include <stdlib.h>

#include "base/file.h"
#include "bin/source.h"
#include "elfs.h"

/* A binary of tests/data, in memory of the test that frees the rest. */
static const char *data_path(char *path, size_t size, const char *name)
{
	const char *folder = getenv("DATA");

	snprintf(path, size, "%s/binaries/%s", folder == NULL ? "tests/data" : folder, name);
	return path;
}

/* The .sym of a file and what was said; to be freed. NULL when it is refused. */
static char *dump(const char *path, struct source_options o, char **said)
{
	size_t n, n_said;
	char *text = NULL;
	FILE *out = open_memstream(&text, &n), *messages = open_memstream(said, &n_said);
	struct diag d = { .tool = "test", .out = messages };
	struct arena arena = { 0 };
	struct error err = { 0 };
	struct source *s;

	o.jobs = o.jobs == 0 ? 1 : o.jobs;
	s = source_open(&path, 1, &o, &arena, &d, &err);
	if (s != NULL) {
		ck_assert_int_eq(source_write(s, out, NULL), EXIT_DONE);
		source_close(s);
	} else {
		diag_error(&d, &err);
	}
	fclose(out);
	fclose(messages);
	arena_free(&arena);
	if (s != NULL)
		return text;
	free(text);
	return NULL;
}

/* Units are shared among processes: what they send is put together as if there was one. */
static const struct {
	const char *name;
	bool compat, no_inlines;
} shared[] = {
	{ "plain-gcc-O2-dw5", false, false }, { "plain-gcc-O2-dw5", true, false },
	{ "plain-gcc-O2-dw5", false, true },  { "deep-inlines", false, false },
	{ "tail-call", false, false },
};

START_TEST(units_are_shared_among_processes)
{
	char path[1024], *said, *alone, *together;
	struct source_options o = { .compat = shared[_i].compat,
				    .no_inlines = shared[_i].no_inlines,
				    .share_all = true };

	data_path(path, sizeof(path), shared[_i].name);
	alone = dump(path, o, &said);
	ck_assert_ptr_nonnull(alone);
	ck_assert_ptr_nonnull(strstr(alone, "\nFUNC "));
	free(said);
	for (o.jobs = 2; o.jobs <= 4; o.jobs++) {
		together = dump(path, o, &said);
		ck_assert_str_eq(alone, together);
		ck_assert_str_eq(said, "");
		free(said);
		free(together);
	}
	free(alone);
}
END_TEST

static void write_elf(const char *path, uint16_t type)
{
	struct elf_maker m = elf_make(true, false);
	struct slice made;
	FILE *f = fopen(path, "w");

	m.type = type;
	elf_add(&m, ".text", 1, 6, 0x1000, "0123456789abcdef", 16);
	elf_segment(&m, 1, 5, m.sections[1].offset, 0x1000, 16);
	made = elf_made(&m);
	ck_assert_ptr_nonnull(f);
	fwrite(made.p, 1, made.n, f);
	fclose(f);
}

#define TEXT_OF_SMALL                                                   \
	"MODULE Linux x86_64 333231303534373638396162636465660 small\n" \
	"PUBLIC 0 0 <.text ELF section in small>\n"

/* What a file is, by its type; what is said of it. */
static const struct {
	uint16_t type;
	bool compat;
	const char *text, *said;
} kinds[] = {
	{ 2, false, TEXT_OF_SMALL, "" },
	{ 3, false, TEXT_OF_SMALL, "" },
	{ 1, false, TEXT_OF_SMALL,
	  "test: small: 0x0: an object file: its addresses are offsets in sections "
	  "(--relocatable)\n" },
	{ 4, false, NULL,
	  "test: small: a core file: its symbols are in the files that were mapped\n" },
	{ 4, true, NULL,
	  "test: small: a core file: its symbols are in the files that were mapped\n" },
};

START_TEST(some_files_are_no_modules)
{
	struct source_options o = { .compat = kinds[_i].compat, .no_generator = true };
	char *said, *text;

	write_elf("small", kinds[_i].type);
	text = dump("small", o, &said);
	if (kinds[_i].text == NULL)
		ck_assert_ptr_null(text);
	else
		ck_assert_str_eq(text, kinds[_i].text);
	ck_assert_str_eq(said, kinds[_i].said);
	free(text);
	free(said);
}
END_TEST

/* A file of each kind by its first bytes. */
static const struct {
	struct str bytes;
	enum source_kind kind;
} firsts[] = {
	{ STR_INIT(""), SOURCE_UNKNOWN },
	{ STR_INIT("\177EL"), SOURCE_UNKNOWN },
	{ STR_INIT("\177ELF"), SOURCE_ELF },
	{ STR_INIT("MZ"), SOURCE_PE },
	{ STR_INIT("Microsoft C/C++ MSF 7.00\r\n\032DS\0\0\0"), SOURCE_PDB },
	{ STR_INIT("\xcf\xfa\xed\xfe"), SOURCE_MACHO },
	{ STR_INIT("\xca\xfe\xba\xbe\0\0\0\2"), SOURCE_MACHO },
	{ STR_INIT("\xca\xfe\xba\xbe\0\0\0\x34"), SOURCE_UNKNOWN }, /* a class of Java 8 */
	{ STR_INIT("MSCF"), SOURCE_CABINET },
	{ STR_INIT("MODULE Linux"), SOURCE_SYM },
	{ STR_INIT("\x1f\x8b\x08\0\0\0\0\0\0\3"), SOURCE_GZIP },
};

START_TEST(kinds_are_seen_by_the_first_bytes)
{
	struct slice data = { (const uint8_t *)firsts[_i].bytes.p, firsts[_i].bytes.n };

	ck_assert_int_eq(source_kind(data), firsts[_i].kind);
	ck_assert_ptr_nonnull(source_kind_name(firsts[_i].kind));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("source");
	TCase *t = tcase_create("source");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, units_are_shared_among_processes, 0, COUNT(shared));
	tcase_add_loop_test(t, some_files_are_no_modules, 0, COUNT(kinds));
	tcase_add_loop_test(t, kinds_are_seen_by_the_first_bytes, 0, COUNT(firsts));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
