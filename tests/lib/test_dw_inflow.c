#include <check.h>
#include <stdlib.h>

#include "bin/dw_refs.h"
#include "units.h"

/* Brings exactly what is asked for, forgets exactly what it is told to. */
struct fake {
	struct inflow called;
	const struct bytes *all;
	uint8_t there[4096];
	uint64_t ready, most; /* bytes; those that are good */
	uint64_t read_ahead;  /* the most that was there behind a unit that was forgotten */
	unsigned n_forgotten;
};

static bool need(struct inflow *called, uint64_t end)
{
	struct fake *f = (struct fake *)called;
	uint64_t until = end < f->most ? end : f->most;

	if (until > f->ready) {
		memcpy(f->there + f->ready, bytes_slice(f->all).p + f->ready, until - f->ready);
		f->ready = until;
	}
	return end <= f->ready;
}

static bool is_bad(struct inflow *called)
{
	(void)called;
	return false;
}

static void forget(struct inflow *called, uint64_t from, uint64_t to)
{
	struct fake *f = (struct fake *)called;

	ck_assert_uint_le(from, to);
	ck_assert_uint_le(to, f->ready);
	memset(f->there + from, 0, to - from);
	if (f->ready - to > f->read_ahead)
		f->read_ahead = f->ready - to;
	f->n_forgotten++;
}

static void nothing(struct inflow *called)
{
	(void)called;
}

enum { UNIT = 1, FUNCTION, ABSTRACT, INLINED, FAR, CPP = 4, HEADER = 12, ROOT = 7, N = 3 };

/* The first entry of a unit: ROOT bytes. */
static void put_root(struct bytes *b)
{
	put(b, 1, UNIT);
	put(b, 1, CPP);
	put_text(b, "a.cc");
	put(b, 1, 0);
}

/* Units with a function f0, f1, f2, and one inlined in it. */
static void make(struct units *u)
{
	*u = (struct units){ .version = 4, .offset_size = 4 };
	put_abbrev(&u->abbrev, UNIT, DW_TAG_COMPILE_UNIT, true,
		   ATTRIBUTES(DW_AT_LANGUAGE, DW_FORM_DATA1, DW_AT_NAME, DW_FORM_STRING));
	put_abbrev(&u->abbrev, FUNCTION, DW_TAG_SUBPROGRAM, true,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_STRING, DW_AT_LOW_PC, DW_FORM_ADDR, DW_AT_HIGH_PC,
			      DW_FORM_DATA1));
	put_abbrev(&u->abbrev, ABSTRACT, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_STRING));
	put_abbrev(&u->abbrev, INLINED, DW_TAG_INLINED_SUBROUTINE, false,
		   ATTRIBUTES(DW_AT_ABSTRACT_ORIGIN, DW_FORM_REF2, DW_AT_LOW_PC, DW_FORM_ADDR,
			      DW_AT_HIGH_PC, DW_FORM_DATA1, DW_AT_CALL_LINE, DW_FORM_DATA1));
	for (unsigned i = 0; i < N; i++) {
		size_t start = units_begin(u, &u->info, DW_UT_COMPILE, 0, 0), leaf;
		char name[] = { 'f', (char)('0' + i), '\0' };

		put_root(&u->info);
		leaf = u->info.n - start;
		put(&u->info, 1, ABSTRACT);
		put_text(&u->info, "leaf");
		put(&u->info, 1, 0);
		put(&u->info, 1, FUNCTION);
		put_text(&u->info, name);
		put(&u->info, 1, 0);
		put(&u->info, 8, 0x1000 + 0x10 * i);
		put(&u->info, 1, 0x10);
		put(&u->info, 1, INLINED);
		put(&u->info, 2, leaf);
		put(&u->info, 8, 0x1004 + 0x10 * i);
		put(&u->info, 1, 4);
		put(&u->info, 1, 7);
		put(&u->info, 2, 0);
		units_end(u, &u->info, start);
	}
}

static struct dw_input streamed(const struct units *u, struct fake *f, bool forgets)
{
	struct dw_input in = { .main = units_sections(u), .inlines = true };

	*f = (struct fake){ .all = &u->info, .most = u->info.n };
	f->called = (struct inflow){ need, nothing, is_bad, forget, nothing, forgets };
	ck_assert_uint_le(u->info.n, sizeof(f->there));
	in.main.inflow = &f->called;
	in.main.info = (struct slice){ f->there, u->info.n };
	return in;
}

static char *plain_text(const struct units *u)
{
	struct dw_input in = { .main = units_sections(u), .inlines = true };

	return units_text(&in, NULL);
}

START_TEST(a_unit_is_there_until_it_was_fed)
{
	struct units u;
	struct fake f;

	make(&u);
	put(&u.abbrev, 1, 0);

	struct dw_input in = streamed(&u, &f, _i == 0);
	char *want = plain_text(&u), *text = units_text(&in, NULL);

	ck_assert_str_eq(text, want);
	ck_assert_uint_eq(f.n_forgotten, _i == 0 ? N : 0);
	ck_assert_uint_le(f.read_ahead, HEADER);
	free(want);
	free(text);
}
END_TEST

START_TEST(what_is_referred_to_comes_in)
{
	struct units u;
	struct fake f;
	size_t start;

	make(&u);
	put_abbrev(&u.abbrev, FAR, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_ABSTRACT_ORIGIN, DW_FORM_REF_ADDR, DW_AT_LOW_PC, DW_FORM_ADDR,
			      DW_AT_HIGH_PC, DW_FORM_DATA1));
	put(&u.abbrev, 1, 0);
	start = units_begin(&u, &u.info, DW_UT_COMPILE, 0, 0);
	put_root(&u.info);
	put(&u.info, 1, FAR);
	put(&u.info, 4, u.info.n + 14 + HEADER - 1 + ROOT);
	put(&u.info, 8, 0x2000);
	put(&u.info, 1, 8);
	put(&u.info, 1, 0);
	units_end(&u, &u.info, start);
	start = units_begin(&u, &u.info, DW_UT_COMPILE, 0, 0);
	put_root(&u.info);
	put(&u.info, 1, ABSTRACT);
	put_text(&u.info, "behind");
	put(&u.info, 2, 0);
	units_end(&u, &u.info, start);

	struct dw_input in = streamed(&u, &f, false);
	char *want = plain_text(&u), *text = units_text(&in, NULL);

	ck_assert_ptr_nonnull(strstr(want, "FUNC 2000 8 0 behind\n"));
	ck_assert_str_eq(text, want);
	free(want);
	free(text);
}
END_TEST

START_TEST(damage_loses_what_is_behind_it)
{
	struct units u;
	struct fake f;

	make(&u);
	put(&u.abbrev, 1, 0);

	const uint64_t unit = u.info.n / N;
	for (uint64_t most = 0; most <= u.info.n; most++) {
		struct dw_input in = streamed(&u, &f, true);

		f.most = most;
		char *text = units_text(&in, NULL);
		for (unsigned i = 0; i < N; i++) {
			char line[32];

			snprintf(line, sizeof(line), "FUNC %x 10 0 f%u\n", 0x1000 + 0x10 * i, i);
			ck_assert_int_eq(strstr(text, line) != NULL, (i + 1) * unit <= most);
		}
		free(text);
	}
}
END_TEST

/* The form of an origin, and whether it stays in the unit. */
static const struct {
	unsigned attribute, form;
	bool stays;
} refs[] = {
	{ DW_AT_ABSTRACT_ORIGIN, DW_FORM_REF4, true },
	{ DW_AT_ABSTRACT_ORIGIN, DW_FORM_REF_UDATA, true },
	{ DW_AT_ABSTRACT_ORIGIN, DW_FORM_REF_ADDR, false },
	{ DW_AT_ABSTRACT_ORIGIN, DW_FORM_INDIRECT, false },
	{ DW_AT_SPECIFICATION, DW_FORM_REF_ADDR, false },
	{ DW_AT_SPECIFICATION, DW_FORM_GNU_REF_ALT, false },
	{ DW_AT_SIGNATURE, DW_FORM_REF_SIG8, false },
	{ DW_AT_SIBLING, DW_FORM_REF_ADDR, true }, /* not followed */
	{ DW_AT_NAME, DW_FORM_STRP, true },
};

START_TEST(abbreviations_say_whether_references_stay)
{
	struct bytes b = { 0 };

	put_abbrev(&b, UNIT, DW_TAG_COMPILE_UNIT, true, ATTRIBUTES(DW_AT_NAME, DW_FORM_STRING));
	put(&b, 1, 0);
	put_abbrev(&b, FUNCTION, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_STRING, refs[_i].attribute, refs[_i].form));
	put(&b, 3, 0); /* filled up */
	ck_assert(dw_refs_stay(bytes_slice(&b)) == refs[_i].stays);

	/* what is cut says nothing */
	struct slice cut = bytes_slice(&b);
	cut.n -= 5;
	ck_assert(!dw_refs_stay(cut));
}
END_TEST

START_TEST(constants_in_abbreviations_are_stepped_over)
{
	struct bytes b = { 0 };

	put(&b, 3, 0x002e01); /* 1, a subprogram, no children */
	put_uleb(&b, DW_AT_CALL_LINE);
	put_uleb(&b, DW_FORM_IMPLICIT_CONST);
	put(&b, 2, 0x00ff); /* a SLEB128 of two bytes, the second 0 */
	put_uleb(&b, DW_AT_ABSTRACT_ORIGIN);
	put_uleb(&b, DW_FORM_REF4);
	put(&b, 3, 0);
	ck_assert(dw_refs_stay(bytes_slice(&b)));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dw_inflow");
	TCase *t = tcase_create("dw_inflow");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, a_unit_is_there_until_it_was_fed, 0, 2);
	tcase_add_test(t, what_is_referred_to_comes_in);
	tcase_add_test(t, damage_loses_what_is_behind_it);
	tcase_add_loop_test(t, abbreviations_say_whether_references_stay, 0, COUNT(refs));
	tcase_add_test(t, constants_in_abbreviations_are_stepped_over);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
