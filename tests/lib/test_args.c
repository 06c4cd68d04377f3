#include "walk/args.h"
#include "world.h"

/* args: what the names and stacks of functions of x86 tell of their arguments. */

static struct world w;
static struct state s;
static struct args x;

/* Three frames by frame pointer; the words 0x11.. are what was pushed for the first. */
static void make(enum md_os os, bool compat)
{
	world_make(&w, CPU_X86, os, NULL);
	w.thread.context = cursor_make((struct slice){ w.context, w.cpu->context_size }, "");
	world_reg(&w, "eip", 0x400100);
	world_reg(&w, "esp", 0x7000);
	world_reg(&w, "ebp", 0x7010);
	world_reg(&w, "eax", 0xaa);
	world_reg(&w, "ecx", 0xcc);
	world_word(&w, 0x7010, 0x7030);
	world_word(&w, 0x7014, 0x400200);
	for (unsigned i = 0; i < 6; i++)
		world_word(&w, 0x7018 + i * 4, 0x11 + i);
	world_word(&w, 0x7030, 0x7040);
	world_word(&w, 0x7034, 0x400300);
	names_init(&w.names, &w.dump, NULL, compat, &w.arena);
	state_build(&s, &w.dump, &w.names, &w.arena);
	args_collect(&x, &s, 0, &w.scratch);
}

static void finish(void)
{
	args_free(&x);
	world_free(&w);
}

/* "call: name=value, ..." of a frame. */
static const char *told(uint64_t frame, const char *function)
{
	static char text[512];
	enum args_call call = ARGS_CDECL;
	struct arg *v = NULL;
	struct regs regs;
	size_t n;
	char *end = text;

	ck_assert(regs_read(&regs, w.cpu, w.thread.context, false));
	regs.valid = regs.valid_alias = frame == 0 ? regs.valid : 0;
	n = args_of(&x, frame, &regs, str_of(function), &call, &v, &w.arena);
	end += sprintf(end, "%s", n == 0 ? "none" : call == ARGS_CDECL ? "cdecl" : "thiscall");
	for (size_t i = 0; i < n; i++) {
		end += sprintf(end, " %.*s=", STR_ARGS(v[i].name));
		end += sprintf(end, v[i].known ? "%x" : "?", v[i].value);
	}
	return text;
}

static const struct {
	const char *function, *told;
} functions[] = {
	{ "f(int, char *)", "cdecl int=11 char *=12" },
	{ "f(std::map<int, int>, void (*)(int, int))",
	  "cdecl std::map<int, int>=11 void (*)(int, int)=12" },
	{ "f(int) const (.cold)", "none" },
	{ "f(a, b, c, d, e, f, g)", "cdecl a=11 b=12 c=13 d=14 e=15 f=16 g=7040" },
	{ "f()", "none" },
	{ "f( )", "none" },
	{ "f", "none" },
	{ "f(int", "none" },
	{ "f)int(", "none" },
	{ "f(a>)", "none" },
	{ "f(a<)", "none" },
	{ "f(a) b)", "none" },
	{ "", "none" },
	{ "C::m()", "thiscall this=cc" },
	{ "C::m(int)", "thiscall this=cc int=11" },
};

START_TEST(a_name_tells_its_arguments)
{
	make(MD_OS_WINDOWS, false);
	ck_assert_str_eq(told(0, functions[_i].function), functions[_i].told);
	finish();
}
END_TEST

START_TEST(the_object_of_a_member_function)
{
	make(MD_OS_LINUX, false);
	ck_assert_str_eq(told(0, "C::m(int)"), "thiscall this=11 int=12");
	finish();
	make(MD_OS_LINUX, true);
	ck_assert_str_eq(told(0, "C::m(int)"), "thiscall this=aa int=11");
	ck_assert_str_eq(told(1, "C::m()"), "thiscall this=? =0");
	finish();
}
END_TEST

START_TEST(no_argument_lies_outside_the_callers_frame)
{
	make(MD_OS_WINDOWS, false);
	ck_assert_str_eq(told(1, "f(a, b, c)"), "cdecl a=0 b=0 c=0");
	ck_assert_str_eq(told(7, "f(a)"), "cdecl a=?");
	ck_assert_uint_eq(s.budget.steps, walk_budget_make(&w.dump).steps);
	finish();
}
END_TEST

START_TEST(other_processors_have_none)
{
	world_make(&w, CPU_AMD64, MD_OS_LINUX, NULL);
	names_init(&w.names, &w.dump, NULL, false, &w.arena);
	state_build(&s, &w.dump, &w.names, &w.arena);
	args_collect(&x, &s, 0, &w.scratch);
	ck_assert_uint_eq(x.pointers.n, 0);
	finish();
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("args");
	Suite *suite = suite_create("args");
	SRunner *r = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, t);
	tcase_add_loop_test(t, a_name_tells_its_arguments, 0,
			    sizeof(functions) / sizeof(functions[0]));
	tcase_add_test(t, the_object_of_a_member_function);
	tcase_add_test(t, no_argument_lies_outside_the_callers_frame);
	tcase_add_test(t, other_processors_have_none);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
