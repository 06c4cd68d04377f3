#include "base/jobs.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N_JOBS = 300 };

/* What the jobs of a test do, besides printing their number. */
struct plan {
	size_t dies, exits, fails, troubled; /* the jobs that do; SIZE_MAX for none */
	size_t filler;                       /* bytes that each job prints after its number */
};

static const struct plan harmless = { SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, 0 };

static int job(size_t index, FILE *out, struct diag *d, void *context)
{
	const struct plan *plan = context;

	ck_assert(!d->trouble);
	if (index == plan->troubled)
		diag_trouble(d, &(struct error){ .text = "no room" });
	if (index % 7 == 0)
		usleep(2000); /* so that results come in another order than their jobs */
	fprintf(out, "%zu", index);
	for (size_t i = 0; i < plan->filler; i++)
		putc('.', out);
	if (index == plan->dies) {
		fflush(out);
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	if (index == plan->exits)
		_exit(7);
	putc('\n', out);
	return index == plan->fails ? EXIT_INPUT : EXIT_DONE;
}

static const char *name(size_t index, void *context)
{
	(void)context;
	return index == 0 ? "first" : "other";
}

/* What is in a file, to be freed. */
static char *read_back(FILE *f)
{
	char *text = calloc(1, 4096);

	ck_assert_ptr_nonnull(text);
	rewind(f);
	ck_assert_uint_lt(fread(text, 1, 4095, f), 4095);
	fclose(f);
	return text;
}

/* Runs the plan; the results in *text (to be freed) and what was said, by workers too, in *said. */
static int run(unsigned workers, const struct plan *plan, char **text, char **said)
{
	struct plan copy = *plan;
	size_t n_text;
	FILE *out = open_memstream(text, &n_text), *err = tmpfile();
	struct diag d = { .tool = "test", .out = err };
	int code;

	ck_assert_ptr_nonnull(err);
	setvbuf(err, NULL, _IONBF, 0);
	code = jobs_run(N_JOBS, workers, job, name, &copy, out, &d);
	fclose(out);
	*said = read_back(err);
	return code;
}

static void check_order(const char *text, size_t left_out)
{
	for (size_t i = 0; i < N_JOBS; i++) {
		char *end;

		if (i == left_out)
			continue;
		ck_assert_uint_eq(strtoul(text, &end, 10), i);
		text = strchr(end, '\n');
		ck_assert_ptr_nonnull(text);
		text++;
	}
	ck_assert_str_eq(text, "");
}

START_TEST(results_come_in_the_order_of_the_inputs)
{
	struct plan plan = harmless;
	char *text, *said;

	plan.filler = (size_t)_i % 2 * 5000;
	ck_assert_int_eq(run((unsigned)_i, &plan, &text, &said), EXIT_DONE);
	check_order(text, SIZE_MAX);
	ck_assert_str_eq(said, "");
	free(text);
	free(said);
}
END_TEST

START_TEST(the_highest_code_is_returned)
{
	struct plan plan = harmless;
	char *text, *said;

	plan.fails = 150;
	ck_assert_int_eq(run((unsigned)_i, &plan, &text, &said), EXIT_INPUT);
	check_order(text, SIZE_MAX);
	free(text);
	free(said);
}
END_TEST

START_TEST(trouble_is_part_of_the_code_of_its_job)
{
	struct plan plan = harmless;
	char *text, *said;

	plan.troubled = 150;
	ck_assert_int_eq(run((unsigned)_i, &plan, &text, &said), EXIT_TROUBLE);
	check_order(text, SIZE_MAX);
	ck_assert_str_eq(said, "test: no room\n");
	free(text);
	free(said);
}
END_TEST

START_TEST(a_worker_that_dies_costs_its_job_only)
{
	struct plan plan = harmless;
	char *text, *said;

	plan.dies = 11;
	ck_assert_int_eq(run(3, &plan, &text, &said), EXIT_TROUBLE);
	check_order(text, 11);
	ck_assert_str_eq(said, "test: other: killed by signal 6\n");
	free(text);
	free(said);

	plan = harmless;
	plan.exits = 0;
	ck_assert_int_eq(run(3, &plan, &text, &said), EXIT_TROUBLE);
	check_order(text, 0);
	ck_assert_str_eq(said, "test: first: ended with exit code 7\n");
	free(text);
	free(said);
}
END_TEST

START_TEST(nothing_to_do_is_done)
{
	struct diag d = { .tool = "test" };

	ck_assert_int_eq(jobs_run(0, 4, job, name, NULL, stdout, &d), EXIT_DONE);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("jobs");
	Suite *s = suite_create("jobs");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, results_come_in_the_order_of_the_inputs, 0, 5);
	tcase_add_loop_test(t, the_highest_code_is_returned, 1, 4);
	tcase_add_loop_test(t, trouble_is_part_of_the_code_of_its_job, 1, 4);
	tcase_add_test(t, a_worker_that_dies_costs_its_job_only);
	tcase_add_test(t, nothing_to_do_is_done);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
