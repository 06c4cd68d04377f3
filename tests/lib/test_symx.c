#include <check.h>
#include <stdlib.h>

#include "symx_text.h"

/* One row a rule: a file, an address, what is known about it. */
static const struct {
	const char *text;
	uint64_t offset;
	const char *answer;
} asked[] = {
	{ "FUNC 100 10 4 f\n", 0xff, "-" },
	{ "FUNC 100 10 4 f\n", 0x100, "100 f - params 4" },
	{ "FUNC 100 10 4 f\n", 0x10f, "100 f - params 4" },
	{ "FUNC 100 10 4 f\n", 0x110, "-" },
	{ "FUNC 100 10 0 f", 0x105, "100 f -" },
	{ "\xef\xbb\xbf"
	  "FUNC 100 10 0 f\n",
	  0x105, "100 f -" },
	{ "FUNC ffffffffffffff00 100 0 f\n", UINT64_MAX, "ffffffffffffff00 f -" },
	{ "FUNC 100 100000000 0 f\n", 0x100000000, "100 f -" },
	/* The address decides, then the size, then the place in the file; the rest is hidden. */
	{ "FUNC 100 20 0 long\nFUNC 100 10 0 short\n", 0x118, "-" },
	{ "FUNC 100 10 0 b\nFUNC 100 10 0 a\n", 0x105, "100 b -" },
	{ "FUNC 108 8 0 in\nFUNC 100 40 0 out\n", 0x109, "100 out -" },
	/* Lines: of size 0 and overlapping ones; a file that is not there takes the line with it.
	 */
	{ "FILE 1 a.c\nFUNC 100 20 0 f\n100 0 1 1\n100 8 2 1\n104 8 3 1\n", 0x105, "100 f a.c:2" },
	{ "FILE 1 a.c\nFUNC 100 20 0 f\n108 8 2 1\n100 8 1 1\n", 0x109, "100 f a.c:2" },
	{ "FILE 1 a.c\nFUNC 100 20 0 f\n100 20 1 1\n108 8 2 1\n110 8 3 1\n", 0x109, "100 f a.c:1" },
	{ "FUNC 100 20 0 f\n100 20 7 9\n", 0x100, "100 f -" },
	{ "FILE 1 a.c\nFILE 1 b.c\nFUNC 100 20 0 f\n100 20 7 1\n", 0x100, "100 f b.c:7" },
	{ "FUNC 100 20 0 f\n100 20 7 4000000000\nFILE 4000000000 a.c\n", 0x100, "100 f a.c:7" },
	{ "FILE 1 a.c\nFUNC 100 20 0 f\n100 20 0 1\n", 0x100, "100 f a.c:0" },
	/* A damaged line, a blank one, and other records do not end a body; PUBLIC does. */
	{ "FILE 1 a.c\nFUNC 100 20 0 f\n100 zz 1 1\n\nINFO x\n100 8 2 1\n", 0x105, "100 f a.c:2" },
	{ "FILE 1 a.c\nFUNC 100 20 0 f\nPUBLIC 90 0 p\n100 8 2 1\n", 0x105, "100 f -" },
	{ "FILE 1 a.c\nFUNC 100 20 0 f\nFUNC 200 zz 0 g\n100 8 2 1\n", 0x105, "100 f -" },
	/* Inlines: calls move one frame out, the line is of the innermost. */
	{ "FILE 0 a\nFILE 1 b\nINLINE_ORIGIN 0 i\nINLINE_ORIGIN 1 j\nFUNC 100 20 0 f\n"
	  "INLINE 0 11 0 0 100 10\nINLINE 1 21 1 1 104 4\n100 20 30 1\n",
	  0x105, "100 f a:11 < i b:21 < j b:30" },
	{ "FILE 0 a\nINLINE_ORIGIN 0 i\nFUNC 100 20 0 f\nINLINE 0 11 0 0 100 4 108 4\n100 20 30 "
	  "0\n",
	  0x105, "100 f a:30" },
	{ "FILE 0 a\nINLINE_ORIGIN 0 i\nFUNC 100 20 0 f\nINLINE 1 11 0 0 100 4\n100 20 30 0\n",
	  0x101, "100 f a:30" },
	/* Of one depth the range that starts last counts, even if it ends before the address. */
	{ "FILE 0 a\nINLINE_ORIGIN 0 i\nFUNC 100 20 0 f\nINLINE 0 11 0 0 100 10\n"
	  "INLINE 0 12 0 0 104 2\n100 20 30 0\n",
	  0x108, "100 f a:30" },
	{ "FILE 0 a\nINLINE_ORIGIN 1 j\nFUNC 100 20 0 f\nINLINE 0 11 0 0 100 10\n"
	  "INLINE 1 12 0 1 100 10\n100 20 30 0\n",
	  0x108, "100 f a:11 < j a:30" },
	{ "FILE 0 a\nINLINE_ORIGIN 0 i\nFUNC 100 20 0 f\nINLINE 0 11 -1 0 100 10\n100 20 0 0\n",
	  0x108, "100 f - < i a" },
	{ "FILE 0 a\nINLINE_ORIGIN 0 -1 i x\nFUNC 100 20 0 f\nINLINE 0 11 0 100 10\n100 20 5 0\n",
	  0x108, "100 f a:11 < i x a:5" },
	{ "FILE 0 a\nINLINE_ORIGIN 0 1 i\nFUNC 100 20 0 f\nINLINE 0 11 0 0 100 10\n100 20 5 0\n",
	  0x108, "100 f a:11 < 1 i a:5" },
	/* PUBLIC: to the next FUNC; the last by name, then parameter size. */
	{ "PUBLIC 100 0 b\nPUBLIC 100 0 a\n", 0x1000, "100 PUBLIC b" },
	{ "PUBLIC 100 8 a\nPUBLIC 100 4 a\n", 0x100, "100 PUBLIC a params 8" },
	{ "FUNC 80 10 0 f\nPUBLIC 70 0 p\n", 0x75, "70 PUBLIC p" },
	{ "FUNC 80 10 0 f\nPUBLIC 70 0 p\n", 0x95, "-" },
	{ "FUNC 80 10 0 f\nPUBLIC 80 0 p\n", 0x95, "-" },
	{ "FUNC 80 10 0 f\nPUBLIC 88 0 p\n", 0x95, "88 PUBLIC p" },
	/* STACK CFI: deltas sorted by address, then text; those of a block stay in it. */
	{ "STACK CFI INIT 100 10 r\nSTACK CFI 104 b\nSTACK CFI 102 c\nSTACK CFI 104 a\n", 0x104,
	  "- cfi 100+10 [r] [c] [a] [b]" },
	{ "STACK CFI INIT 100 10 r\nSTACK CFI 104 b\nSTACK CFI INIT 200 10 s\nSTACK CFI 108 x\n",
	  0x108, "- cfi 100+10 [r] [b]" },
	{ "STACK CFI INIT 100 0 r\nSTACK CFI INIT 108 10 s\nSTACK CFI INIT 100 10 t\n", 0x109,
	  "- cfi 100+10 [t]" },
	/* STACK WIN: cut where the next begins; the parameter size is more reliable than FUNC's. */
	{ "FUNC 100 20 c f\nSTACK WIN 4 100 20 0 0 8 0 0 0 1 p\nSTACK WIN 4 108 18 0 0 4 0 0 0 1 "
	  "q\n",
	  0x105, "100 f - params 8 win4 100+8" },
	{ "STACK WIN 0 100 20 0 0 8 0 0 0 0 1\nSTACK WIN 0 100 10 0 0 8 0 0 0 0 0\n", 0x105,
	  "- win0 100+20 ebp" },
	{ "STACK WIN 3 100 20 0 0 8 0 0 0 0 1\nSTACK WIN 0 100 10 0 0 8 0 0 0 1 0\n", 0x105, "-" },
};

START_TEST(answers)
{
	struct buf out = { 0 };
	struct symx_text t;

	ck_assert(symx_text_open(&t, str_of(asked[_i].text), false));
	symx_text_ask(&t.symx, asked[_i].offset, &out);
	buf_put_char(&out, '\0');
	ck_assert_str_eq(out.p, asked[_i].answer);
	ck_assert(symx_has_name(&t.symx, asked[_i].offset) == (out.p[0] != '-'));
	buf_free(&out);
	symx_text_close(&t);
}
END_TEST

/* Whether rust-minidump takes a file; records that are left out by default. */
static const struct {
	const char *text;
	bool strict;
	unsigned skipped;
} judged[] = {
	{ "", false, 0 },
	{ "\n", true, 0 },
	{ "MODULE a b 1 c\nFUNC 1 1 0 f\n1 1 1 1\n\nPUBLIC 9 0 p\n", true, 0 },
	{ "\nMODULE a b 1 c\n", false, 0 },
	{ "MODULE a b 1 c\nMODULE a b 1 c\n", false, 1 },
	{ "FUNC 1 1 0 f\n\n1 1 1 1\n", false, 0 },
	{ "FUNC 1 1 0 f\nFILE 1 a\n1 1 1 1\n", false, 0 },
	{ "FUNC 1 1 0 f\nINLINE_ORIGIN 1 a\n1 1 1 1\n", true, 0 },
	{ "FUNC 1 1 0 f\nINLINE_ORIGIN\t1 a\n1 1 1 1\n", false, 0 },
	{ "1 1 1 1\n", false, 1 },
	{ "INLINE 0 1 1 1 1 1\n", false, 1 },
	{ "STACK CFI 1 x\n", false, 1 },
	{ "STACK CFI INIT 1 1 x\nSTACK CFI 1 x\n", true, 0 },
	{ "STACK CFI INIT 1 1 x\n\nSTACK CFI 1 x\n", false, 0 },
	{ "STACK CFI INIT 1 1\nSTACK CFI 1 x\n", false, 2 },
	{ "FUNC 1 1 0 f\nwhat\n1 1 1 1", false, 1 },
};

START_TEST(verdicts)
{
	struct symx_text t;

	ck_assert(symx_text_open(&t, str_of(judged[_i].text), false));
	ck_assert_msg(symx_strict(&t.symx) == judged[_i].strict, "%s", judged[_i].text);
	ck_assert_uint_eq(symx_skipped(&t.symx), judged[_i].skipped);
	symx_text_close(&t);
}
END_TEST

START_TEST(url_is_the_last)
{
	struct symx_text t;

	ck_assert(symx_text_open(&t, STR("INFO URL a\nINFO URL b\nINFO URL\n"), false));
	ck_assert(str_eq(symx_url(&t.symx), STR("b")));
	symx_text_close(&t);
}
END_TEST

/* A body that is long enough to use up what may be read. */
START_TEST(long_bodies_cost_a_bounded_amount)
{
	struct buf text = { 0 };
	struct arena a = { 0 };
	struct symx_text t;
	struct sym_cfi cfi;
	struct sym_frame f;

	buf_printf(&text, "FILE 1 a.c\nFUNC 100 10 0 f\n");
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&text, "%x 1 1 1\n", 0x1000 + i);
	buf_printf(&text, "100 10 7 1\nSTACK CFI INIT 100 10 r\n");
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&text, "STACK CFI 100 %u\n", i);
	ck_assert(symx_text_open(&t, buf_str(&text), false));

	ck_assert(symx_find(&t.symx, 0x100, &a, &f));
	ck_assert_uint_eq(f.place.line, 7);
	ck_assert(symx_cfi(&t.symx, 0x100, &a, &cfi));
	ck_assert_uint_le(cfi.n_rules, LIMIT_SYM_CFI_ROWS + 1);

	t.state.budget = 1000;
	ck_assert(symx_find(&t.symx, 0x100, &a, &f));
	ck_assert(str_eq(f.function, STR("f")) && !f.place.has_line && t.state.exhausted);
	arena_free(&a);
	symx_text_close(&t);
	buf_free(&text);
}
END_TEST

/* rust-minidump does not see lines of more than 160 KiB: the lines of such a FUNC go to the one
 * before. */
START_TEST(overlong_lines_are_for_compat_not_there)
{
	struct buf text = { 0 };
	struct buf out = { 0 };
	struct symx_text t;

	buf_printf(&text, "FILE 1 a.c\nFUNC 100 10 0 f\nFUNC 200 10 0 %0200000d\n100 10 7 1\n", 0);
	for (int compat = 0; compat < 2; compat++) {
		ck_assert(symx_text_open(&t, buf_str(&text), compat != 0));
		ck_assert_uint_ne(t.state.index.head.flags & SYMX_LONG_LINES, 0);
		symx_text_ask(&t.symx, 0x105, &out);
		buf_put_char(&out, ' ');
		buf_put_char(&out, symx_has_name(&t.symx, 0x205) ? 'y' : 'n');
		buf_put_char(&out, '\n');
		symx_text_close(&t);
	}
	ck_assert(str_eq(buf_str(&out), STR("100 f - y\n100 f a.c:7 n\n")));
	buf_free(&out);
	buf_free(&text);
}
END_TEST

static const char sample[] = "MODULE Linux x86_64 0123 app\nINFO URL u\nFILE 0 a.c\nFILE 1000 b.c\n"
			     "INLINE_ORIGIN 0 i\nFUNC 100 20 4 f\nINLINE 0 3 0 0 100 8 110 4\n"
			     "100 8 5 0\n108 18 6 1000\nPUBLIC 200 0 p\nSTACK CFI INIT 100 20 r\n"
			     "STACK CFI 104 s\nSTACK WIN 4 200 20 0 0 8 0 0 0 1 p\n"
			     "STACK WIN 0 200 20 0 0 8 0 0 0 0 1\n";

static void ask_all(const struct symx *x, struct buf *out)
{
	for (uint64_t offset = 0xf0; offset < 0x240; offset += 4)
		symx_text_ask(x, offset, out);
	buf_put_str(out, symx_url(x));
}

START_TEST(a_text_cut_anywhere_is_read)
{
	struct buf out = { 0 };
	struct symx_text t;

	for (size_t n = 0; n < sizeof(sample); n++) {
		/* On the heap, so that a byte read too far is seen. */
		char *copy = malloc(n + 1);

		memcpy(copy, sample, n);
		ck_assert(symx_text_open(&t, (struct str){ copy, n }, false));
		ask_all(&t.symx, &out);
		symx_text_close(&t);
		free(copy);
	}
	buf_free(&out);
}
END_TEST

/* The index stands over another text than it was made from: no sum can know, but nothing may break.
 */
START_TEST(an_index_of_another_text_is_harmless)
{
	struct buf out = { 0 };
	struct symx_text t;

	ck_assert(symx_text_open(&t, STR(sample), false));
	for (size_t n = 0; n < sizeof(sample); n++) {
		char *copy = malloc(n + 1);

		for (size_t i = 0; i < n; i++)
			copy[i] = sample[(i * 7 + n) % sizeof(sample)];
		t.symx.text = (struct str){ copy, n };
		ask_all(&t.symx, &out);
		free(copy);
	}
	symx_text_close(&t);
	buf_free(&out);
}
END_TEST

/* Opens a copy of the index and asks everything. False: the damage was noticed. */
static bool ask_copy(const struct symx_text *good, const char *index, size_t n, struct buf *out)
{
	uint8_t *copy = malloc(n + 1);
	struct symx_state state = { .budget = LIMIT_SYM_BODY_BYTES };
	struct symx x = { .text = good->symx.text, .state = &state };
	bool ok;

	buf_clear(out);
	memcpy(copy, index, n);
	ok = symx_index_open(&state.index, (struct slice){ copy, n });
	if (ok) {
		state.index.checked = calloc(symx_index_blocks(&state.index) + 1, 1);
		ask_all(&x, out);
		ok = !state.index.damaged;
		free(state.index.checked);
	}
	free(copy);
	return ok;
}

START_TEST(every_cut_and_every_flip_of_an_index_is_noticed)
{
	struct buf expected = { 0 }, out = { 0 };
	struct symx_text t;

	ck_assert(symx_text_open(&t, STR(sample), false));
	ask_all(&t.symx, &expected);
	ck_assert(ask_copy(&t, t.index.p, t.index.n, &out));
	ck_assert(str_eq(buf_str(&out), buf_str(&expected)));

	for (size_t n = 0; n < t.index.n; n++)
		ck_assert_msg(!ask_copy(&t, t.index.p, n, &out), "cut at %zu", n);
	for (size_t i = 0; i < t.index.n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			t.index.p[i] = (char)(t.index.p[i] ^ 1 << bit);
			ck_assert_msg(!ask_copy(&t, t.index.p, t.index.n, &out),
				      "bit %u of byte %zu", bit, i);
			t.index.p[i] = (char)(t.index.p[i] ^ 1 << bit);
		}
	}
	buf_put_char(&t.index, '\0');
	ck_assert(!ask_copy(&t, t.index.p, t.index.n, &out));
	symx_text_close(&t);
	buf_free(&expected);
	buf_free(&out);
}
END_TEST

/* 1: every number of the file stands in an array; 2: pairs, because it has gaps. */
START_TEST(numbers_with_gaps)
{
	struct symx_text t;

	ck_assert(symx_text_open(&t, STR("FILE 0 a\nFILE 2 c\nFILE 1 b\n"), false));
	ck_assert_uint_eq(t.state.index.arrays[SYMX_FILE].n, 0);
	ck_assert_uint_eq(symx_index_numbered(&t.state.index, SYMX_FILE, 2), 9);
	ck_assert_uint_eq(symx_index_numbered(&t.state.index, SYMX_FILE, 3), SYMX_NONE);
	symx_text_close(&t);

	ck_assert(symx_text_open(&t, STR("FILE 4294967295 a\nFILE 7 c\n"), false));
	ck_assert_uint_eq(t.state.index.arrays[SYMX_FILE].n, 2);
	ck_assert_uint_eq(symx_index_numbered(&t.state.index, SYMX_FILE, UINT32_MAX), 0);
	ck_assert_uint_eq(symx_index_numbered(&t.state.index, SYMX_FILE, 7), 18);
	ck_assert_uint_eq(symx_index_numbered(&t.state.index, SYMX_FILE, 8), SYMX_NONE);
	ck_assert_uint_eq(symx_index_numbered(&t.state.index, SYMX_FILE, 0), SYMX_NONE);
	symx_text_close(&t);
}
END_TEST

START_TEST(wide_addresses)
{
	struct buf out = { 0 };
	struct symx_text t;

	ck_assert(symx_text_open(
		&t, STR("FUNC 100 10 0 f\nFUNC fffffffff000 10 0 g\nPUBLIC ffffffff 0 p\n"),
		false));
	ck_assert_uint_eq(t.state.index.arrays[SYMX_FUNC].width, 8);
	ck_assert_uint_eq(t.state.index.arrays[SYMX_PUBLIC].width, 8);
	symx_text_ask(&t.symx, 0x105, &out);
	symx_text_ask(&t.symx, 0xfffffffff00f, &out);
	symx_text_ask(&t.symx, 0xffffffff, &out);
	ck_assert(str_eq(buf_str(&out), STR("100 f -fffffffff000 g -ffffffff PUBLIC p")));
	buf_free(&out);
	symx_text_close(&t);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("symx");
	TCase *t = tcase_create("symx");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, answers, 0, sizeof(asked) / sizeof(asked[0]));
	tcase_add_loop_test(t, verdicts, 0, sizeof(judged) / sizeof(judged[0]));
	tcase_add_test(t, url_is_the_last);
	tcase_add_test(t, long_bodies_cost_a_bounded_amount);
	tcase_add_test(t, overlong_lines_are_for_compat_not_there);
	tcase_add_test(t, a_text_cut_anywhere_is_read);
	tcase_add_test(t, an_index_of_another_text_is_harmless);
	tcase_add_test(t, every_cut_and_every_flip_of_an_index_is_noticed);
	tcase_add_test(t, numbers_with_gaps);
	tcase_add_test(t, wide_addresses);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
