#include <sys/stat.h>

#include "elfs.h"
#include "world.h"

/*
 * Functions that left no frame, found in code made by hand: caller, a, b, c and d, of which caller
 * calls a and c crashed. Jumps are a text: "ab" from a to b, "a?b" by a condition, "a!b" a call;
 * the n-th stands 8 * n bytes behind the beginning of its function.
 */
enum { CODE = 0x3000, CALL_AT = 0x110, FUNCTION = 0x40, MANY = 0x1000, FEW = 0x20, LARGE = 0x2800 };
enum { MACHINE_X86 = 3, MACHINE_AMD64 = 62, MACHINE_ARM64 = 183 };

static struct world w;
static uint8_t code[CODE];
static struct elf_maker elf;
static const char *names[] = { "a", "b", "c", "d" };

static const struct kind {
	enum cpu_kind cpu;
	uint16_t machine;
	const char *sp;
	uint32_t jump, branch, call; /* without where to; on x86 an opcode */
} kinds[] = {
	{ CPU_AMD64, MACHINE_AMD64, "$rsp", 0xe9, 0x840f, 0xe8 },
	{ CPU_X86, MACHINE_X86, "$esp", 0xe9, 0x840f, 0xe8 },
	{ CPU_ARM64, MACHINE_ARM64, "sp", 0x14000000, 0x54000000, 0x94000000 },
};

static bool is_arm64(const struct kind *k)
{
	return k->cpu == CPU_ARM64;
}

/* An instruction that names where it goes. */
static void put_jump(const struct kind *k, uint32_t how, uint32_t at, uint32_t to)
{
	unsigned opcode = how > 0xff ? 2 : 1;

	if (is_arm64(k)) {
		uint32_t words = (to - at) / 4;

		world_put(code + at, 4,
			  how | (how == k->branch ? (words & 0x7ffff) << 5 : words & 0x3ffffff));
		return;
	}
	world_put(code + at, opcode, how);
	world_put(code + at + opcode, 4, to - at - opcode - 4);
}

static uint32_t start_of_function(char name)
{
	return 0x200 + 0x100 * (uint32_t)(name - 'a');
}

static void put_jumps(const struct kind *k, const char *jumps)
{
	for (unsigned n = 0; *jumps != '\0'; n++, jumps += *jumps == ' ') {
		char from = *jumps++;
		uint32_t how = *jumps == '?' ? k->branch : *jumps == '!' ? k->call : k->jump;

		jumps += *jumps == '?' || *jumps == '!';
		put_jump(k, how, start_of_function(from) + 8 * n, start_of_function(*jumps++));
	}
}

static void put_function(char *symbols, size_t n, const struct kind *k, uint32_t start,
			 const char *name)
{
	unsigned word = cpu_find(k->cpu)->pointer_size;
	size_t end = strlen(symbols);

	snprintf(symbols + end, n - end,
		 "FUNC %x %x 0 %s\nSTACK CFI INIT %x %x .cfa: %s %u + .ra: .cfa %u - ^\n", start,
		 FUNCTION, name, start, FUNCTION, k->sp, word, word);
}

/* Nothing but nops, and the call of a. */
static void make_code(const struct kind *k)
{
	memset(code, 0x90, sizeof(code));
	for (size_t i = 0; is_arm64(k) && i < sizeof(code); i += 4)
		world_put(code + i, 4, 0xd503201f);
	put_jump(k, k->call, CALL_AT, start_of_function('a'));
}

/* The binary in a file, as much of the code as n bytes. */
static void write_binary(const struct kind *k, size_t n)
{
	struct slice made;
	FILE *f;

	elf = elf_make(k->cpu != CPU_X86, false);
	elf.machine = k->machine;
	elf_add(&elf, ".text", 1, 6, 0x100, code + 0x100, n - 0x100);
	elf_segment(&elf, 1, 5, elf.sections[1].offset - 0x100, 0, n);
	made = elf_made(&elf);
	mkdir("bin", 0700);
	f = fopen("bin/app", "wb");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(made.p, 1, made.n, f), made.n);
	ck_assert_int_eq(fclose(f), 0);
}

/* The process: its symbols, and the module has the binary's id. */
static void make_world(const struct kind *k, const char *symbols)
{
	unsigned word = cpu_find(k->cpu)->pointer_size;
	uint64_t pc = WORLD_MODULE + CALL_AT + (is_arm64(k) ? 4 : 5);
	struct arena a = { 0 };
	struct elf e;
	struct str id;

	world_make(&w, k->cpu, MD_OS_LINUX, NULL);
	ck_assert(elf_open_quiet(&e, (struct slice){ elf.p, elf.n }, &a, &w.quiet));
	id = arena_strdup(&w.arena, elf_debug_id(&e));
	elf_close(&e);
	arena_free(&a);
	world_symbols(&w, id.p, symbols);
	w.modules[0].debug_id = id;
	world_put(w.context + w.cpu->regs[w.cpu->ip].offset, word, WORLD_MODULE + 0x408);
	world_put(w.context + w.cpu->regs[w.cpu->sp].offset, word, WORLD_STACK);
	world_word(&w, WORLD_STACK, pc);
}

static const char *walk(bool compat)
{
	static const char *const dirs[] = { "bin" };
	struct binaries *b = binaries_open(dirs, 1, NULL, &w.quiet);
	const char *frames = world_walk_with(&w, compat, b);

	binaries_close(b);
	return frames;
}

static const char *usual_symbols(const struct kind *k)
{
	static char symbols[1024];

	symbols[0] = '\0';
	put_function(symbols, sizeof(symbols), k, 0x100, "caller");
	for (char c = 'a'; c <= 'd'; c++)
		put_function(symbols, sizeof(symbols), k, start_of_function(c), names[c - 'a']);
	return symbols;
}

static void make(const struct kind *k, const char *jumps)
{
	make_code(k);
	put_jumps(k, jumps);
	write_binary(k, CODE);
	make_world(k, usual_symbols(k));
}

/* The same process, after the code changed, of which the binary has n bytes. */
static void make_again(size_t n)
{
	world_free(&w);
	write_binary(&kinds[0], n);
	make_world(&kinds[0], usual_symbols(&kinds[0]));
}

static void walks_as(const char *frames)
{
	ck_assert_str_eq(walk(false), frames);
	world_free(&w);
}

#define NONE "context +408, cfi +114"

static const struct {
	const char *what, *jumps, *frames;
} ways[] = {
	{ "no way", "", NONE },
	{ "one jump", "ac", "context +408, none +200, cfi +114" },
	{ "two jumps", "ab bc", "context +408, none +308, none +200, cfi +114" },
	{ "other ways lead elsewhere", "ab ad bc", "context +408, none +310, none +200, cfi +114" },
	{ "two ways", "ab bc ad dc", NONE },
	{ "one function jumps twice", "ac ac", NONE },
	{ "around to where it began", "ab ba bc", NONE },
	{ "around on the way", "ab bd db bc", NONE },
	{ "around from the end", "ab bc cb", NONE },
	{ "around elsewhere", "ad dd ac", "context +408, none +210, cfi +114" },
	{ "a jump within the function", "aa ac", "context +408, none +208, cfi +114" },
	{ "by a condition", "a?c", "context +408, none +200, cfi +114" },
	{ "two ways, one by a condition", "a?c ab bc", NONE },
	{ "calls are no jumps", "a!c", NONE },
	{ "calls do not make it doubtful", "a!b a!c ac", "context +408, none +210, cfi +114" },
};

START_TEST(functions_on_the_only_way_are_frames)
{
	make(&kinds[0], ways[_i].jumps);
	ck_assert_msg(strcmp(walk(false), ways[_i].frames) == 0, "%s: %s", ways[_i].what,
		      walk(false));
	world_free(&w);
}
END_TEST

START_TEST(each_cpu_has_its_jumps)
{
	const struct kind *k = &kinds[_i];
	const char *none = is_arm64(k) ? "context +408, cfi +110" : NONE;

	make(k, "ab a!c b?c");
	walks_as(is_arm64(k) ? "context +408, none +310, none +200, cfi +110"
			     : "context +408, none +310, none +200, cfi +114");
	make(k, "a!c");
	walks_as(none);
	make(k, "ac ab b?c");
	walks_as(none);
}
END_TEST

/* What seldom runs of a function stands elsewhere, under its name or one made from it. */
START_TEST(pieces_of_one_function_are_one)
{
	static const char *const parts[] = { "a", "a.cold", "a [clone .cold]", "a.cold.1" };

	for (size_t i = 0; i < COUNT(parts); i++) {
		names[2] = parts[i];
		make(&kinds[0], "ac a?c");
		walks_as(NONE);
		names[2] = "c";
		names[1] = parts[i];
		make(&kinds[0], "ab a?b bc");
		walks_as("context +408, none +310, cfi +114");
		names[1] = "b";
	}
	names[2] = "another";
	make(&kinds[0], "ac");
	walks_as("context +408, none +200, cfi +114");
	names[2] = "c";
}
END_TEST

START_TEST(what_has_no_name_may_be_a_piece)
{
	names[1] = "";
	make(&kinds[0], "ab bc");
	walks_as(NONE);
	names[1] = "b";
}
END_TEST

START_TEST(code_that_is_not_known_makes_it_doubtful)
{
	make(&kinds[0], "ab bc ad");
	code[0x520] = 0x06; /* no instruction of 64-bit code */
	make_again(CODE);
	ck_assert_str_eq(walk(false), NONE);
	code[0x520] = 0x90;
	make_again(0x520); /* ends within d */
	ck_assert_str_eq(walk(false), NONE);
	make_again(0x540);
	walks_as("context +408, none +308, none +200, cfi +114");
}
END_TEST

/* A large function that is called jumps to so many others, and to c. */
static void make_many(unsigned many)
{
	char symbols[16384] = "";
	uint32_t at = LARGE;

	make_code(&kinds[0]);
	put_function(symbols, sizeof(symbols), &kinds[0], 0x100, "caller");
	put_function(symbols, sizeof(symbols), &kinds[0], 0x400, "c");
	snprintf(symbols + strlen(symbols), 256,
		 "FUNC 2800 800 0 large\nSTACK CFI INIT 2800 800 .cfa: $rsp 8 + .ra: .cfa 8 - ^\n");
	put_jump(&kinds[0], kinds[0].call, CALL_AT, LARGE);
	for (unsigned i = 0; i < many; i++, at += 5) {
		char name[16];

		snprintf(name, sizeof(name), "f%u", i);
		put_function(symbols, sizeof(symbols), &kinds[0], MANY + i * FUNCTION, name);
		put_jump(&kinds[0], kinds[0].jump, at, MANY + i * FUNCTION);
	}
	put_jump(&kinds[0], kinds[0].jump, at, 0x400);
	write_binary(&kinds[0], CODE);
	make_world(&kinds[0], symbols);
}

START_TEST(too_many_functions_are_doubtful)
{
	char frames[64];

	make_many(FEW);
	snprintf(frames, sizeof(frames), "context +408, none +%x, cfi +114", LARGE + 5 * FEW);
	walks_as(frames);
	make_many(LIMIT_TAIL_FUNCTIONS - 1);
	walks_as(NONE);
}
END_TEST

/* a to c over so many functions. */
static void make_chain(unsigned n)
{
	char symbols[8192] = "";
	uint32_t last = start_of_function('a');

	make_code(&kinds[0]);
	put_function(symbols, sizeof(symbols), &kinds[0], 0x100, "caller");
	put_function(symbols, sizeof(symbols), &kinds[0], last, "a");
	put_function(symbols, sizeof(symbols), &kinds[0], 0x400, "c");
	for (unsigned i = 0; i < n; i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%u", i);
		put_function(symbols, sizeof(symbols), &kinds[0], MANY + i * FUNCTION, name);
		put_jump(&kinds[0], kinds[0].jump, last, MANY + i * FUNCTION);
		last = MANY + i * FUNCTION;
	}
	put_jump(&kinds[0], kinds[0].jump, last, 0x400);
	write_binary(&kinds[0], CODE);
	make_world(&kinds[0], symbols);
}

START_TEST(longer_ways_than_the_limit_are_none)
{
	make_chain(LIMIT_TAIL_CALLS);
	walks_as(NONE);
	make_chain(2);
	walks_as("context +408, none +1040, none +1000, none +200, cfi +114");
}
END_TEST

START_TEST(only_calls_lead_to_a_function)
{
	make(&kinds[0], "ac");
	code[CALL_AT] = 0xe9; /* a jump */
	make_again(CODE);
	walks_as(NONE);
}
END_TEST

START_TEST(nothing_is_looked_for_without_need)
{
	make(&kinds[0], "ac");
	ck_assert_str_eq(walk(true), NONE);
	ck_assert_str_eq(world_walk(&w, false), NONE);
	w.modules[0].debug_id = STR("000000000000000000000000000000000");
	ck_assert_str_eq(walk(false), "context +408, scan +114");
	world_free(&w);
}
END_TEST

/* What is looked at costs steps. */
START_TEST(code_that_is_looked_at_counts)
{
	make_many(FEW);
	walk(false);
	ck_assert_uint_le(w.budget.steps, 1000 - 2 - 0x800 / LIMIT_WALK_STEP_CODE);
	world_free(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tail");
	TCase *t = tcase_create("tail");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, functions_on_the_only_way_are_frames, 0, COUNT(ways));
	tcase_add_loop_test(t, each_cpu_has_its_jumps, 0, COUNT(kinds));
	tcase_add_test(t, pieces_of_one_function_are_one);
	tcase_add_test(t, what_has_no_name_may_be_a_piece);
	tcase_add_test(t, code_that_is_not_known_makes_it_doubtful);
	tcase_add_test(t, too_many_functions_are_doubtful);
	tcase_add_test(t, longer_ways_than_the_limit_are_none);
	tcase_add_test(t, only_calls_lead_to_a_function);
	tcase_add_test(t, nothing_is_looked_for_without_need);
	tcase_add_test(t, code_that_is_looked_at_counts);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
