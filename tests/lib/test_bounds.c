#include "base/bounds.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/limits.h"
#include "base/slice.h"

/* What --limit takes; NULL: it is taken. */
static const struct {
	const char *text;
	enum bound which;
	uint64_t value;
	const char *error;
} settings[] = {
	{ "dump_threads=7", BOUND_DUMP_THREADS, 7, NULL },
	{ "memory=64M", BOUND_MEMORY, 64 << 20, NULL },
	{ "cpu_seconds=0x10", BOUND_CPU_SECONDS, 16, NULL },
	{ "walk_frames_thread=1", 0, 0,
	  "--limit walk_frames_thread=1: not a number of at least 2" },
	{ "memory=1k", 0, 0, "--limit memory=1k: not a number of at least 1048576" },
	{ "dump_size=", 0, 0, "--limit dump_size=: not a number of at least 1" },
	{ "dump_size", 0, 0, "--limit dump_size: not NAME=VALUE with a NAME of cpu_seconds, " },
	{ "dump=1", 0, 0, "--limit dump=1: not NAME=VALUE" },
	{ "=1", 0, 0, "--limit =1: not NAME=VALUE" },
	{ "", 0, 0, "--limit : not NAME=VALUE" },
};

START_TEST(setting_has_a_name_and_a_value)
{
	struct bounds b = bounds_make();
	struct error err = { 0 };
	bool ok = bounds_set(&b, settings[_i].text, &err);

	ck_assert(ok == (settings[_i].error == NULL));
	if (ok)
		ck_assert_uint_eq(bounds_value(&b, settings[_i].which), settings[_i].value);
	else
		ck_assert_msg(strncmp(err.text, settings[_i].error, strlen(settings[_i].error)) ==
				      0,
			      "%s", err.text);
}
END_TEST

START_TEST(names_are_sorted_and_have_defaults)
{
	struct bounds b = bounds_make();

	for (int i = 0; i < N_BOUNDS; i++) {
		ck_assert_uint_eq(bounds_value(NULL, (enum bound)i), b.value[i]);
		if (i != 0)
			ck_assert_int_lt(strcmp(bounds_name((enum bound)(i - 1)),
						bounds_name((enum bound)i)),
					 0);
	}
	ck_assert_uint_eq(b.value[BOUND_DUMP_MODULES], LIMIT_DUMP_MODULES);
}
END_TEST

START_TEST(what_is_over_is_noted)
{
	struct bounds b = bounds_make();

	b.value[BOUND_DUMP_THREADS] = 3;
	ck_assert_uint_eq(bounds_keep(&b, BOUND_DUMP_THREADS, 3), 3);
	ck_assert(!b.hit[BOUND_DUMP_THREADS]);
	ck_assert_uint_eq(bounds_keep(&b, BOUND_DUMP_THREADS, 9), 3);
	ck_assert_uint_eq(bounds_keep(&b, BOUND_DUMP_THREADS, 4), 3);
	ck_assert(b.hit[BOUND_DUMP_THREADS]);
	ck_assert_uint_eq(b.seen[BOUND_DUMP_THREADS], 9);
	ck_assert_uint_eq(bounds_keep(NULL, BOUND_DUMP_STREAMS, UINT64_MAX), LIMIT_DUMP_STREAMS);
	bounds_reach(NULL, BOUND_CPU_SECONDS);
	bounds_reach(&b, BOUND_CPU_SECONDS);
	ck_assert(b.hit[BOUND_CPU_SECONDS]);
}
END_TEST

START_TEST(memory_is_watched_by_the_system)
{
	struct bounds b = bounds_make();
	struct rlimit before, after;

	ck_assert_int_eq(getrlimit(RLIMIT_DATA, &before), 0);
	ck_assert(bounds_of_memory(&b));
	ck_assert_int_eq(getrlimit(RLIMIT_DATA, &after), 0);
	ck_assert(before.rlim_cur == after.rlim_cur);
	b.value[BOUND_MEMORY] = UINT64_C(1) << 50; /* more than the sanitizers take */
	ck_assert(bounds_of_memory(&b));
	ck_assert_int_eq(getrlimit(RLIMIT_DATA, &after), 0);
	ck_assert(after.rlim_cur == (rlim_t)1 << 50);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bounds");
	TCase *t = tcase_create("bounds");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, setting_has_a_name_and_a_value, 0, COUNT(settings));
	tcase_add_test(t, names_are_sorted_and_have_defaults);
	tcase_add_test(t, what_is_over_is_noted);
	tcase_add_test(t, memory_is_watched_by_the_system);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
