#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

#include "elfs.h"

enum { SIZE = 5000 };

static void fill(uint8_t text[SIZE])
{
	for (size_t i = 0; i < SIZE; i++)
		text[i] = (uint8_t)(i * i >> 4);
}

enum packer { ZLIB = 1, ZSTD = 2 };

static size_t pack(enum packer packer, uint8_t *packed, size_t room)
{
	uint8_t text[SIZE];
	uLongf n = (uLongf)room;

	fill(text);
	if (packer == ZSTD)
		return ZSTD_compress(packed, room, text, SIZE, 3);
	ck_assert_int_eq(compress(packed, &n, text, SIZE), Z_OK);
	return n;
}

/* gABI 4.1, "Section Compression": type, size, alignment, and the data. */
static void add_compressed(struct elf_maker *m, uint32_t type, uint64_t size, enum packer packer)
{
	uint8_t packed[8192];
	size_t n = pack(packer, packed, sizeof(packed));

	elf_begin(m, ".debug_info", 1, 0x800, 0);
	elf_put(m, 4, type);
	if (m->is64)
		elf_put(m, 4, 0);
	elf_put_word(m, size);
	elf_put_word(m, 1);
	elf_put_bytes(m, packed, n);
	elf_end(m);
}

/* binutils before 2.26. */
static void add_zdebug(struct elf_maker *m, const char *magic, unsigned char high,
		       unsigned char low)
{
	unsigned char size[8] = { 0, 0, 0, 0, 0, 0, high, low };
	uint8_t packed[8192];
	size_t n = pack(ZLIB, packed, sizeof(packed));

	elf_begin(m, ".zdebug_info", 1, 0, 0);
	elf_put_bytes(m, magic, 4);
	elf_put_bytes(m, size, 8);
	elf_put_bytes(m, packed, n);
	elf_end(m);
}

/* Whether the section is unpacked, the same at each call. */
static bool is_unpacked(struct elf_maker *m, unsigned warnings)
{
	uint8_t text[SIZE];
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	fill(text);
	ck_assert(elf_open_quiet(&e, elf_made(m), &a, &d));
	struct slice first = elf_debug_section(&e, "info"), again = elf_debug_section(&e, "info");
	ck_assert(first.p == again.p && first.n == again.n);
	ck_assert_uint_eq(d.warnings, warnings);
	ck_assert_uint_eq(elf_debug_section(&e, "line").n, 0);
	bool right = first.n == SIZE && memcmp(first.p, text, SIZE) == 0;
	elf_close(&e);
	arena_free(&a);
	return right;
}

static const struct {
	bool is64, big;
} forms[] = { { false, false }, { false, true }, { true, false }, { true, true } };

START_TEST(compressed_sections_of_all_forms_are_unpacked)
{
	struct elf_maker zlib = elf_make(forms[_i].is64, forms[_i].big);
	struct elf_maker zstd = elf_make(forms[_i].is64, forms[_i].big);
	struct elf_maker old = elf_make(forms[_i].is64, forms[_i].big);

	add_compressed(&zlib, 1, SIZE, ZLIB);
	ck_assert(is_unpacked(&zlib, 0));
	add_compressed(&zstd, 2, SIZE, ZSTD);
	ck_assert(is_unpacked(&zstd, 0));
	add_zdebug(&old, "ZLIB", SIZE >> 8, SIZE & 0xff);
	ck_assert(is_unpacked(&old, 0));
}
END_TEST

static const struct {
	uint32_t type;
	uint64_t size;
	enum packer packer;
} bad[] = {
	{ 3, SIZE, ZLIB },              /* no such compression */
	{ 2, SIZE, ZLIB },              /* it is the other */
	{ 1, SIZE, ZSTD },              /* it is the other */
	{ 1, SIZE - 1, ZLIB },          /* more comes out */
	{ 1, SIZE + 1, ZLIB },          /* less comes out */
	{ 2, SIZE - 1, ZSTD },          /* the same */
	{ 2, SIZE + 1, ZSTD },          /* the same */
	{ 1, (uint64_t)1 << 31, ZLIB }, /* deflate cannot do that */
	{ 1, UINT64_MAX, ZLIB },
};

START_TEST(damaged_sections_are_empty)
{
	struct elf_maker m = elf_make(true, false);

	add_compressed(&m, bad[_i].type, bad[_i].size, bad[_i].packer);
	ck_assert(!is_unpacked(&m, 1));
}
END_TEST

START_TEST(damaged_old_sections_are_empty)
{
	struct elf_maker size = elf_make(true, false), magic = elf_make(true, false);

	add_zdebug(&size, "ZLIB", SIZE >> 8, (SIZE & 0xff) + 1);
	ck_assert(!is_unpacked(&size, 1));
	add_zdebug(&magic, "ZLIb", SIZE >> 8, SIZE & 0xff);
	ck_assert(!is_unpacked(&magic, 0));
}
END_TEST

START_TEST(compressed_data_may_be_cut_anywhere)
{
	struct elf_maker whole = elf_make(true, false);

	add_compressed(&whole, _i == 0 ? 1 : 2, SIZE, _i == 0 ? ZLIB : ZSTD);
	size_t n = whole.sections[1].size;
	for (size_t cut = n - 1; cut > 0; cut = cut > 64 ? cut - 37 : cut - 1) {
		struct elf_maker m = whole;

		m.sections[1].size = cut;
		ck_assert(!is_unpacked(&m, 1));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("elf_contents");
	TCase *t = tcase_create("elf_contents");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, compressed_sections_of_all_forms_are_unpacked, 0, COUNT(forms));
	tcase_add_loop_test(t, damaged_sections_are_empty, 0, COUNT(bad));
	tcase_add_test(t, damaged_old_sections_are_empty);
	tcase_add_loop_test(t, compressed_data_may_be_cut_anywhere, 0, 2);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
