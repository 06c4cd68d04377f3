#include <stdlib.h>

#include "base/limits.h"
#include "dump/md_crashpad.h"
#include "dumps.h"

/* A STRING8; returns its offset. */
static uint32_t put_string8(struct dump_maker *m, const char *text)
{
	uint32_t at = (uint32_t)m->b.n;

	dump_put(m, 4, strlen(text));
	put_text(&m->b, text);
	dump_put(m, 1, 0);
	return at;
}

/* A table of n words behind their count; returns its offset. */
static uint32_t put_table(struct dump_maker *m, uint32_t n, const uint32_t *words, size_t n_words)
{
	uint32_t at = (uint32_t)m->b.n;

	dump_put(m, 4, n);
	for (size_t i = 0; i < n_words; i++)
		dump_put(m, 4, words[i]);
	return at;
}

static void put_location(struct dump_maker *m, uint32_t size, uint32_t at)
{
	dump_put(m, 4, size);
	dump_put(m, 4, at);
}

static void put_stream(struct dump_maker *m, uint32_t version, uint32_t simple, uint32_t n_simple,
		       uint32_t modules, uint32_t n_modules)
{
	dump_begin(m, MD_CRASHPAD_INFO);
	dump_put(m, 4, version);
	for (unsigned i = 0; i < 32; i++)
		dump_put(m, 1, i);
	put_location(m, n_simple == 0 ? 0 : 4 + 8 * n_simple, simple);
	put_location(m, n_modules == 0 ? 0 : 4 + 12 * n_modules, modules);
	dump_end(m);
}

static bool read_cut(struct md_crashpad *x, const struct dump_maker *m, size_t n, struct arena *a)
{
	struct md md;

	return dump_open_cut(&md, m, n, a) && md_crashpad_read(x, &md, a, true);
}

/* The default way: damage costs what is damaged. */
static bool read_rest(struct md_crashpad *x, const struct dump_maker *m, size_t n, struct arena *a)
{
	struct md md;

	return dump_open_cut(&md, m, n, a) && md_crashpad_read(x, &md, a, false);
}

START_TEST(annotations_are_sorted_and_the_last_counts)
{
	struct dump_maker m = dump_make(_i != 0);
	struct arena a = { 0 };
	struct md_crashpad x;
	uint32_t b = put_string8(&m, "b"), z = put_string8(&m, "z"), a1 = put_string8(&m, "a");
	uint32_t words[] = { z, a1, b, z, z, b };

	put_stream(&m, 1, put_table(&m, 3, words, 6), 3, 0, 0);
	ck_assert(read_cut(&x, &m, m.b.n, &a));
	ck_assert_uint_eq(x.version, 1);
	ck_assert_uint_eq(cursor_u8(&x.client_id), 16);
	ck_assert_uint_eq(x.n_modules, 0);
	ck_assert_uint_eq(x.simple.n, 2);
	is_text(x.simple.v[0].name, "b");
	is_text(x.simple.v[0].text, "z");
	is_text(x.simple.v[1].name, "z");
	is_text(x.simple.v[1].text, "b");
	arena_free(&a);
}
END_TEST

/* A module with a list, and an annotation object of each kind. */
static struct dump_maker make_module(void)
{
	struct dump_maker m = dump_make(false);
	uint32_t s[5];
	const char *const texts[] = { "one", "two", "three", "four", "value" };

	for (unsigned i = 0; i < 5; i++)
		s[i] = put_string8(&m, texts[i]);
	uint32_t list = put_table(&m, 2, (uint32_t[]){ s[1], s[0] }, 2);
	uint32_t objects = put_table(
		&m, 4,
		(uint32_t[]){ s[0], 0, s[4], s[1], 1, s[4], s[2], 2, 0, s[3], 0x8000, 0xffffffff },
		12);
	uint32_t module = (uint32_t)m.b.n;
	dump_put(&m, 4, 9);
	put_location(&m, 12, list);
	put_location(&m, 0, 0);
	put_location(&m, 52, objects);
	put_stream(&m, 2, 0, 0, put_table(&m, 1, (uint32_t[]){ 5, 28, module }, 3), 1);
	return m;
}

START_TEST(modules_have_annotations)
{
	static const struct {
		const char *name, *text;
		enum md_annotation_kind kind;
	} objects[] = {
		{ "four", "", MD_ANNOTATION_USER },
		{ "one", "", MD_ANNOTATION_INVALID },
		{ "three", "", MD_ANNOTATION_UNKNOWN },
		{ "two", "value", MD_ANNOTATION_TEXT },
	};
	struct dump_maker m = make_module();
	struct arena a = { 0 };
	struct md_crashpad x;

	ck_assert(read_cut(&x, &m, m.b.n, &a));
	ck_assert_uint_eq(x.n_modules, 1);
	ck_assert_uint_eq(x.modules[0].index, 5);
	ck_assert_uint_eq(x.modules[0].version, 9);
	ck_assert_uint_eq(x.modules[0].list.n, 2);
	is_text(x.modules[0].list.v[0].text, "two");
	ck_assert_uint_eq(x.modules[0].simple.n, 0);
	ck_assert_uint_eq(x.modules[0].objects.n, 4);
	for (int i = 0; i < (int)COUNT(objects); i++) {
		is_text(x.modules[0].objects.v[i].name, objects[i].name);
		is_text(x.modules[0].objects.v[i].text, objects[i].text);
		ck_assert(x.modules[0].objects.v[i].kind == objects[i].kind);
	}
	arena_free(&a);
}
END_TEST

START_TEST(cut_streams_are_not_read_by_the_peer)
{
	struct dump_maker m = make_module();
	struct md_crashpad x;

	for (size_t n = 0; n < m.b.n; n++) {
		struct arena a = { 0 };

		ck_assert(!read_cut(&x, &m, n, &a));
		arena_free(&a);
	}
}
END_TEST

/* A module's annotations, as far as they are there. */
START_TEST(of_cut_streams_the_rest_is_read)
{
	struct dump_maker m = make_module();
	struct md_crashpad x;
	size_t n_read = 0;

	for (size_t n = 0; n <= m.b.n; n++) {
		struct arena a = { 0 };

		if (read_rest(&x, &m, n, &a)) {
			n_read++;
			ck_assert((x.n_damaged == 0) == (n == m.b.n));
			ck_assert_uint_le(x.n_modules, 1);
		}
		arena_free(&a);
	}
	ck_assert_uint_ge(n_read, 1);
}
END_TEST

/* What spoils a stream of one annotation: a byte of "name" (a STRING8 at the start of the body), of
 * "text", of the table behind them, or of the stream. And what is left: nothing, no annotation, or
 * one without its text. */
enum { NAME, TEXT, TABLE, STREAM };
enum { NOTHING, NO_ANNOTATION, NO_TEXT, ALL };
static const struct {
	int where;
	size_t at;
	unsigned width;
	uint64_t value;
	int left;
} damages[] = {
	{ NAME, 0, 4, 0xffffffff, NO_ANNOTATION }, /* longer than the file */
	{ NAME, 4, 1, 0xff, NO_ANNOTATION },       /* no UTF-8 */
	{ NAME, 8, 1, 'x', NO_ANNOTATION },        /* no nul */
	{ TEXT, 0, 4, 0xffffffff, NO_TEXT },
	{ TEXT, 4, 1, 0xff, NO_TEXT },
	{ TEXT, 8, 1, 'x', NO_TEXT },
	{ TABLE, 0, 4, 2, ALL }, /* more entries than the table has */
	{ TABLE, 4, 4, 0xfffffff0, NO_ANNOTATION },
	{ TABLE, 8, 4, 0xfffffff0, NO_TEXT },
	{ STREAM, 0, 4, 0, NOTHING }, /* no version */
	{ STREAM, 36, 4, 0xfffffff0, NO_ANNOTATION },
	{ STREAM, 40, 4, 0xfffffff0, NO_ANNOTATION },
	{ STREAM, 44, 4, 0xfffffff0, ALL },
};

START_TEST(damage_costs_what_is_damaged)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	int left = damages[_i].left;
	struct md_crashpad x;
	uint32_t places[4];

	places[NAME] = put_string8(&m, "name");
	places[TEXT] = put_string8(&m, "text");
	places[TABLE] = put_table(&m, 1, (uint32_t[]){ places[NAME], places[TEXT] }, 2);
	put_stream(&m, 1, places[TABLE], 1, 0, 0);
	places[STREAM] = (uint32_t)m.stream;
	ck_assert(read_cut(&x, &m, m.b.n, &a));
	dump_set(&m, places[damages[_i].where] + damages[_i].at, damages[_i].width,
		 damages[_i].value);
	ck_assert(!read_cut(&x, &m, m.b.n, &a));
	ck_assert(read_rest(&x, &m, m.b.n, &a) == (left != NOTHING));
	ck_assert_uint_eq(x.n_damaged, left != NOTHING);
	ck_assert_uint_eq(x.simple.n, left == ALL || left == NO_TEXT);
	if (x.simple.n != 0) {
		is_text(x.simple.v[0].name, "name");
		is_text(x.simple.v[0].text, left == ALL ? "text" : "");
		ck_assert((x.simple.v[0].kind == MD_ANNOTATION_DAMAGED) == (left == NO_TEXT));
	}
	arena_free(&a);
}
END_TEST

START_TEST(entries_are_bounded)
{
	enum { SIZE = 64 + 4 + 4 * (LIMIT_DUMP_ANNOTATIONS + 1) };
	struct dump_maker m = dump_make(false);
	uint8_t *file = calloc(1, 4096 + SIZE);
	struct arena a = { 0 };
	struct diag quiet = { 0 };
	enum md_verdict verdict;
	struct error err;
	struct md_crashpad x;
	struct md md;

	ck_assert_ptr_nonnull(file);
	for (uint32_t over = 0; over < 2; over++) {
		/* A module whose list has one empty text, over and over; the module counts, too. */
		uint32_t n = LIMIT_DUMP_ANNOTATIONS - 1 + over;
		uint32_t empty, module, list = 4096;

		m = dump_make(false);
		empty = put_string8(&m, "");
		module = (uint32_t)m.b.n;
		dump_put(&m, 4, 1);
		put_location(&m, 4 + 4 * n, list);
		put_location(&m, 0, 0);
		put_location(&m, 0, 0);
		put_stream(&m, 1, 0, 0, put_table(&m, 1, (uint32_t[]){ 0, 28, module }, 3), 1);
		memcpy(file, m.b.p, m.b.n);
		for (uint32_t i = 0; i <= n; i++) {
			uint32_t word = i == 0 ? n : empty;

			memcpy(file + list + 4 * i, &word, 4);
		}
		ck_assert(md_open(&md, (struct slice){ file, 4096 + SIZE }, "t", &a, &quiet,
				  &verdict, &err));
		ck_assert(md_crashpad_read(&x, &md, &a, true) == (over == 0));
		ck_assert(md_crashpad_read(&x, &md, &a, false));
		ck_assert_uint_eq(x.modules[0].list.n, LIMIT_DUMP_ANNOTATIONS - 1);
	}
	free(file);
	arena_free(&a);
}
END_TEST

START_TEST(address_mask_is_read_whatever_else_is_wrong)
{
	for (uint32_t version = 0; version < 2; version++) {
		struct dump_maker m = dump_make(_i != 0);
		struct arena a = { 0 };
		struct md_crashpad x;

		put_stream(&m, version, 0, 0, 0, 0);
		ck_assert(read_cut(&x, &m, m.b.n, &a) == (version != 0));
		ck_assert_uint_eq(x.address_mask, 0);
		m.n_streams--;
		dump_put(&m, 4, 0);
		dump_put(&m, 8, 0xffff800000000000);
		dump_end(&m);
		ck_assert(read_cut(&x, &m, m.b.n, &a) == (version != 0));
		ck_assert_uint_eq(x.address_mask, 0xffff800000000000);
		arena_free(&a);
	}
}
END_TEST

START_TEST(tables_that_lie_over_each_other_are_bounded)
{
	struct dump_maker m = dump_make(false);
	struct arena a = { 0 };
	struct md_crashpad x;
	char text[1001] = { 0 };
	uint32_t words[100];

	memset(text, 'x', 1000);
	uint32_t name = put_string8(&m, text);
	for (int i = 0; i < (int)COUNT(words); i++)
		words[i] = name;
	put_stream(&m, 1, put_table(&m, 50, words, 100), 50, 0, 0);
	ck_assert(!read_cut(&x, &m, m.b.n, &a));
	ck_assert(read_rest(&x, &m, m.b.n, &a));
	ck_assert_uint_gt(x.n_damaged, 40);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("md_crashpad");
	TCase *t = tcase_create("md_crashpad");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, annotations_are_sorted_and_the_last_counts, 0, 2);
	tcase_add_test(t, modules_have_annotations);
	tcase_add_test(t, cut_streams_are_not_read_by_the_peer);
	tcase_add_test(t, of_cut_streams_the_rest_is_read);
	tcase_add_loop_test(t, damage_costs_what_is_damaged, 0, COUNT(damages));
	tcase_add_test(t, entries_are_bounded);
	tcase_add_loop_test(t, address_mask_is_read_whatever_else_is_wrong, 0, 2);
	tcase_add_test(t, tables_that_lie_over_each_other_are_bounded);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
