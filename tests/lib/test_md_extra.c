#include <stdlib.h>

#include "base/limits.h"
#include "dumps.h"

static struct md_extra read_cut(const struct dump_maker *m, size_t n, struct arena *a)
{
	struct diag quiet = { .tool = "test" };
	struct md_extra x = { 0 };
	struct md md;

	if (dump_open_cut(&md, m, n, a))
		md_extra_read(&x, &md, a, &quiet);
	return x;
}

/* Header, entry size and count of a handle stream with room for two, and what is read; -1: nothing.
 */
static const struct {
	uint32_t header, entry, count;
	int n;
} handles[] = {
	{ 16, 32, 2, 2 },  { 16, 40, 2, 2 },           { 16, 0, 0, 0 },
	{ 12, 32, 2, 2 },  { 16, 36, 1, -1 },          { 16, 0, 0xffffffff, -1 },
	{ 16, 40, 3, -1 }, { 16, 32, 0xffffffff, -1 }, { 0xffffffff, 32, 0, -1 },
};

START_TEST(handles_have_one_of_two_sizes)
{
	struct dump_maker m = dump_make(_i % 2 != 0);
	struct arena a = { 0 };
	uint32_t type = dump_string(&m, "File");
	uint32_t entry = handles[_i].entry == 40 ? 40 : 32;

	dump_begin(&m, MD_HANDLE_DATA);
	dump_put(&m, 4, handles[_i].header);
	dump_put(&m, 4, handles[_i].entry);
	dump_put(&m, 4, handles[_i].count);
	if (handles[_i].header != 12)
		dump_put(&m, 4, 0);
	for (uint32_t i = 0; i < 2; i++) {
		dump_put(&m, 8, 0x40 + i);
		dump_put(&m, 4, type);
		dump_put(&m, 4, i == 0 ? 0 : 0xfffffff0);
		dump_zeros(&m, entry - 16);
	}
	dump_end(&m);

	struct md_extra x = read_cut(&m, m.b.n, &a);
	ck_assert(x.has_handles == (handles[_i].n >= 0));
	ck_assert_int_eq((int)x.n_handles, handles[_i].n > 0 ? handles[_i].n : 0);
	for (size_t i = 0; i < x.n_handles; i++) {
		ck_assert_uint_eq(x.handles[i].handle, 0x40 + i);
		ck_assert(x.handles[i].has_type && !x.handles[i].has_object);
		is_text(x.handles[i].type, "File");
	}
	arena_free(&a);
}
END_TEST

START_TEST(limits_are_columns_between_blanks)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	dump_text(
		&m, MD_MOZ_LINUX_LIMITS,
		"\nLimit                     Soft Limit           Hard Limit           Units     \n"
		"Max cpu time              unlimited            unlimited            seconds   \n"
		"Max nice priority         0                    x                    \n"
		"Max open files            1024                 524288               files     \n"
		"too  short\n"
		"Max cpu time              7                    8                    s\xff\n");

	struct md_extra x = read_cut(&m, m.b.n, &a);
	ck_assert(x.has_limits);
	ck_assert_uint_eq(x.n_limits, 3);
	is_text(x.limits[0].name, "Max nice priority");
	is_text(x.limits[0].unit, "n/a");
	ck_assert(x.limits[0].soft == 0 && x.limits[0].hard == 0 && !x.limits[0].hard_unlimited);
	is_text(x.limits[1].name, "Max open files");
	is_text(x.limits[1].unit, "files");
	ck_assert(x.limits[1].soft == 1024 && x.limits[1].hard == 524288);
	is_text(x.limits[2].name, "Max cpu time");
	is_text(x.limits[2].unit, "s\xef\xbf\xbd");
	ck_assert(x.limits[2].soft == 7 && !x.limits[2].soft_unlimited);
	arena_free(&a);
}
END_TEST

START_TEST(unlimited_is_no_number)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	dump_text(&m, MD_MOZ_LINUX_LIMITS, "head\na  unlimited  3  b");

	struct md_extra x = read_cut(&m, m.b.n, &a);
	ck_assert_uint_eq(x.n_limits, 1);
	ck_assert(x.limits[0].soft_unlimited && !x.limits[0].hard_unlimited);
	ck_assert_uint_eq(x.limits[0].hard, 3);
	arena_free(&a);
}
END_TEST

START_TEST(limits_beyond_the_limit_are_left_out)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	dump_begin(&m, MD_MOZ_LINUX_LIMITS);
	put_text(&m.b, "head\n");
	for (unsigned i = 0; i < LIMIT_DUMP_PROC_LIMITS + 3; i++) {
		char line[] = "aaa  1  2\n";

		line[0] = (char)('a' + i % 16);
		line[1] = (char)('a' + i / 16 % 16);
		line[2] = (char)('a' + i / 256);
		put_text(&m.b, line);
	}
	dump_end(&m);
	ck_assert_uint_eq(read_cut(&m, m.b.n, &a).n_limits, LIMIT_DUMP_PROC_LIMITS);
	arena_free(&a);
}
END_TEST

/* One crash info record of a version, with strings at a place, all but the last n bytes of it. */
static uint32_t put_record(struct dump_maker *m, uint64_t version, const char *strings, size_t n)
{
	size_t at = m->b.n;

	dump_put(m, 8, MD_MOZ_MACOS_CRASH_INFO);
	dump_put(m, 8, version);
	if (version >= 4) {
		dump_put(m, 8, 1);
		dump_put(m, 8, 0);
	}
	if (version >= 5)
		dump_put(m, 8, 3);
	for (size_t i = 0; i < n; i++)
		dump_put(m, 1, (uint8_t)strings[i]);
	return (uint32_t)(m->b.n - at);
}

/* Versions of two records, where strings begin, the strings, how many records are read; -1: none.
 */
static const struct {
	uint64_t versions[2];
	uint32_t strings_at;
	const char *strings;
	size_t n_strings;
	int n;
} mac[] = {
	{ { 5, 5 }, 40, "mod\0msg\0sig\0bt\0m2", 18, 2 },
	{ { 4, 4 }, 32, "mod\0msg\0sig\0bt\0m2", 18, 2 },
	{ { 6, 6 }, 44, "extrmod\0msg\0sig\0bt\0m2", 22, 2 }, /* skips "extr" */
	{ { 1, 1 }, 16, "", 0, 2 },
	{ { 0, 0 }, 16, "", 0, 0 },
	{ { 5, 4 }, 40, "mod\0msg\0sig\0bt\0m2", 18, -1 },
	{ { 5, 5 }, 39, "mod\0msg\0sig\0bt\0m2", 18, -1 }, /* inside the fields */
	{ { 5, 5 }, 40, "mod\0msg\0sig\0bt\0m2", 17, -1 }, /* last one not ended */
	{ { 5, 5 },
	  40,
	  "mod\0m\xff"
	  "g\0sig\0bt\0m2",
	  18,
	  -1 },
	{ { 5, 5 }, 0xffffffff, "", 0, -1 },
};

START_TEST(mac_crash_info_has_versions)
{
	struct dump_maker m = dump_make(_i % 2 != 0);
	struct arena a = { 0 };
	uint32_t at[2], size[2];

	for (size_t i = 0; i < 2; i++) {
		at[i] = (uint32_t)m.b.n;
		size[i] = put_record(&m, mac[_i].versions[i], mac[_i].strings, mac[_i].n_strings);
	}
	dump_begin(&m, MD_MOZ_MACOS_CRASH_INFO);
	dump_put(&m, 4, MD_MOZ_MACOS_CRASH_INFO);
	dump_put(&m, 4, 2);
	dump_put(&m, 4, mac[_i].strings_at);
	for (size_t i = 0; i < 20; i++) {
		dump_put(&m, 4, i < 2 ? size[i] : 0);
		dump_put(&m, 4, i < 2 ? at[i] : 0);
	}
	dump_end(&m);

	struct md_extra x = read_cut(&m, m.b.n, &a);
	ck_assert(x.has_mac_records == (mac[_i].n >= 0));
	ck_assert_int_eq((int)x.n_mac_records, mac[_i].n > 0 ? mac[_i].n : 0);
	if (x.n_mac_records != 0 && mac[_i].versions[0] >= 4) {
		ck_assert_uint_eq(x.mac_records[1].thread, 1);
		ck_assert_uint_eq(x.mac_records[1].abort_cause, mac[_i].versions[0] >= 5 ? 3 : 0);
		is_text(x.mac_records[1].module, "mod");
		is_text(x.mac_records[1].message2, "m2");
	}
	ck_assert(!read_cut(&m, m.b.n - 1, &a).has_mac_records);
	arena_free(&a);
}
END_TEST

START_TEST(boot_args_are_a_string)
{
	struct dump_maker m = dump_make(_i != 0);
	struct arena a = { 0 };
	uint32_t text = dump_string(&m, "-v keepsyms=1");

	dump_begin(&m, MD_MOZ_MACOS_BOOTARGS);
	dump_put(&m, 4, MD_MOZ_MACOS_BOOTARGS);
	dump_put(&m, 8, text);
	dump_end(&m);

	struct md_extra x = read_cut(&m, m.b.n, &a);
	ck_assert(x.has_boot_args);
	is_text(x.boot_args, "-v keepsyms=1");
	ck_assert(!read_cut(&m, m.b.n - 1, &a).has_boot_args);
	dump_set(&m, m.stream + 4, 8, UINT64_MAX);
	ck_assert(!read_cut(&m, m.b.n, &a).has_boot_args);
	arena_free(&a);
}
END_TEST

static const struct {
	const char *json;
	bool good;
} soft_errors[] = {
	{ "[{\"a\":null}]", true }, { " \"x\" ", true },   { "", false },
	{ "[1,]", false },          { "\"\xff\"", false },
};

START_TEST(soft_errors_are_json)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	dump_text(&m, MD_MOZ_SOFT_ERRORS, soft_errors[_i].json);

	struct md_extra x = read_cut(&m, m.b.n, &a);
	ck_assert(x.has_soft_errors == soft_errors[_i].good);
	if (x.has_soft_errors)
		is_text(x.soft_errors, soft_errors[_i].json);
	arena_free(&a);
}
END_TEST

static void put_fixed(struct dump_maker *m, const char *text)
{
	size_t end = m->b.n + 256;

	for (; *text != '\0' && m->b.n < end; text++)
		dump_put(m, 2, (uint8_t)*text);
	dump_zeros(m, end - m->b.n);
}

START_TEST(assertion_is_read)
{
	struct dump_maker m = dump_make(_i != 0);
	struct arena a = { 0 };

	dump_begin(&m, MD_ASSERTION_INFO);
	put_fixed(&m, "p != NULL");
	put_fixed(&m, "");
	for (size_t i = 0; i < 128; i++)
		dump_put(&m, 2, 'f'); /* not ended */
	dump_put(&m, 4, 42);
	dump_put(&m, 4, 2);
	dump_end(&m);

	struct md_extra x = read_cut(&m, m.b.n, &a);
	ck_assert(x.has_assertion);
	is_text(x.assertion_expression, "p != NULL");
	is_text(x.assertion_function, "");
	ck_assert_uint_eq(x.assertion_file.n, 128);
	ck_assert_uint_eq(x.assertion_line, 42);
	ck_assert_uint_eq(x.assertion_type, 2);
	ck_assert(!read_cut(&m, m.b.n - 1, &a).has_assertion);
	dump_set(&m, m.stream, 2, 0xd800);
	ck_assert_uint_eq(read_cut(&m, m.b.n, &a).assertion_expression.n, 0);
	arena_free(&a);
}
END_TEST

/* The narrow and the wide comment of a dump, and which counts; NULL: none. */
static const struct {
	const char *narrow, *wide, *text;
} comments[] = {
	{ "said", "wide", "wide" }, { "said\n", NULL, "said\n" },       { NULL, "wide", "wide" },
	{ "said", "", "said" },     { "a\xff", NULL, "a\xef\xbf\xbd" }, { NULL, NULL, NULL },
	{ NULL, "", NULL },
};

START_TEST(comment_is_the_wide_one)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	if (comments[_i].narrow != NULL)
		dump_text(&m, MD_COMMENT_A, comments[_i].narrow);
	if (comments[_i].wide != NULL) {
		dump_begin(&m, MD_COMMENT_W);
		for (const char *p = comments[_i].wide; *p != '\0'; p++)
			dump_put(&m, 2, (uint8_t)*p);
		dump_put(&m, 2, 0);
		dump_put(&m, 2, 'x');
		dump_end(&m);
	}

	struct md_extra x = read_cut(&m, m.b.n, &a);
	ck_assert(x.has_comment == (comments[_i].text != NULL));
	if (x.has_comment)
		is_text(x.comment, comments[_i].text);
	arena_free(&a);
}
END_TEST

START_TEST(absent_streams_are_absent)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct md_extra x = read_cut(&m, m.b.n, &a);

	ck_assert(!x.has_handles && !x.has_limits && !x.has_mac_records);
	ck_assert(!x.has_boot_args && !x.has_soft_errors && !x.has_assertion);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("md_extra");
	TCase *t = tcase_create("md_extra");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, handles_have_one_of_two_sizes, 0, COUNT(handles));
	tcase_add_test(t, limits_are_columns_between_blanks);
	tcase_add_test(t, unlimited_is_no_number);
	tcase_add_test(t, limits_beyond_the_limit_are_left_out);
	tcase_add_loop_test(t, mac_crash_info_has_versions, 0, COUNT(mac));
	tcase_add_loop_test(t, boot_args_are_a_string, 0, 2);
	tcase_add_loop_test(t, soft_errors_are_json, 0, COUNT(soft_errors));
	tcase_add_loop_test(t, assertion_is_read, 0, 2);
	tcase_add_loop_test(t, comment_is_the_wide_one, 0, COUNT(comments));
	tcase_add_test(t, absent_streams_are_absent);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
