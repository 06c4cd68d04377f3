#include "walk/code.h"
#include "world.h"

/* What the dump tells of code: calls, trampolines, rights of memory. */

static struct world w;

/* Bytes at 0x500108 - 8, and whether a call ends at 0x500108, or one byte behind that. */
enum { PC = 0x500108 };

/* clang-format off */
static const struct {
	enum cpu_kind cpu;
	uint8_t odd, n; /* n bytes before the address, others are 0x90 */
	uint8_t bytes[8];
	bool call;
} calls[] = {
	{ CPU_AMD64, 0, 0, { 0 }, false },
	{ CPU_AMD64, 0, 5, { 0xe8, 1, 2, 3, 4 }, true },                   /* call rel32 */
	{ CPU_AMD64, 0, 5, { 0xe9, 1, 2, 3, 4 }, false },                  /* jmp rel32 */
	{ CPU_AMD64, 0, 2, { 0xff, 0xd0 }, true },                         /* call rax */
	{ CPU_AMD64, 0, 3, { 0x41, 0xff, 0xd3 }, true },                   /* call r11 */
	{ CPU_AMD64, 0, 2, { 0xff, 0xe0 }, false },                        /* jmp rax */
	{ CPU_AMD64, 0, 2, { 0xff, 0x13 }, true },                         /* call [rbx] */
	{ CPU_AMD64, 0, 3, { 0xff, 0x50, 0x18 }, true },                   /* call [rax+0x18] */
	{ CPU_AMD64, 0, 3, { 0xff, 0x14, 0xc8 }, true },                   /* call [rax+rcx*8] */
	{ CPU_AMD64, 0, 4, { 0xff, 0x54, 0x24, 8 }, true },                /* call [rsp+8] */
	{ CPU_AMD64, 0, 6, { 0xff, 0x15, 1, 2, 3, 4 }, true },             /* call [rip+disp32] */
	{ CPU_AMD64, 0, 6, { 0xff, 0x90, 0, 1, 0, 0 }, true },             /* call [rax+0x100] */
	{ CPU_AMD64, 0, 7, { 0xff, 0x94, 0x24, 0, 1, 0, 0 }, true },       /* call [rsp+0x100] */
	{ CPU_AMD64, 0, 7, { 0xff, 0x14, 0xc5, 0, 1, 0, 0 }, true },       /* call [rax*8+0x100] */
	{ CPU_AMD64, 0, 6, { 0xff, 0x25, 1, 2, 3, 4 }, false },            /* jmp [rip+disp32] */
	{ CPU_X86, 0, 7, { 0x64, 0xff, 0x15, 0xc0, 0, 0, 0 }, true },      /* call fs:[0xc0] */
	{ CPU_ARM, 0, 4, { 0x01, 0x00, 0x00, 0xeb }, true },               /* bl */
	{ CPU_ARM, 0, 4, { 0x01, 0x00, 0x00, 0x0b }, true },               /* bleq */
	{ CPU_ARM, 0, 4, { 0x01, 0x00, 0x00, 0xfa }, true },               /* blx */
	{ CPU_ARM, 0, 4, { 0x33, 0xff, 0x2f, 0xe1 }, true },               /* blx r3 */
	{ CPU_ARM, 0, 4, { 0x13, 0xff, 0x2f, 0xe1 }, false },              /* bx r3 */
	{ CPU_ARM, 0, 8, { 0x0f, 0xe0, 0xa0, 0xe1, 0x00, 0xf0, 0x93, 0xe5 }, true }, /* ldr pc */
	{ CPU_ARM, 0, 4, { 0x01, 0x00, 0x00, 0xea }, false },              /* b */
	{ CPU_ARM, 1, 4, { 0x01, 0xf0, 0x02, 0xf8 }, true },               /* bl */
	{ CPU_ARM, 1, 4, { 0x01, 0xf0, 0x02, 0xe8 }, true },               /* blx */
	{ CPU_ARM, 1, 2, { 0x98, 0x47 }, true },                           /* blx r3 */
	{ CPU_ARM, 1, 2, { 0x18, 0x47 }, false },                          /* bx r3 */
	{ CPU_ARM, 1, 4, { 0x01, 0xf0, 0x02, 0xb8 }, false },              /* b.w */
	{ CPU_ARM64, 0, 4, { 0x01, 0x00, 0x00, 0x94 }, true },             /* bl */
	{ CPU_ARM64, 0, 4, { 0x01, 0x00, 0x00, 0x14 }, false },            /* b */
	{ CPU_ARM64, 0, 4, { 0x00, 0x01, 0x3f, 0xd6 }, true },             /* blr x8 */
	{ CPU_ARM64, 0, 4, { 0x00, 0x01, 0x1f, 0xd6 }, false },            /* br x8 */
	{ CPU_ARM64, 0, 4, { 0x1f, 0x09, 0x3f, 0xd6 }, true },             /* blraaz x8 */
	{ CPU_ARM64, 0, 4, { 0x1f, 0x0d, 0x3f, 0xd6 }, true },             /* blrabz x8 */
	{ CPU_ARM64, 0, 4, { 0x09, 0x09, 0x3f, 0xd7 }, true },             /* blraa x8, x9 */
	{ CPU_ARM64, 0, 4, { 0x09, 0x0d, 0x3f, 0xd7 }, true },             /* blrab x8, x9 */
	{ CPU_ARM64, 1, 4, { 0x01, 0x00, 0x00, 0x94 }, false },            /* not aligned */
	{ CPU_MIPS, 0, 8, { 0x01, 0, 0, 0x0c, 0, 0, 0, 0 }, true },        /* jal; nop */
	{ CPU_MIPS, 0, 8, { 0x01, 0, 0, 0x08, 0, 0, 0, 0 }, false },       /* j; nop */
	{ CPU_MIPS, 0, 8, { 0x09, 0xf8, 0x20, 0x03, 0, 0, 0, 0 }, true },  /* jalr t9 */
	{ CPU_MIPS, 0, 8, { 0x01, 0, 0x11, 0x04, 0, 0, 0, 0 }, true },     /* bal */
	{ CPU_MIPS, 0, 4, { 0x01, 0, 0, 0xe8 }, true },                    /* balc */
	{ CPU_MIPS, 1, 0, { 0 }, true },                                   /* MIPS16: not known */
	{ CPU_PPC, 0, 4, { 0x01, 0, 0, 0x48 }, true },                     /* bl */
	{ CPU_PPC, 0, 4, { 0x00, 0, 0, 0x48 }, false },                    /* b */
	{ CPU_PPC64, 0, 4, { 0x21, 0x04, 0x80, 0x4e }, true },             /* bctrl */
	{ CPU_RISCV64, 0, 4, { 0xef, 0x00, 0x10, 0x00 }, true },           /* jal */
	{ CPU_RISCV64, 0, 4, { 0x6f, 0x00, 0x10, 0x00 }, false },          /* j */
	{ CPU_RISCV64, 0, 4, { 0xe7, 0x80, 0x07, 0x00 }, true },           /* jalr a5 */
	{ CPU_RISCV64, 0, 4, { 0xe7, 0x82, 0x07, 0x00 }, true },           /* jalr t0, a5 */
	{ CPU_RISCV64, 0, 2, { 0x82, 0x97 }, true },                       /* c.jalr a5 */
	{ CPU_RISCV64, 0, 2, { 0x82, 0x87 }, false },                      /* c.jr a5 */
	{ CPU_RISCV, 0, 2, { 0x01, 0x20 }, true },                         /* c.jal */
	{ CPU_RISCV64, 0, 2, { 0x01, 0x20 }, false },                      /* c.addiw */
	{ CPU_SPARC, 0, 0, { 0 }, true },                                  /* not known */
};

static const struct {
	enum cpu_kind cpu;
	uint8_t odd, n;
	uint8_t bytes[9];
	bool is;
} sigreturns[] = {
	{ CPU_AMD64, 0, 9, { 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 }, true },
	{ CPU_AMD64, 0, 9, { 0x48, 0xc7, 0xc0, 0x0e, 0, 0, 0, 0x0f, 0x05 }, false },
	{ CPU_AMD64, 0, 8, { 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f }, false },
	{ CPU_X86, 0, 7, { 0xb8, 0xad, 0, 0, 0, 0xcd, 0x80 }, true },
	{ CPU_X86, 0, 8, { 0x58, 0xb8, 0x77, 0, 0, 0, 0xcd, 0x80 }, true },
	{ CPU_ARM, 0, 8, { 0xad, 0x70, 0xa0, 0xe3, 0xad, 0x00, 0x90, 0xef }, true },
	{ CPU_ARM, 1, 4, { 0xad, 0x27, 0x00, 0xdf }, true },
	{ CPU_ARM, 0, 4, { 0xad, 0x27, 0x00, 0xdf }, false },
	{ CPU_ARM64, 0, 8, { 0x68, 0x11, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4 }, true },
	{ CPU_RISCV64, 0, 8, { 0x93, 0x08, 0xb0, 0x08, 0x73, 0, 0, 0 }, true },
};
/* clang-format on */

static void make(enum cpu_kind cpu)
{
	world_make(&w, cpu, MD_OS_LINUX, NULL);
	names_init(&w.names, &w.dump, NULL, false, &w.arena);
}

START_TEST(calls_are_told_from_other_code)
{
	uint8_t bytes[8];

	make(calls[_i].cpu);
	memset(bytes, 0x90, sizeof(bytes));
	memcpy(bytes + 8 - calls[_i].n, calls[_i].bytes, calls[_i].n);
	world_code(&w, PC - 8, bytes, sizeof(bytes));
	ck_assert(code_may_return(&w.names, PC + calls[_i].odd) == calls[_i].call);
	world_free(&w);
}
END_TEST

START_TEST(big_endian_code_is_read_so)
{
	static const uint8_t bl[8] = { [4] = 0x48, 0x00, 0x00, 0x01 };
	static const uint8_t b[8] = { [4] = 0x48, 0x00, 0x00, 0x00 };

	for (int call = 0; call < 2; call++) {
		make(CPU_PPC);
		w.dump.memory.big = true;
		world_code(&w, PC - 8, call == 1 ? bl : b, 8);
		ck_assert(code_may_return(&w.names, PC) == (call == 1));
		world_free(&w);
	}
}
END_TEST

/* All eight bytes must be there. */
START_TEST(bytes_that_are_not_in_the_dump_refute_nothing)
{
	static const uint8_t nops[8] = { 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90 };

	make(CPU_AMD64);
	ck_assert(code_may_return(&w.names, PC));
	ck_assert(code_may_return(&w.names, 0));
	ck_assert(code_may_return(&w.names, 7));
	world_code(&w, PC - 8, nops, 8);
	ck_assert(!code_may_return(&w.names, PC));
	ck_assert(code_may_return(&w.names, PC - 1));
	ck_assert(code_may_return(&w.names, PC + 1));
	world_free(&w);
}
END_TEST

START_TEST(trampolines_are_known_by_their_code)
{
	make(sigreturns[_i].cpu);
	world_code(&w, PC, sigreturns[_i].bytes, sigreturns[_i].n);
	ck_assert(code_is_sigreturn(&w.names, PC + sigreturns[_i].odd) == sigreturns[_i].is);
	world_free(&w);
}
END_TEST

START_TEST(only_memory_that_is_described_refutes_code)
{
	make(CPU_AMD64);
	ck_assert(code_may_run(&w.names, 0x500000));
	world_mapping(&w, 0x500000, 0x1000, MD_READ | MD_EXECUTE);
	world_mapping(&w, 0x501000, 0x1000, MD_READ | MD_WRITE);
	ck_assert(code_may_run(&w.names, 0x500fff));
	ck_assert(!code_may_run(&w.names, 0x501000));
	ck_assert(code_may_run(&w.names, 0x502000));
	world_free(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("code");
	TCase *t = tcase_create("code");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, calls_are_told_from_other_code, 0, COUNT(calls));
	tcase_add_test(t, big_endian_code_is_read_so);
	tcase_add_test(t, bytes_that_are_not_in_the_dump_refute_nothing);
	tcase_add_loop_test(t, trampolines_are_known_by_their_code, 0, COUNT(sigreturns));
	tcase_add_test(t, only_memory_that_is_described_refutes_code);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
