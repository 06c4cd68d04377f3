#include <check.h>
#include <stdlib.h>

#include "sym/sym_write.h"

enum { MANY = 3000 };

static struct sym_name name_of(const char *text)
{
	return (struct sym_name){ .text = str_of(text), .language = LANGUAGE_CPP };
}

/* Two functions, one with an inlined call in two parts and a line of no file, one symbol. */
static struct model *small_model(void)
{
	const struct model_options o = { .inlines = true };
	struct model *m = model_open(&o);
	uint32_t b = model_file(m, STR("b.c"), true), a = model_file(m, STR(" \ta\n.c"), true);
	const struct model_range ranges[] = { { 0x2004, 4 }, { 0x200c, 2 } };
	const struct model_inline inlined = { .call_line = 7,
					      .call_file = MODEL_NO_FILE,
					      .origin = model_name(m, name_of("_Z5innerv"), true),
					      .ranges = ranges,
					      .n_ranges = COUNT(ranges) };
	const struct model_line lines[] = {
		{ 0x2000, 4, 10, a },
		{ 0x2004, 4, 20, b },
		{ 0x2008, 8, 0, MODEL_NO_FILE },
	};
	const struct model_func second = { .start = 0x2000,
					   .size = 0x10,
					   .parameter_size = 0xc,
					   .name = model_name(m, name_of("_Z5outeri"), true),
					   .lines = lines,
					   .n_lines = COUNT(lines),
					   .inlines = &inlined,
					   .n_inlines = 1 };
	const struct model_func first = { .start = 0x1000,
					  .size = 1,
					  .name = model_name(m, name_of("\x01"), true) };
	const struct model_public public = { .address = 0x3000,
					     .name = model_name(m, name_of("caf\xe9"), true) };

	model_public(m, &public);
	model_func(m, &second);
	model_func(m, &first);
	model_finish(m);
	return m;
}

static void write_stack(const void *context, size_t i, struct buf *out)
{
	(void)context;
	buf_printf(out, "STACK CFI INIT %zx 1 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n", i);
}

static const struct sym_head head = { .os = STR_INIT("Linux"),
				      .cpu = STR_INIT("x86_64"),
				      .id = STR_INIT("ABC0"),
				      .name = STR_INIT("a b") };

/* The text that comes of a request; to be freed. */
static char *written(struct sym_write w, const struct model *m)
{
	struct diag d = { .tool = "test" };
	char *text;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	w.model = m;
	if (w.jobs == 0)
		w.jobs = 1;
	ck_assert_int_eq(sym_write(&w, out, &d), EXIT_DONE);
	fclose(out);
	return text;
}

static void expect(struct sym_write w, const char *text)
{
	struct model *m = small_model();
	char *got;

	w.head = w.head == NULL ? &head : w.head;
	got = written(w, m);
	ck_assert_str_eq(got, text);
	free(got);
	model_close(m);
}

/* Files and names have numbers in the order of their use; what cannot stand in a line is left out.
 */
START_TEST(all_records)
{
	expect((struct sym_write){ .stack = { 1, write_stack, NULL } },
	       "MODULE Linux x86_64 ABC0 a b\n"
	       "FILE 0 <unknown>\n"
	       "FILE 1 a.c\n"
	       "FILE 2 b.c\n"
	       "INLINE_ORIGIN 0 inner()\n"
	       "FUNC 1000 1 0 <name omitted>\n"
	       "FUNC 2000 10 c outer(int)\n"
	       "INLINE 0 7 0 0 2004 4 200c 2\n"
	       "2000 4 10 1\n"
	       "2004 4 20 2\n"
	       "2008 8 0 0\n"
	       "PUBLIC 3000 0 caf\xc3\xa9\n"
	       "STACK CFI INIT 0 1 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n");
}
END_TEST

static struct str to_upper(void *context, struct str path)
{
	char *to = context;

	for (size_t i = 0; i < path.n; i++)
		to[i] = path.p[i] == 'b' ? 'B' : ' ';
	return (struct str){ to, path.n };
}

/* Where there is no file there is no path; one that leads to nothing is not known. */
START_TEST(paths_are_mapped)
{
	char path[16];

	expect((struct sym_write){ .map_path = to_upper,
				   .map_context = path,
				   .style = DEMANGLE_NAME },
	       "MODULE Linux x86_64 ABC0 a b\n"
	       "FILE 0 <unknown>\n"
	       "FILE 1 <unknown>\n"
	       "FILE 2 B  \n"
	       "INLINE_ORIGIN 0 inner\n"
	       "FUNC 1000 1 0 <name omitted>\n"
	       "FUNC 2000 10 c outer\n"
	       "INLINE 0 7 0 0 2004 4 200c 2\n"
	       "2000 4 10 1\n"
	       "2004 4 20 2\n"
	       "2008 8 0 0\n"
	       "PUBLIC 3000 0 caf\xc3\xa9\n");
}
END_TEST

START_TEST(without_lines_there_are_no_files)
{
	static const char *const info[] = { "VENDOR me\n", "REV 1" };
	struct sym_head h = head;

	h.code_id = STR("0123");
	h.name = STR(" x");
	h.info = info;
	h.n_info = COUNT(info);
	h.generator = "test";
	expect((struct sym_write){ .head = &h, .no_lines = true }, "MODULE Linux x86_64 ABC0 x\n"
								   "INFO CODE_ID 0123\n"
								   "INFO VENDOR me\n"
								   "INFO REV 1\n"
								   "INFO GENERATOR test\n"
								   "FUNC 1000 1 0 <name omitted>\n"
								   "FUNC 2000 10 c outer(int)\n"
								   "PUBLIC 3000 0 caf\xc3\xa9\n");
}
END_TEST

/* Functions that each have a file and a line, in the order of the addresses or against it. */
static struct model *large_model(bool backwards)
{
	const struct model_options o = { .inlines = true };
	struct model *m = model_open(&o);

	for (uint32_t k = 0; k < MANY; k++) {
		uint32_t i = backwards ? MANY - 1 - k : k;
		char text[32];
		struct model_line line = { 0x1000 + 0x10 * (uint64_t)i, 0x10, i, 0 };
		struct model_func f = {
			.start = line.start, .size = 0x10, .lines = &line, .n_lines = 1
		};

		snprintf(text, sizeof(text), "file%u.c", i * 7 % 100);
		line.file = model_file(m, str_of(text), false);
		snprintf(text, sizeof(text), "function%u", i);
		f.name = model_name(m, name_of(text), false);
		model_func(m, &f);
	}
	model_finish(m);
	return m;
}

/* Neither the number of processes nor the order in which functions were found shows. */
START_TEST(the_text_is_always_the_same)
{
	struct sym_write w = { .head = &head, .stack = { MANY, write_stack, NULL } };
	struct model *m = large_model(false), *backwards = large_model(true);
	char *text = written(w, m), *other = written(w, backwards);

	ck_assert_str_eq(text, other);
	free(other);
	for (w.jobs = 2; w.jobs <= 5; w.jobs++) {
		other = written(w, m);
		ck_assert_str_eq(text, other);
		free(other);
	}
	free(text);
	model_close(m);
	model_close(backwards);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sym_write");
	TCase *t = tcase_create("sym_write");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, all_records);
	tcase_add_test(t, paths_are_mapped);
	tcase_add_test(t, without_lines_there_are_no_files);
	tcase_add_test(t, the_text_is_always_the_same);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
