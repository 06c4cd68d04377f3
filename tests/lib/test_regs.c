#include <check.h>
#include <stdlib.h>

#include "dump/regs.h"

enum { CONTEXT_SIZE = 2048, NONE = 0xff };

/* What reports and walks rely on: order, names, roles. */
static const struct {
	enum cpu_kind kind;
	unsigned n_regs;
	const char *first, *last, *ip, *sp;
} cpus[] = {
	{ CPU_X86, 10, "eip", "eflags", "eip", "esp" },
	{ CPU_AMD64, 17, "rax", "rip", "rip", "rsp" },
	{ CPU_ARM, 16, "r0", "pc", "pc", "sp" },
	{ CPU_ARM64, 33, "x0", "pc", "pc", "sp" },
	{ CPU_ARM64_OLD, 33, "x0", "pc", "pc", "sp" },
	{ CPU_MIPS, 13, "gp", "s7", "pc", "sp" },
	{ CPU_MIPS64, 13, "gp", "s7", "pc", "sp" },
	{ CPU_PPC, 40, "srr0", "vrsave", "srr0", "r1" },
	{ CPU_PPC64, 39, "srr0", "vrsave", "srr0", "r1" },
	{ CPU_SPARC, 38, "g_r0", "fprs", "pc", "g_r14" },
	{ CPU_RISCV, 32, "pc", "t6", "pc", "sp" },
	{ CPU_RISCV64, 32, "pc", "t6", "pc", "sp" },
};

START_TEST(tables_lie_in_their_context)
{
	const struct cpu *cpu = cpu_find(cpus[_i].kind);

	ck_assert_ptr_nonnull(cpu);
	ck_assert_uint_eq(cpu->n_regs, cpus[_i].n_regs);
	ck_assert_uint_le(cpu->n_regs, REGS_MAX);
	ck_assert_str_eq(cpu->regs[0].name, cpus[_i].first);
	ck_assert_str_eq(cpu->regs[cpu->n_regs - 1].name, cpus[_i].last);
	ck_assert_str_eq(cpu->regs[cpu->ip].name, cpus[_i].ip);
	ck_assert_str_eq(cpu->regs[cpu->sp].name, cpus[_i].sp);
	ck_assert(cpu->fp == NONE || cpu->fp < cpu->n_regs);
	ck_assert(cpu->lr == NONE || cpu->lr < cpu->n_regs);
	ck_assert_uint_le(cpu->flags_offset + cpu->flags_size, cpu->context_size);
	for (unsigned i = 0; i < cpu->n_regs; i++) {
		const struct reg *reg = &cpu->regs[i];

		ck_assert_uint_le(reg->offset + reg->size, cpu->context_size);
		ck_assert_uint_ge(reg->offset, cpu->flags_offset < 48 ? 4 : 0);
		ck_assert_int_eq(regs_index(cpu, str_of(reg->name)), (int)i);
		if (reg->alias != NULL)
			ck_assert_int_eq(regs_index(cpu, str_of(reg->alias)), (int)i);
		for (unsigned j = 0; j < i; j++)
			ck_assert_uint_ne(reg->offset, cpu->regs[j].offset);
	}
	ck_assert_int_eq(regs_index(cpu, STR("nonesuch")), -1);
	ck_assert_int_eq(regs_index(cpu, STR("")), -1);
}
END_TEST

START_TEST(unknown_cpu_has_no_registers)
{
	ck_assert_ptr_null(cpu_find(CPU_UNKNOWN));
}
END_TEST

struct context {
	uint8_t p[CONTEXT_SIZE];
};

/* A record in which each byte tells its place, with the flags given. */
static struct cursor make_context(struct context *c, const struct cpu *cpu, uint32_t flags,
				  bool big)
{
	for (size_t i = 0; i < CONTEXT_SIZE; i++)
		c->p[i] = (uint8_t)(i * 7 + 1);
	for (unsigned i = 0; i < cpu->flags_size; i++) {
		unsigned at = cpu->flags_offset + (big ? cpu->flags_size - 1 - i : i);

		c->p[at] = i < 4 ? (uint8_t)(flags >> 8 * i) : 0;
	}

	struct cursor cursor = cursor_make((struct slice){ c->p, cpu->context_size }, "test");
	cursor.big = big;
	return cursor;
}

START_TEST(registers_are_read_in_both_byte_orders)
{
	const struct cpu *cpu = cpu_find(cpus[_i].kind);

	for (int big = 0; big < 2; big++) {
		struct context c;
		struct regs r;
		struct cursor at = make_context(&c, cpu, cpu->flag | 0x1f, big != 0);

		ck_assert(regs_read(&r, cpu, at, false));
		ck_assert(regs_read(&r, cpu, at, true) == !cpu->only_ours);
		ck_assert(regs_read(&r, cpu, at, false));
		for (unsigned i = 0; i < cpu->n_regs; i++) {
			const struct reg *reg = &cpu->regs[i];
			struct cursor one = cursor_sub(&at, reg->offset, reg->size);
			uint64_t value = cursor_uint(&one, reg->size);

			ck_assert_uint_eq(r.value[i], cpu_pointer(cpu, value));
			ck_assert(regs_has(&r, i));
		}
		ck_assert_uint_eq(r.valid, r.valid_alias);
		ck_assert(!regs_has(&r, cpu->n_regs));
	}
}
END_TEST

START_TEST(short_context_is_none)
{
	const struct cpu *cpu = cpu_find(cpus[_i].kind);
	struct context c;
	struct cursor at = make_context(&c, cpu, cpu->flag, false);
	struct regs r;

	for (size_t n = 0; n <= cpu->context_size; n++) {
		struct cursor cut = cursor_sub(&at, 0, n);

		ck_assert(regs_read(&r, cpu, cut, false) == (n == cpu->context_size));
	}
	cursor_fail(&at);
	ck_assert(!regs_read(&r, cpu, at, false));
}
END_TEST

/* Flags of a context of a CPU, whether we read it, whether rust-minidump does. */
static const struct {
	enum cpu_kind cpu;
	uint32_t flags;
	bool ours, peers;
} flags[] = {
	{ CPU_AMD64, 0x0010005f, true, true },
	{ CPU_AMD64, 0x0000001f, false, false },
	{ CPU_AMD64, 0x0001001f, false, false },
	{ CPU_AMD64, 0x0011001f, false, false },
	{ CPU_AMD64, 0x0810001f, true, true },
	{ CPU_AMD64, 0xd810001f, true, false }, /* all that Windows adds */
	{ CPU_X86, 0x4001003f, true, false },
	{ CPU_ARM64, 0x8040001f, true, false },
	{ CPU_ARM64, 0x40000006, false, false },
	{ CPU_ARM, 0x40000006, true, true },
	{ CPU_ARM, 0xc0000006, false, false },
	{ CPU_ARM64_OLD, 0x80000006, true, true },
	{ CPU_MIPS64, 0x00080002, true, false },
	{ CPU_RISCV64, 0x08000001, true, false },
};

START_TEST(flags_have_to_name_the_cpu)
{
	const struct cpu *cpu = cpu_find(flags[_i].cpu);
	struct context c;
	struct cursor at = make_context(&c, cpu, flags[_i].flags, false);
	struct regs r;

	ck_assert(regs_read(&r, cpu, at, false) == flags[_i].ours);
	ck_assert(regs_read(&r, cpu, at, true) == flags[_i].peers);
}
END_TEST

START_TEST(mips_of_32_bits_has_wide_slots)
{
	const struct cpu *cpu = cpu_find(CPU_MIPS);
	struct context c;
	struct cursor at = make_context(&c, cpu, cpu->flag, false);
	struct regs narrow, wide;

	ck_assert(regs_read(&narrow, cpu, at, false) && regs_read(&wide, cpu, at, true));
	ck_assert_uint_eq(narrow.value[cpu->sp], (uint32_t)wide.value[cpu->sp]);
	ck_assert_uint_gt(wide.value[cpu->sp], UINT32_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("regs");
	TCase *t = tcase_create("regs");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, tables_lie_in_their_context, 0, COUNT(cpus));
	tcase_add_test(t, unknown_cpu_has_no_registers);
	tcase_add_loop_test(t, registers_are_read_in_both_byte_orders, 0, COUNT(cpus));
	tcase_add_loop_test(t, short_context_is_none, 0, COUNT(cpus));
	tcase_add_loop_test(t, flags_have_to_name_the_cpu, 0, COUNT(flags));
	tcase_add_test(t, mips_of_32_bits_has_wide_slots);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
