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

/* Sections that are worth several processes: larger than a test's file, so it is mapped. */
enum { LARGE = 3 << 20 };

static void put_word(uint8_t *p, uint64_t v)
{
	for (unsigned i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Noise, so that it stays large. */
static void fill_large(uint8_t *text, uint32_t seed)
{
	for (size_t i = 0; i < LARGE; i++) {
		seed = seed * 1103515245 + 12345;
		text[i] = (uint8_t)(seed >> 16);
	}
}

/* A copy of the contents stands behind the file, of which the section says so. */
static void add_large(struct elf_maker *m, const char *name, size_t at, uint8_t *file,
		      const uint8_t *text)
{
	uLongf n = compressBound(LARGE);
	struct elf_section *s = elf_begin(m, name, 1, 0x800, 0);

	ck_assert_int_eq(compress(file + at + 24, &n, text, LARGE), Z_OK);
	put_word(file + at, 1);
	put_word(file + at + 8, LARGE);
	put_word(file + at + 16, 1);
	s->offset = at;
	s->size = n + 24;
}

START_TEST(large_sections_are_unpacked_by_several_processes)
{
	static const char *const names[] = { "info", "line", "str", "none" };
	enum { FIRST = ELF_MADE, SECOND = FIRST + LARGE + LARGE / 8, ALL = FIRST + 4 * LARGE };
	uint8_t *file = malloc(ALL), *text = malloc(LARGE);
	struct elf_maker m = elf_make(true, false);
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	memset(file, 0, ALL);
	fill_large(text, 1);
	add_large(&m, ".debug_info", FIRST, file, text);
	fill_large(text, 2);
	add_large(&m, ".debug_line", SECOND, file, text);
	file[SECOND + 2 * LARGE / 3] ^= (uint8_t)_i; /* damage of what is unpacked elsewhere */
	struct slice head = elf_made(&m);
	memcpy(file, head.p, head.n);

	ck_assert(elf_open_quiet(&e, (struct slice){ file, ALL }, &a, &d));
	elf_unpack(&e, names, COUNT(names), 2);
	ck_assert_uint_eq(d.warnings, 0);
	struct slice line = elf_debug_section(&e, "line"), info = elf_debug_section(&e, "info");
	ck_assert_uint_eq(d.warnings, (unsigned)_i);
	ck_assert_uint_eq(line.n, _i == 0 ? LARGE : 0);
	ck_assert(_i != 0 || memcmp(line.p, text, LARGE) == 0);
	fill_large(text, 1);
	ck_assert(info.n == LARGE && memcmp(info.p, text, LARGE) == 0);
	elf_close(&e);
	arena_free(&a);
	free(file);
	free(text);
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
	tcase_add_loop_test(t, large_sections_are_unpacked_by_several_processes, 0, 2);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
