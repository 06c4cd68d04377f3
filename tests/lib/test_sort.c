#include <check.h>
#include <stdlib.h>

#include "base/sort.h"

struct item {
	uint32_t key;
	uint32_t place; /* before sorting */
};

static int by_key(const void *a, const void *b, const void *context)
{
	const struct item *left = a, *right = b;
	int sign = *(const int *)context;

	return sign * ((left->key > right->key) - (left->key < right->key));
}

enum { N_ITEMS = 1000 };

/* Keys of small range, so that many are equal. The generator is of Numerical Recipes. */
static void fill(struct item *items, size_t n, uint32_t range, uint32_t seed)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u;
		items[i] = (struct item){ (seed >> 16) % range, (uint32_t)i };
	}
}

START_TEST(any_number_of_items_is_sorted_and_equal_ones_keep_their_order)
{
	struct item items[N_ITEMS];
	int sign = _i % 2 == 0 ? 1 : -1;
	size_t n = (size_t)_i < 70 ? (size_t)_i : N_ITEMS;

	fill(items, n, 1 + (uint32_t)_i * 3, (uint32_t)_i);
	sort_stable(items, n, sizeof(items[0]), by_key, &sign, NULL);
	for (size_t i = 1; i < n; i++) {
		int order = by_key(&items[i - 1], &items[i], &sign);

		ck_assert(order < 0 || (order == 0 && items[i - 1].place < items[i].place));
	}
}
END_TEST

START_TEST(nothing_needs_no_memory)
{
	int sign = 1;

	sort_stable(NULL, 0, sizeof(struct item), by_key, &sign, NULL);
}
END_TEST

static int by_first_byte(const void *a, const void *b, const void *context)
{
	(void)context;
	return *(const char *)a - *(const char *)b;
}

START_TEST(items_of_odd_size_move_whole)
{
	char items[] = "c33b22a11";

	sort_stable(items, 3, 3, by_first_byte, NULL, NULL);
	ck_assert_str_eq(items, "a11b22c33");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sort");
	TCase *t = tcase_create("sort");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, any_number_of_items_is_sorted_and_equal_ones_keep_their_order, 0,
			    80);
	tcase_add_test(t, nothing_needs_no_memory);
	tcase_add_test(t, items_of_odd_size_move_whole);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
