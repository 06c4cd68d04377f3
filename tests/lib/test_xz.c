#include <check.h>
#include <lzma.h>
#include <stdlib.h>

#include "base/xz.h"

enum { SIZE = 3000, ROOM = 8192 };

static void fill(uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i % 97 < 60 ? 'a' + i % 7 : i * i >> 5);
}

static const struct {
	lzma_check check;
	bool x86, blocks, sums;
} forms[] = {
	{ LZMA_CHECK_NONE, false, false, false },  { LZMA_CHECK_CRC32, false, false, true },
	{ LZMA_CHECK_CRC64, false, false, true },  { LZMA_CHECK_SHA256, false, false, false },
	{ LZMA_CHECK_CRC64, true, false, true },   { LZMA_CHECK_CRC32, true, true, true },
	{ LZMA_CHECK_SHA256, false, true, false },
};

/* A stream of one block, or of three. */
static size_t pack(int form, const uint8_t *text, size_t n, uint8_t *packed)
{
	lzma_options_lzma options;
	lzma_filter x86 = { LZMA_FILTER_X86, NULL }, lzma2 = { LZMA_FILTER_LZMA2, &options };
	lzma_filter filters[3] = { lzma2, { LZMA_VLI_UNKNOWN, NULL } };
	lzma_stream s = LZMA_STREAM_INIT;

	if (forms[form].x86) {
		filters[0] = x86;
		filters[1] = lzma2;
		filters[2].id = LZMA_VLI_UNKNOWN;
	}
	lzma_lzma_preset(&options, 6);
	ck_assert_int_eq(lzma_stream_encoder(&s, filters, forms[form].check), LZMA_OK);
	s.next_out = packed;
	s.avail_out = ROOM;
	s.next_in = text;
	for (size_t part = 0; forms[form].blocks && part < 2; part++) {
		s.avail_in = n / 3;
		ck_assert_int_eq(lzma_code(&s, LZMA_FULL_FLUSH), LZMA_STREAM_END);
	}
	s.avail_in = (size_t)(text + n - s.next_in);
	ck_assert_int_eq(lzma_code(&s, LZMA_FINISH), LZMA_STREAM_END);
	lzma_end(&s);
	return ROOM - s.avail_out;
}

START_TEST(what_was_packed_comes_out)
{
	uint8_t text[SIZE], packed[ROOM], out[SIZE];
	uint64_t size;

	fill(text, SIZE);
	for (size_t n = 0; n <= SIZE; n += n < 4 ? 1 : 749) {
		struct slice in = { packed, pack(_i, text, n, packed) };

		ck_assert(xz_size(in, &size));
		ck_assert_uint_eq(size, n);
		ck_assert(xz_read(in, out, n));
		ck_assert(memcmp(out, text, n) == 0);
		ck_assert(n == 0 || !xz_read(in, out, n - 1));
	}
}
END_TEST

START_TEST(damage_is_found)
{
	uint8_t text[SIZE], packed[ROOM], out[SIZE];
	struct slice in = { packed, 0 };

	fill(text, SIZE);
	in.n = pack(_i, text, SIZE, packed);
	for (size_t i = 0; i < in.n; i++) {
		packed[i] ^= (uint8_t)(1 << i % 8);
		ck_assert(!xz_read(in, out, SIZE) || !forms[_i].sums);
		packed[i] ^= (uint8_t)(1 << i % 8);
	}
	for (size_t n = 0; n < in.n; n++)
		ck_assert(!xz_read((struct slice){ packed, n }, out, SIZE));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("xz");
	TCase *t = tcase_create("xz");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, what_was_packed_comes_out, 0, COUNT(forms));
	tcase_add_loop_test(t, damage_is_found, 0, COUNT(forms));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
