#include <check.h>
#include <stdlib.h>

#include "bin/flatten.h"

/*
 * A function at [0x100, 0x120) whose bytes are one character each: rows as letters (the line, '.'
 * for a hole), calls as ranges. The result is written the same way: a row of characters for the
 * lines and one for each depth of inlined calls.
 */
enum { START = 0x100, SIZE = 16, DEPTHS = 3, FILE_NUMBER = 7 };

struct picture {
	char lines[SIZE + 1];
	char calls[DEPTHS][SIZE + 1]; /* the origin's letter */
};

struct call {
	int start, size;
	unsigned depth;
	char origin; /* its call line is the same letter in upper case */
};

static const struct scene {
	const char *rows;
	struct call calls[4];
	bool no_inlines, compat;
	struct picture expected;
} scenes[] = {
	/* no calls */
	{ "aabbbbbbbbbbcccc", { { 0 } }, false, false, { "aabbbbbbbbbbcccc", { "" } } },
	{ "aabb....bbbb....", { { 0 } }, false, false, { "aabb....bbbb....", { "" } } },
	{ "aabb....cccc....", { { 0 } }, false, true, { "aabbbbbbcccccccc", { "" } } },
	{ "..bb............", { { 0 } }, false, true, { "..bbbbbbbbbbbbbb", { "" } } },
	/* one call, two nested ones */
	{ "aaaabbbbbbbbcccc",
	  { { 4, 8, 0, 'x' } },
	  false,
	  false,
	  { "aaaabbbbbbbbcccc", { "....xxxxxxxx...." } } },
	{ "aaaabbbbbbbbcccc",
	  { { 6, 2, 1, 'y' }, { 4, 8, 0, 'x' } },
	  false,
	  false,
	  { "aaaabbbbbbbbcccc", { "....xxxxxxxx....", "......yy........" } } },
	/* without inlined calls: where the outermost one is called */
	{ "aaaabbbbbbbbcccc",
	  { { 4, 8, 0, 'x' }, { 6, 2, 1, 'y' } },
	  true,
	  false,
	  { "aaaaXXXXXXXXcccc", { "" } } },
	{ "aaaabb......cccc", { { 4, 8, 0, 'x' } }, true, false, { "aaaaXXXXXXXXcccc", { "" } } },
	/* holes: a call keeps its bytes; the peer's gives them to the place of the call */
	{ "aaaabb..bbbbcccc",
	  { { 4, 8, 0, 'x' } },
	  false,
	  false,
	  { "aaaabb..bbbbcccc", { "....xxxxxxxx...." } } },
	{ "aaaabb..bbbbcccc",
	  { { 4, 8, 0, 'x' } },
	  false,
	  true,
	  { "aaaabbXXbbbbcccc", { "....xx..xxxx...." } } },
	{ "aaaabb..bbbbcccc",
	  { { 4, 8, 0, 'x' }, { 5, 4, 1, 'y' } },
	  false,
	  true,
	  { "aaaabbYYbbbbcccc", { "....xxxxxxxx....", ".....y..y......." } } },
	{ "aaaa....cccccccc", { { 4, 4, 0, 'x' } }, false, true, { "aaaaXXXXcccccccc", { "" } } },
	/* calls that do not fit: cut at the sibling, inside it, over the parent's end, no parent */
	{ "aaaaaaaaaaaaaaaa",
	  { { 2, 6, 0, 'x' }, { 4, 8, 0, 'y' } },
	  false,
	  false,
	  { "aaaaaaaaaaaaaaaa", { "..xxxxxxyyyy...." } } },
	{ "aaaaaaaaaaaaaaaa",
	  { { 2, 6, 0, 'x' }, { 4, 2, 0, 'y' } },
	  false,
	  false,
	  { "aaaaaaaaaaaaaaaa", { "..xxxxxx........" } } },
	{ "aaaaaaaaaaaaaaaa",
	  { { 2, 4, 0, 'x' }, { 4, 8, 1, 'y' }, { 6, 4, 0, 'z' } },
	  false,
	  false,
	  { "aaaaaaaaaaaaaaaa", { "..xxxxzzzz......", "....yyyyyy......" } } },
	{ "aaaaaaaaaaaaaaaa", { { 4, 8, 1, 'y' } }, false, false, { "aaaaaaaaaaaaaaaa", { "" } } },
	{ "aaaaaaaaaaaaaaaa",
	  { { -4, 8, 0, 'x' }, { 12, 20, 0, 'y' } },
	  false,
	  false,
	  { "aaaaaaaaaaaaaaaa", { "xxxx........yyyy" } } },
};

/* Rows of one letter, as the line table has them: the first may begin before the function. */
static size_t make_rows(const char *text, struct flat_row *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < SIZE; i++) {
		if (text[i] == '.')
			continue;
		if (i != 0 && text[i] == text[i - 1])
			rows[n - 1].size++;
		else
			rows[n++] = (struct flat_row){ START + i, 1, FILE_NUMBER,
						       (uint32_t)text[i] };
	}
	return n;
}

static size_t make_calls(const struct call *from, struct flat_call *to)
{
	size_t n = 0;

	for (; n < 4 && from[n].size != 0; n++)
		to[n] = (struct flat_call){ (uint64_t)(START + from[n].start),
					    (uint64_t)from[n].size,
					    from[n].depth,
					    FILE_NUMBER,
					    (uint32_t)(from[n].origin - 'a' + 'A'),
					    (uint32_t)from[n].origin };
	return n;
}

static void paint(char *picture, uint64_t start, uint64_t size, uint32_t letter)
{
	ck_assert_uint_ge(start, START);
	ck_assert_uint_le(start + size, START + SIZE);
	for (uint64_t i = 0; i < size; i++) {
		ck_assert_int_eq(picture[start - START + i], '.');
		picture[start - START + i] = (char)letter;
	}
}

static void draw(struct picture *p, const struct model_func *f)
{
	memset(p, '.', sizeof(*p));
	p->lines[SIZE] = '\0';
	for (int i = 0; i < DEPTHS; i++)
		p->calls[i][SIZE] = '\0';
	for (size_t i = 0; i < f->n_lines; i++) {
		ck_assert_uint_eq(f->lines[i].file, FILE_NUMBER);
		paint(p->lines, f->lines[i].start, f->lines[i].size, f->lines[i].line);
	}
	for (size_t i = 0; i < f->n_inlines; i++) {
		const struct model_inline *call = &f->inlines[i];

		ck_assert_uint_lt(call->depth, DEPTHS);
		ck_assert_uint_eq(call->call_line, call->origin - 'a' + 'A');
		ck_assert_uint_ge(call->n_ranges, 1);
		for (size_t j = 0; j < call->n_ranges; j++)
			paint(p->calls[call->depth], call->ranges[j].start, call->ranges[j].size,
			      call->origin);
	}
}

static void run(struct flatten *f, const struct scene *s, struct model_func *func)
{
	struct flatten_options o = { .inlines = !s->no_inlines, .compat = s->compat };
	struct flat_row rows[SIZE];
	struct flat_call calls[4];
	size_t n_rows = make_rows(s->rows, rows), n_calls = make_calls(s->calls, calls);

	*func = (struct model_func){ .start = START, .size = SIZE };
	flatten_func(f, &o, rows, n_rows, calls, n_calls, func);
}

START_TEST(rows_and_calls_become_records)
{
	const struct scene *s = &scenes[_i];
	struct flatten f;
	struct model_func func;
	struct picture p;

	flatten_init(&f, NULL);
	for (int again = 0; again < 2; again++) {
		run(&f, s, &func);
		draw(&p, &func);
		ck_assert_str_eq(p.lines, s->expected.lines);
		for (int i = 0; i < DEPTHS; i++)
			ck_assert_str_eq(p.calls[i], s->expected.calls[i][0] != '\0'
							     ? s->expected.calls[i]
							     : "................");
	}
	flatten_free(&f);
}
END_TEST

START_TEST(a_row_that_begins_before_the_function_is_cut_and_dropped_by_the_peer)
{
	const struct flat_row rows[] = { { START - 8, 12, FILE_NUMBER, 1 },
					 { START + 4, 40, FILE_NUMBER, 2 } };
	struct flatten_options o = { .compat = _i == 1 };
	struct model_func func = { .start = START, .size = SIZE };
	struct flatten f;

	flatten_init(&f, NULL);
	flatten_func(&f, &o, rows, 2, NULL, 0, &func);
	ck_assert_uint_eq(func.n_lines, _i == 1 ? 1 : 2);
	ck_assert_uint_eq(func.lines[0].start, _i == 1 ? START + 4 : START);
	ck_assert_uint_eq(func.lines[func.n_lines - 1].size, SIZE - 4);
	flatten_free(&f);
}
END_TEST

START_TEST(calls_that_look_the_same_are_one_record_with_joined_ranges)
{
	const struct flat_call calls[] = { { START, 2, 0, FILE_NUMBER, 1, 'x' },
					   { START + 2, 2, 0, FILE_NUMBER, 1, 'x' },
					   { START + 8, 2, 0, FILE_NUMBER, 1, 'x' },
					   { START + 4, 2, 0, FILE_NUMBER, 2, 'x' } };
	struct flatten_options o = { .inlines = true };
	struct model_func func = { .start = START, .size = SIZE };
	struct flatten f;

	flatten_init(&f, NULL);
	flatten_func(&f, &o, NULL, 0, calls, COUNT(calls), &func);
	ck_assert_uint_eq(func.n_inlines, 2);
	ck_assert_uint_eq(func.inlines[0].call_line, 1);
	ck_assert_uint_eq(func.inlines[0].n_ranges, 2);
	ck_assert_uint_eq(func.inlines[0].ranges[0].size, 4);
	ck_assert_uint_eq(func.inlines[0].ranges[1].start, START + 8);
	ck_assert_uint_eq(func.inlines[1].ranges[0].start, START + 4);
	flatten_free(&f);
}
END_TEST

/* Each of many calls of depth 1 spans all of many calls of depth 0. */
START_TEST(work_on_calls_that_never_fit_is_bounded)
{
	enum { N = 20000 };
	struct flat_call *calls = calloc(2 * N, sizeof(*calls));
	struct flatten_options o = { .inlines = true };
	struct model_func func = { .start = 0, .size = 4 * N };
	struct flatten f;

	flatten_init(&f, NULL);
	for (uint32_t i = 0; i < N; i++) {
		calls[2 * i] = (struct flat_call){ 4 * i, 4, 0, 0, 1, i };
		calls[2 * i + 1] = (struct flat_call){ i, 3 * N, 1, 0, 1, N + i };
	}
	flatten_func(&f, &o, NULL, 0, calls, 2 * N, &func);
	ck_assert_uint_ge(func.n_inlines, N);
	flatten_free(&f);
	free(calls);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("flatten");
	TCase *t = tcase_create("flatten");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_loop_test(t, rows_and_calls_become_records, 0, (int)COUNT(scenes));
	tcase_add_loop_test(t, a_row_that_begins_before_the_function_is_cut_and_dropped_by_the_peer,
			    0, 2);
	tcase_add_test(t, calls_that_look_the_same_are_one_record_with_joined_ranges);
	tcase_add_test(t, work_on_calls_that_never_fit_is_bounded);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
