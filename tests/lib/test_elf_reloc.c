#include "bin/elf_reloc.h"

#include <stdlib.h>

#include "elfs.h"

/* Places in .debug_info that relocations change; they hold OLD at first. */
enum { PLACE = 8, OLD = 0x41, ADDEND = 3 };

/* .text is at 0, .text.b at 0x40 (5 bytes, aligned to 16); symbol 1 is 0x42. */
static const struct {
	uint16_t machine;
	bool is64, big, rela;
	uint32_t type;
	unsigned width;
	uint64_t wanted;
} kinds[] = {
	{ 62, true, false, true, 1, 8, 0x45 },
	{ 62, true, false, true, 10, 4, 0x45 },
	{ 62, true, false, true, 11, 4, 0x45 },
	{ 62, true, false, true, 2, 4, 0x45 - PLACE },
	{ 62, true, false, true, 24, 8, 0x45 - PLACE },
	{ 62, true, false, true, 21, 4, OLD }, /* of variables: left alone */
	{ 62, true, false, true, 99, 4, OLD }, /* not known */
	{ 3, false, false, false, 1, 4, 0x42 + OLD },
	{ 3, false, false, false, 2, 4, 0x42 + OLD - PLACE },
	{ 40, false, false, false, 2, 4, 0x42 + OLD },
	{ 40, false, true, false, 3, 4, 0x42 + OLD - PLACE },
	{ 183, true, false, true, 257, 8, 0x45 },
	{ 183, true, false, true, 261, 4, 0x45 - PLACE },
	{ 243, true, false, true, 2, 8, 0x45 },
	{ 243, true, false, true, 35, 4, 0x45 + OLD },
	{ 243, true, false, true, 39, 4, (uint32_t)(OLD - 0x45) },
	{ 243, true, false, true, 37, 1, (uint8_t)(OLD - 0x45) },
	{ 243, true, false, true, 53, 1, 0x45 },
	{ 243, true, false, true, 52, 1, 0x40 | (0x3f & (1 - 0x45)) },
	{ 21, true, true, true, 38, 8, 0x45 },
	{ 21, true, true, true, 44, 8, 0x45 - PLACE },
	{ 20, false, true, true, 1, 4, 0x45 },
	{ 8, false, true, false, 2, 4, 0x42 + OLD },
	{ 8, true, true, true, 18, 8, 0x45 },
	{ 8, true, false, true, 18, 8, 0x45 },
};

static uint64_t info_of(size_t i)
{
	if (!kinds[i].is64)
		return 1 << 8 | kinds[i].type;
	/* mips64, little-endian: the symbol, then types in four bytes. */
	if (kinds[i].machine == 8 && !kinds[i].big)
		return 1 | (uint64_t)kinds[i].type << 56;
	return (uint64_t)1 << 32 | kinds[i].type;
}

static void make(struct elf_maker *m, size_t i, uint64_t offset)
{
	struct elf_section *s;

	*m = elf_make(kinds[i].is64, kinds[i].big);
	m->type = 1;
	m->machine = kinds[i].machine;
	elf_begin(m, ".text", 1, 6, 0);
	for (unsigned k = 0; k < 0x35; k++)
		elf_put(m, 1, 0x90);
	elf_end(m);
	elf_add(m, ".text.b", 1, 6, 0, "01234", 5)->alignment = 16;
	elf_begin(m, ".debug_info", 1, 0, 0);
	elf_put(m, PLACE, 0);
	elf_put(m, kinds[i].width, OLD);
	elf_put(m, 8, 0);
	elf_end(m);
	elf_add(m, ".strtab", 3, 0, 0, "\0f", 3);
	s = elf_begin(m, ".symtab", 2, 0, 0);
	s->link = 4;
	elf_symbol(m, 0, 0, 0, 0, 0);
	elf_symbol(m, 1, 0x12, 2, 2, 3);
	elf_end(m);
	s = elf_begin(m, ".rel.debug_info", kinds[i].rela ? 4 : 9, 0, 0);
	s->link = 5;
	s->info = 3;
	elf_put_word(m, offset);
	elf_put_word(m, info_of(i));
	if (kinds[i].rela)
		elf_put_word(m, ADDEND);
	elf_end(m);
}

START_TEST(relocations_are_applied_to_a_copy)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make(&m, (size_t)_i, PLACE);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	elf_relocate(&e);

	struct slice s = elf_debug_section(&e, "info");
	struct cursor c = cursor_make(s, "test");
	c.big = kinds[_i].big;
	cursor_skip(&c, PLACE);
	ck_assert_uint_eq(cursor_uint(&c, kinds[_i].width), kinds[_i].wanted);
	ck_assert_uint_eq(cursor_u64(&c), 0);
	ck_assert_uint_eq(d.warnings, kinds[_i].type == 99);
	elf_close(&e);
	arena_free(&a);
}
END_TEST

START_TEST(symbols_move_with_their_sections)
{
	const struct elf_symbol_options o = { 0 };
	struct elf_maker m;
	struct arena a = { 0 };
	struct symtab t;
	struct diag d;
	struct elf e;

	make(&m, 0, PLACE);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	elf_relocate(&e);
	elf_symbols(&e, &o, &t);
	ck_assert_uint_eq(t.n, 1);
	ck_assert_uint_eq(t.v[0].address, 0x42);
	ck_assert(elf_is_code(&e, 0x34) && !elf_is_code(&e, 0x35) && elf_is_code(&e, 0x44));
	ck_assert_uint_eq(elf_bytes_at(&e, 0x41, 100).n, 4);
	arena_free(&a);
}
END_TEST

static const uint64_t outside[] = { PLACE + 16 - 7, PLACE + 16, UINT64_MAX - 3, UINT64_MAX };

START_TEST(places_outside_the_section_are_left_out)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make(&m, 0, outside[_i]);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	elf_relocate(&e);
	struct slice s = elf_debug_section(&e, "info");
	ck_assert_uint_eq(s.n, PLACE + 16);
	for (size_t i = 0; i < s.n; i++)
		ck_assert_uint_eq(s.p[i], i == PLACE ? OLD : 0);
	arena_free(&a);
}
END_TEST

/* Many tables that are the same bytes. */
START_TEST(work_is_limited_by_the_size_of_the_file)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make(&m, 0, PLACE);
	m.sections[6].offset = 0;
	m.sections[6].size = m.n;
	for (unsigned i = 0; i < 3; i++)
		m.sections[m.n_sections++] = m.sections[6];
	for (unsigned i = 6; i < 10; i++)
		m.sections[i].offset = 64;
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	elf_relocate(&e);
	ck_assert_uint_ge(d.warnings, 1);
	arena_free(&a);
}
END_TEST

START_TEST(a_file_may_be_cut_anywhere)
{
	struct elf_maker m;
	struct slice file;

	make(&m, 0, PLACE);
	file = elf_made(&m);
	for (size_t n = 0; n < file.n; n++) {
		uint8_t *copy = malloc(n + 1);
		struct arena a = { 0 };
		struct diag d;
		struct elf e;

		memcpy(copy, file.p, n);
		if (elf_open_quiet(&e, (struct slice){ copy, n }, &a, &d))
			elf_relocate(&e);
		elf_close(&e);
		arena_free(&a);
		free(copy);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("elf_reloc");
	TCase *t = tcase_create("elf_reloc");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, relocations_are_applied_to_a_copy, 0, COUNT(kinds));
	tcase_add_test(t, symbols_move_with_their_sections);
	tcase_add_loop_test(t, places_outside_the_section_are_left_out, 0, COUNT(outside));
	tcase_add_test(t, work_is_limited_by_the_size_of_the_file);
	tcase_add_test(t, a_file_may_be_cut_anywhere);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
