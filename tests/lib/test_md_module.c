#include <stdlib.h>

#include "dumps.h"

static const struct md_system windows = { .os = MD_OS_WINDOWS }, linux_ = { .os = MD_OS_LINUX },
			      macos = { .os = MD_OS_MACOS };

/* A MINIDUMP_MODULE. */
struct entry {
	uint64_t base;
	uint32_t size, timestamp, name;
	uint32_t version[4];
	uint32_t cv_size, cv;
	bool no_version;
};

static void put_entry(struct dump_maker *m, struct entry e)
{
	dump_put(m, 8, e.base);
	dump_put(m, 4, e.size);
	dump_put(m, 4, 0);
	dump_put(m, 4, e.timestamp);
	dump_put(m, 4, e.name);
	dump_put(m, 4, e.no_version ? 0 : 0xfeef04bd);
	dump_put(m, 4, 0x10000);
	for (size_t i = 0; i < 4; i++)
		dump_put(m, 4, e.version[i]);
	dump_zeros(m, 28);
	dump_put(m, 4, e.cv_size);
	dump_put(m, 4, e.cv);
	dump_zeros(m, 8 + 16);
}

static void put_list(struct dump_maker *m, const struct entry *e, uint32_t n)
{
	dump_begin(m, MD_MODULE_LIST);
	dump_put(m, 4, n);
	for (uint32_t i = 0; i < n; i++)
		put_entry(m, e[i]);
	dump_end(m);
}

static struct md_modules read_cut(const struct dump_maker *m, size_t n, const struct md_system *s,
				  struct arena *a, bool compat)
{
	struct diag quiet = { .tool = "test" };
	struct md_modules modules = { 0 };
	struct md md;

	if (dump_open_cut(&md, m, n, a))
		md_modules_read(&modules, &md, s, a, &quiet, compat);
	return modules;
}

static struct md_modules read_all(const struct dump_maker *m, const struct md_system *s,
				  struct arena *a, bool compat)
{
	return read_cut(m, m->b.n, s, a, compat);
}

/* Bytes of a CodeView record behind its signature. */
static const char pdb70[] = "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
			    "\x2a\0\0\0c:\\a\\b.pdb\0junk";
static const char nil_pdb70[] = "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0x";
static const char bad_pdb70[] = "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
				"\x2a\0\0\0\xff.pdb";
static const char pdb20[] = "\0\0\0\0\x61\x84\x7d\x3b\x1c\0\0\0old.pdb";
static const char build_id[] =
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x20";
static const char short_id[] = "\xab\xcd";
static const char zero_id[] = "\0\0\0\0";

enum { RSDS = 0x53445352, NB10 = 0x3031424e, ELF = 0x4270454c, NB09 = 0x3930424e };

#define BYTES(array) array, sizeof(array) - 1

static const struct {
	const struct md_system *system;
	uint32_t signature;
	const char *bytes;
	size_t n;
	const char *debug_file, *debug_id, *code_id; /* debug_file NULL: there is none */
} records[] = {
	{ &windows, RSDS, BYTES(pdb70), "c:\\a\\b.pdb", "0403020106050807090A0B0C0D0E0F102a",
	  "5e0be1001f000" },
	{ &macos, RSDS, BYTES(pdb70), "c:\\a\\b.pdb", "0403020106050807090A0B0C0D0E0F102a",
	  "0403020106050807090a0b0c0d0e0f10" },
	{ &windows, RSDS, BYTES(nil_pdb70), "x", "", "5e0be1001f000" },
	{ &macos, RSDS, BYTES(nil_pdb70), "x", "", "00000000000000000000000000000000" },
	{ &linux_, RSDS, BYTES(bad_pdb70), "\xef\xbf\xbd.pdb", "0403020106050807090A0B0C0D0E0F102a",
	  "5e0be1001f000" },
	{ &windows, RSDS, pdb70, 20, "", "0403020106050807090A0B0C0D0E0F102a", "5e0be1001f000" },
	{ &windows, NB10, BYTES(pdb20), "old.pdb", "3B7D84611c", "5e0be1001f000" },
	{ &linux_, ELF, BYTES(build_id), "/lib/x.so", "131211101514171618191A1B1C1D1E1F0",
	  "101112131415161718191a1b1c1d1e1f20" },
	{ &linux_, ELF, BYTES(short_id), "/lib/x.so", "0000CDAB0000000000000000000000000", "abcd" },
	{ &linux_, ELF, BYTES(zero_id), "/lib/x.so", "", "" },
	{ &linux_, ELF, "", 0, "/lib/x.so", "", "" },
	{ &windows, NB09, "abcd", 4, NULL, "", "" },
	{ &linux_, 0x12345678, "", 0, NULL, "", "" },
};

START_TEST(codeview_record_identifies_the_module)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct entry e = { 0x400000, 0x1f000, 0x5e0be100, 0, { 0 }, 0, 0, true };

	e.name = dump_string(&m, "/lib/x.so");
	e.cv = (uint32_t)m.b.n;
	e.cv_size = 4 + (uint32_t)records[_i].n;
	dump_put(&m, 4, records[_i].signature);
	for (size_t i = 0; i < records[_i].n; i++)
		dump_put(&m, 1, (uint8_t)records[_i].bytes[i]);
	put_list(&m, &e, 1);

	struct md_modules modules = read_all(&m, records[_i].system, &a, _i % 2 != 0);
	ck_assert_uint_eq(modules.n, 1);
	is_text(modules.v[0].code_file, "/lib/x.so");
	ck_assert(modules.v[0].has_debug_file == (records[_i].debug_file != NULL));
	if (records[_i].debug_file != NULL)
		is_text(modules.v[0].debug_file, records[_i].debug_file);
	is_text(modules.v[0].debug_id, records[_i].debug_id);
	is_text(modules.v[0].code_id, records[_i].code_id);
	ck_assert(!modules.v[0].has_version);
	arena_free(&a);
}
END_TEST

START_TEST(build_id_is_a_guid_in_the_byte_order_of_the_dump)
{
	struct dump_maker m = dump_make(true);
	struct arena a = { 0 };
	struct entry e = { 0x400000, 0x1000, 0, 0, { 0 }, 4 + 16, 0, true };

	e.name = dump_string(&m, "x");
	e.cv = (uint32_t)m.b.n;
	dump_put(&m, 4, ELF);
	for (size_t i = 0; i < 16; i++)
		dump_put(&m, 1, (uint8_t)build_id[i]);
	put_list(&m, &e, 1);

	struct md_modules modules = read_all(&m, &linux_, &a, false);
	ck_assert_uint_eq(modules.n, 1);
	is_text(modules.v[0].debug_id, "101112131415161718191A1B1C1D1E1F0");
	is_text(modules.v[0].code_id, "101112131415161718191a1b1c1d1e1f");
	arena_free(&a);
}
END_TEST

START_TEST(module_without_record_is_identified_on_windows_only)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct entry e = { .base = 0x1000, .size = 0xa000, .timestamp = 0x78bc3cd };

	e.name = dump_string(&m, "wow64cpu.dll");
	put_list(&m, &e, 1);
	is_text(read_all(&m, &windows, &a, false).v[0].code_id, "078bc3cda000");
	is_text(read_all(&m, &linux_, &a, false).v[0].code_id, "");
	ck_assert(!read_all(&m, &linux_, &a, false).v[0].has_debug_file);
	arena_free(&a);
}
END_TEST

START_TEST(version_is_of_halves_or_of_words)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct entry e = { .base = 1, .size = 1, .version = { 0x10002, 0x30004, 5, 6 } };

	e.name = dump_string(&m, "x");
	put_list(&m, &e, 1);
	is_text(read_all(&m, &windows, &a, false).v[0].version, "1.2.3.4");
	is_text(read_all(&m, &macos, &a, false).v[0].version, "1.2.3.4");
	is_text(read_all(&m, &linux_, &a, false).v[0].version, "65538.196612.5.6");
	arena_free(&a);
}
END_TEST

/* Places in the second of three modules that spoil it; what compat makes of the list. */
static const struct {
	size_t at;
	uint32_t value;
	size_t n, compat_n;
} damages[] = {
	{ 8, 0, 2, 2 },           /* no size */
	{ 20, 0xfffffff0, 2, 0 }, /* name outside the file */
	{ 20, 0, 2, 0 },          /* name of odd length: the header's signature */
	{ 80, 0xfffffff0, 2, 0 }, /* record outside the file */
	{ 76, 3, 2, 0 },          /* record shorter than its signature */
	{ 76, 15, 2, 0 },         /* ... than its kind */
	{ 76, 0, 3, 3 },          /* no record */
	{ 76, 70000, 2, 0 },      /* outside the file and over the limit */
};

START_TEST(bad_module_is_left_out_alone)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct entry e[3] = { { .base = 0x1000, .size = 0x1000 },
			      { .base = 0x2000, .size = 0x1000 },
			      { .base = 0x3000, .size = 0x1000 } };

	e[0].name = e[1].name = e[2].name = dump_string(&m, "x");
	e[1].cv = (uint32_t)m.b.n;
	e[1].cv_size = 20;
	dump_put(&m, 4, NB10);
	dump_zeros(&m, 16);
	put_list(&m, e, 3);
	dump_set(&m, m.stream + 4 + 108 + damages[_i].at, 4, damages[_i].value);

	ck_assert_uint_eq(read_all(&m, &windows, &a, false).n, damages[_i].n);
	ck_assert_uint_eq(read_all(&m, &windows, &a, true).n, damages[_i].compat_n);
	arena_free(&a);
}
END_TEST

START_TEST(module_that_wraps_is_left_out)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct entry e[2] = { { .base = UINT64_MAX - 0xff, .size = 0x100 },
			      { .base = UINT64_MAX - 0xff, .size = 0xff } };

	e[0].name = e[1].name = dump_string(&m, "x");
	put_list(&m, e, 2);

	struct md_modules modules = read_all(&m, &windows, &a, true);
	ck_assert_uint_eq(modules.n, 1);
	ck_assert_uint_eq(modules.v[0].size, 0xff);
	arena_free(&a);
}
END_TEST

START_TEST(addresses_find_modules)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct entry e[3] = { { .base = 0x3000, .size = 0x1000 },
			      { .base = 0x1000, .size = 0x1000 },
			      { .base = 0x3800, .size = 0x10 } };

	e[0].name = e[1].name = e[2].name = dump_string(&m, "x");
	put_list(&m, e, 3);

	struct md_modules modules = read_all(&m, &windows, &a, false);
	ck_assert_uint_eq(modules.n, 3);
	ck_assert_int_eq(md_modules_find(&modules, 0x3fff), 0);
	ck_assert_int_eq(md_modules_find(&modules, 0x3800), 0);
	ck_assert_int_eq(md_modules_find(&modules, 0x1000), 1);
	ck_assert_int_eq(md_modules_find(&modules, 0x2000), MD_NO_MODULE);
	ck_assert_int_eq(md_modules_find(&modules, 0), MD_NO_MODULE);
	arena_free(&a);
}
END_TEST

START_TEST(cut_module_list_loses_modules_only)
{
	struct dump_maker m = dump_make(false);
	struct entry e = { .base = 0x1000, .size = 0x1000, .cv_size = 24 };

	put_list(&m, &e, 1);
	size_t entry = m.stream + 4;
	uint32_t name = dump_string(&m, "xyz"), cv = (uint32_t)m.b.n;
	dump_put(&m, 4, RSDS);
	dump_zeros(&m, 20);
	dump_set(&m, entry + 20, 4, name);
	dump_set(&m, entry + 80, 4, cv);
	for (size_t n = 0; n <= m.b.n; n++) {
		struct arena a = { 0 };

		ck_assert_uint_eq(read_cut(&m, n, &windows, &a, n % 2 != 0).n, n == m.b.n);
		arena_free(&a);
	}
}
END_TEST

/* 1,500 modules with one name of 60,000 characters cost rust-minidump 719 MB. */
START_TEST(shared_name_is_decoded_once)
{
	enum { N = 30 };
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct entry e[N];
	uint32_t name = dump_string(&m, "a name that is in no need of being repeated");

	for (uint32_t i = 0; i < N; i++)
		e[i] = (struct entry){ .base = 0x1000 * i, .size = 1, .name = name };
	put_list(&m, e, N);

	struct md_modules modules = read_all(&m, &linux_, &a, false);
	ck_assert_uint_eq(modules.n, N);
	for (uint32_t i = 1; i < N; i++)
		ck_assert_ptr_eq(modules.v[i].code_file.p, modules.v[0].code_file.p);
	arena_free(&a);
}
END_TEST

/* Records that overlap would turn each byte of the file into two characters for each module. */
START_TEST(shared_records_cost_no_more_than_the_file)
{
	enum { N = 30, ID = 600 };
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct entry e[N];
	uint32_t name = dump_string(&m, "x"), cv = (uint32_t)m.b.n;
	size_t total = 0;

	dump_put(&m, 4, ELF);
	for (size_t i = 0; i < ID - 4; i++)
		dump_put(&m, 1, 0xee);
	for (uint32_t i = 0; i < N; i++)
		e[i] = (struct entry){
			.base = 0x1000 * i, .size = 1, .name = name, .cv = cv, .cv_size = ID
		};
	put_list(&m, e, N);

	struct md_modules modules = read_all(&m, &linux_, &a, false);
	ck_assert_uint_eq(modules.n, N);
	for (uint32_t i = 0; i < N; i++)
		total += modules.v[i].code_id.n;
	ck_assert_uint_gt(total, 2 * (ID - 4) - 1);
	ck_assert_uint_le(total, 2 * m.b.n);
	arena_free(&a);
}
END_TEST

static struct md_unloaded_modules read_unloaded(const struct dump_maker *m, size_t n,
						struct arena *a, bool compat)
{
	struct diag quiet = { .tool = "test" };
	struct md_unloaded_modules u = { 0 };
	struct md md;

	if (dump_open_cut(&md, m, n, a))
		md_unloaded_read(&u, &md, a, &quiet, compat);
	return u;
}

static void put_unloaded(struct dump_maker *m, uint32_t name, uint32_t second_size)
{
	dump_begin(m, MD_UNLOADED_MODULE_LIST);
	dump_put(m, 4, 12);
	dump_put(m, 4, 24);
	dump_put(m, 4, 2);
	for (int i = 0; i < 2; i++) {
		dump_put(m, 8, 0x1000);
		dump_put(m, 4, i == 0 ? 0x200 : second_size);
		dump_put(m, 4, 0);
		dump_put(m, 4, 0xabc);
		dump_put(m, 4, name);
	}
	dump_end(m);
}

START_TEST(unloaded_modules_may_repeat)
{
	struct dump_maker m = dump_make(_i != 0);
	struct arena a = { 0 };

	put_unloaded(&m, dump_string(&m, "gone.dll"), 0x300);
	for (size_t n = 0; n <= m.b.n; n++) {
		struct md_unloaded_modules u = read_unloaded(&m, n, &a, false);

		ck_assert_uint_eq(u.n, n == m.b.n ? 2 : 0);
		if (u.n == 0)
			continue;
		is_text(u.v[1].code_file, "gone.dll");
		is_text(u.v[0].code_id, "00000abc200");
		ck_assert_uint_eq(u.v[1].base, 0x1000);
		ck_assert_uint_eq(u.v[1].size, 0x300);
	}
	arena_free(&a);
}
END_TEST

START_TEST(bad_unloaded_module_is_left_out_alone)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	put_unloaded(&m, dump_string(&m, "gone.dll"), 0);
	ck_assert_uint_eq(read_unloaded(&m, m.b.n, &a, false).n, 1);
	ck_assert_uint_eq(read_unloaded(&m, m.b.n, &a, true).n, 0);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("md_module");
	TCase *t = tcase_create("md_module");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, codeview_record_identifies_the_module, 0, COUNT(records));
	tcase_add_test(t, build_id_is_a_guid_in_the_byte_order_of_the_dump);
	tcase_add_test(t, module_without_record_is_identified_on_windows_only);
	tcase_add_test(t, version_is_of_halves_or_of_words);
	tcase_add_loop_test(t, bad_module_is_left_out_alone, 0, COUNT(damages));
	tcase_add_test(t, module_that_wraps_is_left_out);
	tcase_add_test(t, addresses_find_modules);
	tcase_add_test(t, cut_module_list_loses_modules_only);
	tcase_add_test(t, shared_name_is_decoded_once);
	tcase_add_test(t, shared_records_cost_no_more_than_the_file);
	tcase_add_loop_test(t, unloaded_modules_may_repeat, 0, 2);
	tcase_add_test(t, bad_unloaded_module_is_left_out_alone);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
