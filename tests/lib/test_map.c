#include <check.h>
#include <stdlib.h>

#include "base/map.h"

enum { MANY = 5000 };

static bool has(const struct map *m, uint64_t hash, uint32_t value)
{
	struct map_walk w = map_walk(m, hash);
	bool found = false;

	while (map_next(m, &w))
		found |= w.value == value;
	return found;
}

/* Through several growths; 0 is a value, and the largest. */
START_TEST(what_was_put_is_found)
{
	struct map m = { 0 };

	map_begin(&m);
	for (uint32_t i = 0; i < MANY; i++)
		map_put(&m, map_hash(&m, STR("key"), i), i);
	map_put(&m, map_hash(&m, STR("last"), 0), UINT32_MAX - 1);
	ck_assert_uint_eq(m.n, MANY + 1);
	for (uint32_t i = 0; i < MANY; i++)
		ck_assert(has(&m, map_hash(&m, STR("key"), i), i));
	ck_assert(has(&m, map_hash(&m, STR("last"), 0), UINT32_MAX - 1));
	ck_assert(!has(&m, map_hash(&m, STR("key"), MANY), MANY));
	map_free(&m);
	ck_assert_ptr_null(m.slots);
}
END_TEST

/* All under one hash, as a hostile file would have it: each comes once, in the order of the calls.
 */
START_TEST(equal_hashes_keep_their_order)
{
	struct map m = { 0 };
	struct map_walk w;

	map_begin(&m);
	for (uint32_t i = 0; i < MANY; i++)
		map_put(&m, 1234, i);
	w = map_walk(&m, 1234);
	for (uint32_t i = 0; i < MANY; i++) {
		ck_assert(map_next(&m, &w));
		ck_assert_uint_eq(w.value, i);
	}
	ck_assert(!map_next(&m, &w));
	map_free(&m);
}
END_TEST

START_TEST(an_empty_map_has_nothing)
{
	struct map m = { 0 };
	struct map_walk w;

	map_begin(&m);
	w = map_walk(&m, 0);
	ck_assert(!map_next(&m, &w));
	map_free(&m);
	map_free(&m);
}
END_TEST

/* Every byte, the length and the number count, whatever the lengths of the steps. */
START_TEST(hashes_differ)
{
	char text[64] = { 0 };
	struct map m = { 0 };

	map_begin(&m);
	for (size_t n = 0; n < sizeof(text); n++) {
		uint64_t hash = map_hash(&m, (struct str){ text, n }, 0);

		ck_assert(hash == map_hash(&m, (struct str){ text, n }, 0));
		ck_assert(hash != map_hash(&m, (struct str){ text, n + 1 }, 0));
		ck_assert(hash != map_hash(&m, (struct str){ text, n }, 1));
		for (size_t i = 0; i < n; i++) {
			text[i] = 1;
			ck_assert(hash != map_hash(&m, (struct str){ text, n }, 0));
			text[i] = 0;
		}
	}
	map_free(&m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("map");
	TCase *t = tcase_create("map");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, what_was_put_is_found);
	tcase_add_test(t, equal_hashes_keep_their_order);
	tcase_add_test(t, an_empty_map_has_nothing);
	tcase_add_test(t, hashes_differ);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
