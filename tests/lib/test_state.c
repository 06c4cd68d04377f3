#include "world.h"

/* Which thread a report is about, and with which context it is walked. */

static struct world w;
static struct md_thread threads[4];
static struct state s;

/* Threads 10, 11, 10 and 12, each with the context that the world has so far. */
static void make(void)
{
	static const uint32_t ids[] = { 10, 11, 10, 12 };

	world_make(&w, CPU_AMD64, MD_OS_LINUX, NULL);
	world_reg(&w, "rip", 0x400108);
	world_reg(&w, "rsp", 0x7000);
	for (size_t i = 0; i < 4; i++) {
		threads[i] = w.thread;
		threads[i].id = ids[i];
		threads[i].context = cursor_make((struct slice){ w.context, w.cpu->context_size },
						 "");
	}
	w.dump.threads = (struct md_threads){ .v = threads, .n = 4 };
	w.dump.exception.context = cursor_make((struct slice){ 0 }, "");
}

static void build(bool compat)
{
	names_init(&w.names, &w.dump, NULL, compat, &w.arena);
	state_build(&s, &w.dump, &w.names, &w.arena);
}

/* Thread of the exception, who asked, who wrote; 0: not in the dump. And the thread's index. */
static const struct {
	uint32_t exception, requesting, dump;
	int thread;
} requesting[] = {
	{ 0, 0, 0, -1 }, { 11, 0, 0, 1 },  { 10, 0, 0, 2 },   { 10, 12, 0, 2 },   { 99, 12, 0, -1 },
	{ 0, 12, 0, 3 }, { 0, 99, 0, -1 }, { 0, 12, 12, -1 }, { 12, 11, 12, -1 },
};

START_TEST(exception_names_the_thread_before_the_one_who_asked)
{
	make();
	w.dump.exception.present = requesting[_i].exception != 0;
	w.dump.exception.thread_id = requesting[_i].exception;
	w.dump.process = (struct md_process){
		.has_requesting_thread = requesting[_i].requesting != 0,
		.requesting_thread = requesting[_i].requesting,
		.has_dump_thread = requesting[_i].dump != 0,
		.dump_thread = requesting[_i].dump,
	};
	build(false);
	ck_assert_int_eq(s.requesting, requesting[_i].thread);
	ck_assert(state_is_dump_thread(&s, 3) == (requesting[_i].dump == 12));
	ck_assert(!state_is_dump_thread(&s, 0));
	world_free(&w);
}
END_TEST

static uint64_t first_pc(size_t thread)
{
	struct walk_frame f;

	state_walk(&s, thread, &w.scratch, &w.walk);
	ck_assert(walk_next(&w.walk, &f));
	return f.pc;
}

START_TEST(exception_has_the_context_of_its_thread)
{
	static uint8_t crashed[1232];

	make();
	memcpy(crashed, w.context, sizeof(crashed));
	world_put(crashed + w.cpu->regs[w.cpu->ip].offset, 8, 0x500123);
	w.dump.exception.present = true;
	w.dump.exception.thread_id = 11;
	w.dump.exception.context = cursor_make((struct slice){ crashed, sizeof(crashed) }, "");
	build(false);
	ck_assert_uint_eq(first_pc(0), 0x400108);
	ck_assert_uint_eq(first_pc(1), 0x500123);

	w.dump.exception.context = cursor_make((struct slice){ crashed, 100 }, "");
	build(false);
	ck_assert_uint_eq(first_pc(1), 0x400108);
	world_free(&w);
}
END_TEST

START_TEST(compatible_report_takes_a_pid_for_an_address)
{
	for (int compat = 0; compat < 2; compat++) {
		make();
		w.dump.exception.present = true;
		w.dump.exception.thread_id = 11;
		w.dump.exception.code = 6;             /* SIGABRT */
		w.dump.exception.flags = (uint32_t)-6; /* SI_TKILL */
		w.dump.exception.address = 0xf;
		w.dump.system.pointer_bits = 64;
		build(compat != 0);
		ck_assert(str_eq(s.reason, STR("SIGABRT / SI_TKILL")));
		ck_assert(s.has_address == (compat != 0));
		world_free(&w);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("state");
	TCase *t = tcase_create("state");
	SRunner *r = srunner_create(suite);

	suite_add_tcase(suite, t);
	tcase_add_loop_test(t, exception_names_the_thread_before_the_one_who_asked, 0,
			    COUNT(requesting));
	tcase_add_test(t, exception_has_the_context_of_its_thread);
	tcase_add_test(t, compatible_report_takes_a_pid_for_an_address);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
