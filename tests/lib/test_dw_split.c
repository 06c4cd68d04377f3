#include <check.h>
#include <stdlib.h>

#include "bin/dw_package.h"
#include "units.h"

enum { ID = 0x11223344 };

/* What a skeleton was looked for with, and what is given to it. */
struct asked {
	char name[16];
	uint64_t id;
	struct dw_sections found;
	bool absent;
};

static bool find(void *context, struct str name, struct str directory, uint64_t id,
		 struct dw_sections *found)
{
	struct asked *a = context;

	snprintf(a->name, sizeof(a->name), "%.*s", STR_ARGS(name));
	a->id = id;
	*found = a->found;
	return directory.n == 0 && !a->absent;
}

/* DWARF 5: addresses by index in the binary, texts by index in the .dwo. */
static void put_skeleton(struct units *u)
{
	*u = (struct units){ .version = 5, .offset_size = 4 };
	size_t start = units_begin(u, &u->info, DW_UT_SKELETON, ID, 0);

	put_abbrev(&u->abbrev, 1, DW_TAG_SKELETON_UNIT, false,
		   ATTRIBUTES(DW_AT_DWO_NAME, DW_FORM_STRING, DW_AT_LOW_PC, DW_FORM_ADDRX,
			      DW_AT_ADDR_BASE, DW_FORM_SEC_OFFSET));
	put(&u->abbrev, 1, 0);
	put(&u->info, 1, 1);
	put_text(&u->info, "a.dwo");
	put(&u->info, 2, 0);
	put(&u->info, 4, 8);
	units_end(u, &u->info, start);
	put(&u->addr, 8, 0);
	put(&u->addr, 8, 0x1000);
	put(&u->addr, 8, 0x1040);
}

static void put_split(struct units *u, const char *name, uint64_t id)
{
	size_t start;

	u->version = 5;
	u->offset_size = 4;
	start = units_begin(u, &u->info, DW_UT_SPLIT_COMPILE, id, 0);
	put_abbrev(&u->abbrev, 1, DW_TAG_COMPILE_UNIT, true,
		   ATTRIBUTES(DW_AT_LANGUAGE, DW_FORM_DATA1));
	put_abbrev(&u->abbrev, 2, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_STRX1, DW_AT_LOW_PC, DW_FORM_ADDRX, DW_AT_HIGH_PC,
			      DW_FORM_DATA1));
	put_abbrev(&u->abbrev, 3, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_STRX1, DW_AT_RANGES, DW_FORM_RNGLISTX));
	put(&u->abbrev, 1, 0);
	put(&u->info, 1, 1);
	put(&u->info, 1, 4);
	put(&u->info, 3, 0x010002); /* name 0, address 1 */
	put(&u->info, 1, 0x10);
	put(&u->info, 3, 0x000003); /* name 0, list 0 */
	units_end(u, &u->info, start);
	put(&u->str_offsets, 8, 0);
	put(&u->str_offsets, 4, u->str.n);
	put_text(&u->str, name);
	put(&u->str, 1, 0);
	put_bytes(&u->rnglists, "\0\0\0\0\5\0\10\0\1\0\0\0\4\0\0\0\4\2\5\0", 20);
}

static void expect(const struct units *skeleton, struct asked *a, bool compat, const char *want)
{
	struct dw_input in = {
		.main = units_sections(skeleton),
		.split = { find, a },
		.compat = compat,
	};
	char *text = units_text(&in, NULL);

	ck_assert_str_eq(text, want);
	free(text);
}

START_TEST(a_skeleton_stands_for_its_unit)
{
	struct units skeleton, split = { 0 };
	struct asked a = { 0 };

	put_skeleton(&skeleton);
	put_split(&split, "f", ID);
	a.found = units_sections(&split);
	expect(&skeleton, &a, false, "FUNC 1002 3 0 f\nFUNC 1040 10 0 f\n");
	ck_assert_str_eq(a.name, "a.dwo");
	ck_assert_uint_eq(a.id, ID);
	expect(&skeleton, &a, true, "");
	a.absent = true;
	expect(&skeleton, &a, false, "");
}
END_TEST

START_TEST(a_unit_with_another_id_is_not_taken)
{
	struct units skeleton, split = { 0 };
	struct asked a = { 0 };

	put_skeleton(&skeleton);
	put_split(&split, "f", ID + 1);
	a.found = units_sections(&split);
	expect(&skeleton, &a, false, "");
}
END_TEST

/* GNU's for DWARF 4: everything is named otherwise, ranges stay in the binary. */
START_TEST(split_units_of_gnu)
{
	struct units u = { .version = 4, .offset_size = 4 },
		     split = { .version = 4, .offset_size = 4 };
	size_t start = units_begin(&u, &u.info, DW_UT_COMPILE, 0, 0);
	struct asked a = { 0 };

	put_abbrev(&u.abbrev, 1, DW_TAG_COMPILE_UNIT, false,
		   ATTRIBUTES(DW_AT_GNU_DWO_NAME, DW_FORM_STRING, DW_AT_GNU_DWO_ID, DW_FORM_DATA8,
			      DW_AT_LOW_PC, DW_FORM_ADDR, DW_AT_GNU_RANGES_BASE, DW_FORM_SEC_OFFSET,
			      DW_AT_GNU_ADDR_BASE, DW_FORM_SEC_OFFSET));
	put(&u.abbrev, 1, 0);
	put(&u.info, 1, 1);
	put_text(&u.info, "b.dwo");
	put(&u.info, 1, 0);
	put(&u.info, 8, ID);
	put(&u.info, 8, 0x1000);
	put(&u.info, 4, 16);
	put(&u.info, 4, 8);
	units_end(&u, &u.info, start);
	put(&u.addr, 8, 0);
	put(&u.addr, 8, 0x1040);
	for (unsigned i = 0; i < 6; i++)
		put(&u.ranges, 8, i < 4 ? i + 1 : 0);

	start = units_begin(&split, &split.info, DW_UT_COMPILE, 0, 0);
	put_abbrev(&split.abbrev, 1, DW_TAG_COMPILE_UNIT, true,
		   ATTRIBUTES(DW_AT_GNU_DWO_ID, DW_FORM_DATA8));
	put_abbrev(&split.abbrev, 2, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_GNU_STR_INDEX, DW_AT_LOW_PC,
			      DW_FORM_GNU_ADDR_INDEX, DW_AT_HIGH_PC, DW_FORM_DATA1));
	put_abbrev(&split.abbrev, 3, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_GNU_STR_INDEX, DW_AT_RANGES, DW_FORM_SEC_OFFSET));
	put(&split.abbrev, 1, 0);
	put(&split.info, 1, 1);
	put(&split.info, 8, ID);
	put(&split.info, 3, 0x000102); /* name 1, address 0 */
	put(&split.info, 1, 0x10);
	put(&split.info, 2, 0x0003); /* name 0 */
	put(&split.info, 4, 0);
	units_end(&split, &split.info, start);
	put(&split.str_offsets, 4, 0);
	put(&split.str_offsets, 4, 2);
	put_text(&split.str, "f");
	put(&split.str, 1, 0);
	put_text(&split.str, "g");
	put(&split.str, 1, 0);
	a.found = units_sections(&split);
	expect(&u, &a, false, "FUNC 1003 1 0 f\nFUNC 1040 10 0 g\n");
}
END_TEST

/* An index of 2 slots with one unit whose parts are [1, 1 + i) of the sections; version 2 or 5. */
static void put_index(struct bytes *b, unsigned version, uint64_t id)
{
	static const unsigned kinds[] = { 1, 3, 6, 8 };

	put(b, 4, version);
	put(b, 4, COUNT(kinds));
	put(b, 4, 1);
	put(b, 4, 2);
	put(b, 8, (id & 1) == 0 ? id : 0);
	put(b, 8, (id & 1) == 0 ? 0 : id);
	put(b, 4, (id & 1) == 0);
	put(b, 4, (id & 1) != 0);
	for (size_t i = 0; i < COUNT(kinds); i++)
		put(b, 4, kinds[i]);
	for (size_t i = 0; i < COUNT(kinds); i++)
		put(b, 4, 1);
	for (size_t i = 0; i < COUNT(kinds); i++)
		put(b, 4, i + 1);
}

static const uint8_t section[16];

START_TEST(packages_have_parts_of_sections)
{
	struct slice all = { section, sizeof(section) };
	struct dw_sections whole = {
		.info = all, .abbrev = all, .str_offsets = all, .rnglists = all
	};
	struct dw_sections found;
	struct bytes b = { 0 };
	unsigned version = _i == 0 ? 2 : 5;

	put_index(&b, version, 7);
	ck_assert(dw_package_find(bytes_slice(&b), &whole, 7, &found));
	ck_assert(found.info.p == section + 1 && found.info.n == 1);
	ck_assert(found.abbrev.p == section + 1 && found.abbrev.n == 2);
	ck_assert_uint_eq(found.str_offsets.n, 3);
	/* Column 8 of version 2 are macros. */
	ck_assert_uint_eq(found.rnglists.n, version == 2 ? sizeof(section) : 4);
	ck_assert(!dw_package_find(bytes_slice(&b), &whole, 6, &found));
	ck_assert(!dw_package_find(bytes_slice(&b), &whole, 9, &found));
	for (size_t n = 0; n < b.n; n++)
		ck_assert(!dw_package_find((struct slice){ b.p, n }, &whole, 7, &found));
}
END_TEST

/* One row a kind of damage: which byte is changed to what. */
static const struct {
	size_t at;
	uint8_t to;
} damage[] = {
	{ 0, 3 },      /* version */
	{ 7, 0xff },   /* columns */
	{ 11, 0xff },  /* units */
	{ 12, 3 },     /* slots: no power of 2 */
	{ 12, 0 },     /* none */
	{ 15, 0x80 },  /* too many */
	{ 36, 9 },     /* a row that is not there */
	{ 0x3b, 0xff } /* a part outside its section: that of the units */
};

START_TEST(damaged_packages_have_nothing)
{
	struct slice all = { section, sizeof(section) };
	struct dw_sections whole = { .info = all }, found;
	struct bytes b = { 0 };

	put_index(&b, 5, 7);
	b.p[damage[_i].at] = damage[_i].to;
	ck_assert(!dw_package_find(bytes_slice(&b), &whole, 7, &found));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dw_split");
	TCase *tc = tcase_create("core");

	tcase_add_test(tc, a_skeleton_stands_for_its_unit);
	tcase_add_test(tc, a_unit_with_another_id_is_not_taken);
	tcase_add_test(tc, split_units_of_gnu);
	tcase_add_loop_test(tc, packages_have_parts_of_sections, 0, 2);
	tcase_add_loop_test(tc, damaged_packages_have_nothing, 0, COUNT(damage));
	suite_add_tcase(s, tc);

	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
