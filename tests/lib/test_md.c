#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "dumps.h"

/* A header whose directory of count streams is at the given place, cut to size bytes. */
static struct bytes make_header(uint16_t version, uint32_t count, uint32_t directory, size_t size)
{
	struct bytes b = { .n = 0 };

	put_text(&b, "MDMP");
	put(&b, 4, version);
	put(&b, 4, count);
	put(&b, 4, directory);
	put(&b, 4, 0);
	put(&b, 4, 1700000000);
	put(&b, 8, 0x123456789a);
	while (b.n < size)
		put(&b, 1, 0);
	b.n = size;
	return b;
}

/* What is refused, and how. */
static const struct {
	uint16_t version;
	uint32_t count, directory;
	size_t size;
	enum error_code code;
	enum md_verdict verdict;
	const char *text;
} bad[] = {
	{ 0xa793, 0, 32, 0, ERROR_INPUT, MD_MISSING_HEADER,
	  "test.dmp: 0x0: not a minidump: the header is cut short" },
	{ 0xa793, 0, 32, 31, ERROR_INPUT, MD_MISSING_HEADER,
	  "test.dmp: 0x0: not a minidump: the header is cut short" },
	{ 0xa794, 0, 32, 32, ERROR_UNSUPPORTED, MD_VERSION_MISMATCH,
	  "test.dmp: minidump version 0xa794" },
	{ 0xa793, 1, 32, 43, ERROR_INPUT, MD_MISSING_DIRECTORY,
	  "test.dmp: 0x20: stream directory lies outside the file" },
	{ 0xa793, 1, 33, 32, ERROR_INPUT, MD_MISSING_DIRECTORY,
	  "test.dmp: 0x20: stream directory lies outside the file" },
	{ 0xa793, 0xffffffff, 32, 100, ERROR_INPUT, MD_MISSING_DIRECTORY,
	  "test.dmp: 0x20: stream directory lies outside the file" },
};

static bool open_bytes(struct md *md, const struct bytes *b, struct arena *a,
		       enum md_verdict *verdict, struct error *err)
{
	struct diag quiet = { .tool = "test" };

	return md_open(md, bytes_slice(b), "test.dmp", a, &quiet, verdict, err);
}

START_TEST(bad_frame_is_refused)
{
	struct bytes b = make_header(bad[_i].version, bad[_i].count, bad[_i].directory,
				     bad[_i].size);
	struct arena a = { 0 };
	struct error err = { 0 };
	enum md_verdict verdict = MD_OK;
	struct md md;

	ck_assert(!open_bytes(&md, &b, &a, &verdict, &err));
	ck_assert_int_eq(err.code, bad[_i].code);
	ck_assert_int_eq(verdict, bad[_i].verdict);
	ck_assert_str_eq(err.text, bad[_i].text);
	arena_free(&a);
}
END_TEST

START_TEST(wrong_signature_is_refused)
{
	struct bytes b = make_header(0xa793, 0, 32, 32);
	struct arena a = { 0 };
	struct error err = { 0 };
	enum md_verdict verdict = MD_OK;
	struct md md;

	b.p[3] = 'Q';
	ck_assert(!open_bytes(&md, &b, &a, &verdict, &err));
	ck_assert_int_eq(verdict, MD_HEADER_MISMATCH);
	ck_assert_str_eq(err.text, "test.dmp: 0x4: not a minidump: no MDMP signature");
	arena_free(&a);
}
END_TEST

START_TEST(header_fields_are_read)
{
	struct bytes b = make_header(0xa793, 0, 0xffffffff,
				     32); /* an empty directory is anywhere */
	struct arena a = { 0 };
	struct error err = { 0 };
	enum md_verdict verdict;
	struct md md;

	ck_assert(open_bytes(&md, &b, &a, &verdict, &err));
	ck_assert_int_eq(verdict, MD_OK);
	ck_assert_uint_eq(md.time, 1700000000);
	ck_assert_uint_eq(md.flags, 0x123456789a);
	ck_assert_uint_eq(md.n_streams, 0);
	ck_assert(md_stream(&md, 0).failed);
	arena_free(&a);
}
END_TEST

START_TEST(of_streams_of_one_type_the_last_counts)
{
	struct dump_maker m = dump_make(_i != 0);
	struct arena a = { 0 };
	struct md md;

	dump_begin(&m, 7);
	dump_put(&m, 4, 1);
	dump_end(&m);
	dump_begin(&m, 7);
	dump_put(&m, 4, 2);
	dump_end(&m);
	dump_open(&md, &m, &a);
	ck_assert(md.file.big == (_i != 0));

	struct cursor c = md_stream(&md, 7);
	ck_assert_uint_eq(cursor_u32(&c), 2);
	ck_assert_uint_eq(cursor_left(&c), 0);
	ck_assert(!c.failed);

	/* Even if it lies outside the file. */
	dump_set(&m, DUMP_HEADER + DUMP_ENTRY + 4, 4, 0xfffffff0);
	dump_open(&md, &m, &a);
	ck_assert(md_stream(&md, 7).failed);
	arena_free(&a);
}
END_TEST

START_TEST(streams_beyond_the_limit_are_left_out)
{
	enum { SIZE = 32 + 12 * (LIMIT_DUMP_STREAMS + 1) };
	uint8_t *p = calloc(1, SIZE);
	struct bytes head = make_header(0xa793, LIMIT_DUMP_STREAMS + 1, 32, 32);
	struct diag quiet = { .tool = "test" };
	struct arena a = { 0 };
	struct error err = { 0 };
	enum md_verdict verdict;
	struct md md;

	memcpy(p, head.p, head.n);
	ck_assert(md_open(&md, (struct slice){ p, SIZE }, "t", &a, &quiet, &verdict, &err));
	ck_assert_uint_eq(md.n_streams, LIMIT_DUMP_STREAMS);
	arena_free(&a);
	free(p);
}
END_TEST

/* Units of a STRING16, the length that it claims, and what is read; NULL: nothing. */
static const struct {
	uint16_t units[4];
	uint32_t length;
	const char *text;
	size_t n;
} strings[] = {
	{ { 'a', 0xe9, 0x4e2d, 0 }, 6, "a\xc3\xa9\xe4\xb8\xad", 6 },
	{ { 0xd83d, 0xde00, 0, 0 }, 4, "\xf0\x9f\x98\x80", 4 },
	{ { 'a', 0, 'b', 0 }, 6, "a\0b", 3 },
	{ { 0 }, 0, "", 0 },
	{ { 'a', 'b', 0, 0 }, 3, NULL, 0 },    /* odd */
	{ { 0xd83d, 'b', 0, 0 }, 4, NULL, 0 }, /* half a pair */
	{ { 'a', 0xde00, 0, 0 }, 4, NULL, 0 }, /* the other half */
	{ { 'a', 0, 0, 0 }, 10, NULL, 0 },     /* outside the file */
	{ { 'a', 0, 0, 0 }, 0xfffffffe, NULL, 0 },
};

START_TEST(utf16_strings_are_read)
{
	struct dump_maker m = dump_make(false), big = dump_make(true);
	struct dump_maker *both[] = { &m, &big };

	for (size_t b = 0; b < 2; b++) {
		struct arena a = { 0 };
		struct str s = { 0 }, all[2];
		struct md md;

		dump_put(both[b], 4, strings[_i].length);
		for (size_t i = 0; i < 4; i++)
			dump_put(both[b], 2, strings[_i].units[i]);
		dump_open(&md, both[b], &a);

		bool ok = md_string(&md, DUMP_BODY, &a, &s);
		ck_assert(ok == (strings[_i].text != NULL));
		if (ok)
			ck_assert(str_eq(s, (struct str){ strings[_i].text, strings[_i].n }));
		md_strings(&md, (uint64_t[]){ DUMP_BODY, DUMP_BODY }, 2, &a, all);
		ck_assert((all[0].p != NULL) == ok && all[0].p == all[1].p);
		ck_assert(!ok || str_eq(all[0], s));
		arena_free(&a);
	}
}
END_TEST

START_TEST(offset_of_a_string_may_be_anything)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct str s;
	struct md md;

	dump_open(&md, &m, &a);
	ck_assert(!md_string(&md, m.b.n, &a, &s));
	ck_assert(!md_string(&md, m.b.n - 3, &a, &s));
	ck_assert(!md_string(&md, UINT64_MAX, &a, &s));
	ck_assert(!md_string(&md, UINT64_MAX - 3, &a, &s));
	arena_free(&a);
}
END_TEST

START_TEST(long_string_is_cut_between_code_points)
{
	enum { UNITS = LIMIT_DUMP_STRING_UNITS + 9, SIZE = 32 + 4 + 2 * UNITS };
	uint8_t *p = calloc(1, SIZE);
	struct bytes head = make_header(0xa793, 0, 32, 32);
	struct diag quiet = { .tool = "test" };
	struct arena a = { 0 };
	struct error err = { 0 };
	enum md_verdict verdict;
	struct str s;
	struct md md;

	put(&head, 4, 2 * UNITS);
	memcpy(p, head.p, head.n);
	for (size_t i = 0; i < UNITS; i++)
		p[head.n + 2 * i] = 'x';
	ck_assert(md_open(&md, (struct slice){ p, SIZE }, "t", &a, &quiet, &verdict, &err));
	ck_assert(md_string(&md, 32, &a, &s));
	ck_assert_uint_eq(s.n, LIMIT_DUMP_STRING_UNITS);

	/* The last unit inside becomes the first half of a pair. */
	size_t at = head.n + 2 * (LIMIT_DUMP_STRING_UNITS - 1);
	p[at] = 0x3d, p[at + 1] = 0xd8, p[at + 2] = 0x00, p[at + 3] = 0xde;
	ck_assert(md_string(&md, 32, &a, &s));
	ck_assert_uint_eq(s.n, LIMIT_DUMP_STRING_UNITS - 1);
	arena_free(&a);
	free(p);
}
END_TEST

/* Each of its strings is the rest of the file: 500 of them would be 500 times the file. */
START_TEST(overlapping_strings_cost_no_more_than_the_file)
{
	enum { N = 500 };
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct str text[N];
	uint64_t rva[N];
	size_t total = 0;
	struct md md;

	for (size_t i = 0; i < N; i++) {
		rva[i] = m.b.n;
		dump_put(&m, 4, (4 * (N - i - 1)) & ~1u);
	}
	dump_open(&md, &m, &a);
	md_strings(&md, rva, N, &a, text);
	for (size_t i = 0; i < N; i++)
		total += text[i].n;
	ck_assert_uint_gt(total, 0);
	ck_assert_uint_le(total, 3 * m.b.n / 2);
	arena_free(&a);
}
END_TEST

/* Size of a stream of two entries of 8 bytes, and whether it is a list; then where entries begin.
 */
static const struct {
	size_t size;
	bool good;
	size_t first;
} lists[] = {
	{ 3, false, 0 },  { 4, false, 0 }, { 19, false, 0 }, { 20, true, 4 },
	{ 21, false, 0 }, { 24, true, 8 }, { 25, false, 0 }, { 28, false, 0 },
};

START_TEST(list_has_four_bytes_of_padding_or_none)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	uint32_t n = 99;
	struct md md;

	dump_begin(&m, 4);
	dump_put(&m, 4, 2);
	dump_zeros(&m, 40);
	m.b.n = m.stream + lists[_i].size;
	dump_end(&m);
	dump_open(&md, &m, &a);

	struct cursor c = md_list(&md, 4, 8, &n);
	ck_assert(c.failed != lists[_i].good);
	ck_assert_uint_eq(n, lists[_i].good ? 2 : 0);
	if (lists[_i].good)
		ck_assert_uint_eq(c.pos, lists[_i].first);
	ck_assert(md_list(&md, 5, 8, &n).failed);
	arena_free(&a);
}
END_TEST

START_TEST(absurd_count_is_no_list)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	uint32_t n;
	uint64_t n_ex;
	struct md md;

	dump_begin(&m, 4);
	dump_put(&m, 4, 0xffffffff);
	dump_zeros(&m, 40);
	dump_end(&m);
	dump_begin(&m, 14);
	dump_put(&m, 4, 12);
	dump_put(&m, 4, 24);
	dump_put(&m, 4, 0xffffffff);
	dump_zeros(&m, 40);
	dump_end(&m);
	dump_open(&md, &m, &a);
	ck_assert(md_list(&md, 4, 108, &n).failed);
	ck_assert_uint_eq(n, 0);
	ck_assert(md_ex_list(&md, 14, 24, 4, &n_ex).failed);
	ck_assert_uint_eq(n_ex, 0);
	arena_free(&a);
}
END_TEST

/* Header size, entry size, count and bytes in all of an extended list of entries of 24 bytes. */
static const struct {
	uint32_t header, entry, count;
	size_t size;
	bool good;
} ex_lists[] = {
	{ 12, 24, 2, 60, true },  { 12, 24, 2, 61, true },          { 16, 24, 2, 64, true },
	{ 12, 24, 2, 59, false }, { 8, 24, 2, 60, false },          { 12, 32, 2, 76, false },
	{ 12, 0, 2, 60, false },  { 0xffffffff, 24, 0, 60, false }, { 61, 24, 0, 60, false },
	{ 60, 24, 0, 60, true },  { 12, 24, 0, 12, true },          { 12, 24, 0, 11, false },
};

START_TEST(extended_list_says_its_sizes)
{
	struct dump_maker m = dump_make(_i % 2 != 0);
	struct arena a = { 0 };
	uint64_t n;
	struct md md;

	dump_begin(&m, 14);
	dump_put(&m, 4, ex_lists[_i].header);
	dump_put(&m, 4, ex_lists[_i].entry);
	dump_put(&m, 4, ex_lists[_i].count);
	dump_zeros(&m, 100);
	m.b.n = m.stream + ex_lists[_i].size;
	dump_end(&m);
	dump_open(&md, &m, &a);

	struct cursor c = md_ex_list(&md, 14, 24, 4, &n);
	ck_assert(c.failed != ex_lists[_i].good);
	ck_assert_uint_eq(n, ex_lists[_i].good ? ex_lists[_i].count : 0);
	if (ex_lists[_i].good)
		ck_assert_uint_eq(c.pos, ex_lists[_i].header);
	arena_free(&a);
}
END_TEST

/* Runs of stream types that have names, first and last. */
static const uint32_t named[][2] = {
	{ 0, 24 },
	{ 0x8000, 0x800c },
	{ 0xffff, 0xffff },
	{ 0x43500001, 0x43500001 },
	{ 0x47670001, 0x4767000a },
	{ 0x4b6b0002, 0x4b6b0002 },
	{ 0x4d7a0001, 0x4d7a0004 },
};

START_TEST(stream_names_are_found)
{
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		for (uint32_t type = named[i][0]; type <= named[i][1]; type++)
			ck_assert_ptr_nonnull(md_stream_name(type));
		ck_assert_ptr_null(md_stream_name(named[i][1] + 1));
	}
	ck_assert_str_eq(md_stream_name(3), "ThreadListStream");
	ck_assert_str_eq(md_stream_name(0x4d7a0004), "MozSoftErrors");
	ck_assert(md_stream_is_unread(0x47670008));
	ck_assert(!md_stream_is_unread(3));
	ck_assert(!md_stream_is_unread(25));
	ck_assert_str_eq(md_stream_vendor(0xffff), "Official");
	ck_assert_str_eq(md_stream_vendor(0x47670001), "Google Extension");
	ck_assert_str_eq(md_stream_vendor(0x4d7a0001), "Mozilla Extension");
	ck_assert_str_eq(md_stream_vendor(0x43500001), "Unknown Extension");
}
END_TEST

START_TEST(verdicts_have_names)
{
	for (int v = MD_OK; v <= MD_MISSING_SYSTEM_INFO; v++) {
		ck_assert_ptr_nonnull(md_verdict_name((enum md_verdict)v));
		ck_assert_ptr_nonnull(md_verdict_text((enum md_verdict)v));
	}
	ck_assert_str_eq(md_verdict_name(MD_MISSING_HEADER), "MissingHeader");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("md");
	TCase *t = tcase_create("md");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, bad_frame_is_refused, 0, COUNT(bad));
	tcase_add_test(t, wrong_signature_is_refused);
	tcase_add_test(t, header_fields_are_read);
	tcase_add_loop_test(t, of_streams_of_one_type_the_last_counts, 0, 2);
	tcase_add_test(t, streams_beyond_the_limit_are_left_out);
	tcase_add_loop_test(t, utf16_strings_are_read, 0, COUNT(strings));
	tcase_add_test(t, offset_of_a_string_may_be_anything);
	tcase_add_test(t, long_string_is_cut_between_code_points);
	tcase_add_test(t, overlapping_strings_cost_no_more_than_the_file);
	tcase_add_loop_test(t, list_has_four_bytes_of_padding_or_none, 0, COUNT(lists));
	tcase_add_test(t, absurd_count_is_no_list);
	tcase_add_loop_test(t, extended_list_says_its_sizes, 0, COUNT(ex_lists));
	tcase_add_test(t, stream_names_are_found);
	tcase_add_test(t, verdicts_have_names);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
