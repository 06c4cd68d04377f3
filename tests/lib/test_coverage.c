#include <check.h>
#include <stdlib.h>

#include "bin/coverage.h"

enum { SECTIONS = 3, MOST = 8 };

static const struct coverage_section sections[SECTIONS] = {
	{ STR_INIT(".init"), 0x100, 0x20 },
	{ STR_INIT(".text"), 0x1000, 0x1000 },
	{ STR_INIT(".fini"), 0x2000, 0 },
};

struct fixture {
	struct arena arena;
	struct coverage_input in;
	struct coverage_counts counts[SECTIONS], total;
};

static void setup(struct fixture *f)
{
	*f = (struct fixture){ .in = { .sections = sections, .n = SECTIONS } };
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		f->in.have[kind] = ranges_make(&f->arena, MOST);
}

static void count(struct fixture *f)
{
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		coverage_merge(&f->in.have[kind], NULL);
	coverage_count(&f->in, &f->arena, f->counts, &f->total);
}

START_TEST(ranges_that_overlap_or_touch_are_one)
{
	struct fixture f;
	struct ranges *r = &f.in.have[COVERAGE_FUNCS];

	setup(&f);
	ranges_add(r, 0x50, 0x10, 0);
	ranges_add(r, 0x10, 0x20, 0);
	ranges_add(r, 0x18, 0x10, 0);
	ranges_add(r, 0x30, 0x10, 0);
	ranges_add(r, 0x38, 0x10, 0);
	ranges_add(r, UINT64_MAX - 4, 4, 0);
	coverage_merge(r, NULL);
	ck_assert_uint_eq(r->n, 3);
	ck_assert(r->v[0].first == 0x10 && r->v[0].last == 0x47);
	ck_assert(r->v[1].first == 0x50 && r->v[1].last == 0x5f);
	ck_assert(r->v[2].last == UINT64_MAX - 1);
	arena_free(&f.arena);
}
END_TEST

/* Functions over the borders of sections, CFI for the middle of the first one and for nothing. */
START_TEST(bytes_are_counted_in_their_sections)
{
	struct buf out = { 0 };
	struct fixture f;

	setup(&f);
	ranges_add(&f.in.have[COVERAGE_FUNCS], 0x110, 0x100, 0);
	ranges_add(&f.in.have[COVERAGE_FUNCS], 0x0ff0, 0x810, 0);
	ranges_add(&f.in.have[COVERAGE_FUNCS], 0x1fff, 0x10, 0);
	ranges_add(&f.in.have[COVERAGE_LINES], 0x1000, 0xfff, 0);
	ranges_add(&f.in.have[COVERAGE_CFI], 0x1000, 0x100, 0);
	ranges_add(&f.in.have[COVERAGE_CFI], 0x1200, 0xc00, 0);
	count(&f);
	coverage_write(&f.in, f.counts, &f.total, "f", &out);
	ck_assert(str_eq(buf_str(&out), STR("f\t.init\t32\t50.0\t0.0\t0.0\t16\n"
					    "f\t.text\t4096\t50.0\t99.9\t81.2\t257\n"
					    "f\t.fini\t0\t0.0\t0.0\t0.0\t0\n"
					    "f\ttotal\t4128\t50.0\t99.2\t80.6\t273\n")));
	ck_assert_uint_eq(f.counts[1].first_bare, 0x1100);
	ck_assert_uint_eq(f.total.first_bare, 0x110);
	buf_free(&out);
	arena_free(&f.arena);
}
END_TEST

START_TEST(all_of_it_is_a_hundred_percent)
{
	struct fixture f;

	setup(&f);
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		ranges_add(&f.in.have[kind], 0, 0x10000, 0);
	count(&f);
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		ck_assert_uint_eq(f.total.covered[kind], f.total.size);
	ck_assert_uint_eq(f.total.bare, 0);
	arena_free(&f.arena);
}
END_TEST

/* Functions of all the section, CFI of all but so many bytes. */
static const struct {
	uint64_t bare;
	bool warned;
} gaps[] = { { 0, false }, { 255, false }, { 256, true }, { 0x1000, true } };

START_TEST(only_large_gaps_are_warned_about)
{
	struct diag d = { .tool = "test" };
	struct fixture f;

	setup(&f);
	ranges_add(&f.in.have[COVERAGE_FUNCS], 0x1000, 0x1000, 0);
	ranges_add(&f.in.have[COVERAGE_CFI], 0x1000, 0x1000 - gaps[_i].bare, 0);
	count(&f);
	ck_assert(coverage_warn(&f.in, f.counts, "test", &d) == gaps[_i].warned);
	ck_assert_uint_eq(d.warnings, gaps[_i].warned);
	arena_free(&f.arena);
}
END_TEST

/* A section of which no function is known. */
static const struct {
	uint64_t size, cfi;
	bool warned;
} unknown[] = {
	{ 4095, 0, false }, { 4096, 0, true }, { 1 << 20, 0, true }, { 1 << 20, 1, false }
};

START_TEST(large_sections_have_some_rules)
{
	struct coverage_section s = { STR_INIT("x"), 0x1000, unknown[_i].size };
	struct diag d = { .tool = "test" };
	struct fixture f;

	setup(&f);
	f.in.sections = &s;
	f.in.n = 1;
	ranges_add(&f.in.have[COVERAGE_CFI], 0x1010, unknown[_i].cfi, 0);
	count(&f);
	ck_assert(coverage_warn(&f.in, f.counts, "test", &d) == unknown[_i].warned);
	arena_free(&f.arena);
}
END_TEST

START_TEST(sections_past_the_last_address_are_empty)
{
	static const struct coverage_section wild = { STR_INIT("x"), UINT64_MAX, 2 };
	struct fixture f;

	setup(&f);
	f.in.sections = &wild;
	f.in.n = 1;
	count(&f);
	ck_assert_uint_eq(f.total.size, 0);
	arena_free(&f.arena);
}
END_TEST

/* Functions and CFI in turns, each beginning inside the other: what is bare is what is left. */
START_TEST(pieces_between_rules_are_bare)
{
	struct fixture f;

	setup(&f);
	ranges_add(&f.in.have[COVERAGE_FUNCS], 0x1000, 0x100, 0);
	ranges_add(&f.in.have[COVERAGE_FUNCS], 0x1180, 0x80, 0);
	ranges_add(&f.in.have[COVERAGE_CFI], 0x0f00, 0x110, 0);
	ranges_add(&f.in.have[COVERAGE_CFI], 0x1020, 0x10, 0);
	ranges_add(&f.in.have[COVERAGE_CFI], 0x10f0, 0xa0, 0);
	count(&f);
	ck_assert_uint_eq(f.counts[1].bare, 0x10 + 0xc0 + 0x70);
	ck_assert_uint_eq(f.counts[1].first_bare, 0x1010);
	ck_assert_uint_eq(f.counts[1].covered[COVERAGE_CFI], 0x10 + 0x10 + 0xa0);
	arena_free(&f.arena);
}
END_TEST

/* What two sections claim together has no number. */
START_TEST(sums_do_not_wrap)
{
	static const struct coverage_section huge[] = {
		{ STR_INIT("a"), 0, UINT64_MAX },
		{ STR_INIT("b"), 1, UINT64_MAX },
	};
	struct buf out = { 0 };
	struct fixture f;

	setup(&f);
	f.in.sections = huge;
	f.in.n = COUNT(huge);
	ranges_add(&f.in.have[COVERAGE_FUNCS], 0, UINT64_MAX, 0);
	count(&f);
	coverage_write(&f.in, f.counts, &f.total, "f", &out);
	ck_assert(str_ends(buf_str(&out), STR("total\t18446744073709551615\t100.0\t0.0\t0.0"
					      "\t18446744073709551615\n")));
	buf_free(&out);
	arena_free(&f.arena);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("coverage");
	TCase *t = tcase_create("coverage");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, ranges_that_overlap_or_touch_are_one);
	tcase_add_test(t, bytes_are_counted_in_their_sections);
	tcase_add_test(t, all_of_it_is_a_hundred_percent);
	tcase_add_loop_test(t, only_large_gaps_are_warned_about, 0, COUNT(gaps));
	tcase_add_loop_test(t, large_sections_have_some_rules, 0, COUNT(unknown));
	tcase_add_test(t, sections_past_the_last_address_are_empty);
	tcase_add_test(t, pieces_between_rules_are_bare);
	tcase_add_test(t, sums_do_not_wrap);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
