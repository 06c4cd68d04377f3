#include "world.h"

/* What differs by CPU: x86 with STACK WIN, ARM of both widths, MIPS, and
 * what rust-minidump doesn't walk. amd64: test_walk.c. */

static struct world w;

static void walks_as(bool compat, const char *frames)
{
	ck_assert_str_eq(world_walk(&w, compat), frames);
}

static void walks(const char *frames)
{
	walks_as(false, frames);
	walks_as(true, frames);
	world_free(&w);
}

/* The n-th frame after the context. */
static struct walk_frame frame_at(bool compat, unsigned n)
{
	struct walk_frame f;

	world_begin(&w, compat);
	for (unsigned i = 0; i <= n; i++)
		ck_assert(walk_next(&w.walk, &f));
	return f;
}

static unsigned reg(const char *name)
{
	return (unsigned)regs_index(w.cpu, str_of(name));
}

static void make_x86(const char *symbols)
{
	world_make(&w, CPU_X86, MD_OS_WINDOWS, symbols);
	world_reg(&w, "eip", 0x400108);
	world_reg(&w, "esp", 0x7000);
	world_reg(&w, "ebp", 0x7100);
	world_reg(&w, "esi", 0x51);
}

static const char program[] =
	"STACK WIN 4 100 100 0 0 c 4 8 0 1 $eip .raSearch ^ = $esp .raSearch 4 + = $ebx 7 =\n";

START_TEST(frame_data_program_finds_the_caller)
{
	make_x86(program);
	world_word(&w, 0x700c, 0x500123);
	struct walk_frame f = frame_at(false, 1);
	ck_assert(f.trust == TRUST_CFI && f.instruction == 0x500122);
	ck_assert_uint_eq(f.regs.value[w.cpu->sp], 0x7010);
	ck_assert_uint_eq(f.regs.value[reg("ebx")], 7);
	/* Forwarded by accident of the peer, and right as a rule. */
	ck_assert(regs_has(&f.regs, reg("esi")) && f.regs.value[reg("esi")] == 0x51);
	ck_assert(!regs_has(&f.regs, reg("eax")));
	world_free(&w);
}
END_TEST

START_TEST(program_that_fails_leaves_it_to_call_frame_information)
{
	make_x86("STACK WIN 4 100 100 0 0 c 4 8 0 1 $eip $nope =\n"
		 "STACK CFI INIT 100 100 .cfa: $esp 8 + .ra: .cfa 4 - ^\n");
	world_word(&w, 0x7004, 0x500123);
	ck_assert_uint_eq(frame_at(false, 1).instruction, 0x500122);
	ck_assert_uint_eq(frame_at(true, 1).instruction, 0x500122);
	world_free(&w);
}
END_TEST

START_TEST(program_without_return_address_repeats_the_callee)
{
	make_x86("STACK WIN 4 100 100 0 0 0 0 0 0 1 $esp $esp 1024 + =\n");
	world_reg(&w, "ebp", 0x7700);
	world_word(&w, 0x7704, 0x500123);
	ck_assert(frame_at(false, 1).trust == TRUST_FRAME_POINTER);
	ck_assert_uint_eq(frame_at(true, 1).instruction, 0x400107);
	world_free(&w);
}
END_TEST

START_TEST(fpo_record_knows_sizes)
{
	make_x86("STACK WIN 0 100 100 0 0 0 4 8 0 0 1\n");
	world_reg(&w, "esp", 0x7008);
	world_word(&w, 0x7008 + 4 - 8, 0x7200); /* saved ebp */
	world_word(&w, 0x7014, 0x500123);
	struct walk_frame f = frame_at(true, 1);
	ck_assert_uint_eq(f.instruction, 0x500122);
	ck_assert_uint_eq(f.regs.value[w.cpu->sp], 0x7018);
	ck_assert_uint_eq(f.regs.value[w.cpu->fp], 0x7200);
	world_free(&w);
}
END_TEST

START_TEST(fpo_record_skips_the_return_address_of_a_system_call)
{
	make_x86("STACK WIN 0 100 100 0 0 0 0 0 0 0 0\n");
	world_word(&w, 0x7000, 0x400108);
	world_word(&w, 0x7004, 0x500123);
	struct walk_frame f = frame_at(true, 1);
	ck_assert_uint_eq(f.instruction, 0x500122);
	ck_assert_uint_eq(f.regs.value[w.cpu->fp], 0x7100);
	world_free(&w);
}
END_TEST

START_TEST(parameters_of_the_frame_before_count)
{
	make_x86("FUNC 100 100 0 f\nFUNC 200 100 0 g\nFUNC 300 100 0 h\n"
		 "STACK WIN 4 100 100 0 0 8 0 0 0 1 $eip .raSearch ^ = $esp .raSearch 4 + =\n"
		 "STACK WIN 4 200 100 0 0 0 0 4 0 1 $eip .raSearch ^ = $esp .raSearch 4 + =\n");
	world_word(&w, 0x7000, 0x400210);
	world_word(&w, 0x7010, 0x400310); /* 0x7004 + locals 4 + parameters of f 8 */
	ck_assert_uint_eq(frame_at(false, 2).instruction, 0x40030f);
	ck_assert_uint_eq(frame_at(true, 2).instruction, 0x40030f);
	world_free(&w);
}
END_TEST

START_TEST(stack_win_is_for_x86_only)
{
	world_make(&w, CPU_AMD64, MD_OS_WINDOWS, program);
	world_reg(&w, "rip", 0x400108);
	world_reg(&w, "rsp", 0x7000);
	world_word(&w, 0x7018, 0x500123);
	walks("context +108, scan 500122");
}
END_TEST

START_TEST(x86_takes_any_frame_pointer_record)
{
	make_x86(NULL);
	world_word(&w, 0x7100, 0x1);
	world_word(&w, 0x7104, 0x999999);
	walks("context +108, frame_pointer 999998");
}
END_TEST

START_TEST(x86_scan_finds_ebp_below_the_return_address)
{
	make_x86(NULL);
	world_reg(&w, "ebp", 0);
	world_word(&w, 0x7004, 0x7040);
	world_word(&w, 0x7008, 0x500123);
	struct walk_frame f = frame_at(false, 1);
	ck_assert(f.trust == TRUST_SCAN && regs_has(&f.regs, w.cpu->fp));
	ck_assert_uint_eq(f.regs.value[w.cpu->fp], 0x7040);
	world_free(&w);
}
END_TEST

START_TEST(values_that_do_not_fit_32_bits_fail)
{
	make_x86("STACK CFI INIT 100 100 .cfa: 4294967296 .ra: $esp ^\n");
	world_reg(&w, "ebp", 0);
	world_word(&w, 0x7000, 0x500123);
	walks("context +108, scan 500122");
}
END_TEST

static void make_arm(enum md_os os, const char *symbols)
{
	world_make(&w, CPU_ARM, os, symbols);
	world_reg(&w, "pc", 0x400108);
	world_reg(&w, "sp", 0x7000);
}

START_TEST(arm_has_frame_pointers_on_ios_only)
{
	for (int ios = 0; ios < 2; ios++) {
		make_arm(ios ? MD_OS_IOS : MD_OS_ANDROID, NULL);
		world_reg(&w, "fp", 0x7020);
		world_word(&w, 0x7024, 0x999999);
		walks(ios ? "context +108, frame_pointer 999997" : "context +108");
	}
}
END_TEST

START_TEST(arm_leaf_may_keep_the_stack_pointer)
{
	make_arm(MD_OS_ANDROID, "FUNC 100 200 0 f\n"
				"STACK CFI INIT 100 100 .cfa: sp .ra: lr\n"
				"STACK CFI INIT 200 100 .cfa: sp .ra: 5243171\n");
	world_reg(&w, "lr", 0x400210);
	walks("context +108, cfi +20e");
}
END_TEST

START_TEST(compatible_arm_knows_scanned_registers_by_number)
{
	make_arm(MD_OS_ANDROID, NULL);
	world_word(&w, 0x7000, 0x500123);
	struct walk_frame f = frame_at(true, 1);
	ck_assert_uint_eq(f.regs.valid, 0);
	ck_assert_uint_eq(f.regs.valid_alias, (uint64_t)1 << w.cpu->sp | (uint64_t)1 << w.cpu->ip);
	f = frame_at(false, 1);
	ck_assert_uint_eq(f.regs.valid, (uint64_t)1 << w.cpu->sp | (uint64_t)1 << w.cpu->ip);
	world_free(&w);
}
END_TEST

static void make_arm64(const char *symbols)
{
	world_make(&w, CPU_ARM64, MD_OS_MACOS, symbols);
	world_reg(&w, "pc", 0x400108);
	world_reg(&w, "sp", 0x7000);
}

START_TEST(arm64_addresses_lose_their_signatures)
{
	make_arm64(NULL);
	world_reg(&w, "x29", 0x7020);
	world_word(&w, 0x7020, 0xdead000000007040);
	world_word(&w, 0x7028, 0xbeef000000500123);
	world_word(&w, 0x7048, 0xaa80000000500222);
	struct walk_frame f = frame_at(false, 1);
	ck_assert(f.trust == TRUST_FRAME_POINTER && f.instruction == 0x50011f);
	ck_assert_uint_eq(f.regs.value[w.cpu->fp], 0x7040);
	ck_assert(regs_has(&f.regs, w.cpu->lr) && f.regs.value[w.cpu->lr] == 0x500222);
	world_free(&w);
}
END_TEST

START_TEST(arm64_module_above_47_bits_widens_addresses)
{
	make_arm64(NULL);
	w.dump.modules.by_address.v[1].first = 0x1000000000000;
	w.dump.modules.by_address.v[1].last = 0x10000000fffff;
	world_reg(&w, "x29", 0x7020);
	world_word(&w, 0x7020, 0x7040);
	world_word(&w, 0x7028, 0xfff1000000000123);
	ck_assert_uint_eq(frame_at(false, 1).pc, 0x1000000000123);
	world_free(&w);
}
END_TEST

/* Crashpad's mask of bits that are no address, and what becomes of a return address. */
static const struct {
	uint64_t mask, pc;
} masks[] = {
	{ 0, 0x7f1000500123 },
	{ 0xffffff8000000000, 0x1000500123 }, /* 39 bits, as on iOS */
	{ 0xfff0000000000000, 0xf7f1000500123 },
	{ 0xffffff8000000001, 0x7f1000500123 }, /* no mask */
	{ 0xffffffff80000000, 0x7f1000500123 },
	{ UINT64_MAX, 0x7f1000500123 },
};

START_TEST(arm64_mask_of_crashpad_counts)
{
	make_arm64(NULL);
	w.dump.crashpad.address_mask = masks[_i].mask;
	world_reg(&w, "x29", 0x7020);
	world_word(&w, 0x7020, 0x7040);
	world_word(&w, 0x7028, 0xaaff7f1000500123);
	ck_assert_uint_eq(frame_at(false, 1).pc, masks[_i].pc);
	world_free(&w);
}
END_TEST

START_TEST(arm64_null_frame_pointer_ends_the_chain)
{
	make_arm64(NULL);
	world_reg(&w, "x29", 0x7020);
	world_word(&w, 0x7020, 0);
	world_word(&w, 0x7028, 0x500123);
	world_word(&w, 0x7038, 0x500323);
	walks_as(false, "context +108, frame_pointer 50011f");
	walks_as(true, "context +108, frame_pointer 50011f, scan 50031f");
	world_free(&w);
}
END_TEST

START_TEST(arm64_guessed_lr_counts_at_the_entry_only)
{
	for (uint64_t entry = 0; entry < 2; entry++) {
		make_arm64("FUNC 200 200 0 f\nSTACK CFI INIT 200 100 .cfa: sp .ra: x30\n");
		world_reg(&w, "x29", 0x7020);
		world_word(&w, 0x7020, 0x7040);
		world_word(&w, 0x7028, 0x400208 - 4 * entry);
		world_word(&w, 0x7048, 0x500123);
		ck_assert_int_eq(frame_at(false, 2).trust,
				 entry == 1 ? TRUST_CFI : TRUST_FRAME_POINTER);
		ck_assert_int_eq(frame_at(true, 2).trust,
				 entry == 1 ? TRUST_CFI : TRUST_FRAME_POINTER);
		world_free(&w);
	}
}
END_TEST

START_TEST(compatible_arm64_forgets_registers_as_written)
{
	make_arm64("STACK CFI INIT 100 100 .cfa: sp 16 + .ra: sp ^ x29: .undef x19: .undef\n");
	world_reg(&w, "x29", 0x7020);
	world_word(&w, 0x7000, 0x500123);
	struct walk_frame theirs = frame_at(true, 1), ours = frame_at(false, 1);
	ck_assert(regs_has(&theirs.regs, w.cpu->fp) && !regs_has(&theirs.regs, reg("x19")));
	ck_assert(!regs_has(&ours.regs, w.cpu->fp) && !regs_has(&ours.regs, reg("x19")));
	world_free(&w);
}
END_TEST

START_TEST(arm64_caller_of_a_bad_pointer_is_in_lr)
{
	make_arm64(NULL);
	world_reg(&w, "pc", 0);
	world_reg(&w, "x30", 0xaa80000000500124);
	world_reg(&w, "x29", 0x7020);
	world_word(&w, 0x7020, 0x7040);
	world_word(&w, 0x7028, 0x500224);
	walks_as(false, "context 0, scan 500120, frame_pointer 500220");
	walks_as(true, "context 0, frame_pointer 500220");
	world_free(&w);
}
END_TEST

/* The same where there is a link register; on x86, test_walk.c. */
static const struct {
	enum cpu_kind cpu;
	const char *lr;
	uint64_t value, instruction;
} links[] = {
	{ CPU_ARM, "lr", 0x500124, 0x500122 },       { CPU_ARM, "lr", 0x500125, 0x500123 },
	{ CPU_MIPS, "ra", 0x500124, 0x50011c },      { CPU_MIPS64, "ra", 0x500124, 0x50011c },
	{ CPU_RISCV, "ra", 0x500122, 0x500120 },     { CPU_RISCV64, "ra", 0x500124, 0x500122 },
	{ CPU_ARM64_OLD, "lr", 0x500124, 0x500120 },
};

START_TEST(caller_of_a_bad_pointer_is_in_the_link_register)
{
	struct walk_frame f;

	world_make(&w, links[_i].cpu, MD_OS_LINUX, NULL);
	world_put(w.context + w.cpu->regs[w.cpu->sp].offset, w.cpu->pointer_size, 0x7000);
	world_reg(&w, links[_i].lr, links[_i].value);
	world_word(&w, 0x7000, 0x500201); /* what a scan would find */
	f = frame_at(false, 1);
	ck_assert(f.trust == TRUST_SCAN);
	ck_assert_uint_eq(f.instruction, links[_i].instruction);
	ck_assert_uint_eq(f.regs.value[w.cpu->sp], 0x7000);
	world_free(&w);
}
END_TEST

static void make_mips(enum cpu_kind kind, const char *symbols)
{
	world_make(&w, kind, MD_OS_LINUX, symbols);
	world_reg(&w, "pc", 0x400108);
	world_reg(&w, "sp", 0x7000);
}

START_TEST(mips_scan_skips_the_room_for_arguments)
{
	make_mips(CPU_MIPS, NULL);
	world_word(&w, 0x7000, 0x500123);
	world_word(&w, 0x7004 + 12, 0x500223); /* the last of four words */
	world_word(&w, 0x7004 + 16, 0x500323);
	walks("context +108, scan 50011b, scan 50031b");
}
END_TEST

START_TEST(mips_scan_reaches_a_kilobyte)
{
	for (unsigned word = 255; word <= 256; word++) {
		make_mips(CPU_MIPS, NULL);
		world_word(&w, 0x7000 + 4 * word, 0x500123);
		walks(word == 255 ? "context +108, scan 50011b" : "context +108");
	}
}
END_TEST

START_TEST(mips_has_call_frame_information)
{
	make_mips(CPU_MIPS, "FUNC 100 100 0 f\nSTACK CFI INIT 100 100 .cfa: $sp 16 + .ra: $ra\n");
	world_reg(&w, "ra", 0x1234567800500123);
	walks("context +108, cfi 50011b");
}
END_TEST

START_TEST(mips64_is_walked_by_default_only)
{
	make_mips(CPU_MIPS64, NULL);
	world_word(&w, 0x7008, 0x500123);
	walks_as(false, "context +108, scan 50011b");
	walks_as(true, "");
	world_free(&w);
}
END_TEST

static void make_ppc(enum cpu_kind kind, enum md_os os)
{
	world_make(&w, kind, os, NULL);
	world_reg(&w, "srr0", 0x400108);
	world_reg(&w, "r1", 0x7000);
}

START_TEST(ppc_follows_the_chain_of_stack_pointers)
{
	static const struct {
		enum cpu_kind kind;
		enum md_os os;
		unsigned lr;
	} cases[] = {
		{ CPU_PPC, MD_OS_MACOS, 8 },
		{ CPU_PPC, MD_OS_LINUX, 4 },
		{ CPU_PPC64, MD_OS_MACOS, 16 },
		{ CPU_PPC64, MD_OS_LINUX, 16 },
	};

	make_ppc(cases[_i].kind, cases[_i].os);
	world_word(&w, 0x7000, 0x7040);
	world_word(&w, 0x7040, 0x7080);
	world_word(&w, 0x7040 + cases[_i].lr, 0x500124);
	world_word(&w, 0x7080 + cases[_i].lr, 1);
	walks_as(false, "context +108, frame_pointer 500120");
	walks_as(true, "context +108");
	world_free(&w);
}
END_TEST

START_TEST(ppc_chain_that_goes_down_ends)
{
	make_ppc(CPU_PPC, MD_OS_LINUX);
	world_reg(&w, "r1", 0x7040);
	world_word(&w, 0x7040, 0x7000);
	world_word(&w, 0x7004, 0x500124);
	walks_as(false, "context +108");
	world_free(&w);
}
END_TEST

START_TEST(sparc_follows_saved_windows)
{
	world_make(&w, CPU_SPARC, MD_OS_SOLARIS, NULL);
	world_reg(&w, "pc", 0x400108);
	world_reg(&w, "g_r14", 0x7000);
	world_reg(&w, "g_r30", 0x7060);
	world_put(w.stack + 0x60 + 56, 4, 0x70c0);
	world_put(w.stack + 0x60 + 60, 4, 0x500120);
	world_put(w.stack + 0xc0 + 60, 4, 1);
	struct walk_frame f = frame_at(false, 1);
	ck_assert_uint_eq(f.pc, 0x500128);
	ck_assert_uint_eq(f.regs.value[w.cpu->sp], 0x7060);
	walks_as(false, "context +108, frame_pointer 500120");
	walks_as(true, "context +108");
	world_free(&w);
}
END_TEST

static void make_riscv(enum cpu_kind kind, const char *symbols)
{
	world_make(&w, kind, MD_OS_LINUX, symbols);
	world_reg(&w, "pc", 0x400108);
	world_reg(&w, "sp", 0x7000);
}

START_TEST(riscv_record_lies_below_the_frame_pointer)
{
	for (unsigned word = 4; word <= 8; word += 4) {
		make_riscv(word == 4 ? CPU_RISCV : CPU_RISCV64, NULL);
		world_reg(&w, "s0", 0x7040);
		world_word(&w, 0x7040 - word, 0x500124);
		world_word(&w, 0x7040 - 2 * word, 0x7080);
		world_word(&w, 0x7080 - word, 0x500224);
		walks_as(false, "context +108, frame_pointer 500122, frame_pointer 500222");
		walks_as(true, "");
		world_free(&w);
	}
}
END_TEST

START_TEST(riscv_leaf_returns_to_ra)
{
	make_riscv(CPU_RISCV64, NULL);
	world_reg(&w, "s0", 0x7040);
	world_reg(&w, "ra", 0x500124);
	world_word(&w, 0x7038, 0x7080);
	world_word(&w, 0x7078, 0x500224);
	walks_as(false, "context +108, frame_pointer 500122, frame_pointer 500222");
	world_free(&w);
}
END_TEST

START_TEST(riscv_has_call_frame_information_and_scanning)
{
	make_riscv(CPU_RISCV64, "FUNC 100 100 0 f\nSTACK CFI INIT 100 100 .cfa: sp 16 + .ra: ra\n");
	world_reg(&w, "ra", 0x500124);
	world_word(&w, 0x7018, 0x500324);
	walks_as(false, "context +108, cfi 500122, scan 500322");
	world_free(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("walk_cpu");
	TCase *t = tcase_create("walk_cpu");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, frame_data_program_finds_the_caller);
	tcase_add_test(t, program_that_fails_leaves_it_to_call_frame_information);
	tcase_add_test(t, program_without_return_address_repeats_the_callee);
	tcase_add_test(t, fpo_record_knows_sizes);
	tcase_add_test(t, fpo_record_skips_the_return_address_of_a_system_call);
	tcase_add_test(t, parameters_of_the_frame_before_count);
	tcase_add_test(t, stack_win_is_for_x86_only);
	tcase_add_test(t, x86_takes_any_frame_pointer_record);
	tcase_add_test(t, x86_scan_finds_ebp_below_the_return_address);
	tcase_add_test(t, values_that_do_not_fit_32_bits_fail);
	tcase_add_test(t, arm_has_frame_pointers_on_ios_only);
	tcase_add_test(t, arm_leaf_may_keep_the_stack_pointer);
	tcase_add_test(t, compatible_arm_knows_scanned_registers_by_number);
	tcase_add_test(t, arm64_addresses_lose_their_signatures);
	tcase_add_test(t, arm64_module_above_47_bits_widens_addresses);
	tcase_add_loop_test(t, arm64_mask_of_crashpad_counts, 0, COUNT(masks));
	tcase_add_test(t, arm64_null_frame_pointer_ends_the_chain);
	tcase_add_test(t, arm64_guessed_lr_counts_at_the_entry_only);
	tcase_add_test(t, compatible_arm64_forgets_registers_as_written);
	tcase_add_test(t, arm64_caller_of_a_bad_pointer_is_in_lr);
	tcase_add_loop_test(t, caller_of_a_bad_pointer_is_in_the_link_register, 0, COUNT(links));
	tcase_add_test(t, mips_scan_skips_the_room_for_arguments);
	tcase_add_test(t, mips_scan_reaches_a_kilobyte);
	tcase_add_test(t, mips_has_call_frame_information);
	tcase_add_test(t, mips64_is_walked_by_default_only);
	tcase_add_loop_test(t, ppc_follows_the_chain_of_stack_pointers, 0, 4);
	tcase_add_test(t, ppc_chain_that_goes_down_ends);
	tcase_add_test(t, sparc_follows_saved_windows);
	tcase_add_test(t, riscv_record_lies_below_the_frame_pointer);
	tcase_add_test(t, riscv_leaf_returns_to_ra);
	tcase_add_test(t, riscv_has_call_frame_information_and_scanning);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
