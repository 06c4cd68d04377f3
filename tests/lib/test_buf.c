#include <check.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"

START_TEST(an_empty_one_gives_the_empty_text)
{
	struct buf b = { 0 };

	buf_put(&b, NULL, 0);
	buf_put_str(&b, STR(""));
	buf_reserve(&b, 0);
	ck_assert_uint_eq(buf_str(&b).n, 0);
	ck_assert_ptr_null(b.p);
	buf_free(&b);
}
END_TEST

START_TEST(what_was_put_stays_when_it_grows)
{
	struct buf b = { 0 };

	for (unsigned i = 0; i < 10000; i++)
		buf_put_char(&b, (char)('a' + i % 26));
	buf_printf(&b, "%s %d", "and", 42);
	buf_put_str(&b, STR("\0end"));
	ck_assert_uint_eq(b.n, 10000 + 6 + 4);
	for (unsigned i = 0; i < 10000; i++)
		ck_assert_int_eq(b.p[i], 'a' + i % 26);
	ck_assert(str_eq(str_from(buf_str(&b), 10000), STR("and 42\0end")));
	buf_free(&b);
}
END_TEST

START_TEST(printing_fits_at_every_fill)
{
	struct buf b = { 0 };

	for (size_t fill = 240; fill < 270; fill++) {
		buf_clear(&b);
		buf_reserve(&b, fill);
		memset(b.p, 'x', fill);
		b.n = fill;
		buf_printf(&b, "%08x", 0xabcdefu);
		ck_assert(str_ends(buf_str(&b), STR("x00abcdef")));
		ck_assert_uint_eq(b.n, fill + 8);
	}
	buf_free(&b);
}
END_TEST

START_TEST(clear_keeps_the_memory_and_free_ends_it)
{
	struct buf b = { 0 };

	buf_put_str(&b, STR("text"));

	size_t cap = b.cap;
	buf_clear(&b);
	ck_assert_uint_eq(b.n, 0);
	ck_assert_uint_eq(b.cap, cap);
	buf_free(&b);
	ck_assert_ptr_null(b.p);
	ck_assert_uint_eq(b.cap, 0);
}
END_TEST

START_TEST(numbers_have_the_digits_of_printf)
{
	static const uint64_t v[] = { 0, 1, 9, 10, 15, 16, 99, 255, 256, 0xfffffff, UINT64_MAX };

	for (size_t i = 0; i < COUNT(v); i++) {
		struct buf ours = { 0 }, theirs = { 0 };

		buf_put_hex(&ours, v[i]);
		buf_put_char(&ours, ' ');
		buf_put_decimal(&ours, v[i]);
		buf_printf(&theirs, "%" PRIx64 " %" PRIu64, v[i], v[i]);
		ck_assert(str_eq(buf_str(&ours), buf_str(&theirs)));
		buf_free(&ours);
		buf_free(&theirs);
	}
}
END_TEST

static void leave(size_t wanted)
{
	exit(wanted == SIZE_MAX - 1 ? 42 : 1);
}

START_TEST(more_than_memory_holds_calls_oom)
{
	struct buf b = { .oom = leave };

	buf_put_char(&b, 'x');
	buf_reserve(&b, SIZE_MAX - 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("buf");
	TCase *t = tcase_create("buf");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, an_empty_one_gives_the_empty_text);
	tcase_add_test(t, what_was_put_stays_when_it_grows);
	tcase_add_test(t, printing_fits_at_every_fill);
	tcase_add_test(t, clear_keeps_the_memory_and_free_ends_it);
	tcase_add_test(t, numbers_have_the_digits_of_printf);
	tcase_add_exit_test(t, more_than_memory_holds_calls_oom, 42);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
