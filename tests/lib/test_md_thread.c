#include <stdlib.h>

#include "base/limits.h"
#include "dumps.h"

static void put_thread(struct dump_maker *m, uint32_t id, uint32_t stack_size, uint32_t stack,
		       uint32_t context_size, uint32_t context)
{
	dump_put(m, 4, id);
	dump_zeros(m, 12);
	dump_put(m, 8, 0x7ffde000);
	dump_put(m, 8, 0x7fff0000);
	dump_put(m, 4, stack_size);
	dump_put(m, 4, stack);
	dump_put(m, 4, context_size);
	dump_put(m, 4, context);
}

static bool read_cut(struct md_threads *t, const struct dump_maker *m, size_t n, struct arena *a)
{
	struct diag quiet = { .tool = "test" };
	struct md md;

	return dump_open_cut(&md, m, n, a) && md_threads_read(t, &md, a, &quiet);
}

START_TEST(threads_have_stack_and_context)
{
	struct dump_maker m = dump_make(_i != 0);
	struct arena a = { 0 };
	struct md_threads t;

	dump_begin(&m, MD_THREAD_LIST);
	dump_put(&m, 4, 2);
	put_thread(&m, 77, 16, 40, 8, 32);
	put_thread(&m, 78, 16, 0xfffffff0, 8, 0xfffffff0);
	dump_end(&m);
	ck_assert(read_cut(&t, &m, m.b.n, &a));
	ck_assert_uint_eq(t.n, 2);
	ck_assert_uint_eq(t.n_all, 2);
	ck_assert_uint_eq(t.v[0].id, 77);
	ck_assert_uint_eq(t.v[0].teb, 0x7ffde000);
	ck_assert_uint_eq(t.v[0].stack_start, 0x7fff0000);
	ck_assert_uint_eq(t.v[0].stack.n, 16);
	ck_assert_ptr_eq(t.v[0].stack.p, m.b.p + 40);
	ck_assert(!t.v[0].context.failed && !t.v[0].has_name);
	ck_assert_uint_eq(cursor_left(&t.v[0].context), 8);
	ck_assert_uint_eq(t.v[1].stack.n, 0);
	ck_assert(t.v[1].context.failed);
	arena_free(&a);
}
END_TEST

START_TEST(stack_at_offset_0_is_none)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct md_threads t;

	dump_begin(&m, MD_THREAD_LIST);
	dump_put(&m, 4, 2);
	put_thread(&m, 1, 16, 0, 0, 0);
	put_thread(&m, 2, 0, 40, 0, 0);
	dump_end(&m);
	ck_assert(read_cut(&t, &m, m.b.n, &a));
	ck_assert_uint_eq(t.v[0].stack.n + t.v[1].stack.n, 0);
	arena_free(&a);
}
END_TEST

START_TEST(cut_thread_list_is_none)
{
	struct dump_maker m = dump_make(false);

	dump_begin(&m, MD_THREAD_LIST);
	dump_put(&m, 4, 1);
	put_thread(&m, 1, 16, 40, 8, 32);
	dump_end(&m);
	for (size_t n = 0; n <= m.b.n; n++) {
		struct arena a = { 0 };
		struct md_threads t;

		ck_assert(read_cut(&t, &m, n, &a) == (n == m.b.n));
		arena_free(&a);
	}
}
END_TEST

START_TEST(of_names_of_one_thread_the_last_readable_counts)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct md_threads t;
	uint32_t one = dump_string(&m, "one"), two = dump_string(&m, "two");
	const struct {
		uint32_t id;
		uint64_t name;
	} names[] = { { 9, one }, { 5, one }, { 9, two }, { 5, 0xffffffffffffffff }, { 7, 3 } };

	dump_begin(&m, MD_THREAD_NAMES);
	dump_put(&m, 4, COUNT(names));
	for (size_t i = 0; i < COUNT(names); i++) {
		dump_put(&m, 4, names[i].id);
		dump_put(&m, 8, names[i].name);
	}
	dump_end(&m);
	dump_begin(&m, MD_THREAD_LIST);
	dump_put(&m, 4, 4);
	for (uint32_t id = 5; id <= 9; id += id == 5 ? 2 : 1)
		put_thread(&m, id, 0, 0, 0, 0);
	dump_end(&m);
	ck_assert(read_cut(&t, &m, m.b.n, &a));
	is_text(t.v[0].name, "one");
	ck_assert(!t.v[1].has_name && !t.v[2].has_name);
	is_text(t.v[3].name, "two");
	arena_free(&a);
}
END_TEST

/* A dump of LIMIT_DUMP_THREADS + 3 threads, the ids of which count from 0; the last two are equal.
 */
START_TEST(crashing_thread_is_read_beyond_the_limit)
{
	enum { N = LIMIT_DUMP_THREADS + 3, LIST = DUMP_BODY + 12 };
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct diag quiet = { .tool = "test" };
	struct md_threads t;
	struct md md;
	struct error err = { 0 };
	enum md_verdict verdict;
	size_t size = LIST + 4 + (size_t)N * 48;
	uint8_t *p = calloc(1, size);

	dump_begin(&m, MD_BREAKPAD_INFO);
	dump_put(&m, 4, 2);
	dump_put(&m, 4, 0);
	dump_put(&m, 4, N - 2);
	dump_end(&m);
	dump_begin(&m, MD_THREAD_LIST);
	dump_put(&m, 4, N);
	dump_end(&m);
	dump_set(&m, DUMP_HEADER + DUMP_ENTRY + 4, 4, size - LIST);
	memcpy(p, m.b.p, m.b.n);
	for (uint32_t i = 0; i < N; i++) {
		uint32_t id = i < N - 1 ? i : N - 2;
		uint8_t *at = p + LIST + 4 + (size_t)i * 48;

		for (unsigned byte = 0; byte < 4; byte++)
			at[byte] = (uint8_t)(id >> 8 * byte);
		at[16] = (uint8_t)(i - LIMIT_DUMP_THREADS);
	}
	ck_assert(md_open(&md, (struct slice){ p, size }, "t", &a, &quiet, &verdict, &err));
	ck_assert(md_threads_read(&t, &md, &a, &quiet));
	ck_assert_uint_eq(t.n, LIMIT_DUMP_THREADS + 1);
	ck_assert_uint_eq(t.n_all, N);
	ck_assert_uint_eq(t.v[t.n - 1].id, N - 2);
	ck_assert_uint_eq(t.v[t.n - 1].teb, 2);
	arena_free(&a);
	free(p);
}
END_TEST

static void put_exception(struct dump_maker *m, uint32_t n_parameters)
{
	dump_begin(m, MD_EXCEPTION);
	dump_put(m, 4, 77);
	dump_put(m, 4, 0);
	dump_put(m, 4, 0xc0000005);
	dump_put(m, 4, 1);
	dump_put(m, 8, 0);
	dump_put(m, 8, 0x401000);
	dump_put(m, 4, n_parameters);
	dump_put(m, 4, 0);
	for (uint64_t i = 0; i < 15; i++)
		dump_put(m, 8, i << 32 | 7);
	dump_put(m, 4, 8);
	dump_put(m, 4, 32);
	dump_end(m);
}

START_TEST(exception_is_read_whole_or_not_at_all)
{
	struct dump_maker m = dump_make(_i != 0);
	struct arena a = { 0 };

	put_exception(&m, 99);
	for (size_t n = DUMP_BODY; n <= m.b.n; n++) {
		struct md_exception e;
		struct md md;

		ck_assert(dump_open_cut(&md, &m, n, &a));
		md_exception_read(&e, &md);
		ck_assert(e.present == (n == m.b.n));
		ck_assert(e.context.failed != e.present);
		if (!e.present)
			continue;
		ck_assert_uint_eq(e.thread_id, 77);
		ck_assert_uint_eq(e.code, 0xc0000005);
		ck_assert_uint_eq(e.flags, 1);
		ck_assert_uint_eq(e.address, 0x401000);
		ck_assert_uint_eq(e.n_parameters, 15);
		ck_assert_uint_eq(e.parameters[14], 14ull << 32 | 7);
		ck_assert_uint_eq(cursor_left(&e.context), 8);
	}
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("md_thread");
	TCase *t = tcase_create("md_thread");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, threads_have_stack_and_context, 0, 2);
	tcase_add_test(t, stack_at_offset_0_is_none);
	tcase_add_test(t, cut_thread_list_is_none);
	tcase_add_test(t, of_names_of_one_thread_the_last_readable_counts);
	tcase_add_test(t, crashing_thread_is_read_beyond_the_limit);
	tcase_add_loop_test(t, exception_is_read_whole_or_not_at_all, 0, 2);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
