#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "sym/symbols.h"
#include "sym/symx_index.h"

#define ID "0123456789ABCDEF0123456789ABCDEF0"

static const struct {
	const char *debug_file, *id, *code_file, *path;
} paths[] = {
	{ "app", "1a", "x", "app/1a/app.sym" },
	{ "c:\\dir/mixed\\foo.PDB", "1A", "x", "foo.PDB/1A/foo.sym" },
	{ "foo.pdb.pdb", "1", "x", "foo.pdb.pdb/1/foo.pdb.sym" },
	{ ".pdb", "1", "x", ".pdb/1/.sym" },
	{ "", "1", "C:\\w\\code.dll", "code.dll/1/code.dll.sym" },
	{ "..", "1", "x", NULL },
	{ "x/..", "1", "x", NULL },
	{ ".", "1", "x", NULL },
	{ "trail/", "1", "x", NULL },
	{ "", "1", "", NULL },
	{ "app", "", "x", NULL },
	{ "app", "../1", "x", NULL },
	{ "a\nb", "1", "x", "a\nb/1/a\nb.sym" },
};

START_TEST(paths_stay_in_the_store)
{
	char buf[256];
	bool found = symbols_path(str_of(paths[_i].debug_file), str_of(paths[_i].id),
				  str_of(paths[_i].code_file), buf, sizeof(buf));

	ck_assert(found == (paths[_i].path != NULL));
	if (found)
		ck_assert_str_eq(buf, paths[_i].path);
}
END_TEST

START_TEST(leaf_of_256_bytes_is_too_long)
{
	char name[257] = "", buf[1024];

	memset(name, 'a', 256);
	ck_assert(!symbols_path(str_of(name), STR("1"), STR(""), buf, sizeof(buf)));
	name[255] = '\0';
	ck_assert(symbols_path(str_of(name), STR("1"), STR(""), buf, sizeof(buf)));
	ck_assert(!symbols_path(str_of(name), STR("1"), STR(""), buf, 100));
	ck_assert(!symbols_path((struct str){ "a\0b", 3 }, STR("1"), STR(""), buf, sizeof(buf)));
}
END_TEST

static void make_folders(void)
{
	char folder[] = "symbols-XXXXXX";

	ck_assert(mkdtemp(folder) != NULL && chdir(folder) == 0);
	mkdir("store", 0755);
	mkdir("store/app", 0755);
	mkdir("store/app/" ID, 0755);
}

#define SYM "store/app/" ID "/app.sym"

/* A .sym of n functions, the first at 0x1000: more than 2,000 are worth an index on the disk. */
static void put_sym(struct buf *b, unsigned n, const char *name)
{
	buf_printf(b, "MODULE Linux x86_64 " ID " app\n");
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "FUNC %x 10 0 %s%u_with_a_rather_long_name\n", 0x1000 + 16 * i, name,
			   i);
}

static void write_file(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "wb");

	ck_assert(f != NULL);
	if (b->n != 0)
		fwrite(b->p, 1, b->n, f);
	fclose(f);
}

static void write_sym(const char *path, unsigned n, const char *name)
{
	struct buf b = { 0 };

	put_sym(&b, n, name);
	write_file(path, &b);
	buf_free(&b);
}

static const struct sym_module *find(struct symbols *s, struct str debug_file, struct str debug_id,
				     struct str code_file)
{
	return symbols_find(s, &(struct symbols_key){ .debug_file = debug_file,
						      .debug_id = debug_id,
						      .code_file = code_file });
}

/* What one look-up came to. */
struct outcome {
	enum sym_status status;
	unsigned warnings;
	char name[64], path[256], url[64];
};

static struct outcome look_with(const char *path, const struct symbols_options *o, uint64_t offset)
{
	struct diag d = { .tool = "test" };
	struct symbols *s = symbols_open(&path, 1, o, &d);
	const struct sym_module *m = find(s, STR("app"), STR(ID), STR(""));
	struct arena a = { 0 };
	struct outcome out = { 0 };
	struct sym_frame f;

	ck_assert_ptr_eq(m, find(s, STR("/bin/app"), STR(ID), STR("other")));
	out.status = m->status;
	if (m->symx != NULL && symx_find(m->symx, offset, &a, &f))
		snprintf(out.name, sizeof(out.name), "%.*s", STR_ARGS(f.function));
	snprintf(out.url, sizeof(out.url), "%.*s", STR_ARGS(m->url));
	snprintf(out.path, sizeof(out.path), "%s", m->path == NULL ? "" : m->path);
	out.warnings = d.warnings;
	symbols_close(s);
	arena_free(&a);
	return out;
}

static struct outcome look(const char *cache, uint64_t offset)
{
	return look_with("store", &(struct symbols_options){ .cache = cache }, offset);
}

/* The only file whose name ends so below the cache, or "". */
static void find_kept(const char *ending, char *out, size_t size)
{
	char command[128];
	FILE *f;

	snprintf(command, sizeof(command), "find cache -name '*%s' 2>/dev/null", ending);
	f = popen(command, "r");
	ck_assert(f != NULL);
	if (fgets(out, (int)size, f) == NULL)
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	pclose(f);
}

START_TEST(missing_corrupt_loaded)
{
	struct buf html = { 0 };

	make_folders();
	ck_assert_int_eq(look(NULL, 0).status, SYM_MISSING);
	write_file(SYM, &html);
	ck_assert_int_eq(look(NULL, 0).status, SYM_CORRUPT);
	buf_printf(&html, "<html>\n<body>Not found</body>\n</html>\n");
	write_file(SYM, &html);
	ck_assert_int_eq(look(NULL, 0).status, SYM_CORRUPT);
	buf_free(&html);
	write_sym(SYM, 3, "f");

	struct outcome o = look(NULL, 0x1015);
	ck_assert_int_eq(o.status, SYM_LOADED);
	ck_assert_str_eq(o.name, "f1_with_a_rather_long_name");
	ck_assert_str_eq(o.path, SYM);
	ck_assert_uint_eq(o.warnings, 0);
}
END_TEST

START_TEST(what_is_no_file_is_missing)
{
	make_folders();
	ck_assert_int_eq(mkfifo(SYM, 0600), 0);
	ck_assert_int_eq(look(NULL, 0).status, SYM_MISSING);
	unlink(SYM);
	mkdir(SYM, 0755);
	ck_assert_int_eq(look(NULL, 0).status, SYM_MISSING);
}
END_TEST

START_TEST(damage_is_a_warning_by_default_and_fatal_for_compat)
{
	struct symbols_options compat = { .compat = true };
	struct buf b = { 0 };

	make_folders();
	put_sym(&b, 3, "f");
	buf_printf(&b, "what\nINFO URL x\n");
	write_file(SYM, &b);
	ck_assert_int_eq(look(NULL, 0x1000).status, SYM_LOADED);
	ck_assert_uint_eq(look(NULL, 0x1000).warnings, 1);
	ck_assert_str_eq(look(NULL, 0x1000).url, "x");
	ck_assert_int_eq(look_with("store", &compat, 0x1000).status, SYM_CORRUPT);
	buf_free(&b);
}
END_TEST

START_TEST(a_file_serves_the_module_of_its_id)
{
	struct symbols_options compat = { .compat = true };

	make_folders();
	write_sym("any.name", 3, "f");
	ck_assert_int_eq(look_with("any.name", &(struct symbols_options){ 0 }, 0x1000).status,
			 SYM_LOADED);
	ck_assert_int_eq(look_with("any.name", &compat, 0x1000).status, SYM_LOADED);

	struct buf b = { 0 };
	buf_printf(&b, "MODULE Linux x86_64 77 app\nFUNC 1000 10 0 f\n");
	write_file("any.name", &b);
	buf_free(&b);
	ck_assert_int_eq(look_with("any.name", &compat, 0x1000).status, SYM_MISSING);
}
END_TEST

START_TEST(small_files_are_not_kept)
{
	char kept[256];

	make_folders();
	write_sym(SYM, 3, "f");
	ck_assert_int_eq(look("cache", 0x1000).status, SYM_LOADED);
	find_kept(".symx", kept, sizeof(kept));
	ck_assert_str_eq(kept, "");
}
END_TEST

START_TEST(an_index_is_kept_and_used)
{
	struct stat first, second;
	char kept[256];

	make_folders();
	write_sym(SYM, 3000, "f");
	ck_assert_str_eq(look("cache", 0x1015).name, "f1_with_a_rather_long_name");
	find_kept("app.symx", kept, sizeof(kept));
	ck_assert(stat(kept, &first) == 0 && (first.st_mode & 0777) == 0600);
	ck_assert(stat("cache", &second) == 0 && (second.st_mode & 0777) == 0700);
	ck_assert_str_eq(look("cache", 0x1025).name, "f2_with_a_rather_long_name");
	ck_assert(stat(kept, &second) == 0 && second.st_ino == first.st_ino);

	/* Another .sym in the same place. */
	write_sym("new.sym", 3001, "g");
	ck_assert_int_eq(rename("new.sym", SYM), 0);
	ck_assert_str_eq(look("cache", 0x1025).name, "g2_with_a_rather_long_name");
	ck_assert_uint_eq(look("cache", 0x1025).warnings, 0);
}
END_TEST

/* Changes the byte at offset of the index that is kept; -1: cuts it there. */
static void damage(const char *kept, size_t offset, int bits)
{
	FILE *f = fopen(kept, "r+b");
	int c;

	ck_assert(f != NULL);
	if (bits < 0) {
		ck_assert_int_eq(ftruncate(fileno(f), (off_t)offset), 0);
	} else {
		fseek(f, (long)offset, SEEK_SET);
		c = fgetc(f);
		fseek(f, (long)offset, SEEK_SET);
		fputc(c ^ bits, f);
	}
	fclose(f);
}

START_TEST(a_wrong_index_is_noticed_and_made_again)
{
	char kept[256];
	struct stat st;

	make_folders();
	write_sym(SYM, 3000, "f");
	look("cache", 0x1000);
	find_kept("app.symx", kept, sizeof(kept));
	ck_assert_int_eq(stat(kept, &st), 0);

	const struct {
		size_t offset;
		int bits;
	} damages[] = {
		{ 0, 1 },          { 8, 2 },
		{ 100, 4 },        { (size_t)st.st_size - 1, 8 },
		{ SYMX_HEAD, 1 },  { (size_t)st.st_size / 4, 16 },
		{ 0, -1 },         { 100, -1 },
		{ SYMX_HEAD, -1 }, { (size_t)st.st_size - 1, -1 },
	};
	for (unsigned i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		damage(kept, damages[i].offset, damages[i].bits);
		for (unsigned n = 0; n < 3000; n += 299) {
			char name[64];
			struct outcome o = look("cache", 0x1000 + 16 * n);

			snprintf(name, sizeof(name), "f%u_with_a_rather_long_name", n);
			ck_assert_str_eq(o.name, name);
			ck_assert_uint_le(o.warnings, 1);
		}
	}
	ck_assert_uint_eq(look("cache", 0x1000).warnings, 0);
}
END_TEST

/* More windows of 64 KiB than may stay: pages are given back while answers are looked for. */
START_TEST(answers_of_a_large_index_outlive_its_pages)
{
	enum { FUNCTIONS = 220000, STEP = 7919 };
	static const char *const stores[] = { "store" };
	struct symbols_options o = { .cache = "cache" };
	struct arena a = { 0 };
	struct diag quiet = { 0 };
	struct symbols *s;
	const struct sym_module *m;

	make_folders();
	write_sym(SYM, FUNCTIONS, "f");
	ck_assert_int_eq(look("cache", 0x1000).status, SYM_LOADED);
	s = symbols_open(stores, 1, &o, &quiet);
	m = find(s, STR("app"), STR(ID), STR(""));
	ck_assert_ptr_nonnull(m->symx);
	for (uint64_t i = 0; i < 2000; i++) {
		uint64_t at = 0x1000 + 16 * (i * STEP % FUNCTIONS);
		struct sym_frame f;

		ck_assert(symx_find(m->symx, at + 5, &a, &f));
		ck_assert_uint_eq(f.base, at);
		arena_reset(&a);
	}
	ck_assert_uint_eq(quiet.warnings, 0);
	arena_free(&a);
	symbols_close(s);
}
END_TEST

START_TEST(a_cache_that_cannot_be_written_is_a_warning)
{
	make_folders();
	write_sym(SYM, 3000, "f");
	write_sym("cache", 1, "not a folder");

	struct outcome o = look("cache", 0x1015);
	ck_assert_str_eq(o.name, "f1_with_a_rather_long_name");
	ck_assert_uint_eq(o.warnings, 1);
}
END_TEST

static void write_gz(const char *path, unsigned n, const char *name)
{
	struct buf b = { 0 };
	gzFile f = gzopen(path, "wb");

	put_sym(&b, n, name);
	ck_assert(f != NULL && gzwrite(f, b.p, (unsigned)b.n) == (int)b.n);
	gzclose(f);
	buf_free(&b);
}

START_TEST(compressed_and_plain_give_the_same)
{
	struct symbols_options compat = { .compat = true };
	char kept[256];

	make_folders();
	write_gz(SYM ".gz", 3000, "f");
	ck_assert_str_eq(look(NULL, 0x1015).name, "f1_with_a_rather_long_name");
	ck_assert_str_eq(look("cache", 0x1015).name, "f1_with_a_rather_long_name");
	ck_assert_str_eq(look("cache", 0x1015).path, SYM ".gz");
	find_kept(".symx", kept, sizeof(kept));
	ck_assert_str_ne(kept, "");
	ck_assert_int_eq(look_with("store", &compat, 0).status, SYM_MISSING);

	/* Under the plain name too, and another one in its place. */
	unlink(SYM ".gz");
	write_gz(SYM, 3001, "gg");
	ck_assert_str_eq(look("cache", 0x1015).name, "gg1_with_a_rather_long_name");
	ck_assert_int_eq(look_with("store", &compat, 0).status, SYM_CORRUPT);

	ck_assert_int_eq(truncate(SYM, 1000), 0);
	ck_assert_int_eq(look("cache", 0x1015).status, SYM_CORRUPT);
}
END_TEST

START_TEST(many_may_make_one_index)
{
	char kept[256];
	int status;

	make_folders();
	write_sym(SYM, 20000, "f");
	for (int i = 0; i < 12; i++) {
		if (fork() == 0) {
			struct outcome o = look("cache", 0x1015);

			_exit(strcmp(o.name, "f1_with_a_rather_long_name") != 0 || o.warnings != 0);
		}
	}
	for (int i = 0; i < 12; i++)
		ck_assert(wait(&status) > 0 && status == 0);
	find_kept(".tmp.*", kept, sizeof(kept));
	ck_assert_str_eq(kept, "");
	ck_assert_uint_eq(look("cache", 0x1015).warnings, 0);
}
END_TEST

START_TEST(many_modules_are_asked_once_each)
{
	const char *path = "nowhere";
	struct diag d = { .tool = "test" };
	struct symbols *s = symbols_open(&path, 1, &(struct symbols_options){ 0 }, &d);
	const struct sym_module *first[300];
	char name[32];

	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 300; i++) {
			snprintf(name, sizeof(name), "lib%u.so", i);
			const struct sym_module *m = find(s, str_of(name), STR("1"), STR(""));

			ck_assert_int_eq(m->status, SYM_MISSING);
			if (round == 0)
				first[i] = m;
			ck_assert_ptr_eq(m, first[i]);
		}
	}
	ck_assert_int_eq(find(s, STR(".."), STR("1"), STR(""))->status, SYM_NO_KEY);
	symbols_close(s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("symbols");
	TCase *t = tcase_create("symbols");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, paths_stay_in_the_store, 0, sizeof(paths) / sizeof(paths[0]));
	tcase_add_test(t, leaf_of_256_bytes_is_too_long);
	tcase_add_test(t, missing_corrupt_loaded);
	tcase_add_test(t, what_is_no_file_is_missing);
	tcase_add_test(t, damage_is_a_warning_by_default_and_fatal_for_compat);
	tcase_add_test(t, a_file_serves_the_module_of_its_id);
	tcase_add_test(t, small_files_are_not_kept);
	tcase_add_test(t, an_index_is_kept_and_used);
	tcase_add_test(t, a_wrong_index_is_noticed_and_made_again);
	tcase_add_test(t, a_cache_that_cannot_be_written_is_a_warning);
	tcase_add_test(t, compressed_and_plain_give_the_same);
	tcase_add_test(t, many_may_make_one_index);
	tcase_add_test(t, answers_of_a_large_index_outlive_its_pages);
	tcase_add_test(t, many_modules_are_asked_once_each);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
