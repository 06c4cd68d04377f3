#include "bin/elf_plt.h"

#include <stdlib.h>

#include "elfs.h"

/* A .plt at 0x11000 whose two slots load the words at 0x13010 and 0x13018 (0x13014 with 4 bytes a
 * word); relocations say that these are "one" and "two". */
enum { PLT = 0x11000, GOT = 0x13010, BASE = 0x10000 };

static const struct machine {
	uint16_t number;
	bool is64, rela;
	uint32_t jump_slot;
	const char *name;            /* of the section */
	uint64_t first, second, end; /* where the slots begin, in it */
	unsigned n;
	const char *code;
} machines[] = {
	/* pushq; jmpq *0x2006(%rip); jmpq *0x1fea(%rip); push; jmp; jmpq *0x1fe2(%rip). */
	{ 62, true, true, 7, ".plt", 0x10, 0x20, 0x30, 48,
	  "\xff\x35\x02\x20\0\0\xff\x25\x04\x20\0\0\0\0\0\0"
	  "\xff\x25\xfa\x1f\0\0\x68\0\0\0\0\xe9\xe0\xff\xff\xff"
	  "\xff\x25\xf2\x1f\0\0\x68\1\0\0\0\xe9\xd0\xff\xff\xff" },
	/* endbr64; bnd jmpq *0x2005(%rip); nopl. */
	{ 62, true, true, 7, ".plt.sec", 0, 0x10, 0x20, 32,
	  "\xf3\x0f\x1e\xfa\xf2\xff\x25\x05\x20\0\0\x0f\x1f\x44\0\0"
	  "\xf3\x0f\x1e\xfa\xf2\xff\x25\xfd\x1f\0\0\x0f\x1f\x44\0\0" },
	/* jmpq *0x200a(%rip); xchg %ax,%ax: glob_dat */
	{ 62, true, true, 6, ".plt.got", 0, 8, 0x10, 16,
	  "\xff\x25\x0a\x20\0\0\x66\x90\xff\x25\x0a\x20\0\0\x66\x90" },
	/* jmp *0x13010; jmp *0x13014. */
	{ 3, false, false, 7, ".plt", 0, 0x10, 0x20, 32,
	  "\xff\x25\x10\x30\x01\0\x68\0\0\0\0\xe9\xe0\xff\xff\xff"
	  "\xff\x25\x14\x30\x01\0\x68\0\0\0\0\xe9\xe0\xff\xff\xff" },
	/* jmp *0x10(%ebx); jmp *0x14(%ebx). */
	{ 3, false, false, 7, ".plt", 0, 0x10, 0x20, 32,
	  "\xff\xa3\x10\0\0\0\x68\0\0\0\0\xe9\xe0\xff\xff\xff"
	  "\xff\xa3\x14\0\0\0\x68\0\0\0\0\xe9\xe0\xff\xff\xff" },
	/* adrp x16, 0x13000; ldr x17, [x16, 0x10]; add; br; bti c; the same; nop. */
	{ 183, true, true, 1026, ".plt", 0, 0x10, 0x28, 40,
	  "\x10\0\0\xd0\x11\x0a\x40\xf9\x10\x42\0\x91\x20\x02\x1f\xd6"
	  "\x5f\x24\x03\xd5\x10\0\0\xd0\x11\x0e\x40\xf9\x10\x62\0\x91\x20\x02\x1f\xd6\x1f\x20\x03"
	  "\xd5" },
	/* add ip, pc, 0; add ip, ip, 0x2000; ldr pc, [ip, 8]!; bx pc; nop; the same. */
	{ 40, false, false, 22, ".plt", 0, 0xc, 0x1c, 28,
	  "\0\xc6\x8f\xe2\x02\xca\x8c\xe2\x08\xf0\xbc\xe5"
	  "\x78\x47\xc0\x46\0\xc6\x8f\xe2\x01\xca\x8c\xe2\xfc\xff\xbc\xe5" },
};

static void put_dynamic(struct elf_maker *m, uint64_t tag, uint64_t value)
{
	elf_put_word(m, tag);
	elf_put_word(m, value);
}

static void put_relocations(struct elf_maker *m, const struct machine *k)
{
	for (uint32_t symbol = 1; symbol <= 2; symbol++) {
		elf_put_word(m, GOT + (symbol - 1) * (k->is64 ? 8u : 4u));
		elf_put_word(m, k->is64 ? (uint64_t)symbol << 32 | k->jump_slot
					: symbol << 8 | k->jump_slot);
		if (k->rela)
			elf_put_word(m, 0);
	}
}

static void make(struct elf_maker *m, const struct machine *k)
{
	size_t symbols, names, relocations, dynamic;

	*m = elf_make(k->is64, false);
	m->machine = k->number;
	elf_add(m, k->name, 1, 6, PLT, k->code, k->n);
	elf_segment(m, 1, 5, 0, BASE, 0);
	symbols = m->n;
	elf_symbol(m, 0, 0, 0, 0, 0);
	elf_symbol(m, 1, 0x12, 0, 0, 0);
	elf_symbol(m, 5, 0x12, 0, 0, 0);
	names = m->n;
	elf_put_bytes(m, "\0one\0two", 9);
	relocations = m->n;
	put_relocations(m, k);

	size_t hash = m->n;
	elf_put(m, 4, 1);
	elf_put(m, 4, 3);
	dynamic = m->n;
	put_dynamic(m, 3, GOT - 0x10);
	put_dynamic(m, 4, BASE + hash);
	put_dynamic(m, 5, BASE + names);
	put_dynamic(m, 10, 9);
	put_dynamic(m, 6, BASE + symbols);
	put_dynamic(m, 23, BASE + relocations);
	put_dynamic(m, 2, hash - relocations);
	put_dynamic(m, 20, k->rela ? 7 : 17);
	put_dynamic(m, 0, 0);
	elf_segment(m, 2, 6, dynamic, BASE + dynamic, m->n - dynamic);
	m->segments[0].file_size = m->n;
}

static void expect_slot(const struct symbol *s, const char *name, uint64_t start, uint64_t end)
{
	ck_assert(str_eq(s->name, str_of(name)));
	ck_assert_uint_eq(s->address, PLT - BASE + start);
	ck_assert_uint_eq(s->size, end - start);
}

START_TEST(slots_are_named_by_what_they_load)
{
	const struct machine *k = &machines[_i];
	struct elf_maker m;
	struct arena a = { 0 };
	struct symtab t;
	struct diag d;
	struct elf e;

	make(&m, k);
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	elf_plt(&e, &t);
	ck_assert_uint_eq(t.n, 2);
	expect_slot(&t.v[0], "one@plt", k->first, k->second);
	expect_slot(&t.v[1], "two@plt", k->second, k->end);
	ck_assert_ptr_eq(symtab_at(&t, PLT - BASE + k->second), &t.v[1]);
	arena_free(&a);
}
END_TEST

START_TEST(a_section_may_be_cut_anywhere)
{
	const struct machine *k = &machines[_i];

	for (unsigned n = 0; n < k->n; n++) {
		struct machine cut = *k;
		struct elf_maker m;
		struct arena a = { 0 };
		struct symtab t;
		struct diag d;
		struct elf e;

		cut.n = n;
		make(&m, &cut);
		ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
		elf_plt(&e, &t);
		ck_assert_uint_le(t.n, 2);
		for (size_t i = 0; i < t.n; i++)
			ck_assert_uint_le(t.v[i].address + t.v[i].size, PLT - BASE + n);
		arena_free(&a);
	}
}
END_TEST

START_TEST(other_machines_have_none)
{
	struct elf_maker m;
	struct arena a = { 0 };
	struct symtab t;
	struct diag d;
	struct elf e;

	make(&m, &machines[0]);
	m.machine = 8;
	ck_assert(elf_open_quiet(&e, elf_made(&m), &a, &d));
	elf_plt(&e, &t);
	ck_assert_uint_eq(t.n, 0);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("elf_plt");
	TCase *t = tcase_create("elf_plt");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, slots_are_named_by_what_they_load, 0, COUNT(machines));
	tcase_add_loop_test(t, a_section_may_be_cut_anywhere, 0, COUNT(machines));
	tcase_add_test(t, other_machines_have_none);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
