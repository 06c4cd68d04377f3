#include <stdlib.h>

#include "dumps.h"

static struct md_memory read_cut(const struct dump_maker *m, size_t n, struct arena *a)
{
	struct diag quiet = { .tool = "test" };
	struct md_memory memory = { 0 };
	struct md md;

	if (dump_open_cut(&md, m, n, a))
		md_memory_read(&memory, &md, a, &quiet);
	return memory;
}

struct descriptor {
	uint64_t base;
	uint32_t size, rva;
};

static void put_list(struct dump_maker *m, const struct descriptor *d, uint32_t n)
{
	dump_begin(m, MD_MEMORY_LIST);
	dump_put(m, 4, n);
	for (uint32_t i = 0; i < n; i++) {
		dump_put(m, 8, d[i].base);
		dump_put(m, 4, d[i].size);
		dump_put(m, 4, d[i].rva);
	}
	dump_end(m);
}

static void put_list64(struct dump_maker *m, uint64_t rva, const uint64_t (*ranges)[2], uint64_t n)
{
	dump_begin(m, MD_MEMORY64_LIST);
	dump_put(m, 8, n);
	dump_put(m, 8, rva);
	for (uint64_t i = 0; i < n; i++) {
		dump_put(m, 8, ranges[i][0]);
		dump_put(m, 8, ranges[i][1]);
	}
	dump_end(m);
}

START_TEST(unusable_regions_are_left_out)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	const struct descriptor list[] = {
		{ 0x1000, 32, DUMP_BODY },  { 0x2000, 0, DUMP_BODY },  { 0x3000, 32, 0 },
		{ 0x4000, 32, 0xfffffff0 }, { 0x1010, 32, DUMP_BODY },
	};

	dump_zeros(&m, 32);
	put_list(&m, list, COUNT(list));

	struct md_memory memory = read_cut(&m, m.b.n, &a);
	ck_assert_uint_eq(memory.n, 2);
	ck_assert_uint_eq(memory.by_address.n, 1);
	ck_assert_ptr_eq(md_memory_find(&memory, 0x101f), &memory.v[0]);
	ck_assert_ptr_null(md_memory_find(&memory, 0x1020));
	ck_assert_ptr_null(md_memory_find(&memory, 0x2000));
	arena_free(&a);
}
END_TEST

START_TEST(contents_of_the_64_bit_list_follow_each_other)
{
	struct dump_maker m = dump_make(_i != 0);
	struct arena a = { 0 };
	const uint64_t ranges[][2] = { { 0x5000, 8 }, { 0x1000, 0 }, { 0x2000, 4 } };
	const struct descriptor other = { 0x9000, 4, DUMP_BODY };
	uint64_t v;

	dump_put(&m, 8, 0x0102030405060708);
	dump_put(&m, 4, 0x11223344);
	put_list(&m, &other, 1); /* is not asked */
	put_list64(&m, DUMP_BODY, ranges, COUNT(ranges));

	struct md_memory memory = read_cut(&m, m.b.n, &a);
	ck_assert_uint_eq(memory.n, 3);
	ck_assert(md_memory_uint(&memory, 0x5000, 8, &v) && v == 0x0102030405060708);
	ck_assert(md_memory_uint(&memory, 0x2000, 4, &v) && v == 0x11223344);
	ck_assert(!md_memory_uint(&memory, 0x9000, 4, &v));
	ck_assert(!md_memory_uint(&memory, 0x1000, 1, &v));
	arena_free(&a);
}
END_TEST

/* Where the 64-bit list says that its only range is, and its size. */
static const struct {
	uint64_t rva, size;
} outside[] = {
	{ 100000, 4 },
	{ DUMP_BODY, 100000 },
	{ UINT64_MAX, 4 },
	{ DUMP_BODY, UINT64_MAX },
};

START_TEST(range_outside_the_file_gives_way_to_the_other_list)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	const uint64_t range[][2] = { { 0x1000, outside[_i].size } };
	const struct descriptor other = { 0x9000, 4, DUMP_BODY };
	uint64_t v;

	dump_put(&m, 4, 0x11223344);
	put_list(&m, &other, 1);
	put_list64(&m, outside[_i].rva, range, 1);

	struct md_memory memory = read_cut(&m, m.b.n, &a);
	ck_assert_uint_eq(memory.n, 1);
	ck_assert(md_memory_uint(&memory, 0x9000, 4, &v) && v == 0x11223344);
	arena_free(&a);
}
END_TEST

START_TEST(size_of_the_64_bit_list_is_exact)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	const uint64_t range[][2] = { { 0x1000, 4 } };
	struct dump_maker longer;

	dump_zeros(&m, 4);
	put_list64(&m, DUMP_BODY, range, 1);
	ck_assert_uint_eq(read_cut(&m, m.b.n, &a).n, 1);
	longer = m;
	dump_set(&longer, DUMP_HEADER + 4, 4, 33);
	dump_zeros(&longer, 1);
	ck_assert_uint_eq(read_cut(&longer, longer.b.n, &a).n, 0);
	dump_set(&m, m.stream, 8, UINT64_MAX / 16 + 2); /* times 16 is 16 */
	ck_assert_uint_eq(read_cut(&m, m.b.n, &a).n, 0);
	arena_free(&a);
}
END_TEST

START_TEST(cut_lists_are_empty)
{
	const struct descriptor region = { 0x1000, 32, DUMP_BODY };
	const uint64_t range[][2] = { { 0x1000, 4 } };
	struct dump_maker m = dump_make(false), m64 = m;

	dump_zeros(&m, 32);
	dump_zeros(&m64, 32);
	put_list(&m, &region, 1);
	put_list64(&m64, DUMP_BODY, range, 1);
	for (size_t n = 0; n <= m64.b.n; n++) {
		struct arena a = { 0 };

		ck_assert_uint_eq(read_cut(&m64, n, &a).n, n == m64.b.n);
		if (n <= m.b.n)
			ck_assert_uint_eq(read_cut(&m, n, &a).n, n == m.b.n);
		arena_free(&a);
	}
}
END_TEST

/* Address and width of a read of the region 0x1000..0x1007, and of its neighbour up to 0x100f. */
static const struct {
	uint64_t address;
	unsigned width;
	bool good;
} reads[] = {
	{ 0x1000, 8, true },  { 0x1001, 8, false }, { 0x1004, 4, true }, { 0x1005, 4, false },
	{ 0x1007, 1, true },  { 0x1008, 8, true },  { 0x100f, 1, true }, { 0x1010, 1, false },
	{ 0xfff, 1, false },  { 0xffc, 8, false },  { 0, 1, false },     { UINT64_MAX, 8, false },
	{ 0x1000, 0, false }, { 0x1000, 9, false },
};

START_TEST(value_lies_in_one_region)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	const struct descriptor list[] = { { 0x1008, 8, DUMP_BODY }, { 0x1000, 8, DUMP_BODY } };
	uint64_t v;

	dump_zeros(&m, 8);
	put_list(&m, list, 2);

	struct md_memory memory = read_cut(&m, m.b.n, &a);
	ck_assert(md_memory_uint(&memory, reads[_i].address, reads[_i].width, &v) ==
		  reads[_i].good);
	arena_free(&a);
}
END_TEST

static struct md_mappings read_mappings(const struct dump_maker *m, size_t n, struct arena *a,
					bool compat)
{
	struct diag quiet = { .tool = "test" };
	struct md_mappings mappings = { 0 };
	struct md md;

	if (dump_open_cut(&md, m, n, a))
		md_mappings_read(&mappings, &md, a, &quiet, compat);
	return mappings;
}

/* Text of maps; how many mappings, and how many with compat, or -1: no stream. */
static const struct {
	const char *text;
	size_t n;
	int compat_n;
} maps[] = {
	{ "1000-2000 r-xp 00000000 08:01 12 /bin/x\n2000-3000 rw-p 0 00:00 0 \n", 2, 2 },
	{ "1000-2000 r-xp 00000000 08:01 12 /bin/x\nRss: 4 kB\nVmFlags: rd ex\n", 1, 1 },
	{ "1000-2000 r-xp 00000000 08:01 12                  /bin/x", 1, 1 },
	{ "", 0, 0 },
	{ "1000-2000 r-xp 00000000 08:01 12\n", 0, -1 },
	{ "1000 r-xp 00000000 08:01 12 x\n2000-3000 rw-p 0 00:00 0 \n", 1, -1 },
	{ "1000-2000 r-xp 00000000 0801 12 x\n2000-3000 rw-p 0 00:00 0 \n", 1, -1 },
	{ "1000-2000 r-xp 00000000 08:01 z x\n2000-3000 rw-p 0 00:00 0 \n", 1, -1 },
	{ "10000000000000000-2000 r-xp 0 08:01 0 x\n2000-3000 rw-p 0 00:00 0 \n", 1, -1 },
	{ "2000-3000 rw-p 0 00:00 0 \n\n", 1, -1 },
	{ "2000-3000 rw-p 0 00:00 0 \xff\n", 1, -1 },
	{ "Rss: 4 kB\n2000-3000 rw-p 0 00:00 0 \n", 1, -1 },
};

START_TEST(malformed_line_of_maps_is_left_out_alone)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	dump_text(&m, MD_LINUX_MAPS, maps[_i].text);

	struct md_mappings ours = read_mappings(&m, m.b.n, &a, false);
	struct md_mappings peers = read_mappings(&m, m.b.n, &a, true);
	ck_assert(ours.has_maps);
	ck_assert_uint_eq(ours.n, maps[_i].n);
	ck_assert_uint_eq(ours.n_maps, maps[_i].n);
	ck_assert(peers.has_maps == (maps[_i].compat_n >= 0));
	ck_assert_int_eq((int)peers.n_maps, maps[_i].compat_n >= 0 ? maps[_i].compat_n : 0);
	arena_free(&a);
}
END_TEST

START_TEST(mappings_are_found_with_name_and_access)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	dump_text(&m, MD_LINUX_MAPS,
		  "1000-2000 r-xp 0 08:01 12   /bin/a b (deleted)\n2000-3000 -w-s 0 00:00 0 \n"
		  "4000-4000 rwxp 0 00:00 0 \n");

	struct md_mappings v = read_mappings(&m, m.b.n, &a, false);
	const struct md_mapping *first = md_mappings_find(&v, 0x1fff);
	ck_assert_ptr_eq(first, &v.v[0]);
	is_text(first->name, "/bin/a b (deleted)");
	ck_assert_uint_eq(first->access, MD_READ | MD_EXECUTE);
	ck_assert_uint_eq(first->size, 0x1000);
	ck_assert_uint_eq(md_mappings_find(&v, 0x2000)->access, MD_WRITE);
	ck_assert_ptr_null(md_mappings_find(&v, 0x3000));
	ck_assert_ptr_null(md_mappings_find(&v, 0x4000));
	arena_free(&a);
}
END_TEST

static void put_info(struct dump_maker *m, uint64_t count, uint32_t protection)
{
	dump_begin(m, MD_MEMORY_INFO_LIST);
	dump_put(m, 4, 16);
	dump_put(m, 4, 48);
	dump_put(m, 8, count);
	dump_put(m, 8, 0x7000);
	dump_zeros(m, 16);
	dump_put(m, 8, 0x1000);
	dump_put(m, 4, 0x1000);
	dump_put(m, 4, protection);
	dump_zeros(m, 8);
	dump_end(m);
}

static const struct {
	uint32_t protection;
	unsigned access;
} protections[] = {
	{ 0x01, 0 },
	{ 0x02, MD_READ },
	{ 0x104, MD_READ | MD_WRITE }, /* guard */
	{ 0x08, MD_WRITE },
	{ 0x10, MD_EXECUTE },
	{ 0x20, MD_READ | MD_EXECUTE },
	{ 0x40, MD_READ | MD_WRITE | MD_EXECUTE },
	{ 0x80, MD_WRITE | MD_EXECUTE },
};

START_TEST(memory_info_is_preferred_to_maps)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };

	dump_text(&m, MD_LINUX_MAPS, "1000-2000 r-xp 0 08:01 12 x\n");
	put_info(&m, 1, protections[_i].protection);

	struct md_mappings v = read_mappings(&m, m.b.n, &a, _i % 2 != 0);
	ck_assert(v.has_maps);
	ck_assert_uint_eq(v.n_maps, 1);
	ck_assert_uint_eq(v.n, 1);
	ck_assert_ptr_null(md_mappings_find(&v, 0x1000));
	ck_assert_uint_eq(md_mappings_find(&v, 0x7fff)->access, protections[_i].access);
	arena_free(&a);
}
END_TEST

START_TEST(count_of_memory_info_has_64_bits)
{
	struct dump_maker little = dump_make(false), big = dump_make(true);
	struct arena a = { 0 };

	put_info(&big, 1, 4);
	ck_assert_uint_eq(read_mappings(&big, big.b.n, &a, false).n, 1);
	ck_assert_uint_eq(read_mappings(&big, big.b.n, &a, true).n, 0);
	put_info(&little, 1ull << 32 | 1, 4);
	ck_assert_uint_eq(read_mappings(&little, little.b.n, &a, false).n, 0);
	ck_assert_uint_eq(read_mappings(&little, little.b.n, &a, true).n, 1);
	arena_free(&a);
}
END_TEST

START_TEST(cut_memory_info_is_none)
{
	struct dump_maker m = dump_make(false);

	put_info(&m, 1, 4);
	for (size_t n = 0; n <= m.b.n; n++) {
		struct arena a = { 0 };

		ck_assert_uint_eq(read_mappings(&m, n, &a, false).n, n == m.b.n);
		arena_free(&a);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("md_memory");
	TCase *t = tcase_create("md_memory");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, unusable_regions_are_left_out);
	tcase_add_loop_test(t, contents_of_the_64_bit_list_follow_each_other, 0, 2);
	tcase_add_loop_test(t, range_outside_the_file_gives_way_to_the_other_list, 0,
			    COUNT(outside));
	tcase_add_test(t, size_of_the_64_bit_list_is_exact);
	tcase_add_test(t, cut_lists_are_empty);
	tcase_add_loop_test(t, value_lies_in_one_region, 0, COUNT(reads));
	tcase_add_loop_test(t, malformed_line_of_maps_is_left_out_alone, 0, COUNT(maps));
	tcase_add_test(t, mappings_are_found_with_name_and_access);
	tcase_add_loop_test(t, memory_info_is_preferred_to_maps, 0, COUNT(protections));
	tcase_add_test(t, count_of_memory_info_has_64_bits);
	tcase_add_test(t, cut_memory_info_is_none);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
