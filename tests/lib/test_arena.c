#include <check.h>
#include <stdlib.h>

#include "base/arena.h"

START_TEST(blocks_are_zeroed_aligned_and_apart)
{
	struct arena a = { 0 };
	char *text = arena_new(&a, char, 3);
	uint64_t *numbers = arena_new(&a, uint64_t, 100000);
	max_align_t *widest = arena_new(&a, max_align_t, 1);

	ck_assert(text[0] == '\0' && text[2] == '\0');
	ck_assert_uint_eq((uintptr_t)numbers % _Alignof(uint64_t), 0);
	ck_assert_uint_eq((uintptr_t)widest % _Alignof(max_align_t), 0);
	ck_assert_uint_eq(numbers[0] | numbers[99999], 0);
	ck_assert_uint_eq(a.used, 3 + 800000 + sizeof(max_align_t));
	memset(numbers, 0xff, 800000);
	ck_assert(text[2] == '\0');
	arena_free(&a);
	ck_assert_uint_eq(a.used, 0);
}
END_TEST

START_TEST(blocks_of_every_size_keep_their_content)
{
	struct arena a = { 0 };
	uint8_t *blocks[300];

	for (size_t i = 0; i < 300; i++) {
		blocks[i] = arena_alloc(&a, i, 37, 1);
		memset(blocks[i], (int)(i & 0xff), i * 37);
	}
	for (size_t i = 0; i < 300; i++) {
		for (size_t at = 0; at < i * 37; at++)
			ck_assert_uint_eq(blocks[i][at], i & 0xff);
	}
	arena_free(&a);
}
END_TEST

START_TEST(a_copied_text_ends_in_a_nul_and_outlives_its_source)
{
	struct arena a = { 0 };
	char source[] = "name";
	struct str copy = arena_strdup(&a, str_of(source)), none = arena_strdup(&a, str_of(NULL));

	source[0] = 'g';
	ck_assert_str_eq(copy.p, "name");
	ck_assert_uint_eq(copy.n, 4);
	ck_assert_str_eq(none.p, "");
	arena_free(&a);
}
END_TEST

START_TEST(texts_are_joined_whatever_they_hold)
{
	struct arena a = { 0 };
	struct str all = arena_concat(&a, PARTS(STR("a\0b"), { NULL, 0 }, STR("/"), STR("c")));

	ck_assert(str_eq(all, STR("a\0b/c")));
	ck_assert_int_eq(all.p[all.n], '\0');
	ck_assert_uint_eq(arena_concat(&a, NULL, 0).n, 0);
	arena_free(&a);
}
END_TEST

START_TEST(text_is_formatted_into_it)
{
	struct arena a = { 0 };
	struct str s = arena_printf(&a, "%s-%03d", "x", 7);

	ck_assert_str_eq(s.p, "x-007");
	ck_assert_uint_eq(s.n, 5);
	ck_assert_uint_eq(arena_printf(&a, "%s", "").n, 0);
	arena_free(&a);
}
END_TEST

START_TEST(a_reset_arena_gives_zeroed_blocks_again)
{
	static const size_t sizes[] = { 100, 1000000, 100 };
	struct arena a = { 0 };

	for (size_t i = 0; i < 3; i++) {
		char *p = arena_new(&a, char, sizes[i]);

		ck_assert_int_eq(p[0] | p[sizes[i] - 1], 0);
		memset(p, 'x', sizes[i]);
		arena_reset(&a);
		ck_assert_uint_eq(a.used, 0);
	}
	arena_free(&a);
	arena_reset(&a);
}
END_TEST

static void leave(size_t wanted)
{
	(void)wanted;
	exit(42);
}

START_TEST(a_product_that_overflows_is_out_of_memory)
{
	struct arena a = { .oom = leave };

	arena_new(&a, uint64_t, SIZE_MAX / 8 + 2);
}
END_TEST

START_TEST(a_size_next_to_the_largest_is_out_of_memory)
{
	struct arena a = { .oom = leave };

	arena_new(&a, char, SIZE_MAX);
}
END_TEST

START_TEST(the_limit_counts_all_blocks)
{
	struct arena a = { .limit = 1000, .oom = leave };

	arena_new(&a, char, 400);
	arena_new(&a, char, 600);
	ck_assert_uint_eq(a.used, 1000);
	arena_new(&a, char, 1);
}
END_TEST

START_TEST(a_reset_arena_has_its_limit_back)
{
	struct arena a = { .limit = 1000, .oom = leave };

	for (int i = 0; i < 5; i++) {
		arena_new(&a, char, 1000);
		arena_reset(&a);
	}
	arena_new(&a, char, 1001);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("arena");
	TCase *t = tcase_create("arena");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, blocks_are_zeroed_aligned_and_apart);
	tcase_add_test(t, blocks_of_every_size_keep_their_content);
	tcase_add_test(t, a_copied_text_ends_in_a_nul_and_outlives_its_source);
	tcase_add_test(t, texts_are_joined_whatever_they_hold);
	tcase_add_test(t, text_is_formatted_into_it);
	tcase_add_test(t, a_reset_arena_gives_zeroed_blocks_again);
	tcase_add_exit_test(t, a_product_that_overflows_is_out_of_memory, 42);
	tcase_add_exit_test(t, a_size_next_to_the_largest_is_out_of_memory, 42);
	tcase_add_exit_test(t, the_limit_counts_all_blocks, 42);
	tcase_add_exit_test(t, a_reset_arena_has_its_limit_back, 42);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
