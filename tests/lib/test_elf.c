#include <stdlib.h>

#include "bin/elf_link.h"
#include "elfs.h"

static const struct {
	bool is64, big;
} forms[] = { { false, false }, { false, true }, { true, false }, { true, true } };

static void make_small(struct elf_maker *m, bool is64, bool big)
{
	*m = elf_make(is64, big);
	elf_add(m, ".text", 1, 6, 0x1000, "0123456789", 10);
	elf_add(m, ".data", 1, 3, 0x2000, "abc", 3);
	elf_begin(m, ".bss", 8, 3, 0x3000)->size = 100;
	elf_segment(m, 1, 5, m->sections[1].offset, 0x1000, 10);
}

START_TEST(sections_and_segments_of_all_forms_are_read)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make_small(&m, forms[_i].is64, forms[_i].big);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	ck_assert_uint_eq(d.warnings, 0);
	ck_assert_uint_eq(e.machine, 62);
	ck_assert_uint_eq(e.type, 3);
	ck_assert_uint_eq(e.entry, 0x1234);
	ck_assert_uint_eq(e.bias, 0x1000);
	ck_assert_uint_eq(e.n_sections, 5);
	ck_assert_uint_eq(e.n_segments, 1);

	const struct elf_section *s = elf_section(&e, STR(".data"));
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(s->address, 0x2000);
	ck_assert(s->data.n == 3 && memcmp(s->data.p, "abc", 3) == 0);
	ck_assert_ptr_null(elf_section(&e, STR(".bss")));
	ck_assert_uint_eq(e.sections[3].size, 100);
	elf_close(&e);
	arena_free(&a);
}
END_TEST

START_TEST(bytes_are_found_by_address)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make_small(&m, true, false);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	struct slice s = elf_bytes_at(&e, 0x1004, 3);
	ck_assert(s.n == 3 && memcmp(s.p, "456", 3) == 0);
	ck_assert_uint_eq(elf_bytes_at(&e, 0x1004, UINT64_MAX).n, 6);
	ck_assert_uint_eq(elf_bytes_at(&e, 0x100a, 1).n, 0);
	ck_assert_uint_eq(elf_bytes_at(&e, 0x3000, 1).n, 0);
	ck_assert_uint_eq(elf_bytes_at(&e, UINT64_MAX, 1).n, 0);
	ck_assert(elf_is_code(&e, 0x1000) && elf_is_code(&e, 0x1009));
	ck_assert(!elf_is_code(&e, 0x100a) && !elf_is_code(&e, 0x2000));
	arena_free(&a);
}
END_TEST

/* As after sstrip: there are segments only. */
START_TEST(a_file_without_sections_has_its_segments)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make_small(&m, true, false);
	struct slice file = elf_made(&m);
	elf_set(&m, 40, 8, 0); /* e_shoff */
	elf_set(&m, 60, 2, 0); /* e_shnum */
	ck_assert(elf_open_quiet(&e, file, &a, &d));
	ck_assert_uint_eq(e.n_sections, 0);
	ck_assert_uint_eq(elf_bytes_at(&e, 0x1004, 100).n, 6);
	ck_assert(elf_is_code(&e, 0x1000));
	arena_free(&a);
}
END_TEST

/* gABI 4.1: numbers that do not fit stand in section 0. */
START_TEST(extended_numbers_are_read)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make_small(&m, true, false);
	m.sections[0].size = 5;
	m.sections[0].link = 4;
	m.sections[0].info = 1;
	struct slice file = elf_made(&m);
	elf_set(&m, 56, 2, 0xffff); /* e_phnum */
	elf_set(&m, 60, 2, 0);
	elf_set(&m, 62, 2, 0xffff); /* e_shstrndx */
	ck_assert(elf_open_quiet(&e, file, &a, &d));
	ck_assert_uint_eq(e.n_sections, 5);
	ck_assert_uint_eq(e.n_segments, 1);
	ck_assert_ptr_nonnull(elf_section(&e, STR(".text")));
	arena_free(&a);
}
END_TEST

static const struct {
	size_t at;
	unsigned width;
	uint64_t value;
	const char *text;
} bad[] = {
	{ 0, 1, 0, "test.elf: not an ELF file" },
	{ 4, 1, 3, "test.elf: ELF class 3, byte order 1" },
	{ 5, 1, 0, "test.elf: ELF class 2, byte order 0" },
};

START_TEST(what_is_no_elf_file_is_refused)
{
	struct diag quiet = { .tool = "test" };
	struct error err = { 0 };
	struct arena a = { 0 };
	struct elf_maker m;
	struct elf e;

	make_small(&m, true, false);
	struct slice file = elf_made(&m);
	elf_set(&m, bad[_i].at, bad[_i].width, bad[_i].value);
	ck_assert(!elf_open(&e, file, "test.elf", &a, &quiet, &err));
	ck_assert_str_eq(err.text, bad[_i].text);
	elf_close(&e);
	arena_free(&a);
}
END_TEST

static const struct {
	size_t at;
	unsigned width;
	uint64_t value;
	size_t n_sections, n_segments;
} damage[] = {
	{ 32, 8, UINT64_MAX, 5, 0 }, /* e_phoff */
	{ 54, 2, 55, 5, 0 },         /* e_phentsize */
	{ 56, 2, 0xfffe, 5, 0 },     /* e_phnum */
	{ 40, 8, UINT64_MAX, 0, 1 }, /* e_shoff */
	{ 58, 2, 63, 0, 1 },         /* e_shentsize */
	{ 60, 2, 0xffff, 0, 1 },     /* e_shnum */
};

START_TEST(a_bad_table_costs_that_table)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make_small(&m, true, false);
	struct slice file = elf_made(&m);
	elf_set(&m, damage[_i].at, damage[_i].width, damage[_i].value);
	ck_assert(elf_open_quiet(&e, file, &a, &d));
	ck_assert_uint_eq(d.warnings, 1);
	ck_assert_uint_eq(e.n_sections, damage[_i].n_sections);
	ck_assert_uint_eq(e.n_segments, damage[_i].n_segments);
	arena_free(&a);
}
END_TEST

START_TEST(a_section_outside_the_file_is_empty)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make_small(&m, true, false);
	m.sections[2].size = UINT64_MAX;
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	ck_assert_uint_eq(d.warnings, 1);
	ck_assert_ptr_null(elf_section(&e, STR(".data")));
	ck_assert_ptr_nonnull(elf_section(&e, STR(".text")));
	arena_free(&a);
}
END_TEST

/* A note with the name "GNU". */
static void put_note(struct elf_maker *m, uint32_t type, const char *bytes, uint32_t n)
{
	elf_put(m, 4, 4);
	elf_put(m, 4, n);
	elf_put(m, 4, type);
	elf_put_bytes(m, "GNU", 4);
	elf_put_bytes(m, bytes, n);
	elf_put_bytes(m, "\0\0\0", -n & 3u);
}

static void expect(struct str got, const char *wanted)
{
	if (!str_eq(got, str_of(wanted)))
		ck_abort_msg("\"%.*s\" is not \"%s\"", STR_ARGS(got), wanted);
}

static const struct {
	bool big;
	const char *id;
	uint32_t n;
	const char *debug_id, *code_id;
} ids[] = {
	{ false, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11", 17,
	  "0403020106050807090A0B0C0D0E0F100", "0102030405060708090A0B0C0D0E0F1011" },
	{ true, "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11", 17,
	  "0102030405060708090A0B0C0D0E0F100", "0102030405060708090A0B0C0D0E0F1011" },
	{ false, "\x01\x02\x03\x04\x05", 5, "040302010005000000000000000000000", "0102030405" },
	/* None: of .text, "0123456789". */
	{ false, "", 0, "333231303534373638390000000000000", "" },
};

START_TEST(ids_are_of_the_build_id_or_of_the_text)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make_small(&m, true, ids[_i].big);
	elf_begin(&m, ".note.gnu.build-id", 7, 2, 0);
	put_note(&m, 1, "abcde", 5);
	if (ids[_i].n != 0)
		put_note(&m, 3, ids[_i].id, ids[_i].n);
	elf_end(&m);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	expect(elf_debug_id(&e), ids[_i].debug_id);
	expect(elf_code_id(&e), ids[_i].code_id);
	arena_free(&a);
}
END_TEST

START_TEST(the_build_id_of_a_segment_comes_first)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make_small(&m, false, false);
	size_t start = m.n;
	put_note(&m, 3, "\1\2\3\4", 4);
	elf_segment(&m, 4, 4, start, 0, m.n - start);
	elf_begin(&m, ".note.gnu.build-id", 7, 2, 0);
	put_note(&m, 3, "\5\6\7\x8", 4);
	elf_end(&m);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	expect(elf_code_id(&e), "01020304");
	arena_free(&a);
}
END_TEST

START_TEST(nothing_to_make_an_id_of_gives_zeros)
{
	struct elf_maker m = elf_make(true, false);
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	expect(elf_debug_id(&e), "000000000000000000000000000000000");
	arena_free(&a);
}
END_TEST

static const struct {
	uint16_t machine;
	bool is64;
	uint32_t flags;
	const char *cpu, *peer;
} cpus[] = {
	{ 3, false, 0, "x86", "x86" },
	{ 62, true, 0, "x86_64", "x86_64" },
	{ 62, false, 0, "x86_64", "x86_64" },
	{ 40, false, 0, "arm", "arm" },
	{ 183, true, 0, "arm64", "arm64" },
	{ 8, false, 0, "mips", "mips" },
	{ 8, false, 0x2000, "mips64", "mips64" },
	{ 8, true, 0, "mips64", "mips" },
	{ 20, false, 0, "ppc", "ppc" },
	{ 21, true, 0, "ppc64", "ppc64" },
	{ 243, true, 0, "riscv64", "unknown" },
	{ 243, false, 0, "riscv", "unknown" },
	{ 22, true, 0, "s390x", "unknown" },
	{ 9999, true, 0, "unknown", "unknown" },
};

START_TEST(machines_have_their_names)
{
	struct elf e = { .machine = cpus[_i].machine,
			 .is64 = cpus[_i].is64,
			 .flags = cpus[_i].flags };

	ck_assert_str_eq(elf_cpu(&e, false), cpus[_i].cpu);
	ck_assert_str_eq(elf_cpu(&e, true), cpus[_i].peer);
}
END_TEST

START_TEST(links_to_other_files_are_read)
{
	struct elf_maker m = elf_make(true, true);
	struct arena a = { 0 };
	struct elf_link l;
	struct diag d;
	struct elf e;

	elf_add(&m, ".gnu_debuglink", 1, 0, 0, "abcd.debug\0\0\x12\x34\x56\x78", 16);
	elf_add(&m, ".gnu_debugaltlink", 1, 0, 0, "x.alt\0\1\2\3", 9);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	ck_assert(elf_debuglink(&e, &l));
	expect(l.name, "abcd.debug");
	ck_assert_uint_eq(l.crc, 0x12345678);
	ck_assert(elf_altlink(&e, &l));
	expect(l.name, "x.alt");
	ck_assert(l.id.n == 3 && memcmp(l.id.p, "\1\2\3", 3) == 0);
	ck_assert(!elf_is_linked(&e, &l));
	ck_assert_uint_eq(elf_crc((struct slice){ (const uint8_t *)"123456789", 9 }), 0xcbf43926);
	arena_free(&a);
}
END_TEST

/* DWARF 5, 7.3.6: version, whether it is the supplementary file, its name, its checksum. */
START_TEST(supplementary_files_of_dwarf_5_are_linked)
{
	struct elf_maker user = elf_make(true, false), shared = elf_make(true, false);
	struct arena a = { 0 };
	struct elf_link l, none;
	struct elf e, s;
	struct diag d;

	elf_add(&user, ".debug_sup", 1, 0, 0, "\5\0\0x.sup\0\3abc", 13);
	elf_add(&shared, ".debug_sup", 1, 0, 0, "\5\0\1\0\3abc", 8);
	ck_assert(elf_open_quiet(&e, elf_made(&user), &a, &d));
	ck_assert(elf_open_quiet(&s, elf_made(&shared), &a, &d));
	ck_assert(elf_altlink(&e, &l));
	expect(l.name, "x.sup");
	ck_assert(elf_is_linked(&s, &l));
	ck_assert(!elf_is_linked(&e, &l));
	ck_assert(!elf_altlink(&s, &none));
	arena_free(&a);
}
END_TEST

START_TEST(a_link_that_is_cut_is_none)
{
	struct elf_maker m = elf_make(true, false);
	struct arena a = { 0 };
	struct elf_link l;
	struct diag d;
	struct elf e;

	elf_add(&m, ".gnu_debuglink", 1, 0, 0, "abcd.debug\0\0\x12\x34\x56", 15);
	elf_add(&m, ".gnu_debugaltlink", 1, 0, 0, "x.alt", 5);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	ck_assert(!elf_debuglink(&e, &l));
	ck_assert(!elf_altlink(&e, &l));
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("elf");
	TCase *t = tcase_create("elf");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, sections_and_segments_of_all_forms_are_read, 0, COUNT(forms));
	tcase_add_test(t, bytes_are_found_by_address);
	tcase_add_test(t, a_file_without_sections_has_its_segments);
	tcase_add_test(t, extended_numbers_are_read);
	tcase_add_loop_test(t, what_is_no_elf_file_is_refused, 0, COUNT(bad));
	tcase_add_loop_test(t, a_bad_table_costs_that_table, 0, COUNT(damage));
	tcase_add_test(t, a_section_outside_the_file_is_empty);
	tcase_add_loop_test(t, ids_are_of_the_build_id_or_of_the_text, 0, COUNT(ids));
	tcase_add_test(t, the_build_id_of_a_segment_comes_first);
	tcase_add_test(t, nothing_to_make_an_id_of_gives_zeros);
	tcase_add_loop_test(t, machines_have_their_names, 0, COUNT(cpus));
	tcase_add_test(t, links_to_other_files_are_read);
	tcase_add_test(t, supplementary_files_of_dwarf_5_are_linked);
	tcase_add_test(t, a_link_that_is_cut_is_none);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
