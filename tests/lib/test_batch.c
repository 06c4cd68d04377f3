#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/batch.h"
#include "elfs.h"

enum { MODULES = 5, PATH_SIZE = 64 };

/* A small binary with an id of 16 equal bytes; a core file when it should be refused. */
static void make_file(const char *path, uint8_t id_byte, bool refused)
{
	struct elf_maker m = elf_make(true, false);
	uint8_t id[16];
	struct slice made;
	FILE *f = fopen(path, "w");

	memset(id, id_byte, sizeof(id));
	m.type = refused ? 4 : 3;
	elf_add(&m, ".text", 1, 6, 0x1000, path, strlen(path));
	elf_begin(&m, ".note.gnu.build-id", 7, 2, 0);
	elf_put(&m, 4, 4);
	elf_put(&m, 4, sizeof(id));
	elf_put(&m, 4, 3);
	elf_put_bytes(&m, "GNU", 4);
	elf_put_bytes(&m, id, sizeof(id));
	elf_end(&m);
	made = elf_made(&m);
	ck_assert_ptr_nonnull(f);
	fwrite(made.p, 1, made.n, f);
	fclose(f);
}

/* tree/0 to tree/4, of ids 0x10 to 0x14, and a text. */
static void make_tree(void)
{
	FILE *f;

	mkdir("tree", 0700);
	for (unsigned i = 0; i < MODULES; i++) {
		char path[PATH_SIZE];

		snprintf(path, sizeof(path), "tree/%u", i);
		make_file(path, (uint8_t)(0x10 + i), false);
	}
	f = fopen("tree/text", "w");
	ck_assert_ptr_nonnull(f);
	fputs("text\n", f);
	fclose(f);
}

struct result {
	char *out, *said;
	int code;
};

static struct result run(struct batch_options o, const char *const *paths, size_t n)
{
	struct result r;
	size_t n_out, n_said;
	FILE *out = open_memstream(&r.out, &n_out), *said = open_memstream(&r.said, &n_said);
	struct diag d = { .tool = "test", .out = said };

	o.source.no_generator = true;
	r.code = batch_run(&o, paths, n, out, &d);
	fclose(out);
	fclose(said);
	return r;
}

static void expect(struct result r, int code, const char *out, const char *said)
{
	ck_assert_str_eq(r.said, said);
	ck_assert_str_eq(r.out, out);
	ck_assert_int_eq(r.code, code);
	free(r.out);
	free(r.said);
}

#define ID(byte) byte byte byte byte byte byte byte byte byte byte byte byte byte byte byte byte

START_TEST(one_module_is_written_out)
{
	const char *path = "tree/0";

	make_tree();
	expect(run((struct batch_options){ .source.jobs = 1 }, &path, 1), EXIT_DONE,
	       "MODULE Linux x86_64 " ID(
		       "10") "0 0\n"
			     "INFO CODE_ID " ID("10") "\n"
						      "PUBLIC 1000 0 <.text ELF section in 0>\n",
	       "");
}
END_TEST

START_TEST(several_modules_need_a_store)
{
	const char *tree = "tree";

	make_tree();
	expect(run((struct batch_options){ .source.jobs = 1 }, &tree, 1), EXIT_INPUT, "",
	       "test: 5 modules do not make one symbol file: use --store\n");
}
END_TEST

static bool is_stored(unsigned module)
{
	char id[33], path[2 * PATH_SIZE];

	for (size_t i = 0; i < 16; i++)
		snprintf(id + 2 * i, 3, "%02X", 0x10 + module);
	snprintf(path, sizeof(path), "store/%u/%s0/%u.sym", module, id, module);
	return unlink(path) == 0;
}

/* Whatever is no binary is passed over in a tree; the number of processes does not show. */
START_TEST(a_tree_goes_into_a_store)
{
	const char *tree = "tree";
	unsigned jobs = (unsigned)_i + 1;

	make_tree();
	expect(run((struct batch_options){ .store = "store", .source.jobs = jobs }, &tree, 1),
	       EXIT_DONE, "", "");
	for (unsigned i = 0; i < MODULES; i++)
		ck_assert(is_stored(i));
}
END_TEST

/* Of a text that was named, and of what is not there, it is said; the others are done. */
START_TEST(bad_inputs_do_not_end_it)
{
	const char *const paths[] = { "tree/text", "tree/1", "gone", "core", "tree/2" };

	make_tree();
	make_file("core", 0x20, true);
	expect(run((struct batch_options){ .store = "store", .source.jobs = 1 }, paths,
		   COUNT(paths)),
	       EXIT_TROUBLE, "",
	       "test: tree/text: file of an unknown kind\n"
	       "test: gone: No such file or directory\n"
	       "test: core: a core file: its symbols are in the files that were mapped\n");
	ck_assert(!is_stored(0) && is_stored(1) && is_stored(2));
}
END_TEST

/* Files with the same id are one module, whose name is the first one's; an id of zeros is none. */
START_TEST(files_of_one_id_are_one_module)
{
	const char *const paths[] = { "one", "zeros", "another", "zeros2" };

	make_file("one", 0x33, false);
	make_file("another", 0x33, false);
	make_file("zeros", 0, false);
	make_file("zeros2", 0, false);
	expect(run((struct batch_options){ .source = { .jobs = 2, .list_arch = true } }, paths,
		   COUNT(paths)),
	       EXIT_DONE,
	       "one contains the following architecture:\nx86_64\n"
	       "zeros contains the following architecture:\nx86_64\n"
	       "zeros2 contains the following architecture:\nx86_64\n",
	       "");
}
END_TEST

/* A report takes the place of the symbols. */
START_TEST(coverage_of_all_modules)
{
	const char *const paths[] = { "tree/3", "tree/1" };

	make_tree();
	expect(run((struct batch_options){ .coverage = true, .source.jobs = 2 }, paths,
		   COUNT(paths)),
	       EXIT_DONE,
	       "tree/3\t.text\t6\t0.0\t0.0\t0.0\t0\n"
	       "tree/3\ttotal\t6\t0.0\t0.0\t0.0\t0\n"
	       "tree/1\t.text\t6\t0.0\t0.0\t0.0\t0\n"
	       "tree/1\ttotal\t6\t0.0\t0.0\t0.0\t0\n",
	       "");
}
END_TEST

/* A warning is an error when that is asked for, and the symbols are written all the same. */
START_TEST(strict)
{
	const char *path = "tree/4";
	struct elf_maker m = elf_make(true, false);
	struct slice made;
	FILE *f;

	make_tree();
	m.type = 1;
	elf_add(&m, ".text", 1, 6, 0, "0123456789abcdef", 16);
	made = elf_made(&m);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fwrite(made.p, 1, made.n, f);
	fclose(f);
	for (int is_strict = 0; is_strict < 2; is_strict++) {
		struct batch_options o = { .strict = is_strict, .source.jobs = 1 };
		struct result r = run(o, &path, 1);

		ck_assert_int_eq(r.code, is_strict ? EXIT_INPUT : EXIT_DONE);
		ck_assert_ptr_nonnull(strstr(r.out, "PUBLIC 0 0 <.text ELF section in 4>\n"));
		free(r.out);
		free(r.said);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("batch");
	TCase *t = tcase_create("batch");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, one_module_is_written_out);
	tcase_add_test(t, several_modules_need_a_store);
	tcase_add_loop_test(t, a_tree_goes_into_a_store, 0, 4);
	tcase_add_test(t, bad_inputs_do_not_end_it);
	tcase_add_test(t, files_of_one_id_are_one_module);
	tcase_add_test(t, coverage_of_all_modules);
	tcase_add_test(t, strict);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
