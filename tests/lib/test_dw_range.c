#include <check.h>
#include <stdlib.h>

#include "units.h"

enum { BASE = 0x1000 };

/* A unit of one function "f" whose ranges are a value of that form. */
static void begin(struct units *u, unsigned version, unsigned form)
{
	*u = (struct units){ .version = version, .offset_size = 4 };
	size_t start = units_begin(u, &u->info, DW_UT_COMPILE, 0, 0);

	put_abbrev(&u->abbrev, 1, DW_TAG_COMPILE_UNIT, true,
		   ATTRIBUTES(DW_AT_LOW_PC, DW_FORM_ADDR, DW_AT_ADDR_BASE, DW_FORM_SEC_OFFSET,
			      DW_AT_RNGLISTS_BASE, DW_FORM_SEC_OFFSET));
	put_abbrev(&u->abbrev, 2, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_STRING, DW_AT_RANGES, form));
	put(&u->abbrev, 1, 0);
	put(&u->info, 1, 1);
	put(&u->info, 8, BASE);
	put(&u->info, 4, 8);
	put(&u->info, 4, 4);
	put(&u->info, 1, 2);
	put_text(&u->info, "f");
	put(&u->info, 1, 0);
	put(&u->info, form == DW_FORM_RNGLISTX ? 1 : 4, form == DW_FORM_RNGLISTX ? 0 : 8);
	units_end(u, &u->info, start);
	/* What lies before the list: nothing that is read, or the offset of the list. */
	put(&u->ranges, 8, 0);
	put(&u->rnglists, 4, 0);
	put(&u->rnglists, 4, 4);
	put(&u->addr, 8, 0);
	put(&u->addr, 8, 0x2000);
	put(&u->addr, 8, 0x2040);
}

static void expect(const struct units *u, const char *want)
{
	struct dw_input in = { .main = units_sections(u) };
	char *text = units_text(&in, NULL);

	ck_assert_str_eq(text, want);
	free(text);
}

/* Bytes of a list, and what it says. */
static const struct {
	unsigned n;
	const char *bytes, *want;
} lists[] = {
	{ 1, "\0", "" },
	{ 4, "\4\x10\x20\0", "FUNC 1010 10 0 f\n" },
	{ 7, "\4\x10\x20\4\x30\x31\0", "FUNC 1010 10 0 f\nFUNC 1030 1 0 f\n" },
	{ 6, "\1\0\4\x10\x20\0", "FUNC 2010 10 0 f\n" },
	{ 4, "\2\0\1\0", "FUNC 2000 40 0 f\n" },
	{ 4, "\3\1\x10\0", "FUNC 2040 10 0 f\n" },
	{ 13, "\5\0\x30\0\0\0\0\0\0\4\1\2\0", "FUNC 3001 1 0 f\n" },
	{ 18, "\6\0\x30\0\0\0\0\0\0\1\x30\0\0\0\0\0\0\0", "FUNC 3000 1 0 f\n" },
	{ 11, "\7\0\x30\0\0\0\0\0\0\5\0", "FUNC 3000 5 0 f\n" },
	/* thrown away by a linker, reversed, empty, of an index that is not there */
	{ 13, "\5\xff\xff\xff\xff\xff\xff\xff\xff\4\1\2\0", "" },
	{ 13, "\5\xfe\xff\xff\xff\xff\xff\xff\xff\4\0\2\0", "" },
	{ 11, "\7\0\0\0\0\0\0\0\0\5\0", "" },
	{ 4, "\4\x20\x10\0", "" },
	{ 4, "\4\x20\x20\0", "" },
	{ 4, "\3\7\x10\0", "" },
	/* an entry that is not known, and no end, end the list */
	{ 5, "\4\x10\x20\x63\0", "FUNC 1010 10 0 f\n" },
	{ 3, "\4\x10\x20", "FUNC 1010 10 0 f\n" },
	{ 2, "\4\x10", "" },
};

START_TEST(range_lists)
{
	static const unsigned forms[] = { DW_FORM_SEC_OFFSET, DW_FORM_RNGLISTX };

	for (size_t i = 0; i < COUNT(forms); i++) {
		struct units u;

		begin(&u, 5, forms[i]);
		put_bytes(&u.rnglists, lists[_i].bytes, lists[_i].n);
		expect(&u, lists[_i].want);
	}
}
END_TEST

static const struct {
	uint64_t pairs[6];
	const char *want;
} pairs[] = {
	{ { 0 }, "" },
	{ { 0x10, 0x20, 0x30, 0x38 }, "FUNC 1010 10 0 f\nFUNC 1030 8 0 f\n" },
	{ { UINT64_MAX, 0x5000, 0, 1 }, "FUNC 5000 1 0 f\n" },
	{ { 1, 1, 2, 3 }, "FUNC 1002 1 0 f\n" },
	{ { UINT64_MAX, UINT64_MAX - 1, 2, 3 }, "" },
	{ { 0x20, 0x10 }, "" },
};

START_TEST(pairs_of_addresses)
{
	struct units u;

	begin(&u, 4, DW_FORM_SEC_OFFSET);
	for (size_t i = 0; i < COUNT(pairs[_i].pairs); i++)
		put(&u.ranges, 8, pairs[_i].pairs[i]);
	expect(&u, pairs[_i].want);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dw_range");
	TCase *tc = tcase_create("core");

	tcase_add_loop_test(tc, range_lists, 0, COUNT(lists));
	tcase_add_loop_test(tc, pairs_of_addresses, 0, COUNT(pairs));
	suite_add_tcase(s, tc);

	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
