#include <check.h>
#include <stdlib.h>

#include "base/ranges.h"

/* Base, size, and whether an index of all rows keeps it. */
static const struct {
	uint64_t base, size;
	bool kept;
} rows[] = {
	{ 0x1000, 0x100, true },
	{ 0x10ff, 0x10, false },  /* overlaps the one before by a byte */
	{ 0x1100, 0x10, true },   /* touches it */
	{ 0x2000, 0x200, false }, /* of equal starts the shorter one wins */
	{ 0x2000, 0x100, true },
	{ 0x3000, 0, false },
	{ UINT64_MAX - 0x10, 0x11, false }, /* would end at 2^64 */
	{ UINT64_MAX - 0x10, 0x10, true },
	{ 0, 1, true },
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static struct ranges make(struct arena *a)
{
	struct ranges r = ranges_make(a, N_ROWS);

	for (size_t i = 0; i < N_ROWS; i++)
		ranges_add(&r, rows[i].base, rows[i].size, i);
	ranges_sort(&r, NULL);
	return r;
}

START_TEST(overlapping_ranges_are_left_out)
{
	struct arena a = { 0 };
	struct ranges r = make(&a);
	const struct range *first = ranges_find(&r, rows[_i].base);

	ck_assert((first != NULL && first->item == (size_t)_i) == rows[_i].kept);
	if (rows[_i].kept)
		ck_assert_ptr_eq(ranges_find(&r, rows[_i].base + rows[_i].size - 1), first);
	arena_free(&a);
}
END_TEST

START_TEST(addresses_between_ranges_are_not_found)
{
	struct arena a = { 0 };
	struct ranges r = make(&a), none = ranges_make(&a, 0);

	ck_assert_ptr_null(ranges_find(&r, 1));
	ck_assert_ptr_null(ranges_find(&r, 0xfff));
	ck_assert_ptr_null(ranges_find(&r, 0x1110));
	ck_assert_ptr_null(ranges_find(&r, 0x2100));
	ck_assert_ptr_null(ranges_find(&r, UINT64_MAX));
	ranges_sort(&none, NULL);
	ck_assert_ptr_null(ranges_find(&none, 0));
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("ranges");
	TCase *t = tcase_create("ranges");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, overlapping_ranges_are_left_out, 0, N_ROWS);
	tcase_add_test(t, addresses_between_ranges_are_not_found);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
