#include <lzma.h>
#include <stdlib.h>

#include "base/buf.h"
#include "elfs.h"

enum { FUNC = 2, IFUNC = 10, OBJECT = 1, LOCAL = 0, GLOBAL = 1 << 4, WEAK = 2 << 4 };

/* Offsets in it: 1 first, 7 second, 14 third. */
static const char strings[] = "\0first\0second\0third";

static const struct elf_symbol_options usual = { 0 }, as_peer = { .compat = true };

/* .text is section 1 at 0x401000, .data 2; the bias is 0x400000. */
static struct elf_maker make(bool is64, bool big)
{
	struct elf_maker m = elf_make(is64, big);

	elf_add(&m, ".text", 1, 6, 0x401000, "0123456789abcdef", 16);
	elf_add(&m, ".data", 1, 3, 0x402000, "0123456789abcdef", 16);
	elf_segment(&m, 1, 5, 0, 0x400000, m.n);
	return m;
}

static void begin_symbols(struct elf_maker *m, const char *name, uint32_t type)
{
	elf_add(m, ".strtab", 3, 0, 0, strings, sizeof(strings));
	struct elf_section *s = elf_begin(m, name, type, 0, 0);
	s->link = m->n_sections - 2;
	elf_symbol(m, 0, 0, 0, 0, 0);
}

/* The symbols as "address+size name kind\n...", in the order of the tables. */
static struct str text_of(struct buf *out, const struct symtab *t, struct arena *a)
{
	for (size_t i = 0; i < t->n; i++) {
		struct str line = arena_printf(
			a, "%llx+%llx %.*s%s%s\n", (unsigned long long)t->v[i].address,
			(unsigned long long)t->v[i].size, STR_ARGS(t->v[i].name),
			t->v[i].bind == SYMBOL_LOCAL  ? " local"
			: t->v[i].bind == SYMBOL_WEAK ? " weak"
						      : "",
			t->v[i].dynamic ? " dynamic" : "");
		buf_put_str(out, line);
	}
	return buf_str(out);
}

static void expect_symbols(struct elf_maker *m, const struct elf_symbol_options *o,
			   const char *wanted)
{
	struct slice file = elf_made(m);
	struct arena a = { 0 };
	struct buf out = { 0 };
	struct symtab t;
	struct diag d;
	struct elf e;

	ck_assert(elf_open_quiet(&e, file, &a, &d));
	elf_symbols(&e, o, &t);
	ck_assert_uint_eq(d.warnings, 0);
	struct str got = text_of(&out, &t, &a);
	if (!str_eq(got, str_of(wanted)))
		ck_abort_msg("got %.*s wanted %s", STR_ARGS(got), wanted);
	for (size_t i = 0; i < t.n; i++) {
		const struct symbol *s = symtab_at(&t, t.v[i].address);

		ck_assert(s != NULL && s->address == t.v[i].address && s <= &t.v[i]);
	}
	ck_assert_ptr_null(symtab_at(&t, 0x999999));
	elf_close(&e);
	arena_free(&a);
	buf_free(&out);
}

static const struct {
	bool is64, big;
} forms[] = { { false, false }, { false, true }, { true, false }, { true, true } };

START_TEST(functions_of_the_static_table)
{
	struct elf_maker m = make(forms[_i].is64, forms[_i].big);

	begin_symbols(&m, ".symtab", 2);
	elf_symbol(&m, 7, GLOBAL | FUNC, 1, 0x401008, 4);
	elf_symbol(&m, 1, LOCAL | FUNC, 1, 0x401000, 8);
	elf_symbol(&m, 14, WEAK | FUNC, 1, 0x401000, 0);
	elf_end(&m);
	expect_symbols(&m, &usual, "1008+4 second\n1000+8 first local\n1000+0 third weak\n");
}
END_TEST

static const struct {
	uint8_t info;
	uint16_t section;
	uint64_t value;
	uint32_t name;
	const char *usual, *peer;
} kinds[] = {
	{ GLOBAL | OBJECT, 1, 0x401000, 1, "", "" },
	{ GLOBAL | FUNC, 0, 0x401000, 1, "", "" },      /* undefined */
	{ GLOBAL | FUNC, 2, 0x402000, 1, "", "" },      /* not in code */
	{ GLOBAL | FUNC, 99, 0x401000, 1, "", "" },     /* no such section */
	{ GLOBAL | FUNC, 0xfff1, 0x401000, 1, "", "" }, /* absolute */
	{ GLOBAL | FUNC, 1, 0x3fffff, 1, "", "" },      /* below the bias */
	{ GLOBAL | FUNC, 1, 0x401000, 0, "", "" },      /* no name */
	{ GLOBAL | FUNC, 1, 0x401000, 99, "", "" },     /* its name is nowhere */
	{ GLOBAL | IFUNC, 1, 0x401000, 1, "1000+1 first\n", "" },
};

START_TEST(what_is_no_function_is_left_out)
{
	const struct elf_symbol_options *options[] = { &usual, &as_peer };

	for (size_t i = 0; i < 2; i++) {
		struct elf_maker m = make(true, false);

		begin_symbols(&m, ".symtab", 2);
		elf_symbol(&m, kinds[_i].name, kinds[_i].info, kinds[_i].section, kinds[_i].value,
			   1);
		elf_end(&m);
		expect_symbols(&m, options[i], i == 0 ? kinds[_i].usual : kinds[_i].peer);
	}
}
END_TEST

START_TEST(symbols_without_a_type_are_an_option)
{
	const struct elf_symbol_options notype = { .notype = true };

	for (size_t i = 0; i < 2; i++) {
		struct elf_maker m = make(true, false);

		begin_symbols(&m, ".symtab", 2);
		elf_symbol(&m, 1, GLOBAL, 1, 0x401000, 0);
		elf_symbol(&m, 7, LOCAL, 1, 0x401000, 0);
		elf_end(&m);
		expect_symbols(&m, i == 0 ? &usual : &notype, i == 0 ? "" : "1000+0 first\n");
	}
}
END_TEST

START_TEST(section_numbers_may_stand_elsewhere)
{
	struct elf_maker m = make(true, false);

	begin_symbols(&m, ".symtab", 2);
	elf_symbol(&m, 1, GLOBAL | FUNC, 0xffff, 0x401000, 1);
	elf_end(&m);
	elf_begin(&m, ".symtab_shndx", 18, 0, 0);
	elf_put(&m, 4, 0);
	elf_put(&m, 4, 1);
	elf_end(&m);
	expect_symbols(&m, &usual, "1000+1 first\n");
}
END_TEST

/* ELF for the Arm Architecture, 5.5.3: bit 0 says that the code is Thumb. */
START_TEST(thumb_bits_are_no_part_of_addresses)
{
	for (size_t i = 0; i < 2; i++) {
		struct elf_maker m = make(false, false);

		m.machine = 40;
		begin_symbols(&m, ".symtab", 2);
		elf_symbol(&m, 1, GLOBAL | FUNC, 1, 0x401001, 2);
		elf_end(&m);
		expect_symbols(&m, i == 0 ? &usual : &as_peer,
			       i == 0 ? "1000+2 first\n" : "1001+2 first\n");
	}
}
END_TEST

/* ELFv1 of ppc64: a symbol points to a descriptor, that points to the code. */
START_TEST(descriptors_of_ppc64_are_followed)
{
	for (size_t i = 0; i < 2; i++) {
		struct elf_maker m = make(true, true);

		m.machine = 21;
		elf_begin(&m, ".opd", 1, 3, 0x403000);
		elf_put(&m, 8, 0x401004);
		elf_put(&m, 8, 0);
		elf_put(&m, 8, 0x999999);
		elf_end(&m);
		begin_symbols(&m, ".symtab", 2);
		elf_symbol(&m, 1, GLOBAL | FUNC, 3, 0x403000, 4);
		elf_symbol(&m, 7, GLOBAL | FUNC, 3, 0x403010, 4); /* to no code */
		elf_symbol(&m, 7, GLOBAL | FUNC, 3, 0x403014, 4); /* cut */
		elf_end(&m);
		expect_symbols(&m, i == 0 ? &usual : &as_peer, i == 0 ? "1004+4 first\n" : "");
	}
}
END_TEST

/* Symbols 1 and 2 of three, found by PT_DYNAMIC: n comes from one of the two hash tables. */
static void add_dynamic(struct elf_maker *m, bool gnu)
{
	size_t symbols = m->n, text;

	elf_symbol(m, 0, 0, 0, 0, 0);
	elf_symbol(m, 1, GLOBAL | FUNC, 1, 0x401000, 1);
	elf_symbol(m, 7, GLOBAL | FUNC, 1, 0x401001, 1);
	elf_symbol(m, 14, GLOBAL | FUNC, 1, 0x401002, 1); /* beyond the count */
	text = m->n;
	elf_put_bytes(m, strings, sizeof(strings));

	size_t hash = m->n;
	elf_put(m, 4, 1);           /* buckets */
	elf_put(m, 4, gnu ? 1 : 3); /* first symbol; chains */
	elf_put(m, 4, gnu ? 1 : 0); /* words of the filter */
	elf_put(m, 4, 0);
	if (gnu) {
		elf_put_word(m, 0);
		elf_put(m, 4, 1); /* the bucket */
		elf_put(m, 4, 2); /* symbol 1 */
		elf_put(m, 4, 3); /* symbol 2, the end */
	}

	size_t dynamic = m->n;
	const uint64_t tags[][2] = {
		{ 5, 0x400000 + text },
		{ 10, sizeof(strings) },
		{ 6, 0x400000 + symbols },
		{ gnu ? 0x6ffffef5 : 4, 0x400000 + hash },
		{ 14, 7 },
		{ 0, 0 },
	};
	for (size_t i = 0; i < COUNT(tags); i++) {
		elf_put_word(m, tags[i][0]);
		elf_put_word(m, tags[i][1]);
	}
	elf_segment(m, 2, 6, dynamic, 0x400000 + dynamic, m->n - dynamic);
	m->segments[0].file_size = m->segments[0].memory_size = m->n;
}

static void make_dynamic(struct elf_maker *m, bool is64, bool big, bool gnu)
{
	*m = elf_make(is64, big);
	elf_segment(m, 1, 5, 0, 0x400000, 0);
	elf_add(m, ".text", 1, 6, 0x401000, "0123456789abcdef", 16);
	add_dynamic(m, gnu);
}

START_TEST(the_dynamic_table_is_found_without_sections)
{
	struct elf_maker m;

	make_dynamic(&m, forms[_i / 2].is64, forms[_i / 2].big, _i % 2 != 0);
	expect_symbols(&m, &usual, "1000+1 first dynamic\n1001+1 second dynamic\n");
}
END_TEST

START_TEST(the_soname_is_read)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct diag d;
	struct elf e;

	make_dynamic(&m, true, false, true);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	ck_assert(str_eq(elf_soname(&e), STR("second")));
	arena_free(&a);
}
END_TEST

START_TEST(the_section_serves_where_there_is_no_segment)
{
	struct elf_maker m = make(true, false);

	begin_symbols(&m, ".dynsym", 11);
	elf_symbol(&m, 1, GLOBAL | FUNC, 1, 0x401000, 1);
	elf_end(&m);
	expect_symbols(&m, &usual, "1000+1 first dynamic\n");
}
END_TEST

static void add_mini(struct elf_maker *m)
{
	struct elf_maker inner = elf_make(true, false);
	uint8_t packed[8192];
	size_t n = 0;

	elf_begin(&inner, ".text", 8, 6, 0x401000)->size = 16; /* SHT_NOBITS */
	begin_symbols(&inner, ".symtab", 2);
	elf_symbol(&inner, 7, LOCAL | FUNC, 1, 0x401004, 3);
	elf_end(&inner);

	struct slice file = elf_made(&inner);
	ck_assert_int_eq(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC32, NULL, file.p, file.n, packed,
						 &n, sizeof(packed)),
			 LZMA_OK);
	elf_add(m, ".gnu_debugdata", 1, 0, 0, packed, n);
}

START_TEST(mini_debug_info_is_unpacked)
{
	struct elf_maker m = make(true, false);

	begin_symbols(&m, ".dynsym", 11);
	elf_symbol(&m, 1, GLOBAL | FUNC, 1, 0x401000, 1);
	elf_end(&m);
	add_mini(&m);
	expect_symbols(&m, &usual, "1000+1 first dynamic\n1004+3 second local\n");
}
END_TEST

/* Many symbols whose names are ends of one long text. */
START_TEST(names_that_share_their_text_are_limited)
{
	struct elf_maker m = make(true, false);
	struct arena a = { 0 };
	struct symtab t;
	struct diag d;
	struct elf e;

	elf_begin(&m, ".strtab", 3, 0, 0);
	elf_put(&m, 1, 0);
	for (unsigned i = 0; i < 1000; i++)
		elf_put(&m, 1, 'x');
	elf_put(&m, 1, 0);
	elf_end(&m);
	struct elf_section *s = elf_begin(&m, ".symtab", 2, 0, 0);
	s->link = m.n_sections - 2;
	for (unsigned i = 0; i < 500; i++)
		elf_symbol(&m, 1 + i, GLOBAL | FUNC, 1, 0x401000, 0);
	elf_end(&m);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	elf_symbols(&e, &usual, &t);
	ck_assert_uint_eq(d.warnings, 1);
	ck_assert_uint_eq(t.n, 8);
	arena_free(&a);
}
END_TEST

START_TEST(a_file_may_be_cut_anywhere)
{
	struct elf_maker m;
	struct slice file;

	make_dynamic(&m, true, false, _i != 0);
	begin_symbols(&m, ".symtab", 2);
	elf_symbol(&m, 1, GLOBAL | FUNC, 1, 0x401000, 1);
	elf_end(&m);
	add_mini(&m);
	file = elf_made(&m);
	for (size_t n = 0; n < file.n; n++) {
		uint8_t *copy = malloc(n + 1); /* so that a sanitizer sees its end */
		struct arena a = { 0 };
		struct symtab t;
		struct diag d;
		struct elf e;

		memcpy(copy, file.p, n);
		if (elf_open_quiet(&e, (struct slice){ copy, n }, &a, &d)) {
			elf_symbols(&e, &usual, &t);
			elf_debug_id(&e);
			elf_soname(&e);
		}
		elf_close(&e);
		arena_free(&a);
		free(copy);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("elf_symbols");
	TCase *t = tcase_create("elf_symbols");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, functions_of_the_static_table, 0, COUNT(forms));
	tcase_add_loop_test(t, what_is_no_function_is_left_out, 0, COUNT(kinds));
	tcase_add_test(t, symbols_without_a_type_are_an_option);
	tcase_add_test(t, section_numbers_may_stand_elsewhere);
	tcase_add_test(t, thumb_bits_are_no_part_of_addresses);
	tcase_add_test(t, descriptors_of_ppc64_are_followed);
	tcase_add_loop_test(t, the_dynamic_table_is_found_without_sections, 0, 2 * COUNT(forms));
	tcase_add_test(t, the_soname_is_read);
	tcase_add_test(t, the_section_serves_where_there_is_no_segment);
	tcase_add_test(t, mini_debug_info_is_unpacked);
	tcase_add_test(t, names_that_share_their_text_are_limited);
	tcase_add_loop_test(t, a_file_may_be_cut_anywhere, 0, 2);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
