#include "walk/frames.h"
#include "world.h"

/* state_pipe: the lines of a process put together by hand. */

static struct world w;
static char *text;

static const char symbols[] = "FILE 1 /src/a|b.c\nINLINE_ORIGIN 1 helper\nFUNC 100 100 0 leaf\n"
			      "INLINE 0 7 1 1 108 10\n100 100 9 1\nFUNC 200 100 0 main\n"
			      "STACK CFI INIT 100 100 .cfa: $rsp 24 + .ra: .cfa -8 + ^\n";

/* A crash in leaf, called by main, called from nowhere. */
static void make(void)
{
	world_make(&w, CPU_AMD64, MD_OS_LINUX, symbols);
	w.dump.system.os_name = STR("Linux");
	w.dump.system.os_version = STR("5.4 \n#1");
	w.dump.system.cpu_name = "amd64";
	w.dump.system.n_cpus = 2;
	w.modules[0].version = STR("1.2");
	w.thread.context = cursor_make((struct slice){ w.context, w.cpu->context_size }, "");
	w.dump.exception = (struct md_exception){
		.present = true,
		.thread_id = 1,
		.code = 11,
		.flags = 1,
		.address = 0x18,
		.context = w.thread.context,
	};
	world_reg(&w, "rip", 0x400108);
	world_reg(&w, "rsp", 0x7000);
	world_word(&w, 0x7010, 0x400210);
}

static void gives(bool compat, const char *wanted)
{
	size_t n;
	struct state s;
	FILE *out = open_memstream(&text, &n);

	names_init(&w.names, &w.dump, w.symbols, compat, &w.arena);
	state_build(&s, &w.dump, &w.names, &w.arena);
	state_pipe(&s, &w.arena, out);
	fclose(out);
	if (strstr(text, wanted) == NULL)
		ck_assert_str_eq(text, wanted);
	free(text);
}

START_TEST(fields_can_be_had_back)
{
	make();
	gives(false, "OS|Linux|5.4 \\x0a#1\nCPU|amd64||2\nGPU|||\n"
		     "Crash|SIGSEGV / SEGV_MAPERR|0x18|0\n"
		     "Module|app|1.2|app|A0|0x00400000|0x0040ffff|1\n"
		     "Module|none||none|B0|0x00500000|0x0050ffff|0\n"
		     "\n"
		     "0|0|app|helper|/src/a\\x7cb.c|9|0x0\n"
		     "0|1|app|leaf|/src/a\\x7cb.c|7|0x0\n"
		     "0|2|app|main|||0x10\n");
	world_free(&w);
}
END_TEST

START_TEST(compatible_fields_lose_separators)
{
	make();
	gives(true, "OS|Linux|5.4 #1\n");
	gives(true, "0|0|app|helper|/src/ab.c|9|0x0\n");
	world_free(&w);
}
END_TEST

START_TEST(compatible_reasons_are_breakpads)
{
	static const struct {
		enum md_os os;
		uint32_t code, flags;
		const char *line;
	} cases[] = {
		{ MD_OS_LINUX, 11, 1, "Crash|SIGSEGV /SEGV_MAPERR|" },
		{ MD_OS_LINUX, 11, 0, "Crash|SIGSEGV /0x00000000|" },
		{ MD_OS_LINUX, 7, 0x80, "Crash|SIGBUS / 0x00000080|" },
		{ MD_OS_LINUX, 8, 1, "Crash|SIGFPE / FPE_INTDIV|" },
		{ MD_OS_LINUX, 6, 0xfffffffa, "Crash|SIGABRT|" },
		{ MD_OS_LINUX, 77, 1, "Crash|0x0000004d / 0x00000001|" },
		{ MD_OS_WINDOWS, 0xc000000d, 0, "Crash|0xc000000d / 0x00000000|" },
		{ MD_OS_WINDOWS, 0xc0000094, 0, "Crash|EXCEPTION_INT_DIVIDE_BY_ZERO|" },
	};

	make();
	w.dump.system.os = cases[_i].os;
	w.dump.exception.code = cases[_i].code;
	w.dump.exception.flags = cases[_i].flags;
	gives(true, cases[_i].line);
	world_free(&w);
}
END_TEST

START_TEST(dump_without_a_crash_may_have_an_assertion)
{
	make();
	w.dump.exception.present = false;
	gives(false, "Crash|No crash||\n");
	w.dump.extra.has_assertion = true;
	w.dump.extra.assertion_expression = STR("a || b");
	gives(false, "Crash|a \\x7c\\x7c b||\n");
	gives(true, "Crash|a  b||\n");
	world_free(&w);
}
END_TEST

START_TEST(frame_without_symbols_or_module_has_its_address)
{
	make();
	world_reg(&w, "rip", 0x999);
	gives(false, "\n0|0|||||0x999\n");
	world_reg(&w, "rip", 0x500123);
	gives(false, "\n0|0|none||||0x123\n");
	world_free(&w);
}
END_TEST

START_TEST(breakpad_does_not_count_the_thread_that_wrote_the_dump)
{
	struct md_thread threads[2] = { { .id = 7 } };

	make();
	threads[1] = w.thread;
	w.dump.threads = (struct md_threads){ .v = threads, .n = 2 };
	w.dump.process.has_dump_thread = true;
	w.dump.process.dump_thread = 7;
	gives(false, "|0x18|1\n");
	gives(false, "\n1|0|app|helper|");
	gives(true, "|0x18|0\n");
	gives(true, "\n0|0|app|helper|");
	world_free(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pipe");
	TCase *t = tcase_create("pipe");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, fields_can_be_had_back);
	tcase_add_test(t, compatible_fields_lose_separators);
	tcase_add_loop_test(t, compatible_reasons_are_breakpads, 0, 8);
	tcase_add_test(t, dump_without_a_crash_may_have_an_assertion);
	tcase_add_test(t, frame_without_symbols_or_module_has_its_address);
	tcase_add_test(t, breakpad_does_not_count_the_thread_that_wrote_the_dump);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
