#include "walk/request.h"

#include <stdlib.h>
#include <unistd.h>

#include "dumps.h"

/* One dump of several on its way to a report, in each form, good or bad. */

enum { GOOD, BAD, MISSING, N_DUMPS };

static const char *const dumps[N_DUMPS] = { "good.dmp", "bad.dmp", "missing.dmp" };
static char *text, *said;

static void write_file(const char *path, const void *bytes, size_t n)
{
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
}

/* A dump of no threads. */
static void make_dumps(void)
{
	struct dump_maker m = dump_make(false);

	dump_begin(&m, MD_THREAD_LIST);
	dump_put(&m, 4, 0);
	dump_end(&m);
	dump_system(&m, 9, 0x8201, 0);
	write_file(dumps[GOOD], m.b.p, m.b.n);
	write_file(dumps[BAD], "MDMP", 4);
}

static int run(struct request *r, size_t index)
{
	size_t n_text, n_said;
	FILE *out, *err;
	struct diag d;
	int code;

	free(text);
	free(said);
	out = open_memstream(&text, &n_text);
	err = open_memstream(&said, &n_said);
	d = (struct diag){ .tool = "test", .out = err };
	if (r->dumps == NULL) {
		r->dumps = dumps;
		r->n_dumps = N_DUMPS;
	}
	code = request_run(index, out, &d, r);
	fclose(out);
	fclose(err);
	return code;
}

/* How the report of the good dump begins. */
static const struct {
	struct request request;
	const char *begin;
} forms[] = {
	{ { .form = REQUEST_TEXT }, "==> good.dmp <==\nOperating system: Linux\n" },
	{ { .form = REQUEST_JSON }, "{\"crash_info\":{\"address\":null," },
	{ { .form = REQUEST_JSON, .pretty = true }, "{\n  \"crash_info\": {\n" },
	{ { .form = REQUEST_PIPE }, "OS|Linux|" },
	{ { .form = REQUEST_MISSING }, "" },
	{ { .form = REQUEST_DUMP }, "==> good.dmp <==\nMDRawHeader\n" },
	{ { .form = REQUEST_TEXT, .rate = true }, "==> good.dmp <==\n" },
};

START_TEST(each_form_has_its_report)
{
	struct request r = forms[_i].request;

	make_dumps();
	ck_assert_int_eq(run(&r, GOOD), EXIT_DONE);
	ck_assert_msg(strncmp(text, forms[_i].begin, strlen(forms[_i].begin)) == 0, "%s", text);
	ck_assert_str_eq(said, "");
	r.dumps = dumps;
	r.n_dumps = 1;
	ck_assert_int_eq(run(&r, GOOD), EXIT_DONE);
	ck_assert_ptr_null(strstr(text, "==>"));
}
END_TEST

/* What is said of the dumps that have no report, and what is printed for them. */
static const struct {
	struct request request;
	size_t dump;
	int code;
	const char *said, *text;
} failures[] = {
	{ { .form = REQUEST_TEXT }, BAD, EXIT_INPUT, "test: bad.dmp: 0x0: ", "" },
	{ { .form = REQUEST_DUMP }, BAD, EXIT_INPUT, "test: bad.dmp: 0x0: ", "" },
	{ { .form = REQUEST_TEXT }, MISSING, EXIT_TROUBLE, "test: missing.dmp: No such file", "" },
	{ { .compat = true },
	  BAD,
	  EXIT_INPUT,
	  "ERROR MissingHeader - Error reading dump: Missing minidump header (empty minidump?)\n",
	  "" },
	{ { .compat = true },
	  MISSING,
	  EXIT_INPUT,
	  "ERROR FileNotFound - Error reading dump: ",
	  "" },
	{ { .form = REQUEST_JSON, .stream = true },
	  MISSING,
	  EXIT_TROUBLE,
	  "test: missing.dmp: ",
	  "{\"error\":\"missing.dmp: No such file or directory\",\"file\":\"missing.dmp\","
	  "\"status\":\"FileNotFound\"}\n" },
};

START_TEST(failure_is_said_and_has_an_exit_code)
{
	struct request r = failures[_i].request;

	make_dumps();
	ck_assert_int_eq(run(&r, failures[_i].dump), failures[_i].code);
	ck_assert_msg(strncmp(said, failures[_i].said, strlen(failures[_i].said)) == 0, "%s", said);
	ck_assert_str_eq(text, failures[_i].text);
}
END_TEST

START_TEST(second_report_is_the_json_of_the_first)
{
	struct request r = { .dumps = dumps, .n_dumps = 1, .also_json = "also.json" };
	char line[32];
	FILE *f;

	make_dumps();
	ck_assert_int_eq(run(&r, GOOD), EXIT_DONE);
	ck_assert(strncmp(text, "Operating system: ", 18) == 0);
	f = fopen("also.json", "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
	ck_assert(strncmp(line, "{\"crash_info\":", 14) == 0);
	fclose(f);
	r.also_json = "no/such/folder";
	ck_assert_int_eq(run(&r, GOOD), EXIT_TROUBLE);
	unlink("also.json");
	ck_assert_int_eq(run(&(struct request){ .also_json = "also.json" }, BAD), EXIT_INPUT);
	ck_assert_int_ne(access("also.json", F_OK), 0);
}
END_TEST

START_TEST(limits_are_of_each_dump)
{
	struct bounds b = bounds_make();
	struct request r = { .form = REQUEST_JSON, .bounds = &b };

	make_dumps();
	b.value[BOUND_DUMP_STREAMS] = 2;
	ck_assert_int_eq(run(&r, GOOD), EXIT_DONE);
	ck_assert_ptr_nonnull(strstr(text, "\"limits_hit\":[{\"limit\":2,\"name\":\"dump_streams\","
					   "\"seen\":12,\"where\":\"streams\"}]"));
	ck_assert_ptr_nonnull(strstr(said, "12 streams; only the first 2 are read"));
	ck_assert(!b.hit[BOUND_DUMP_STREAMS]);
	b.value[BOUND_DUMP_SIZE] = 100;
	ck_assert_int_eq(run(&r, GOOD), EXIT_INPUT);
	ck_assert_ptr_nonnull(strstr(said, " bytes: the limit dump_size is 100\n"));
	ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(names_are_those_of_the_dumps)
{
	struct request r = { .dumps = dumps, .n_dumps = N_DUMPS };

	ck_assert_str_eq(request_name(BAD, &r), "bad.dmp");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("request");
	TCase *t = tcase_create("request");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, each_form_has_its_report, 0, COUNT(forms));
	tcase_add_loop_test(t, failure_is_said_and_has_an_exit_code, 0, COUNT(failures));
	tcase_add_test(t, second_report_is_the_json_of_the_first);
	tcase_add_test(t, limits_are_of_each_dump);
	tcase_add_test(t, names_are_those_of_the_dumps);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
