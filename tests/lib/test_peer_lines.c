#include <check.h>
#include <stdlib.h>

#include "sym/peer_lines.h"

/*
 * Two bytes a line before, a line of the length given, two bytes a line behind, and whether the
 * last line has its LF. Each outcome was seen of minidump-stackwalk 0.27.0.
 */
static const struct {
	size_t before, length, behind;
	bool last_lf, hidden, complete;
} cases[] = {
	{ 0, 0, 0, true, false, true },           { 10, 100, 10, true, false, true },
	{ 10, 100, 10, false, false, false },     { 10, 40000, 10, false, false, false },
	{ 10, 80000, 10, true, false, true },     { 10, 163000, 10, true, false, true },
	{ 10, 163841, 10, true, true, true },     { 10, 400000, 10, true, true, true },
	{ 100000, 400000, 10, true, true, true }, { 10, 180000, 10, false, true, true },
	{ 10, 155000, 10, false, false, true },
};

static void put_lines(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_put(b, "x\n", 2);
}

START_TEST(lines_that_are_not_seen)
{
	struct peer_lines p = { 0 };
	struct buf text = { 0 };
	uint64_t at = 2 * cases[_i].before;

	put_lines(&text, cases[_i].before);
	for (size_t n = 1; n < cases[_i].length; n++)
		buf_put_char(&text, 'y');
	if (cases[_i].length != 0)
		buf_put_char(&text, '\n');
	put_lines(&text, cases[_i].behind);
	if (!cases[_i].last_lf)
		buf_put_char(&text, 'z');

	peer_lines_find(&p, buf_str(&text));
	ck_assert(peer_lines_hide(&p, at) == cases[_i].hidden);
	ck_assert(!peer_lines_hide(&p, at + 1));
	if (text.n != 0)
		ck_assert(p.complete == cases[_i].complete);
	buf_free(&p.offsets);
	buf_free(&text);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("peer_lines");
	TCase *t = tcase_create("peer_lines");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, lines_that_are_not_seen, 0, sizeof(cases) / sizeof(cases[0]));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
