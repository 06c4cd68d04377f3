#include <check.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/gzip.h"
#include "base/limits.h"

/* gzip of text, n times. */
static void put_member(struct buf *b, const char *text, size_t times)
{
	z_stream z = { 0 };
	char piece[256];

	ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	for (size_t i = 0; i <= times; i++) {
		z.next_in = (z_const Bytef *)(uintptr_t)text;
		z.avail_in = i == times ? 0 : (uInt)strlen(text);
		do {
			z.next_out = (Bytef *)piece;
			z.avail_out = sizeof(piece);
			deflate(&z, i == times ? Z_FINISH : Z_NO_FLUSH);
			buf_put(b, piece, sizeof(piece) - z.avail_out);
		} while (z.avail_out == 0);
	}
	deflateEnd(&z);
}

/* What the bytes inflate to, in a buffer that the next call overwrites. */
static bool expand(const void *p, size_t n, char *out, size_t size, struct error *err)
{
	FILE *f = fmemopen(out, size, "w");
	bool ok = gzip_expand((struct slice){ p, n }, "a.gz", f, err);

	fclose(f);
	return ok;
}

START_TEST(members_are_joined_and_zeros_behind_ignored)
{
	struct error err = { 0 };
	struct buf b = { 0 };
	char out[64] = "";

	put_member(&b, "one ", 1);
	put_member(&b, "two", 1);
	ck_assert(gzip_is((struct slice){ (const uint8_t *)b.p, b.n }));
	buf_put(&b, "\0\0\0", 3);
	ck_assert(expand(b.p, b.n, out, sizeof(out), &err));
	ck_assert_str_eq(out, "one two");
	buf_free(&b);
}
END_TEST

START_TEST(every_cut_and_every_flip_is_an_error)
{
	struct error err = { 0 };
	struct buf b = { 0 };
	char out[256];

	put_member(&b, "some text that is long enough", 1);
	for (size_t n = 0; n < b.n; n++)
		ck_assert_msg(!expand(b.p, n, out, sizeof(out), &err), "cut at %zu", n);
	for (size_t i = b.n - 8; i < b.n; i++) {
		b.p[i] ^= 0x10;
		ck_assert_msg(!expand(b.p, b.n, out, sizeof(out), &err), "flipped at %zu", i);
		ck_assert_int_eq(err.code, ERROR_INPUT);
		b.p[i] ^= 0x10;
	}
	buf_free(&b);
}
END_TEST

START_TEST(garbage_behind_a_member_is_an_error)
{
	struct error err = { 0 };
	struct buf b = { 0 };
	char out[64];

	put_member(&b, "one", 1);
	buf_put(&b, "garbage", 7);
	ck_assert(!expand(b.p, b.n, out, sizeof(out), &err));
	buf_free(&b);
}
END_TEST

START_TEST(writing_can_fail)
{
	FILE *full = fopen("/dev/full", "w");
	struct error err = { 0 };
	struct buf b = { 0 };

	if (full == NULL)
		return;
	put_member(&b, "0123456789abcdef", 65536);
	ck_assert(!gzip_expand((struct slice){ (const uint8_t *)b.p, b.n }, "a.gz", full, &err));
	ck_assert_int_eq(err.code, ERROR_SYSTEM);
	fclose(full);
	buf_free(&b);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("gzip");
	TCase *t = tcase_create("gzip");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, members_are_joined_and_zeros_behind_ignored);
	tcase_add_test(t, every_cut_and_every_flip_is_an_error);
	tcase_add_test(t, garbage_behind_a_member_is_an_error);
	tcase_add_test(t, writing_can_fail);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
