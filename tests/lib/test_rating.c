#include "walk/rating.h"
#include "world.h"

/* A crash put together by hand, and what it is rated. */

static struct world w;

static void make(enum cpu_kind cpu, enum md_os os, uint32_t code, const char *symbols)
{
	world_make(&w, cpu, os, symbols);
	w.thread.context = cursor_make((struct slice){ w.context, w.cpu->context_size }, "");
	w.dump.exception = (struct md_exception){
		.present = true,
		.thread_id = 1,
		.code = code,
		.context = w.thread.context,
	};
	world_reg(&w, w.cpu->regs[w.cpu->ip].name, 0x400108);
	world_reg(&w, w.cpu->regs[w.cpu->sp].name, 0x7000);
}

static const char *rating(bool compat)
{
	struct state s;

	names_init(&w.names, &w.dump, w.symbols, compat, &w.arena);
	state_build(&s, &w.dump, &w.names, &w.arena);
	return rating_name(rating_find(&s, NULL));
}

static void is_rated(const char *wanted)
{
	ck_assert_str_eq(rating(false), wanted);
	world_free(&w);
}

START_TEST(windows_exceptions_have_weights)
{
	static const struct {
		uint32_t code;
		const char *rating;
	} cases[] = {
		{ 0x80000001, "low" },     { 0x80000003, "none" },   { 0xc0000006, "none" },
		{ 0xc000001d, "low" },     { 0xc0000025, "none" },   { 0xc0000090, "low" },
		{ 0xc0000094, "none" },    { 0xc00000fd, "none" },   { 0xc0000374, "medium" },
		{ 0xc0000005, "no data" }, { 0xc0000409, "medium" },
	};

	make(CPU_AMD64, MD_OS_WINDOWS, cases[_i].code, NULL);
	is_rated(cases[_i].rating);
}
END_TEST

START_TEST(access_violations_are_rated_by_what_was_tried_and_where)
{
	static const struct {
		uint64_t operation, address;
		const char *rating;
	} cases[] = {
		{ 0, 0x10, "none" },     { 1, 4096, "none" },       { 8, 0, "none" },
		{ 0, 0x4e3c9, "low" },   { 1, 0x4e3c9, "medium" },  { 8, 0x4e3c9, "medium" },
		{ 0, 0x414141, "high" }, { 1, 0x41414141, "high" }, { 2, 0x4e3c9, "no data" },
	};

	make(CPU_AMD64, MD_OS_WINDOWS, 0xc0000005, NULL);
	w.dump.exception.n_parameters = 2;
	w.dump.exception.parameters[0] = cases[_i].operation;
	w.dump.exception.parameters[1] = cases[_i].address;
	is_rated(cases[_i].rating);
}
END_TEST

START_TEST(code_near_the_stack_pointer_weighs)
{
	static const struct {
		uint64_t distance;
		const char *rating;
	} cases[] = { { 8192, "medium" }, { 8193, "none" } };

	make(CPU_AMD64, MD_OS_WINDOWS, 0x80000003, NULL);
	world_reg(&w, "rip", 0x7000 + cases[_i].distance);
	ck_assert_str_eq(rating(false), cases[_i].rating);
	world_reg(&w, "rip", 0x7000 - cases[_i].distance);
	is_rated(cases[_i].rating);
}
END_TEST

/* The code of the crash, in the other stack's memory. */
static void put_code(const char *reg, const void *code, size_t n)
{
	world_reg(&w, reg, WORLD_OTHER);
	memcpy(w.other, code, n);
}

START_TEST(instructions_weigh_on_x86)
{
	static const struct {
		uint8_t code[12];
		const char *rating;
	} cases[] = {
		/* the address of the crash is in ecx: mov eax, [ecx], and then */
		{ { 0x8b, 0x01, 0xff, 0xe1 }, "high" },             /* jmp ecx */
		{ { 0x8b, 0x01, 0xff, 0x11 }, "high" },             /* call [ecx] */
		{ { 0x8b, 0x01, 0x89, 0x01 }, "high" },             /* mov [ecx], eax */
		{ { 0x8b, 0x01, 0x89, 0x03 }, "low" },              /* mov [ebx], eax */
		{ { 0x8b, 0x01, 0x8b, 0xcb, 0x89, 0x01 }, "low" },  /* mov ecx, ebx; the write */
		{ { 0x8b, 0x01, 0x33, 0xc9, 0x89, 0x01 }, "low" },  /* xor ecx, ecx; the write */
		{ { 0x8b, 0x01, 0x59, 0x89, 0x01 }, "low" },        /* pop ecx; the write */
		{ { 0x8b, 0x01, 0x87, 0xcb, 0x89, 0x03 }, "high" }, /* xchg; mov [ebx], eax */
		{ { 0x8b, 0x01, 0xeb, 0x00, 0x89, 0x01 }, "low" },  /* jmp; the write */
		{ { 0x8b, 0x01, 0xc3, 0x89, 0x01 }, "low" },        /* ret; the write */
		{ { 0x8b, 0x01, 0x74, 0x00, 0x89, 0x01 }, "high" }, /* je; the write */
		{ { 0x8b, 0x01, 0x3b, 0xc8, 0x51, 0xe8, 0, 0, 0, 0 }, "low" }, /* all of 5 */
		{ { 0x8b, 0x01 }, "low" },                                     /* mov eax, [ecx] */
		{ { 0xff, 0x21 }, "high" },                                    /* jmp [ecx] */
		{ { 0xff, 0x11 }, "high" },                                    /* call [ecx] */
		{ { 0xa4 }, "high" },                                          /* movs */
	};

	make(CPU_X86, MD_OS_WINDOWS, 0xc0000005, NULL);
	put_code("eip", cases[_i].code, sizeof(cases[_i].code));
	w.dump.exception.n_parameters = 2;
	w.dump.exception.parameters[1] = 0x4e3c9;
	is_rated(cases[_i].rating);
}
END_TEST

static struct md_mapping maps[3];

/* Code, a stack and another; the last one is left to the test. */
static void make_linux(uint32_t signal, unsigned code_access, const char *stack, unsigned access)
{
	struct md_mappings *m = &w.dump.mappings;

	make(CPU_AMD64, MD_OS_LINUX, signal, NULL);
	maps[0] = (struct md_mapping){ 0x400000, 0x10000, code_access, STR("/bin/app") };
	maps[1] = (struct md_mapping){ 0x7000, 0x1000, MD_READ | MD_WRITE, str_of(stack) };
	maps[2] = (struct md_mapping){ 0x600000, 0x1000, access, STR("[heap]") };
	*m = (struct md_mappings){ .v = maps, .n = 3, .has_maps = true, .n_maps = 3 };
	m->by_address = ranges_make(&w.arena, 3);
	for (size_t i = 0; i < 3; i++)
		ranges_add(&m->by_address, maps[i].base, maps[i].size, i);
	ranges_sort(&m->by_address, NULL);
}

START_TEST(what_is_in_its_place_is_interesting)
{
	make_linux(11, MD_READ | MD_EXECUTE, "[stack]", MD_READ | MD_WRITE);
	is_rated("interesting");
	make_linux(11, MD_READ | MD_EXECUTE, "", MD_READ | MD_WRITE);
	is_rated("interesting");
}
END_TEST

START_TEST(what_is_out_of_its_place_is_high)
{
	make_linux(11, MD_READ, "[stack]", MD_READ | MD_WRITE);
	is_rated("high");
	make_linux(11, MD_READ | MD_EXECUTE, "/lib/a.so", MD_READ | MD_WRITE);
	is_rated("high");
	make_linux(11, MD_READ | MD_EXECUTE, "[stack:7]", MD_READ | MD_EXECUTE);
	is_rated("high");
}
END_TEST

START_TEST(without_a_map_the_rest_decides)
{
	make(CPU_AMD64, MD_OS_LINUX, 11, NULL);
	ck_assert_str_eq(rating(true), "high");
	is_rated("interesting");
}
END_TEST

START_TEST(signals_may_be_benign)
{
	static const struct {
		uint32_t signal;
		const char *rating;
	} cases[] = {
		{ 0, "interesting" },  { 1, "none" },          { 4, "interesting" },
		{ 6, "none" },         { 7, "interesting" },   { 8, "none" },
		{ 11, "interesting" }, { 16, "interesting" },  { 31, "none" },
		{ 32, "interesting" }, { 0xffffffff, "none" },
	};

	make(CPU_AMD64, MD_OS_LINUX, cases[_i].signal, NULL);
	is_rated(cases[_i].rating);
}
END_TEST

START_TEST(overrun_checks_are_high_whatever_the_signal)
{
	static const char *const names[] = { "__stack_chk_fail", "__chk_fail", "__stack_chk" };
	char symbols[64];

	for (size_t i = 0; i < 3; i++) {
		snprintf(symbols, sizeof(symbols), "FUNC 100 100 0 %s\n", names[i]);
		make(CPU_AMD64, MD_OS_LINUX, 6, symbols);
		is_rated(i < 2 ? "high" : "none");
	}
}
END_TEST

START_TEST(writes_are_high_but_for_null_pointers)
{
	static const struct {
		uint8_t code[4];
		uint64_t rcx;
		const char *rating;
	} cases[] = {
		{ { 0x48, 0x89, 0x01 }, 0x12345, "high" }, /* mov [rcx], rax */
		{ { 0x48, 0x89, 0x01 }, 0x10, "interesting" },
		{ { 0x48, 0x8b, 0x01 }, 0x12345, "interesting" }, /* mov rax, [rcx] */
		{ { 0x50 }, 0x12345, "interesting" },             /* push rax */
		{ { 0x6c }, 0x12345, "interesting" },             /* ins */
	};

	make(CPU_AMD64, MD_OS_LINUX, 11, NULL);
	put_code("rip", cases[_i].code, sizeof(cases[_i].code));
	world_reg(&w, "rcx", cases[_i].rcx);
	world_reg(&w, "rdi", cases[_i].rcx);
	is_rated(cases[_i].rating);
}
END_TEST

START_TEST(there_may_be_no_rating)
{
	make(CPU_AMD64, MD_OS_MACOS, 1, NULL);
	is_rated("no rules");
	for (int os = 0; os < 2; os++) {
		make(CPU_AMD64, os ? MD_OS_LINUX : MD_OS_WINDOWS, 11, NULL);
		w.dump.exception.context.in.n = 100;
		ck_assert_str_eq(rating(false), "no data");
		w.dump.exception.present = false;
		is_rated("no data");
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rating");
	TCase *t = tcase_create("rating");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, windows_exceptions_have_weights, 0, 11);
	tcase_add_loop_test(t, access_violations_are_rated_by_what_was_tried_and_where, 0, 9);
	tcase_add_loop_test(t, code_near_the_stack_pointer_weighs, 0, 2);
	tcase_add_loop_test(t, instructions_weigh_on_x86, 0, 16);
	tcase_add_test(t, what_is_in_its_place_is_interesting);
	tcase_add_test(t, what_is_out_of_its_place_is_high);
	tcase_add_test(t, without_a_map_the_rest_decides);
	tcase_add_loop_test(t, signals_may_be_benign, 0, 11);
	tcase_add_test(t, overrun_checks_are_high_whatever_the_signal);
	tcase_add_loop_test(t, writes_are_high_but_for_null_pointers, 0, 5);
	tcase_add_test(t, there_may_be_no_rating);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
