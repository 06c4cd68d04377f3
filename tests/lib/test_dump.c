#include <stdlib.h>

#include "base/file.h"
#include "dumps.h"

static bool read_bytes(struct dump *d, struct slice data, struct arena *a, bool compat,
		       enum md_verdict *verdict, struct error *err)
{
	struct diag quiet = { .tool = "test" };

	return dump_read(d, data, "test.dmp", a, &quiet, compat, verdict, err);
}

/* Which of the two required streams a dump has, and how it is refused. */
static const struct {
	bool threads, system;
	enum md_verdict verdict;
	const char *text;
} required[] = {
	{ false, false, MD_MISSING_THREAD_LIST, "test.dmp: no thread list that can be read" },
	{ false, true, MD_MISSING_THREAD_LIST, "test.dmp: no thread list that can be read" },
	{ true, false, MD_MISSING_SYSTEM_INFO, "test.dmp: no system information that can be read" },
	{ true, true, MD_OK, "" },
};

START_TEST(two_streams_are_required)
{
	struct dump_maker m = dump_make(_i % 2 != 0);
	struct arena a = { 0 };
	struct error err = { 0 };
	enum md_verdict verdict = MD_IO_ERROR;
	struct dump d;

	if (required[_i].threads) {
		dump_begin(&m, MD_THREAD_LIST);
		dump_put(&m, 4, 0);
		dump_end(&m);
	}
	if (required[_i].system)
		dump_system(&m, 9, 2, 0);

	bool ok = read_bytes(&d, bytes_slice(&m.b), &a, false, &verdict, &err);
	ck_assert(ok == (required[_i].verdict == MD_OK));
	ck_assert_int_eq(verdict, required[_i].verdict);
	ck_assert_str_eq(err.text, required[_i].text);
	arena_free(&a);
}
END_TEST

START_TEST(what_is_no_minidump_is_refused)
{
	struct arena a = { 0 };
	struct error err = { 0 };
	enum md_verdict verdict = MD_OK;
	struct dump d;

	ck_assert(!read_bytes(&d, (struct slice){ 0 }, &a, false, &verdict, &err));
	ck_assert_int_eq(verdict, MD_MISSING_HEADER);
	ck_assert_int_eq(err.code, ERROR_INPUT);
	arena_free(&a);
}
END_TEST

/* One of our own dumps, of a division by zero on amd64. */
static void open_real(struct file *f)
{
	const char *folder = getenv("DATA");
	char path[4096];
	struct error err = { 0 };

	snprintf(path, sizeof(path), "%s/dumps/div-zero.dmp",
		 folder == NULL ? "tests/data" : folder);
	ck_assert_msg(file_open(f, path, &err), "%s", err.text);
}

START_TEST(real_dump_is_read_whole)
{
	struct file f;
	struct arena a = { 0 };
	struct error err = { 0 };
	enum md_verdict verdict;
	struct dump d;
	struct regs r;

	open_real(&f);
	ck_assert(read_bytes(&d, f.data, &a, _i != 0, &verdict, &err));
	ck_assert_int_eq(d.system.os, MD_OS_LINUX);
	ck_assert_int_eq(d.system.cpu, CPU_AMD64);
	ck_assert_uint_eq(d.exception.code, 8);
	ck_assert_uint_eq(d.threads.n, 1);
	ck_assert_uint_eq(d.threads.v[0].id, d.exception.thread_id);
	ck_assert(d.process.has_pid);

	/* The context of the exception agrees with modules, memory and mappings. */
	const struct cpu *cpu = cpu_find(d.system.cpu);
	ck_assert(regs_read(&r, cpu, d.exception.context, _i != 0));
	ptrdiff_t module = md_modules_find(&d.modules, r.value[cpu->ip]);
	ck_assert_int_eq(module, 0);
	ck_assert(str_ends(d.modules.v[module].code_file, STR("div-zero")));
	ck_assert_uint_eq(d.modules.v[module].debug_id.n, 33);
	ck_assert_ptr_nonnull(md_memory_find(&d.memory, r.value[cpu->sp]));
	arena_free(&a);
	file_close(&f);
}
END_TEST

START_TEST(every_truncation_is_refused_or_read)
{
	struct file f;

	open_real(&f);
	for (size_t n = 0; n < f.data.n; n++) {
		struct arena a = { 0 };
		struct error err = { 0 };
		enum md_verdict verdict;
		struct dump d;
		uint8_t *copy = malloc(n); /* so that a sanitizer sees one byte too many */

		if (n != 0)
			memcpy(copy, f.data.p, n);
		bool ok = read_bytes(&d, (struct slice){ copy, n }, &a, n % 2 != 0, &verdict, &err);
		ck_assert(ok == (verdict == MD_OK));
		ck_assert(ok == (err.code == ERROR_NONE));
		arena_free(&a);
		free(copy);
	}
	file_close(&f);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dump");
	TCase *t = tcase_create("dump");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, two_streams_are_required, 0,
			    (int)(sizeof(required) / sizeof(required[0])));
	tcase_add_test(t, what_is_no_minidump_is_refused);
	tcase_add_loop_test(t, real_dump_is_read_whole, 0, 2);
	tcase_add_test(t, every_truncation_is_refused_or_read);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
