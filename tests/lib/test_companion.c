#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bin/companion.h"
#include "bin/elf_link.h"
#include "elfs.h"

/* In the folder of the test: bin/prog, and what belongs to it somewhere else. */
struct world {
	struct arena arena;
	struct diag diag;
	struct companions companions;
	struct elf *elf;
};

static const char *const dirs[] = { "none", "dir" };
static const uint8_t id[] = { 0xab, 0xcd, 0xef };

static void save(const char *path, struct elf_maker *m)
{
	struct slice made = elf_made(m);
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fwrite(made.p, 1, made.n, f);
	fclose(f);
}

/* NT_GNU_BUILD_ID. */
static void add_id(struct elf_maker *m, const uint8_t *bytes, size_t n)
{
	elf_begin(m, ".note.gnu.build-id", 7, 2, 0);
	elf_put(m, 4, 4);
	elf_put(m, 4, n);
	elf_put(m, 4, 3);
	elf_put_bytes(m, "GNU", 4);
	elf_put_bytes(m, bytes, n);
	elf_put_bytes(m, "\0\0\0", -n & 3);
	elf_end(m);
}

/* A file with an id, or none; tag makes it differ from others. */
static void make_file(const char *path, bool with_id, const char *tag)
{
	struct elf_maker m = elf_make(true, false);

	elf_add(&m, ".tag", 1, 0, 0, tag, strlen(tag));
	if (with_id)
		add_id(&m, id, sizeof(id));
	save(path, &m);
}

static void add_debuglink(struct elf_maker *m, const char *name, uint32_t crc)
{
	elf_begin(m, ".gnu_debuglink", 1, 0, 0);
	elf_put_bytes(m, name, strlen(name) + 1);
	while (m->n % 4 != 0 || (m->n - m->sections[m->n_sections - 1].offset) % 4 != 0)
		elf_put(m, 1, 0);
	elf_put(m, 4, crc);
	elf_end(m);
}

static void add_altlink(struct elf_maker *m, const char *name)
{
	elf_begin(m, ".gnu_debugaltlink", 1, 0, 0);
	elf_put_bytes(m, name, strlen(name) + 1);
	elf_put_bytes(m, id, sizeof(id));
	elf_end(m);
}

static uint32_t crc_of(const char *path)
{
	struct error err = { 0 };
	struct file f;
	uint32_t crc;

	ck_assert(file_open(&f, path, &err));
	crc = elf_crc(f.data);
	file_close(&f);
	return crc;
}

static void make_folders(void)
{
	static const char *const folders[] = { "bin", "bin/.debug", "dir", "dir/.build-id",
					       "dir/.build-id/ab" };

	for (size_t i = 0; i < COUNT(folders); i++)
		mkdir(folders[i], 0700);
}

static void begin(struct world *w, struct elf_maker *m)
{
	struct error err = { 0 };

	save("bin/prog", m);
	*w = (struct world){ .diag = { .tool = "test" } };
	w->companions = (struct companions){
		.dirs = dirs, .n_dirs = COUNT(dirs), .arena = &w->arena, .diag = &w->diag
	};
	w->elf = companion_must_open(&w->companions, "bin/prog", &err);
	ck_assert_msg(w->elf != NULL, "%s", err.text);
}

static void end(struct world *w)
{
	companions_close(&w->companions);
	arena_free(&w->arena);
}

static void clear(void)
{
	static const char *const files[] = {
		"bin/prog",    "bin/x.debug",           "bin/.debug/x.debug",
		"dir/x.debug", "dir/.build-id/ab/cdef", "dir/.build-id/ab/cdef.debug"
	};

	for (size_t i = 0; i < COUNT(files); i++)
		unlink(files[i]);
}

static void expect_found(const struct elf *e, const char *path)
{
	if (path == NULL) {
		ck_assert_ptr_null(e);
		return;
	}
	ck_assert_ptr_nonnull(e);
	ck_assert_str_eq(e->file, path);
}

/* By id: the file's own must be the same, and it is not the file that asks. */
START_TEST(by_id)
{
	struct elf_maker m = elf_make(true, false);
	struct world w;

	make_folders();
	clear();
	add_id(&m, id, sizeof(id));
	make_file("dir/.build-id/ab/cdef.debug", true, "debug");
	make_file("dir/.build-id/ab/cdef", false, "another id");
	begin(&w, &m);
	expect_found(companion_by_id(&w.companions, w.elf, ".debug"),
		     "dir/.build-id/ab/cdef.debug");
	expect_found(companion_by_id(&w.companions, w.elf, ""), NULL);
	end(&w);
}
END_TEST

START_TEST(without_an_id_nothing_is_looked_for)
{
	struct elf_maker m = elf_make(true, false);
	struct world w;

	make_folders();
	clear();
	add_id(&m, id, 1);
	begin(&w, &m);
	expect_found(companion_by_id(&w.companions, w.elf, ".debug"), NULL);
	ck_assert_ptr_null(w.companions.opened->next);
	end(&w);
}
END_TEST

/* Where the file with the right sum is, and who is asked in vain before. */
static const struct {
	const char *wrong, *right;
} places[] = {
	{ NULL, "bin/x.debug" },
	{ "bin/x.debug", "bin/.debug/x.debug" },
	{ "bin/.debug/x.debug", "dir/x.debug" },
	{ "bin/x.debug", NULL },
};

START_TEST(by_link)
{
	struct elf_maker m = elf_make(true, false);
	struct world w;
	uint32_t crc = 0;

	make_folders();
	clear();
	if (places[_i].wrong != NULL)
		make_file(places[_i].wrong, false, "wrong");
	if (places[_i].right != NULL) {
		make_file(places[_i].right, false, "right");
		crc = crc_of(places[_i].right);
	}
	add_debuglink(&m, "x.debug", crc);
	begin(&w, &m);
	expect_found(companion_by_link(&w.companions, w.elf), places[_i].right);
	end(&w);
}
END_TEST

/* A name that leads elsewhere is not followed; a file is not its own companion. */
static const char *const bad_names[] = { "../dir/x.debug", "/etc/passwd", "prog", "" };

START_TEST(links_that_lead_nowhere)
{
	struct elf_maker m = elf_make(true, false);
	struct world w;

	make_folders();
	clear();
	make_file("dir/x.debug", false, "right");
	add_debuglink(&m, bad_names[_i], crc_of("dir/x.debug"));
	begin(&w, &m);
	expect_found(companion_by_link(&w.companions, w.elf), NULL);
	end(&w);
}
END_TEST

/* A pipe where a file should be would be waited for. */
START_TEST(only_files_are_opened)
{
	struct elf_maker m = elf_make(true, false);
	struct world w;

	make_folders();
	clear();
	ck_assert_int_eq(mkfifo("bin/x.debug", 0600), 0);
	add_debuglink(&m, "x.debug", 0);
	begin(&w, &m);
	errno = EIO;
	expect_found(companion_by_link(&w.companions, w.elf), NULL);
	expect_found(companion_open(&w.companions, "bin"), NULL);
	ck_assert(!w.diag.trouble);
	end(&w);
}
END_TEST

/* The common file of several: where it is named, by its last name, by its id. */
static const struct {
	const char *name, *file, *found;
} commons[] = {
	{ "../dir/x.debug", "dir/x.debug", "bin/../dir/x.debug" },
	{ "/not/here/x.debug", "bin/x.debug", "bin/x.debug" },
	{ "/not/here/y.debug", "dir/.build-id/ab/cdef.debug", "dir/.build-id/ab/cdef.debug" },
	{ "/not/here/x.debug", "dir/x.debug", "dir/x.debug" },
};

START_TEST(common_files)
{
	struct elf_maker m = elf_make(true, false);
	struct world w;

	make_folders();
	clear();
	make_file(commons[_i].file, true, "common");
	add_altlink(&m, commons[_i].name);
	begin(&w, &m);
	expect_found(companion_alt(&w.companions, w.elf), commons[_i].found);
	end(&w);
	make_file(commons[_i].file, false, "another id");
	begin(&w, &m);
	expect_found(companion_alt(&w.companions, w.elf), NULL);
	end(&w);
}
END_TEST

START_TEST(each_file_is_opened_once)
{
	struct elf_maker m = elf_make(true, false);
	struct world w;
	const struct elf *first;

	make_folders();
	clear();
	make_file("dir/x.debug", false, "x");
	begin(&w, &m);
	first = companion_open(&w.companions, "dir/x.debug");
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_eq(companion_open(&w.companions, "dir/x.debug"), first);
	expect_found(companion_open(&w.companions, "dir/gone"), NULL);
	expect_found(companion_open(&w.companions, "dir/gone"), NULL);
	ck_assert_uint_eq(w.diag.warnings, 0);
	end(&w);
}
END_TEST

/* Sections by their names, with and without ".dwo"; those that are not there are empty. */
START_TEST(sections_of_debug_information)
{
	struct elf_maker m = elf_make(true, true);
	struct dw_sections s;
	struct world w;

	make_folders();
	clear();
	elf_add(&m, ".debug_info", 1, 0, 0, "info", 4);
	elf_add(&m, ".debug_info.dwo", 1, 0, 0, "split", 5);
	elf_add(&m, ".debug_str_offsets", 1, 0, 0, "off", 3);
	begin(&w, &m);
	companion_sections(w.elf, "", &s);
	ck_assert(s.big && s.address_size == 8);
	ck_assert_uint_eq(s.info.n, 4);
	ck_assert_uint_eq(s.str_offsets.n, 3);
	ck_assert_uint_eq(s.line.n, 0);
	companion_sections(w.elf, ".dwo", &s);
	ck_assert(s.info.n == 5 && memcmp(s.info.p, "split", 5) == 0);
	ck_assert_uint_eq(s.str_offsets.n, 0);
	end(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("companion");
	TCase *t = tcase_create("companion");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, by_id);
	tcase_add_test(t, without_an_id_nothing_is_looked_for);
	tcase_add_loop_test(t, by_link, 0, COUNT(places));
	tcase_add_loop_test(t, links_that_lead_nowhere, 0, COUNT(bad_names));
	tcase_add_test(t, only_files_are_opened);
	tcase_add_loop_test(t, common_files, 0, COUNT(commons));
	tcase_add_test(t, each_file_is_opened_once);
	tcase_add_test(t, sections_of_debug_information);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
