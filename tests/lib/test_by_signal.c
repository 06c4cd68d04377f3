#include "base/limits.h"
#include "walk/walk.h"
#include "world.h"

/* Frames of signals of Linux on each CPU: what the kernel pushes, by hand. A handler at 0x400108
 * returns to a trampoline at 0x500050; 0x400210 was interrupted, on another stack. */

static struct world w;

static void make(enum cpu_kind cpu, const char *symbols)
{
	world_make(&w, cpu, MD_OS_LINUX, symbols);
	world_put(w.context + w.cpu->regs[w.cpu->ip].offset, w.cpu->pointer_size, 0x400108);
	world_put(w.context + w.cpu->regs[w.cpu->sp].offset, w.cpu->pointer_size, WORLD_STACK);
}

static void walks_as(bool compat, const char *frames)
{
	ck_assert_str_eq(world_walk(&w, compat), frames);
}

static void put(uint64_t at, unsigned width, uint64_t v)
{
	world_put(w.stack + (at - WORLD_STACK), width, v);
}

/* The frame of a signal at an address: sp and pc of the interrupted code and whatever marks it. */

static void put_amd64(uint64_t at, uint64_t sp)
{
	put(at, 8, 7);
	put(at + 120, 8, 0xbb);
	put(at + 160, 8, sp);
	put(at + 168, 8, 0x400210);
	put(at + 176, 8, 0x10246);
	put(at + 184, 8, 0x2b000000000033);
}

static void put_sigcontext(uint64_t at, uint64_t sp)
{
	put(at + 24, 4, 0xbb);
	put(at + 28, 4, sp);
	put(at + 56, 4, 0x400210);
	put(at + 60, 4, 0x23);
	put(at + 64, 4, 0x10246);
	put(at + 72, 4, 0x2b);
}

static void put_x86(uint64_t at, uint64_t sp)
{
	put(at, 4, 10);
	put_sigcontext(at + 4, sp);
}

static void put_x86_rt(uint64_t at, uint64_t sp)
{
	put(at, 4, 10);
	put(at + 4, 4, at + 12);
	put(at + 8, 4, at + 140);
	put_sigcontext(at + 160, sp);
}

static void put_arm(uint64_t at, uint64_t sp)
{
	put(at, 4, 0x5ac3c35a);
	put(at + 76, 4, 0xbb);
	put(at + 84, 4, sp);
	put(at + 92, 4, 0x400210);
	put(at + 96, 4, 0x60000010);
}

static void put_arm_rt(uint64_t at, uint64_t sp)
{
	put(at, 4, 10);
	put_arm(at + 128, sp);
	put(at + 128, 4, 0);
}

static void put_arm64(uint64_t at, uint64_t sp)
{
	put(at, 4, 10);
	put(at + 544, 8, 0xbb);
	put(at + 560, 8, sp);
	put(at + 568, 8, 0x400210);
	put(at + 576, 8, 0x80001000);
	put(at + 592, 4, 0x46508001);
}

static void put_riscv64(uint64_t at, uint64_t sp)
{
	put(at, 4, 10);
	put(at + 304, 8, 0x400210);
	put(at + 320, 8, sp);
	put(at + 368, 8, 0xbb);
}

static void put_mips_sigcontext(uint64_t at, uint64_t sp)
{
	put(at + 8, 8, 0x400210);
	put(at + 248, 8, sp);
	put(at + 256, 8, 0xbb);
}

static void put_mips_rt(uint64_t at, uint64_t sp)
{
	put(at + 24, 4, 10);
	put_mips_sigcontext(at + 176, sp);
}

static void put_mips(uint64_t at, uint64_t sp)
{
	put_mips_sigcontext(at + 24, sp);
}

static void put_mips64(uint64_t at, uint64_t sp)
{
	put(at + 24, 4, 10);
	put(at + 192 + 232, 8, sp);
	put(at + 192 + 240, 8, 0xbb);
	put(at + 768, 8, 0x400210);
}

static const struct kind {
	enum cpu_kind cpu;
	void (*put)(uint64_t at, uint64_t sp);
	const char *sp;
	uint16_t mark; /* offset of a word that must be right */
} kinds[] = {
	{ CPU_AMD64, put_amd64, "$rsp", 184 },   { CPU_X86, put_x86, "$esp", 76 },
	{ CPU_X86, put_x86_rt, "$esp", 8 },      { CPU_ARM, put_arm, "sp", 0 },
	{ CPU_ARM, put_arm_rt, "sp", 224 },      { CPU_ARM64, put_arm64, "sp", 592 },
	{ CPU_RISCV64, put_riscv64, "sp", 136 }, { CPU_MIPS, put_mips_rt, "$sp", 192 },
	{ CPU_MIPS64, put_mips64, "$sp", 160 },
};

/* A handler that returns to the word at its stack pointer; the code that was interrupted, one word
 * further. */
static void make_handler(const struct kind *k)
{
	unsigned word = cpu_find(k->cpu)->pointer_size;
	char symbols[256];

	snprintf(symbols, sizeof(symbols),
		 "STACK CFI INIT 100 100 .cfa: %s %u + .ra: %s ^\n"
		 "STACK CFI INIT 200 100 .cfa: %s %u + .ra: .cfa %u - ^\n",
		 k->sp, word, k->sp, k->sp, 2 * word, word);
	make(k->cpu, symbols);
	put(WORLD_STACK, word, 0x500050);
	k->put(WORLD_STACK + word, WORLD_OTHER + 0x10);
	world_word(&w, WORLD_OTHER + 0x10 + word, 0x500124);
}

START_TEST(signal_frame_leads_to_the_interrupted_stack)
{
	const struct kind *k = &kinds[_i];
	struct walk_frame f;

	make_handler(k);
	world_begin(&w, false);
	for (int i = 0; i < 3; i++)
		ck_assert(walk_next(&w.walk, &f));
	ck_assert_uint_eq(f.instruction, 0x400210);
	ck_assert_uint_eq(f.regs.value[w.cpu->sp], WORLD_OTHER + 0x10);
	ck_assert(regs_has(&f.regs, w.cpu->fp) && f.regs.value[w.cpu->fp] == 0xbb);
	ck_assert(walk_next(&w.walk, &f));
	ck_assert_uint_eq(f.pc, 0x500124);
	world_free(&w);
}
END_TEST

START_TEST(what_has_no_such_form_is_no_signal_frame)
{
	const struct kind *k = &kinds[_i];

	make_handler(k);
	put((uint64_t)WORLD_STACK + w.cpu->pointer_size + k->mark, 4, 0x11223344);
	world_walk(&w, false);
	ck_assert_uint_eq(w.walk.n_signals, 0);
	world_free(&w);
}
END_TEST

START_TEST(trampoline_is_where_the_handler_returns_to)
{
	make_handler(&kinds[0]);
	walks_as(false, "context +108, cfi 500050, cfi +210, cfi 500123");
	walks_as(true, "context +108, cfi 50004f");
	world_free(&w);
}
END_TEST

START_TEST(other_systems_have_no_such_frames)
{
	make_handler(&kinds[0]);
	w.dump.system.os = MD_OS_WINDOWS;
	world_walk(&w, false);
	ck_assert_uint_eq(w.walk.n_signals, 0);
	world_free(&w);
}
END_TEST

START_TEST(signal_frame_may_lead_down)
{
	make(CPU_AMD64, "STACK CFI INIT 100 100 .cfa: $rsp 8 + .ra: $rsp ^\n"
			"STACK CFI INIT 200 100 .cfa: $rsp 16 + .ra: .cfa 8 - ^\n");
	world_reg(&w, "rsp", 0x7600);
	world_word(&w, 0x7600, 0x500050);
	put_amd64(0x7608, 0x7010);
	world_word(&w, 0x7018, 0x500123);
	walks_as(false, "context +108, cfi 500050, cfi +210, cfi 500122");
	world_free(&w);
}
END_TEST

START_TEST(null_pointer_may_be_interrupted)
{
	make_handler(&kinds[0]);
	put(0x7008 + 168, 8, 0);
	world_word(&w, WORLD_OTHER + 0x10, 0x500223);
	walks_as(false, "context +108, cfi 500050, cfi 0, scan 500222, scan 500123");
	world_free(&w);
}
END_TEST

START_TEST(signal_frame_leads_on_once)
{
	make_handler(&kinds[0]);
	put(0x7008 + 160, 8, WORLD_STACK);
	put(0x7008 + 168, 8, 0x400108);
	world_walk(&w, false);
	ck_assert_uint_eq(w.walk.n_signals, 1);
	world_free(&w);
}
END_TEST

/* On arm64, what a frame is without its magic number is told by the trampoline: its name or its
 * code. */
START_TEST(trampoline_is_known_by_its_name)
{
	for (int named = 0; named < 2; named++) {
		make(CPU_ARM64, named == 1 ? "FUNC 300 8 0 __kernel_rt_sigreturn\n"
					     "STACK CFI INIT 100 100 .cfa: sp 8 + .ra: sp ^\n"
					   : "FUNC 300 8 0 other\n"
					     "STACK CFI INIT 100 100 .cfa: sp 8 + .ra: sp ^\n");
		put(WORLD_STACK, 8, 0x400300);
		put_arm64(WORLD_STACK + 8, WORLD_OTHER);
		put(WORLD_STACK + 8 + 592, 4, 0);
		world_walk(&w, false);
		ck_assert_uint_eq(w.walk.n_signals, (unsigned)named);
		world_free(&w);
	}
}
END_TEST

START_TEST(trampoline_is_known_by_its_code)
{
	static const uint8_t code[] = { 0x68, 0x11, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4 };

	make_handler(&kinds[5]);
	put(WORLD_STACK + 8 + 592, 4, 0);
	world_code(&w, 0x500050, code, sizeof(code));
	world_walk(&w, false);
	ck_assert_uint_eq(w.walk.n_signals, 1);
	world_free(&w);
}
END_TEST

/* The older frame of MIPS has too little form without. */
START_TEST(mips_frame_without_siginfo_is_known_by_its_code)
{
	static const struct kind kind = { CPU_MIPS, put_mips, "$sp", 0 };
	static const uint8_t codes[][8] = { { 0x17, 0x10, 0x02, 0x24, 0x0c },
					    { 0x61, 0x10, 0x02, 0x24, 0x0c },
					    { 0 } };

	for (size_t i = 0; i < COUNT(codes); i++) {
		make_handler(&kind);
		world_code(&w, 0x500050, codes[i], sizeof(codes[i]));
		world_walk(&w, false);
		ck_assert_uint_eq(w.walk.n_signals, i < 2);
		world_free(&w);
	}
}
END_TEST

/* The kernel extends addresses of 32 bits by their sign. */
START_TEST(mips_registers_are_cut_to_their_size)
{
	struct walk_frame f;

	make_handler(&kinds[7]);
	put(WORLD_STACK + 4 + 176 + 240, 8, 0xffffffff80001234); /* gp */
	world_begin(&w, false);
	for (int i = 0; i < 3; i++)
		ck_assert(walk_next(&w.walk, &f));
	ck_assert_uint_eq(f.regs.value[regs_index(w.cpu, STR("gp"))], 0x80001234);
	world_free(&w);
}
END_TEST

/* Frame pointers lead to the record that the kernel puts behind the frame. */
START_TEST(arm64_frame_pointers_lead_to_the_signal_frame)
{
	static uint8_t stack[0x2000];
	uint64_t frame = 0x7040, record = frame + 4688;

	make(CPU_ARM64, NULL);
	memset(stack, 0, sizeof(stack));
	put_arm64(frame, WORLD_OTHER);
	memcpy(stack, w.stack, WORLD_BYTES);
	memset(w.stack, 0, WORLD_BYTES);
	w.thread.stack = (struct slice){ stack, sizeof(stack) };
	world_reg(&w, "x29", 0x7010);
	world_put(stack + 0x10, 8, record);
	world_put(stack + 0x18, 8, 0x500050);
	world_put(stack + (record - WORLD_STACK), 8, 0xbb);
	world_put(stack + (record - WORLD_STACK) + 8, 8, 0x500124);
	walks_as(false, "context +108, frame_pointer 500050, cfi +210");
	walks_as(true, "context +108, frame_pointer 50004c, frame_pointer 500120");
	world_free(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("by_signal");
	TCase *t = tcase_create("by_signal");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, signal_frame_leads_to_the_interrupted_stack, 0, COUNT(kinds));
	tcase_add_loop_test(t, what_has_no_such_form_is_no_signal_frame, 0, COUNT(kinds));
	tcase_add_test(t, trampoline_is_where_the_handler_returns_to);
	tcase_add_test(t, other_systems_have_no_such_frames);
	tcase_add_test(t, signal_frame_may_lead_down);
	tcase_add_test(t, null_pointer_may_be_interrupted);
	tcase_add_test(t, signal_frame_leads_on_once);
	tcase_add_test(t, trampoline_is_known_by_its_name);
	tcase_add_test(t, trampoline_is_known_by_its_code);
	tcase_add_test(t, mips_frame_without_siginfo_is_known_by_its_code);
	tcase_add_test(t, mips_registers_are_cut_to_their_size);
	tcase_add_test(t, arm64_frame_pointers_lead_to_the_signal_frame);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
