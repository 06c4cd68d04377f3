#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "bin/binaries.h"
#include "elfs.h"

/* Small ELF files by hand, in folders where a binary may be. */

static struct elf_maker elf;
static struct diag quiet;
static struct binaries *binaries;

/* Of which dumps know these. */
#define CODE_ID  "0102030405060708090a0b0c0d0e0f1011"
#define DEBUG_ID "0403020106050807090A0B0C0D0E0F100"

enum kind { USUAL, OTHER_ID, WITHOUT_CODE, CUT, TEXT, EMPTY, PIPE };

static void put_id(bool other)
{
	static const char id[] =
		"\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf\x10\x11\x5\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd";

	elf_begin(&elf, ".note.gnu.build-id", 7, 2, 0);
	elf_put(&elf, 4, 4);
	elf_put(&elf, 4, 17);
	elf_put(&elf, 4, 3);
	elf_put_bytes(&elf, "GNU", 4);
	elf_put_bytes(&elf, other ? id + 1 : id, 17);
	elf_put_bytes(&elf, "\0\0", 3);
	elf_end(&elf);
}

/* An ELF file in elf. */
static struct slice make_elf(enum kind kind)
{
	static const uint8_t code[] = { 0x90, 0x90, 0x90, 0xc3 };
	struct elf_section *text, *symbols;
	struct slice made;

	elf = elf_make(true, false);
	text = elf_add(&elf, ".text", kind == WITHOUT_CODE ? 8 : 1, 6, 0x100, code, sizeof(code));
	elf_segment(&elf, 1, 5, text->offset, 0x100, sizeof(code));
	put_id(kind == OTHER_ID);
	elf_add(&elf, ".strtab", 3, 0, 0, "\0main", 6);
	symbols = elf_begin(&elf, ".symtab", 2, 0, 0);
	symbols->link = elf.n_sections - 2;
	symbols->entry_size = 24;
	elf_symbol(&elf, 0, 0, 0, 0, 0);
	elf_symbol(&elf, 1, 0x12, 1, 0x100, 4);
	elf_end(&elf);
	made = elf_made(&elf);
	made.n = kind == CUT ? 50 : made.n;
	return made;
}

static void write_file(const char *path, enum kind kind)
{
	struct slice made = make_elf(kind);
	FILE *f;

	ck_assert(file_make_folders(path));
	remove(path);
	if (kind == PIPE) {
		ck_assert_int_eq(mkfifo(path, 0600), 0);
		return;
	}
	f = fopen(path, "wb");
	ck_assert_ptr_nonnull(f);
	if (kind == TEXT)
		fputs("no binary", f);
	else if (kind != EMPTY)
		ck_assert_uint_eq(fwrite(made.p, 1, made.n, f), made.n);
	ck_assert_int_eq(fclose(f), 0);
}

static struct symbols_key key_of(const char *code_file, const char *debug_file)
{
	return (struct symbols_key){ str_of(debug_file), STR(DEBUG_ID), str_of(code_file),
				     STR(CODE_ID) };
}

static void open_trees(const char *first, const char *second)
{
	static const char *dirs[2];

	dirs[0] = first;
	dirs[1] = second;
	binaries = binaries_open(dirs, second == NULL ? 1 : 2, NULL, &quiet);
}

/* The file that is found, without the name of the tree; "" for none. */
static const char *found(const char *code_file, const char *debug_file)
{
	struct symbols_key key = key_of(code_file, debug_file);
	const struct elf *e = binaries_find(binaries, &key);

	ck_assert_ptr_eq(binaries_find(binaries, &key), e);
	return e == NULL ? "" : e->file;
}

#define ID_FOLDER ".build-id/01/02030405060708090a0b0c0d0e0f1011"

static const struct {
	const char *what, *file;
	enum kind kind;
	const char *code_file, *debug_file, *found;
} places[] = {
	{ "by id", ID_FOLDER, USUAL, "/x/app", "app", "t0/" ID_FOLDER },
	{ "debug information by id", ID_FOLDER ".debug", WITHOUT_CODE, "/x/app", "app",
	  "t1/" ID_FOLDER ".debug" },
	{ "by path", "x/app", USUAL, "/x/app", "app", "t2//x/app" },
	{ "by name", "a/b/app", USUAL, "/x/app", "", "t3/a/b/app" },
	{ "by name from Windows", "a/b/app", USUAL, "C:\\x\\app", "", "t4/a/b/app" },
	{ "by name of debug file", "a/b/app", USUAL, "/x/other", "/y/app", "t5/a/b/app" },
	{ "another name", "a/b/app", USUAL, "/x/other", "other", "" },
	{ "another id", "x/app", OTHER_ID, "/x/app", "app", "" },
	{ "debug information by name", "lib/app", WITHOUT_CODE, "/x/app", "app", "t8/lib/app" },
	{ "cut", "x/app", CUT, "/x/app", "app", "" },
	{ "no ELF", "x/app", TEXT, "/x/app", "app", "" },
	{ "no contents", "x/app", EMPTY, "/x/app", "app", "" },
	{ "a pipe", "x/app", PIPE, "/x/app", "app", "" },
	{ "no names", "x/app", USUAL, "", "", "" },
	{ "a folder as name", "x/app", USUAL, "/x/", "", "" },
	{ "the kernel's", "x/linux-vdso.so.1", USUAL, "linux-vdso.so.1", "linux-vdso.so.1", "" },
};

START_TEST(binaries_are_found_in_trees)
{
	char tree[16], path[256];

	snprintf(tree, sizeof(tree), "t%d", _i);
	snprintf(path, sizeof(path), "%s/%s", tree, places[_i].file);
	write_file(path, places[_i].kind);
	open_trees(tree, NULL);
	ck_assert_msg(
		strcmp(found(places[_i].code_file, places[_i].debug_file), places[_i].found) == 0,
		"%s: %s", places[_i].what, found(places[_i].code_file, places[_i].debug_file));
	binaries_close(binaries);
}
END_TEST

START_TEST(paths_of_dumps_do_not_leave_the_tree)
{
	write_file("outside/secret", USUAL);
	ck_assert(file_make_folders("inside/a/"));
	open_trees("inside", NULL);
	ck_assert_str_eq(found("../outside/secret", ""), "");
	binaries_close(binaries);
	open_trees("inside", NULL);
	ck_assert_str_eq(found("/a/../../outside/secret", ""), "");
	binaries_close(binaries);
}
END_TEST

/* A nul ends a path for the system, but not in a dump. */
START_TEST(paths_with_a_nul_are_none)
{
	struct symbols_key key = key_of("", "");

	write_file("nul/x", USUAL);
	key.code_file = STR("/x\0y");
	open_trees("nul", NULL);
	ck_assert_ptr_null(binaries_find(binaries, &key));
	binaries_close(binaries);
}
END_TEST

START_TEST(a_file_may_be_given_itself)
{
	write_file("single/app", USUAL);
	open_trees("single/app", NULL);
	ck_assert_str_eq(found("/x/app", ""), "single/app");
	binaries_close(binaries);
}
END_TEST

START_TEST(wrong_ones_are_passed_over)
{
	write_file("two/a/app", OTHER_ID);
	write_file("two/b/app", USUAL);
	open_trees("two", NULL);
	ck_assert_str_eq(found("/x/app", ""), "two/b/app");
	binaries_close(binaries);
	open_trees("two/a", "two/b");
	ck_assert_str_eq(found("/x/app", ""), "two/b/app");
	binaries_close(binaries);
	open_trees("not/there", "two");
	ck_assert_str_eq(found("/x/app", ""), "two/b/app");
	binaries_close(binaries);
}
END_TEST

/* Names are in both, code and call frame information in the binary only. */
START_TEST(code_comes_before_debug_information)
{
	write_file("debug/" ID_FOLDER ".debug", WITHOUT_CODE);
	write_file("root/x/app", USUAL);
	open_trees("debug", "root");
	ck_assert_str_eq(found("/x/app", ""), "root//x/app");
	binaries_close(binaries);
}
END_TEST

START_TEST(without_an_id_nothing_is_found)
{
	struct symbols_key key = key_of("/x/app", "app");

	write_file("noid/x/app", USUAL);
	open_trees("noid", NULL);
	key.debug_id = STR("");
	ck_assert_ptr_null(binaries_find(binaries, &key));
	key.debug_id = STR("0403020106050807090a0b0c0d0e0f100");
	ck_assert_ptr_nonnull(binaries_find(binaries, &key));
	binaries_close(binaries);
}
END_TEST

START_TEST(ids_of_code_that_are_no_ids_lead_nowhere)
{
	static const char *const ids[] = { "..", "../../x", "0", "", "0102g", "010203" };
	struct symbols_key key = key_of("", "");

	write_file("ids/.build-id/x", USUAL);
	for (size_t i = 0; i < COUNT(ids); i++) {
		key.code_id = str_of(ids[i]);
		open_trees("ids", NULL);
		ck_assert_ptr_null(binaries_find(binaries, &key));
		binaries_close(binaries);
	}
}
END_TEST

START_TEST(symbols_are_made_of_them)
{
	struct symbols_key key = key_of("/x/app", "app"), other = key_of("/x/other", "other");
	struct symbols_maker maker;
	char line[256];
	FILE *out;

	write_file("make/x/app", USUAL);
	open_trees("make", NULL);
	maker = binaries_maker(binaries);
	ck_assert(maker.has(maker.context, &key));
	out = fopen("made.sym", "w+");
	ck_assert_ptr_nonnull(out);
	ck_assert(maker.make(maker.context, &key, out));
	rewind(out);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), out));
	ck_assert_str_eq(line, "MODULE Linux x86_64 " DEBUG_ID " app\n");
	bool has_main = false;
	while (fgets(line, sizeof(line), out) != NULL)
		has_main |= strcmp(line, "PUBLIC 0 0 main\n") == 0;
	ck_assert(has_main);
	fclose(out);
	other.debug_id = STR("0403020106050807090A0B0C0D0E0F101");
	ck_assert(!maker.has(maker.context, &other));
	binaries_close(binaries);
}
END_TEST

/* Ids that many dumps have in common are looked for once. */
START_TEST(many_modules_are_no_problem)
{
	struct symbols_key key = key_of("/x/app", "app");
	char id[40];

	open_trees("many", NULL);
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(id, sizeof(id), "%032X0", i);
		key.debug_id = str_of(id);
		ck_assert_ptr_null(binaries_find(binaries, &key));
	}
	binaries_close(binaries);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("binaries");
	TCase *t = tcase_create("binaries");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, binaries_are_found_in_trees, 0, COUNT(places));
	tcase_add_test(t, paths_of_dumps_do_not_leave_the_tree);
	tcase_add_test(t, paths_with_a_nul_are_none);
	tcase_add_test(t, a_file_may_be_given_itself);
	tcase_add_test(t, wrong_ones_are_passed_over);
	tcase_add_test(t, code_comes_before_debug_information);
	tcase_add_test(t, without_an_id_nothing_is_found);
	tcase_add_test(t, ids_of_code_that_are_no_ids_lead_nowhere);
	tcase_add_test(t, symbols_are_made_of_them);
	tcase_add_test(t, many_modules_are_no_problem);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
