#include <check.h>
#include <stdlib.h>

#include "symx_text.h"

/* Many looked-up functions answer from what is kept as they do from the text. */
enum { FUNCS = 40, SIZE = 0x40, FIRST = 0x1000, ROUNDS = 6 };

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

/* Lines and INLINEs anywhere: in order in even functions, overlapping and unordered in odd ones. */
static void put_body(struct buf *b, unsigned func, uint32_t *seed)
{
	uint32_t start = FIRST + func * SIZE, at = 0;

	for (unsigned i = next_random(seed) % 12; i > 0; i--) {
		uint32_t from = next_random(seed) % SIZE, size = next_random(seed) % 32;

		buf_printf(b, "INLINE %u %u 1 %u %x %x\n", next_random(seed) % 4, i,
			   next_random(seed) % 5, start + from - (func % 8 == 7 ? 8 : 0), size);
	}
	for (unsigned i = next_random(seed) % 20; i > 0 && at < SIZE; i--) {
		uint32_t size = next_random(seed) % 8;

		if (func % 2 != 0)
			at = next_random(seed) % SIZE;
		buf_printf(b, "%x %x %u %u\n", start + at, size, 100 + i, next_random(seed) % 3);
		at += size;
	}
}

static void make(struct buf *b, uint32_t seed)
{
	buf_printf(b, "MODULE Linux x86_64 0123 app\nFILE 0 a.c\nFILE 1 b.c\n");
	for (unsigned i = 0; i < 4; i++)
		buf_printf(b, "INLINE_ORIGIN %u inlined%u\n", i, i);
	for (unsigned i = 0; i < FUNCS; i++) {
		buf_printf(b, "FUNC %x %x 0 f%u\n", FIRST + i * SIZE, (unsigned)SIZE, i);
		put_body(b, i, &seed);
	}
}

START_TEST(what_is_kept_answers_as_the_text_does)
{
	struct buf text = { 0 }, fresh = { 0 }, kept = { 0 };
	struct symx_text a, b;

	make(&text, (uint32_t)_i);
	ck_assert(symx_text_open(&a, buf_str(&text), false));
	ck_assert(symx_text_open(&b, buf_str(&text), false));
	b.state.known.keeps = true;
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (unsigned i = 0; i < FUNCS * SIZE; i++) {
			buf_clear(&fresh);
			buf_clear(&kept);
			symx_text_ask(&a.symx, FIRST + i, &fresh);
			symx_text_ask(&b.symx, FIRST + i, &kept);
			ck_assert(str_eq(buf_str(&fresh), buf_str(&kept)));
		}
	}
	ck_assert(a.state.known.tables == NULL && b.state.known.tables != NULL);
	symx_text_close(&a);
	symx_text_close(&b);
	buf_free(&text);
	buf_free(&fresh);
	buf_free(&kept);
}
END_TEST

START_TEST(few_look_ups_keep_nothing)
{
	struct buf text = { 0 }, out = { 0 };
	struct symx_text t;

	make(&text, 1);
	ck_assert(symx_text_open(&t, buf_str(&text), false));
	t.state.known.keeps = true;
	for (unsigned i = 0; i < 64; i++)
		symx_text_ask(&t.symx, FIRST, &out);
	ck_assert(t.state.known.tables == NULL);
	symx_text_close(&t);
	buf_free(&text);
	buf_free(&out);
}
END_TEST

/* Functions of half a MiB as tables: all of them together would be over the limit. */
START_TEST(memory_is_bounded)
{
	enum { LONG = 160, LINES = 20000, STEP = 0x100000 };
	struct buf text = { 0 };
	struct arena a = { 0 };
	struct symx_text t;
	struct sym_frame f;

	buf_printf(&text, "FILE 0 a.c\n");
	for (unsigned i = 0; i < LONG; i++) {
		buf_printf(&text, "FUNC %x %x 0 f\n", i * STEP, (unsigned)STEP);
		for (unsigned k = 0; k < LINES; k++)
			buf_printf(&text, "%x 4 %u 0\n", i * STEP + 4 * k, k + 1);
	}
	ck_assert(symx_text_open(&t, buf_str(&text), false));
	t.state.known.keeps = true;
	for (unsigned i = 0; i < 4 * LONG; i++) {
		ck_assert(symx_find(&t.symx, i / 4 * STEP + 4 * i, &a, &f));
		ck_assert_uint_eq(f.place.line, i + 1);
		ck_assert_uint_le(t.state.known.arena.used, LIMIT_SYM_KNOWN_BYTES + 1024 * 1024);
	}
	arena_free(&a);
	symx_text_close(&t);
	buf_free(&text);
}
END_TEST

/* Bodies that do not keep to their FUNC, and numbers that share a place. */
static const char *const odd[] = {
	"FILE 1 a.c\nFUNC 100 20 0 f\nf8 10 1 1\n110 8 2 1\n",
	"FILE 1 a.c\nFUNC 100 20 0 f\nf8 8 1 1\n118 10 2 1\n",
	"FILE 1 a.c\nINLINE_ORIGIN 1 i\nFUNC 100 20 0 f\nINLINE 0 5 1 1 f8 10\n100 20 1 1\n",
	"FILE 1 a.c\nINLINE_ORIGIN 1 i\nFUNC 100 20 0 f\nINLINE 0 5 1 1 f8 8 118 100\n",
	"FILE 1 a.c\nINLINE_ORIGIN 1 i\nFUNC 100 20 0 f\nINLINE 0 5 1 1 108 ffffffffffffffff\n"
	"INLINE 1 6 1 1 100 20\nINLINE 2 7 1 1 104 0\n100 20 1 1\n",
	"FILE 1 a.c\nINLINE_ORIGIN 1 i\nFUNC 100 20 0 f\nINLINE 1 5 1 1 100 20\n110 4 1 1\n",
	"FILE 1 a.c\nINLINE_ORIGIN 1 i\nFUNC 100 20 0 f\nINLINE 0 5 1 1 100 20\n"
	"INLINE 2 5 1 1 104 8\nINLINE 1 5 1 9 108 4\n",
	"FILE 1 a.c\nINLINE_ORIGIN 1 1 i\nFUNC 100 20 0 f\nINLINE 0 5 1 104 8\n108 8 7 1\n",
	"FILE 1 a.c\nFUNC 100 ffffffff 0 f\n100 10 1 1\n110 fffffff0 2 1\n",
	"FILE 1 a.c\nFUNC 100 fffffffe 0 f\n100 10 1 1\n110 ffffff00 2 1\n",
	"FILE 1 a.c\nFUNC 0 8 0 f\n0 8 1 1\nFUNC 100 20 0 f\n100 20 2 1\n"
	"FUNC fffffffffffffff0 10 0 g\nfffffffffffffff0 10 3 1\n",
	"PUBLIC 100 0 p\nPUBLIC 110 0 q\nPUBLIC ffffffffffffffff 0 r\nFUNC 118 4 0 f\n",
	"FILE 0 a\nFILE 4 b\nFILE 8 c\nFUNC 100 20 0 f\n100 8 1 0\n108 8 2 4\n110 8 3 8\n118 8 4 "
	"12\n",
	"FUNC 100 20 0 f\n",
	"",
};

START_TEST(odd_bodies_answer_as_the_text_does)
{
	struct buf fresh = { 0 }, kept = { 0 };
	struct symx_text a, b;

	ck_assert(symx_text_open(&a, str_of(odd[_i]), false));
	ck_assert(symx_text_open(&b, str_of(odd[_i]), false));
	b.state.known.keeps = true;
	for (unsigned round = 0; round < ROUNDS; round++) {
		for (uint64_t i = 0; i < 0x50; i++) {
			uint64_t far = i < 8    ? UINT64_MAX - i
				       : i < 16 ? UINT32_MAX + 0xf8 + i
						: 0xe0 + i;

			buf_clear(&fresh);
			buf_clear(&kept);
			symx_text_ask(&a.symx, far, &fresh);
			symx_text_ask(&b.symx, far, &kept);
			ck_assert(str_eq(buf_str(&fresh), buf_str(&kept)));
		}
	}
	ck_assert(b.state.known.tables != NULL);
	symx_text_close(&a);
	symx_text_close(&b);
	buf_free(&fresh);
	buf_free(&kept);
}
END_TEST

/* More entries than a table has places: those that share one displace each other. */
START_TEST(more_functions_than_places)
{
	enum { PUBLICS = 1100000, PLACES = 262144 };
	struct buf text = { 0 };
	struct arena a = { 0 };
	struct symx_text t;
	struct sym_frame f;

	for (unsigned i = 0; i < PUBLICS; i++)
		buf_printf(&text, "PUBLIC %x 0 p\n", i * 16);
	ck_assert(symx_text_open(&t, buf_str(&text), false));
	t.state.known.keeps = true;
	for (unsigned i = 0; i < 400; i++) {
		uint64_t start = 16 * (i % 10 + i / 10 % 4 * PLACES);

		ck_assert(symx_find(&t.symx, start + i % 16, &a, &f));
		ck_assert_uint_eq(f.base, start);
	}
	arena_free(&a);
	symx_text_close(&t);
	buf_free(&text);
}
END_TEST

/* The index turns out to be damaged: another one takes its place. */
static void replace(struct symx_state *s, void *context)
{
	const struct symx_text *other = context;

	s->index = other->state.index;
	s->repair = NULL;
}

START_TEST(a_new_index_makes_all_forgotten)
{
	struct buf out = { 0 };
	struct symx_text t, other;

	ck_assert(symx_text_open(&t, STR("FUNC 100 10 0 f\nFUNC 200 10 0 g\n"), false));
	ck_assert(symx_text_open(&other, STR("what 100 10 0 f\nFUNC 200 10 0 g\n"), false));
	t.state.known.keeps = true;
	for (unsigned i = 0; i < 100; i++)
		symx_text_ask(&t.symx, 0x105, &out);
	buf_clear(&out);
	t.state.index.damaged = true;
	t.state.repair = replace;
	t.state.context = &other;
	symx_text_ask(&t.symx, 0x105, &out);
	symx_text_ask(&t.symx, 0x205, &out);
	ck_assert(str_eq(buf_str(&out), STR("-200 g -")));
	symx_text_close(&t);
	symx_text_close(&other);
	buf_free(&out);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("symx_known");
	TCase *t = tcase_create("symx_known");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, what_is_kept_answers_as_the_text_does, 0, 20);
	tcase_add_test(t, few_look_ups_keep_nothing);
	tcase_add_test(t, memory_is_bounded);
	tcase_add_loop_test(t, odd_bodies_answer_as_the_text_does, 0, COUNT(odd));
	tcase_add_test(t, more_functions_than_places);
	tcase_add_test(t, a_new_index_makes_all_forgotten);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
