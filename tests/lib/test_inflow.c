#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "base/inflow.h"

/* More than the module inflates at a time, several times. */
enum { SIZE = 5 * 1024 * 1024 + 12345 };

/* Text that has something to refer back to, and something new. */
static void fill(uint8_t *p)
{
	uint32_t x = 1;

	for (size_t i = 0; i < SIZE; i++) {
		x = x * 1664525 + 1013904223;
		p[i] = i > 1000 && x >> 30 != 0 ? p[i - 1 - (x >> 10) % 1000] : (uint8_t)(x >> 24);
	}
}

struct made {
	uint8_t *text, *packed, *room;
	uLongf n;
	struct slice out;
	struct inflow *inflow;
};

/* Ready to come out, into room for so many bytes. */
static struct made make(size_t room)
{
	struct made m = { .text = malloc(SIZE), .n = compressBound(SIZE) };

	m.packed = malloc(m.n);
	fill(m.text);
	ck_assert_int_eq(compress2(m.packed, &m.n, m.text, SIZE, 1), Z_OK);
	m.room = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(m.room != MAP_FAILED);
	m.out = (struct slice){ m.room, room };
	return m;
}

static void start(struct made *m, bool forgets, uint64_t ahead)
{
	m->inflow = inflow_open((struct slice){ m->packed, m->n }, m->out, forgets, ahead);
	ck_assert_ptr_nonnull(m->inflow);
}

static void stop(struct made *m)
{
	m->inflow->close(m->inflow);
}

static void end(struct made *m)
{
	stop(m);
	munmap(m->room, m->out.n);
	free(m->text);
	free(m->packed);
}

static bool need(struct made *m, uint64_t n)
{
	return m->inflow->need(m->inflow, n);
}

static bool is_bad(struct made *m)
{
	return m->inflow->is_bad(m->inflow);
}

START_TEST(what_is_needed_comes_out)
{
	static const uint64_t steps[] = { 0, 1, 100, 99, 70000, 1 << 20, 3 << 20, SIZE };
	struct made m = make(SIZE);

	start(&m, false, _i == 0 ? 0 : UINT64_MAX);
	for (size_t i = 0; i < COUNT(steps); i++) {
		ck_assert(need(&m, steps[i]));
		ck_assert(memcmp(m.room, m.text, steps[i]) == 0);
	}
	ck_assert(!is_bad(&m));
	end(&m);
}
END_TEST

START_TEST(a_stream_of_another_size_is_bad)
{
	const size_t room = _i == 0 ? SIZE - 1 : SIZE + 1;
	struct made m = make(room);

	start(&m, false, 0);
	ck_assert(need(&m, 1 << 20));
	ck_assert(!is_bad(&m));
	ck_assert(need(&m, room) == (_i == 0));
	ck_assert(is_bad(&m));
	ck_assert(memcmp(m.room, m.text, SIZE - 1) == 0);
	end(&m);
}
END_TEST

START_TEST(a_cut_stream_is_bad)
{
	struct made m = make(SIZE);

	m.n = _i == 0 ? 0 : _i == 1 ? 1 : _i == 2 ? m.n / 2 : m.n - 4;
	start(&m, false, 0);
	ck_assert(need(&m, SIZE) == (_i == 3)); /* but for the sum, all is there */
	ck_assert(is_bad(&m));
	ck_assert(_i < 2 || (need(&m, SIZE / 3) && memcmp(m.room, m.text, SIZE / 3) == 0));
	end(&m);
}
END_TEST

START_TEST(a_wrong_sum_is_bad)
{
	struct made m = make(SIZE);

	m.packed[m.n - 1] ^= 1;
	start(&m, false, 0);
	ck_assert(need(&m, SIZE));
	ck_assert(is_bad(&m));
	end(&m);
}
END_TEST

START_TEST(damage_never_leads_outside)
{
	struct made m = make(SIZE);

	for (uint32_t i = 0; i < 40; i++) {
		uint8_t *byte = &m.packed[i * 2654435761u % m.n], bit = (uint8_t)(1 << i % 8);

		*byte ^= bit;
		start(&m, false, 0);
		need(&m, SIZE);
		ck_assert(is_bad(&m));
		stop(&m);
		*byte ^= bit;
	}
	start(&m, false, 0);
	ck_assert(need(&m, SIZE) && !is_bad(&m));
	end(&m);
}
END_TEST

/* Reads it all in pieces, and says whether that was right. */
static _Noreturn void read_all(struct made *m)
{
	for (uint64_t n = 0; n < SIZE; n += SIZE / 50) {
		if (!need(m, n) || memcmp(m->room, m->text, n) != 0)
			_exit(1);
	}
	_exit(need(m, SIZE) && !is_bad(m) ? 0 : 1);
}

START_TEST(processes_take_turns)
{
	struct made m = make(SIZE);
	int status;

	start(&m, false, _i == 0 ? 0 : 2 << 20);
	for (int i = 0; i < 4; i++) {
		if (fork() == 0)
			read_all(&m);
	}
	for (int i = 0; i < 4; i++) {
		ck_assert(wait(&status) > 0);
		ck_assert_int_eq(status, 0);
	}
	ck_assert(need(&m, SIZE) && !is_bad(&m) && memcmp(m.room, m.text, SIZE) == 0);
	end(&m);
}
END_TEST

/* A process that is killed over it keeps nobody waiting. */
START_TEST(who_dies_frees_the_turn)
{
	struct made m = make(SIZE);

	for (unsigned wait_us = 0; wait_us < 12000; wait_us += 1000) {
		pid_t child;

		memset(m.room, 0, SIZE);
		start(&m, false, 0);
		child = fork();
		if (child == 0) {
			need(&m, SIZE);
			pause();
		}
		usleep(wait_us);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		ck_assert(need(&m, SIZE) ? memcmp(m.room, m.text, SIZE) == 0 : is_bad(&m));
		stop(&m);
	}
	start(&m, false, 0);
	end(&m);
}
END_TEST

START_TEST(what_is_forgotten_is_zero)
{
	enum { FROM = 100000, TO = 900000, EDGE = 65536 };
	struct made m = make(SIZE);

	start(&m, _i == 0, 0);
	ck_assert(need(&m, 1 << 20));
	m.inflow->forget(m.inflow, FROM, TO);
	ck_assert_int_eq(m.inflow->forgets, _i == 0);
	ck_assert(need(&m, SIZE));
	ck_assert(memcmp(m.room, m.text, FROM) == 0);
	ck_assert(memcmp(m.room + TO, m.text + TO, SIZE - TO) == 0);
#ifdef __linux__
	for (size_t i = FROM + EDGE; _i == 0 && i < TO - EDGE; i++)
		ck_assert_uint_eq(m.room[i], 0);
#endif
	m.inflow->forget(m.inflow, 10, 20); /* no page lies in it */
	ck_assert(memcmp(m.room, m.text, FROM) == 0);
	end(&m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("inflow");
	TCase *t = tcase_create("inflow");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, what_is_needed_comes_out, 0, 2);
	tcase_add_loop_test(t, a_stream_of_another_size_is_bad, 0, 2);
	tcase_add_loop_test(t, a_cut_stream_is_bad, 0, 4);
	tcase_add_test(t, a_wrong_sum_is_bad);
	tcase_add_test(t, damage_never_leads_outside);
	tcase_add_loop_test(t, processes_take_turns, 0, 2);
	tcase_add_test(t, who_dies_frees_the_turn);
	tcase_add_loop_test(t, what_is_forgotten_is_zero, 0, 2);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
