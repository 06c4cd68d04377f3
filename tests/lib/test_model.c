#include <check.h>
#include <stdlib.h>

#include "base/file.h"
#include "sym/model.h"

static struct sym_name name_of(const char *text)
{
	return (struct sym_name){ .text = str_of(text), .readable = true };
}

static struct model *model(bool compat)
{
	struct model_options o = { .compat = compat, .inlines = true };

	return model_open(&o);
}

static void add_func(struct model *m, uint64_t start, uint64_t size, const char *name)
{
	struct model_func f = { .start = start,
				.size = size,
				.name = model_name(m, name_of(name), false) };

	model_func(m, &f);
}

static void add_public(struct model *m, uint64_t address, uint64_t size, const char *name,
		       uint32_t rank)
{
	struct model_public p = { .address = address,
				  .size = size,
				  .rank = rank,
				  .synthetic = rank == UINT32_MAX,
				  .name = model_name(m, name_of(name), false) };

	model_public(m, &p);
}

/* All records as "F1000+20 main", "P2000 x", with an m behind the kind. */
static void check_records(struct model *m, const char *expected)
{
	struct buf text = { 0 };
	struct model_reader reader = { 0 };
	struct model_record r;

	model_finish(m);
	for (size_t i = 0; i < model_n_records(m); i++) {
		model_read(m, i, &reader, &r);

		uint32_t number = r.is_public ? r.public.name : r.func.name;
		struct str name = model_name_text(m, number).text;
		buf_printf(&text, "%s%c%s", i == 0 ? "" : " ", r.is_public ? 'P' : 'F',
			   r.multiple ? "m" : "");
		buf_put_hex(&text, r.is_public ? r.public.address : r.func.start);
		buf_printf(&text, ":%.*s", STR_ARGS(name));
	}
	buf_put_char(&text, '\0');
	ck_assert_str_eq(text.p, expected);
	buf_free(&text);
	model_reader_free(&reader);
	model_close(m);
}

START_TEST(texts_have_one_number)
{
	struct model *m = model(false);
	uint32_t a = model_file(m, STR("a.c"), true);
	struct sym_name c = { .text = STR("f"), .language = LANGUAGE_C };
	struct sym_name rust = { .text = STR("f"), .language = LANGUAGE_RUST };

	ck_assert_uint_eq(model_file(m, STR("a.c"), false), a);
	ck_assert_uint_ne(model_file(m, STR("b.c"), false), a);
	ck_assert_uint_eq(model_name(m, c, true), model_name(m, c, false));
	ck_assert_uint_ne(model_name(m, c, true), model_name(m, rust, true));
	for (uint32_t i = 0; i < 5000; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", i);
		model_file(m, str_of(text), false);
	}
	ck_assert_uint_eq(model_n_files(m), 5002);
	ck_assert(str_eq(model_file_path(m, a), STR("a.c")));
	model_close(m);
}
END_TEST

START_TEST(functions_are_sorted_and_the_first_of_an_address_stays)
{
	struct model *m = model(false);

	add_func(m, 0x2000, 8, "b");
	add_func(m, 0x1000, 8, "a");
	add_func(m, 0x2000, 16, "other");
	add_func(m, 0x3000, 0, "empty");
	add_func(m, 0, 4, "zero");
	ck_assert(model_has_func(m, 0x2000, 16));
	ck_assert(model_has_func(m, 0x2000, 0));
	ck_assert(!model_has_func(m, 0x2000, 4));
	ck_assert(!model_has_func(m, 0x3000, 0));
	check_records(m, "F0:zero F1000:a Fm2000:b");
}
END_TEST

/* A record's size has 8 digits at most: rust-minidump refuses a file with one that has more. */
START_TEST(sizes_have_32_bits)
{
	struct model *m = model(_i != 0);

	add_func(m, 0x1000, UINT32_MAX, "large");
	add_func(m, 0x2000, (uint64_t)UINT32_MAX + 1, "too large");
	add_func(m, 0x3000, 0, "none");
	check_records(m, "F1000:large");
}
END_TEST

START_TEST(compat_has_no_function_at_0)
{
	struct model *m = model(true);

	add_func(m, 0, 4, "zero");
	add_func(m, 8, 4, "eight");
	check_records(m, "F8:eight");
}
END_TEST

START_TEST(publics_inside_something_are_left_out)
{
	struct model *m = model(false);

	add_func(m, 0x1000, 0x10, "f");
	add_public(m, 0x1008, 0, "inside", 0);
	add_public(m, 0x1000, 0, "at its start", 0);
	add_public(m, 0x1010, 0x10, "p", 0);
	add_public(m, 0x1018, 0, "inside p", 0);
	add_public(m, 0x1018, 0, "section", UINT32_MAX);
	add_public(m, 0x1010, 0, "no section", UINT32_MAX);
	add_public(m, 0x900, 0x1000, "came last", 0);
	check_records(m, "P900:came last F1000:f P1010:p P1018:section");
}
END_TEST

START_TEST(of_aliases_the_least_rank_names)
{
	struct model *m = model(false);

	add_public(m, 0x10, 0, "twice", 1);
	add_public(m, 0x10, 0, "twice", 1);
	add_public(m, 0x20, 0, "worse", 5);
	add_public(m, 0x20, 0, "better", 1);
	check_records(m, "P10:twice Pm20:better");
}
END_TEST

START_TEST(compat_keeps_the_first_alias)
{
	struct model *m = model(true);

	add_public(m, 0x10, 0, "twice", 1);
	add_public(m, 0x10, 0, "twice", 1);
	add_public(m, 0x20, 0, "worse", 5);
	add_public(m, 0x20, 0, "better", 1);
	check_records(m, "Pm10:twice Pm20:worse");
}
END_TEST

static void add_detailed(struct model *m)
{
	const struct model_line lines[] = {
		{ 0x1000, 4, 10, model_file(m, STR("a.c"), false) },
		{ 0x1004, 8, 4000000000, MODEL_NO_FILE },
		{ 0x1010, 0x10, 3, model_file(m, STR("b.h"), false) },
	};
	const struct model_range ranges[] = { { 0x1004, 4 }, { 0x1010, 0x1000000000 } };
	const struct model_inline inlines[] = {
		{ 0, 7, lines[0].file, model_name(m, name_of("in"), false), ranges, 2 },
		{ 1, 0, MODEL_NO_FILE, model_name(m, name_of("in2"), false), ranges, 1 },
	};
	struct model_func f = { .start = 0x1000,
				.size = 0x20,
				.name = model_name(m, name_of("f"), false),
				.lines = lines,
				.n_lines = COUNT(lines),
				.inlines = inlines,
				.n_inlines = COUNT(inlines) };

	model_func(m, &f);
}

static void check_detailed(const struct model *m, const struct model_func *f)
{
	ck_assert_uint_eq(f->n_lines, 3);
	ck_assert_uint_eq(f->lines[0].start, 0x1000);
	ck_assert(str_eq(model_file_path(m, f->lines[0].file), STR("a.c")));
	ck_assert_uint_eq(f->lines[1].start, 0x1004);
	ck_assert_uint_eq(f->lines[1].line, 4000000000);
	ck_assert_uint_eq(f->lines[1].file, MODEL_NO_FILE);
	ck_assert_uint_eq(f->lines[2].start, 0x1010);
	ck_assert_uint_eq(f->lines[2].size, 0x10);
	ck_assert(str_eq(model_file_path(m, f->lines[2].file), STR("b.h")));
	ck_assert_uint_eq(f->n_inlines, 2);
	ck_assert_uint_eq(f->inlines[0].n_ranges, 2);
	ck_assert_uint_eq(f->inlines[0].ranges[1].start, 0x1010);
	ck_assert_uint_eq(f->inlines[0].ranges[1].size, 0x1000000000);
	ck_assert_uint_eq(f->inlines[1].ranges[0].start, 0x1004);
	ck_assert_uint_eq(f->inlines[1].call_file, MODEL_NO_FILE);
	ck_assert(str_eq(model_name_text(m, f->inlines[1].origin).text, STR("in2")));
}

START_TEST(a_function_comes_out_as_it_went_in)
{
	struct model *m = model(false);
	struct model_reader reader = { 0 };
	struct model_record r;

	add_detailed(m);
	model_finish(m);
	model_read(m, 0, &reader, &r);
	check_detailed(m, &r.func);
	model_reader_free(&reader);
	model_close(m);
}
END_TEST

/* Numbers of the worker are others than those of the model that receives. */
START_TEST(what_a_worker_sends_is_as_if_added_here)
{
	struct model *worker = model(false), *m = model(false);
	struct model_reader reader = { 0 };
	struct model_record r;
	struct error err = { 0 };
	struct file f;
	FILE *sent = tmpfile();

	model_file(m, STR("first"), true);
	model_name(m, name_of("first"), true);
	add_func(worker, 0x3000, 4, "early");
	model_send(worker, sent);
	add_detailed(worker);
	add_func(worker, 0x2000, 4, "late");
	model_send(worker, sent);
	model_close(worker);
	rewind(sent);
	ck_assert(file_open_fd(&f, fileno(sent), "sent", &err));

	struct slice left = f.data;
	for (size_t used; (used = model_receive(m, left)) != 0;) {
		left.p += used;
		left.n -= used;
	}
	model_finish(m);
	ck_assert_uint_eq(model_n_records(m), 3);
	model_read(m, 0, &reader, &r);
	check_detailed(m, &r.func);
	model_read(m, 2, &reader, &r);
	ck_assert(str_eq(model_name_text(m, r.func.name).text, STR("early")));
	model_reader_free(&reader);
	model_close(m);
	file_close(&f);
	fclose(sent);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("model");
	TCase *t = tcase_create("model");
	SRunner *r = srunner_create(s);

	tcase_add_test(t, texts_have_one_number);
	tcase_add_test(t, functions_are_sorted_and_the_first_of_an_address_stays);
	tcase_add_loop_test(t, sizes_have_32_bits, 0, 2);
	tcase_add_test(t, compat_has_no_function_at_0);
	tcase_add_test(t, publics_inside_something_are_left_out);
	tcase_add_test(t, of_aliases_the_least_rank_names);
	tcase_add_test(t, compat_keeps_the_first_alias);
	tcase_add_test(t, a_function_comes_out_as_it_went_in);
	tcase_add_test(t, what_a_worker_sends_is_as_if_added_here);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
