#include "base/limits.h"
#include "world.h"

/* The walk on amd64: techniques, their order, what ends it. */

static struct world w;

static void make(const char *symbols)
{
	world_make(&w, CPU_AMD64, MD_OS_LINUX, symbols);
	world_reg(&w, "rip", 0x400108);
	world_reg(&w, "rsp", 0x7000);
}

static void walks_as(bool compat, const char *frames)
{
	ck_assert_str_eq(world_walk(&w, compat), frames);
}

/* Both kinds of walk. */
static void walks(const char *frames)
{
	walks_as(false, frames);
	w.budget.steps = 1000;
	walks_as(true, frames);
	world_free(&w);
}

static const char cfi[] = "FUNC 100 100 0 leaf\nFUNC 200 100 0 main\n"
			  "STACK CFI INIT 100 100 .cfa: $rsp 24 + .ra: .cfa -8 + ^\n"
			  "STACK CFI 104 $rbx: .cfa -16 + ^ $rbp: .undef\n";

START_TEST(call_frame_information_restores_registers)
{
	struct walk_frame f;

	make(cfi);
	world_reg(&w, "rbx", 1);
	world_reg(&w, "r12", 12);
	world_reg(&w, "rax", 3);
	world_word(&w, 0x7008, 0xb);
	world_word(&w, 0x7010, 0x400210);
	world_begin(&w, false);
	ck_assert(walk_next(&w.walk, &f) && f.trust == TRUST_CONTEXT && f.pc == f.instruction);
	ck_assert(walk_next(&w.walk, &f));
	ck_assert_int_eq(f.trust, TRUST_CFI);
	ck_assert_uint_eq(f.pc, 0x400210);
	ck_assert_uint_eq(f.instruction, 0x40020f);
	ck_assert_uint_eq(f.regs.value[f.regs.cpu->sp], 0x7018);
	ck_assert_uint_eq(f.regs.value[regs_index(w.cpu, STR("rbx"))], 0xb);
	ck_assert_uint_eq(f.regs.value[regs_index(w.cpu, STR("r12"))], 12);
	ck_assert(regs_has(&f.regs, (unsigned)regs_index(w.cpu, STR("r12"))));
	ck_assert(!regs_has(&f.regs, (unsigned)regs_index(w.cpu, STR("rax"))));
	ck_assert(!regs_has(&f.regs, w.cpu->fp));
	world_free(&w);
}
END_TEST

START_TEST(delta_counts_from_its_address_on)
{
	struct walk_frame f;

	make(cfi);
	world_reg(&w, "rip", 0x400103);
	world_reg(&w, "rbp", 0x7777);
	world_word(&w, 0x7010, 0x400210);
	world_begin(&w, false);
	ck_assert(walk_next(&w.walk, &f) && walk_next(&w.walk, &f));
	ck_assert(regs_has(&f.regs, w.cpu->fp));
	ck_assert_uint_eq(f.regs.value[w.cpu->fp], 0x7777);
	world_free(&w);
}
END_TEST

START_TEST(record_without_return_address_ends_the_stack)
{
	make("FUNC 100 100 0 _start\nSTACK CFI INIT 100 100 .cfa: $rsp 8 +\n");
	world_word(&w, 0x7010, 0x500123);
	walks_as(false, "context +108");
	walks_as(true, "context +108, scan 500122");
	world_free(&w);
}
END_TEST

START_TEST(undefined_return_address_ends_the_stack)
{
	make("FUNC 100 100 0 _start\nSTACK CFI INIT 100 100 .cfa: $rsp 8 + .ra: .undef\n");
	world_word(&w, 0x7010, 0x500123);
	walks_as(false, "context +108");
	walks_as(true, "context +108, scan 500122");
	world_free(&w);
}
END_TEST

/* Without .cfa a record says nothing about the stack; a malformed one says nothing at all. */
static const char *const unusable[] = {
	".ra: $rsp ^",
	".cfa: $rsp 8 + .ra: $nope",
	".cfa: $nope .ra: 4198928",
	".cfa: $rsp 8 + .ra: .cfa -8 + ^ $rbx:",
	"5 .cfa: $rsp 8 + .ra: .cfa -8 + ^",
};

START_TEST(unusable_records_leave_it_to_scanning)
{
	char symbols[256];

	snprintf(symbols, sizeof(symbols), "FUNC 100 100 0 f\nSTACK CFI INIT 100 100 %s\n",
		 unusable[_i]);
	make(symbols);
	world_word(&w, 0x7010, 0x500123);
	walks("context +108, scan 500122");
}
END_TEST

START_TEST(frame_pointers_make_a_chain)
{
	make(NULL);
	world_reg(&w, "rbp", 0x7020);
	world_word(&w, 0x7020, 0x7040);
	world_word(&w, 0x7028, 0x500123);
	world_word(&w, 0x7040, 0x7060);
	world_word(&w, 0x7048, 0x999999);
	walks("context +108, frame_pointer 500122, frame_pointer 999998");
}
END_TEST

/* At 0x7020: the saved frame pointer and the return address. */
static const struct {
	uint64_t fp, pc;
	const char *frames;
} no_records[] = {
	/* does not go up */
	{ 0x7020, 0x500123, "context +108, scan +554, scan 500122" },

	/* leaves the stack */
	{ 0x9000, 0x500123, "context +108, scan +554, scan 500122" },

	/* no address of code */
	{ 0x7040, 0x900000000000123, "context +108, scan +554" },

};

START_TEST(unbelievable_records_are_no_frames)
{
	make(NULL);
	world_reg(&w, "rbp", 0x7020);
	world_word(&w, 0x7020, no_records[_i].fp);
	world_word(&w, 0x7028, no_records[_i].pc);
	world_word(&w, 0x7018, 0x400555);
	walks(no_records[_i].frames);
}
END_TEST

START_TEST(on_windows_the_frame_register_may_point_into_the_frame)
{
	make(NULL);
	w.dump.system.os = MD_OS_WINDOWS;
	world_reg(&w, "rbp", 0x7020);
	world_word(&w, 0x7110, 0x7200);
	world_word(&w, 0x7118, 0x500123);
	walks("context +108, frame_pointer 500122");
}
END_TEST

/* Place of the only return address, in words from the stack pointer, and whether it is found. */
static const struct {
	unsigned words;
	bool found;
} windows[] = { { 0, true }, { 159, true }, { 160, false } };

START_TEST(scan_from_a_sure_frame_reaches_160_words)
{
	make(NULL);
	world_word(&w, 0x7000 + 8 * windows[_i].words, 0x500123);
	walks(windows[_i].found ? "context +108, scan 500122" : "context +108");
}
END_TEST

START_TEST(scan_from_a_scanned_frame_reaches_40_words)
{
	for (unsigned at = 40; at <= 41; at++) {
		make(NULL);
		world_word(&w, 0x7000, 0x500123);
		world_word(&w, 0x7000 + 8 * at, 0x500200);
		walks(at == 40 ? "context +108, scan 500122, scan 5001ff"
			       : "context +108, scan 500122");
	}
}
END_TEST

START_TEST(scan_asks_symbols_whether_it_is_code)
{
	make("FUNC 200 10 0 main\n");
	world_word(&w, 0x7000, 0x400300);
	world_word(&w, 0x7008, 0x400210);
	world_word(&w, 0x7010, 0x400200);
	walks("context +108, scan +20f");
}
END_TEST

START_TEST(scan_knows_code_without_a_name)
{
	make("FUNC 800 10 0 other\nSTACK CFI INIT 300 10 .cfa: $rsp 8 + .ra: 0\n");
	world_word(&w, 0x7000, 0x400305);
	walks_as(false, "context +108, scan +304");
	walks_as(true, "context +108");
	world_free(&w);
}
END_TEST

START_TEST(scan_finds_the_frame_pointer_below_the_return_address)
{
	struct walk_frame f;

	make(NULL);
	world_reg(&w, "rbp", 0x7008);
	world_word(&w, 0x7008, 0x7000); /* no record: it goes down */
	world_word(&w, 0x7010, 0x500123);
	world_begin(&w, false);
	ck_assert(walk_next(&w.walk, &f) && walk_next(&w.walk, &f));
	ck_assert(f.trust == TRUST_SCAN && !regs_has(&f.regs, w.cpu->fp));
	world_free(&w);

	make(NULL);
	world_reg(&w, "rbp", 0x7100);
	world_word(&w, 0x7010, 0x500123);
	world_begin(&w, false);
	ck_assert(walk_next(&w.walk, &f) && walk_next(&w.walk, &f));
	ck_assert(f.trust == TRUST_SCAN && regs_has(&f.regs, w.cpu->fp));
	ck_assert_uint_eq(f.regs.value[w.cpu->fp], 0x7100);
	world_free(&w);
}
END_TEST

START_TEST(stack_pointer_must_go_up)
{
	make("STACK CFI INIT 100 100 .cfa: $rsp .ra: $rsp ^\n");
	world_word(&w, 0x7000, 0x500123);
	walks_as(true, "context +108");
	walks_as(false, "context +108, scan 500122");
	world_free(&w);
}
END_TEST

START_TEST(null_return_address_is_the_end_near_the_end)
{
	make("STACK CFI INIT 100 100 .cfa: $rsp 8 + .ra: $rsp ^\n");
	world_reg(&w, "rsp", 0x7408);
	world_word(&w, 0x7408, 4095);
	world_word(&w, 0x7410, 0x500123);
	walks("context +108");
}
END_TEST

START_TEST(null_return_address_elsewhere_is_a_mistake)
{
	make("STACK CFI INIT 100 100 .cfa: $rsp 8 + .ra: $rsp ^\n");
	world_reg(&w, "rsp", 0x7400);
	world_word(&w, 0x7408, 0x500123);
	walks_as(true, "context +108");
	walks_as(false, "context +108, scan 500122");
	world_reg(&w, "rbp", 0x7420);
	world_word(&w, 0x7420, 0x7440);
	world_word(&w, 0x7428, 0x500223);
	walks_as(false, "context +108, frame_pointer 500222");
	world_free(&w);
}
END_TEST

START_TEST(return_address_on_the_stack_is_none)
{
	make("STACK CFI INIT 100 100 .cfa: $rsp 8 + .ra: $rsp ^\n");
	world_word(&w, 0x7000, 0x7050);
	world_word(&w, 0x7008, 0x500123);
	walks_as(false, "context +108");
	walks_as(true, "context +108, cfi 704f, scan 500122");
	world_free(&w);

	make(NULL);
	world_reg(&w, "rbp", 0x7020);
	world_word(&w, 0x7010, 0x500123);
	world_word(&w, 0x7020, 0x7040);
	world_word(&w, 0x7028, 0x7050);
	walks_as(false, "context +108, scan 500122");
	walks_as(true, "context +108, frame_pointer 704f");
	world_free(&w);
}
END_TEST

START_TEST(budget_stops_walks_and_says_so)
{
	make(NULL);
	for (uint64_t at = 0x7000; at < 0x7100; at += 8)
		world_word(&w, at, 0x500123);
	w.budget.steps = 2;
	walks_as(false, "context +108, scan 500122, scan 500122");
	ck_assert(w.budget.hit);
	walks_as(false, "context +108");
	world_free(&w);
}
END_TEST

START_TEST(long_rules_cost_more_steps)
{
	static char symbols[8192];
	size_t n = (size_t)sprintf(symbols,
				   "STACK CFI INIT 100 100 .cfa: $rsp 8 + .ra: $rsp ^ $rbx:");

	memset(symbols + n, ' ', 5000);
	strcpy(symbols + n + 5000, "1 $rax: 1\n");
	make(symbols);
	world_word(&w, 0x7000, 0x500123);
	w.budget.steps = 100;
	walks_as(false, "context +108, cfi 500122");
	ck_assert_uint_lt(w.budget.steps, 98 - 5000 / LIMIT_WALK_STEP_RULES + 1);
	world_free(&w);
}
END_TEST

START_TEST(stack_is_where_the_stack_pointer_is)
{
	make(NULL);
	world_reg(&w, "rsp", WORLD_OTHER);
	world_word(&w, WORLD_OTHER, 0x500123);
	walks("context +108, scan 500122");
}
END_TEST

START_TEST(thread_without_memory_has_the_region_at_its_start)
{
	make(NULL);
	w.thread.stack = (struct slice){ 0 };
	world_reg(&w, "rsp", 0x7800 - 4);
	world_word(&w, 0x7000, 0x500123);
	walks("context +108");
}
END_TEST

START_TEST(without_memory_there_is_the_context_only)
{
	make(NULL);
	w.thread.stack = (struct slice){ 0 };
	w.thread.stack_start = 0;
	world_reg(&w, "rsp", 0x100000);
	walks("context +108");
}
END_TEST

START_TEST(stack_that_wraps_is_none)
{
	make(NULL);
	w.thread.stack_start = UINT64_MAX - 0xff;
	world_reg(&w, "rsp", UINT64_MAX - 0xff);
	world_word(&w, 0x7000, 0x500123);
	walks("context +108");
}
END_TEST

START_TEST(unreadable_context_has_no_frames)
{
	make(NULL);
	world_put(w.context + w.cpu->flags_offset, 4, 0x10000);
	walks("");
}
END_TEST

static const uint8_t call[8] = { 0x90, 0x90, 0x90, 0xe8, 1, 2, 3, 4 };
static const uint8_t no_call[8] = { 0x90, 0x90, 0x90, 0xe9, 1, 2, 3, 4 };

START_TEST(scanned_return_address_stands_behind_a_call)
{
	make(NULL);
	world_word(&w, 0x7000, 0x500108);
	world_word(&w, 0x7010, 0x500203);
	world_code(&w, 0x500100, no_call, 8);
	walks_as(false, "context +108, scan 500202");
	walks_as(true, "context +108, scan 500107, scan 500202");
	world_free(&w);

	make(NULL);
	world_word(&w, 0x7000, 0x500108);
	world_code(&w, 0x500100, call, 8);
	walks("context +108, scan 500107");
}
END_TEST

/* For the peers they are frames, from which they look 40 words further. */
START_TEST(scan_begins_anew_where_a_word_is_refuted)
{
	for (unsigned at = 199; at <= 200; at++) {
		make(NULL);
		world_code(&w, 0x500100, no_call, 8);
		world_word(&w, 0x7000 + 8 * 159, 0x500108);
		world_word(&w, 0x7000 + 8 * at, 0x500223);
		walks_as(false, at == 200 ? "context +108" : "context +108, scan 500222");
		world_free(&w);
	}
}
END_TEST

START_TEST(scan_takes_no_header_for_code)
{
	make(NULL);
	world_word(&w, 0x7000, 0x500040);
	world_word(&w, 0x7008, 0x500041);
	walks_as(false, "context +108, scan 500040");
	walks_as(true, "context +108, scan 50003f, scan 500040");
	world_free(&w);
}
END_TEST

START_TEST(scanned_return_address_points_to_executable_memory)
{
	make(NULL);
	world_mapping(&w, 0x500000, 0x1000, MD_READ | MD_EXECUTE);
	world_mapping(&w, 0x501000, 0x1000, MD_READ);
	world_word(&w, 0x7000, 0x501123);
	world_word(&w, 0x7008, 0x500123);
	walks_as(false, "context +108, scan 500122");
	walks_as(true, "context +108, scan 501122, scan 500122");
	world_free(&w);
}
END_TEST

enum { JIT = 0x900000 };

/* Names of executable memory that no module covers, and whether a frame may be in there. */
static const struct {
	const char *name;
	bool foreign;
} mappings[] = {
	{ "", true },
	{ "[anon:v8]", true },
	{ "/memfd:doublemapper (deleted)", true },
	{ "/dev/zero (deleted)", true },
	{ "/dev/ashmem/dalvik-jit-code-cache", true },
	{ "//anon", true },
	{ "[vdso]", false },
	{ "[vsyscall]", false },
	{ "/usr/lib/libc.so.6", false },
	{ "/opt/app/plugin (deleted)", false },
};

START_TEST(files_and_the_kernel_have_modules)
{
	make(NULL);
	world_mapping(&w, JIT, 0x1000, MD_READ | MD_EXECUTE);
	w.mappings[0].name = str_of(mappings[_i].name);
	world_word(&w, 0x7600, JIT + 0x123);
	walks_as(false, mappings[_i].foreign ? "context +108, scan 900122" : "context +108");
	world_free(&w);
}
END_TEST

START_TEST(scan_finds_executable_memory_of_no_module)
{
	make(NULL);
	world_mapping(&w, JIT, 0x1000, MD_READ | MD_EXECUTE);
	world_mapping(&w, JIT + 0x1000, 0x1000, MD_READ | MD_WRITE);
	world_word(&w, 0x7000, JIT + 0x1123); /* data */
	world_word(&w, 0x7008, JIT + 0x200);  /* a whole function */
	world_word(&w, 0x7600, JIT + 0x123);
	world_word(&w, 0x7608, 0x500123);
	walks_as(false, "context +108, scan 900122, scan 500122");
	walks_as(true, "context +108");
	world_free(&w);
}
END_TEST

START_TEST(code_of_modules_wins_over_code_of_none)
{
	make(NULL);
	world_mapping(&w, JIT, 0x1000, MD_READ | MD_EXECUTE);
	world_word(&w, 0x7000, JIT + 0x123);
	world_word(&w, 0x7008, 0x500123);
	walks_as(false, "context +108, scan 500122");
	world_free(&w);
}
END_TEST

START_TEST(caller_of_a_bad_pointer_is_at_the_stack_pointer)
{
	struct walk_frame f;

	make("FUNC 200 100 0 f\nSTACK CFI INIT 200 100 .cfa: $rbx 16 + .ra: .cfa 8 - ^\n");
	world_reg(&w, "rip", 0);
	world_reg(&w, "rbx", 0x7040);
	world_reg(&w, "rbp", 0x7020);
	world_word(&w, 0x7000, 0x400210);
	world_word(&w, 0x7020, 0x7060); /* a frame pointer that leads past the caller */
	world_word(&w, 0x7028, 0x500123);
	world_word(&w, 0x7048, 0x500223);
	walks_as(false, "context 0, scan +20f, cfi 500222");
	walks_as(true, "context 0, frame_pointer 500122, scan 500222");
	world_begin(&w, false);
	ck_assert(walk_next(&w.walk, &f) && walk_next(&w.walk, &f));
	ck_assert_uint_eq(f.regs.value[w.cpu->sp], 0x7008);
	ck_assert(!regs_has(&f.regs, (unsigned)regs_index(w.cpu, STR("rax"))));
	world_free(&w);
}
END_TEST

/* Where rip is, what the dump says of memory, and whether the pointer is a bad one. */
static const struct {
	uint64_t pc;
	bool maps, bad;
} pointers[] = {
	{ 0x4141414141414141, true, true },
	{ 0x4141414141414141, false, false },
	{ JIT + 0x10, true, false },
	{ JIT + 0x1010, true, true },
	{ 0xfff, false, true },
};

START_TEST(pointer_is_bad_if_memory_is_known)
{
	make(NULL);
	world_reg(&w, "rip", pointers[_i].pc);
	world_reg(&w, "rbp", 0x7020);
	if (pointers[_i].maps) {
		world_mapping(&w, JIT, 0x1000, MD_READ | MD_EXECUTE);
		world_mapping(&w, JIT + 0x1000, 0x1000, MD_READ | MD_WRITE);
	}
	world_word(&w, 0x7000, 0x400210);
	world_word(&w, 0x7020, 0x7060);
	world_word(&w, 0x7028, 0x500123);
	ck_assert(strstr(world_walk(&w, false),
			 pointers[_i].bad ? ", scan +20f" : ", frame_pointer 500122"));
	world_free(&w);
}
END_TEST

/* A symbol record, the system, and whether the scan goes on to code without a name, and to _start.
 */
static const struct {
	const char *record;
	enum md_os os;
	bool any, start;
} beginnings[] = {
	{ "FUNC 100 100 0 clone", MD_OS_LINUX, false, false },
	{ "FUNC 100 100 0 clone", MD_OS_WINDOWS, true, true },
	{ "FUNC 100 100 0 thread_start", MD_OS_MACOS, false, false },
	{ "FUNC 100 100 0 thread_start", MD_OS_LINUX, true, true },
	{ "FUNC 100 100 0 RtlUserThreadStart", MD_OS_WINDOWS, false, false },
	{ "FUNC 100 100 0 clone_node", MD_OS_LINUX, true, true },
	{ "FUNC 100 100 0 __pthread_start(void*)", MD_OS_ANDROID, false, true },
	{ "PUBLIC 100 0 __libc_start_main@@GLIBC_2.34", MD_OS_LINUX, false, true },
};

START_TEST(walk_ends_where_threads_begin)
{
	char symbols[128];
	bool any = beginnings[_i].any, start = beginnings[_i].start;

	snprintf(symbols, sizeof(symbols), "%s\nFUNC 800 100 0 _start\n", beginnings[_i].record);
	make(symbols);
	w.dump.system.os = beginnings[_i].os;
	world_word(&w, 0x7008, 0x500123);
	walks_as(false, any ? "context +108, scan 500122" : "context +108");
	walks_as(true, "context +108, scan 500122");
	world_word(&w, 0x7008, 0x400810);
	if (beginnings[_i].os != MD_OS_MACOS && beginnings[_i].os != MD_OS_WINDOWS)
		walks_as(false, start ? "context +108, scan +80f" : "context +108");
	world_free(&w);
}
END_TEST

START_TEST(public_name_of_a_start_does_not_reach_far)
{
	make("PUBLIC 100 0 clone\nPUBLIC 2000 0 other\n");
	world_reg(&w, "rip", 0x400500);
	world_word(&w, 0x7008, 0x500123);
	walks("context +500, scan 500122");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("walk");
	TCase *t = tcase_create("walk");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, call_frame_information_restores_registers);
	tcase_add_test(t, delta_counts_from_its_address_on);
	tcase_add_test(t, record_without_return_address_ends_the_stack);
	tcase_add_test(t, undefined_return_address_ends_the_stack);
	tcase_add_loop_test(t, unusable_records_leave_it_to_scanning, 0, COUNT(unusable));
	tcase_add_test(t, frame_pointers_make_a_chain);
	tcase_add_loop_test(t, unbelievable_records_are_no_frames, 0, COUNT(no_records));
	tcase_add_test(t, on_windows_the_frame_register_may_point_into_the_frame);
	tcase_add_loop_test(t, scan_from_a_sure_frame_reaches_160_words, 0, COUNT(windows));
	tcase_add_test(t, scan_from_a_scanned_frame_reaches_40_words);
	tcase_add_test(t, scan_asks_symbols_whether_it_is_code);
	tcase_add_test(t, scan_knows_code_without_a_name);
	tcase_add_test(t, scan_finds_the_frame_pointer_below_the_return_address);
	tcase_add_test(t, stack_pointer_must_go_up);
	tcase_add_test(t, null_return_address_is_the_end_near_the_end);
	tcase_add_test(t, null_return_address_elsewhere_is_a_mistake);
	tcase_add_test(t, return_address_on_the_stack_is_none);
	tcase_add_test(t, budget_stops_walks_and_says_so);
	tcase_add_test(t, long_rules_cost_more_steps);
	tcase_add_test(t, stack_is_where_the_stack_pointer_is);
	tcase_add_test(t, thread_without_memory_has_the_region_at_its_start);
	tcase_add_test(t, without_memory_there_is_the_context_only);
	tcase_add_test(t, stack_that_wraps_is_none);
	tcase_add_test(t, unreadable_context_has_no_frames);
	tcase_add_test(t, scanned_return_address_stands_behind_a_call);
	tcase_add_test(t, scan_begins_anew_where_a_word_is_refuted);
	tcase_add_test(t, scan_takes_no_header_for_code);
	tcase_add_test(t, caller_of_a_bad_pointer_is_at_the_stack_pointer);
	tcase_add_loop_test(t, pointer_is_bad_if_memory_is_known, 0, COUNT(pointers));
	tcase_add_test(t, scanned_return_address_points_to_executable_memory);
	tcase_add_loop_test(t, files_and_the_kernel_have_modules, 0, COUNT(mappings));
	tcase_add_test(t, scan_finds_executable_memory_of_no_module);
	tcase_add_test(t, code_of_modules_wins_over_code_of_none);
	tcase_add_loop_test(t, walk_ends_where_threads_begin, 0, COUNT(beginnings));
	tcase_add_test(t, public_name_of_a_start_does_not_reach_far);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
