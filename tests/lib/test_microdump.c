#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "dump/microdump.h"

/* A log, line by line. */

static struct arena a;
static struct dump d;
static struct error err;
static char warnings[4096];

#define BEGIN      "W/google-breakpad( 37): -----BEGIN BREAKPAD MICRODUMP-----\r\n"
#define LINE(text) "W/google-breakpad( 37): " text "\r\n"
#define END        LINE("-----END BREAKPAD MICRODUMP-----")
#define SYSTEM     LINE("O A arm 0A armv8l some/version 1")

static struct slice bytes(const char *log)
{
	return (struct slice){ (const uint8_t *)log, strlen(log) };
}

static bool reads(const char *log)
{
	FILE *out = fmemopen(warnings, sizeof(warnings), "w");
	struct diag diag = { .tool = "t", .out = out };
	bool ok;

	err = (struct error){ 0 };
	ok = microdump_read(&d, bytes(log), "log", &a, &diag, &err);
	fclose(out);
	return ok;
}

START_TEST(logs_are_told_by_their_first_line)
{
	static const struct {
		const char *log;
		bool is;
	} cases[] = {
		{ BEGIN, true },
		{ "anything\n" BEGIN, true },
		{ "", false },
		{ "-----BEGIN BREAKPAD MICRODUMP-----", false },
		{ "google-breakpad\n-----BEGIN BREAKPAD MICRODUMP-----", false },
		{ "MDMP" BEGIN, false },
		{ "google-breakpad: -----BEGIN BREAKPAD MINIDUMP-----", false },
	};

	ck_assert(microdump_is(bytes(cases[_i].log)) == cases[_i].is);
}
END_TEST

START_TEST(all_lines_are_read)
{
	ck_assert(reads(
		LINE("M 1000 0 1000 AB0 early") BEGIN SYSTEM LINE("V product 1.0")
			LINE("R 0000000B SIGSEGV 00000018") LINE("G GL 3|Maker|Chip|more") LINE(
				"S 0 7000 7000 10")
				LINE("S 7000 0011223344") "other: M 9000 0 1000 AB0 none\n" LINE(
					"S 7005 aAbB") LINE("C 0102")
					LINE("M 400000 0 1000 AB0 lib a.so (deleted)")
						END LINE("M 500000 0 1000 AB0 late") BEGIN));
	ck_assert_str_eq(warnings, "");
	ck_assert(d.is_microdump && d.system.os == MD_OS_ANDROID && d.system.cpu == CPU_ARM);
	ck_assert_uint_eq(d.system.n_cpus, 10);
	ck_assert(str_eq(d.system.os_version, STR("some/version 1")));
	ck_assert(d.exception.present && d.exception.code == 11 && d.exception.address == 0x18);
	ck_assert(str_eq(d.gpu.version, STR("GL 3")) && str_eq(d.gpu.renderer, STR("Chip")));
	ck_assert_uint_eq(d.threads.n, 1);
	ck_assert_uint_eq(d.threads.v[0].stack.n, 7);
	ck_assert_uint_eq(cursor_left(&d.exception.context), 2);
	uint64_t v;
	ck_assert(md_memory_uint(&d.memory, 0x7003, 4, &v) && v == 0xbbaa4433);
	ck_assert_uint_eq(d.modules.n, 1);
	ck_assert(str_eq(d.modules.v[0].code_file, STR("lib a.so")));
	ck_assert(md_modules_find(&d.modules, 0x400fff) == 0);
	arena_free(&a);
}
END_TEST

START_TEST(damaged_lines_are_left_out_with_a_warning)
{
	static const char *const lines[] = {
		LINE("M 400000 0 0 AB0 empty"),
		LINE("M fffffffffffff000 0 2000 AB0 wraps"),
		LINE("M 400000 0 1000"),
		LINE("M 4x 0 1000 AB0 a"),
		LINE("S 7000 001"),
		LINE("S 7000"),
		LINE("S 7000 00") LINE("S 7008 11"),
		LINE("C 00zz"),
		LINE("R 11 SIGSEGV"),
		LINE("R 1ffffffff SIGSEGV 0"),
		LINE("O A arm"),
	};
	char log[1024];

	snprintf(log, sizeof(log), BEGIN SYSTEM "%s" LINE("S 7009 22"), lines[_i]);
	ck_assert(reads(log));
	ck_assert_msg(strstr(warnings, "of the microdump cannot be read") != NULL, "%s", log);
	ck_assert_uint_eq(d.modules.n, 0);
	ck_assert_uint_le(d.threads.v[0].stack.n, 1);
	arena_free(&a);
}
END_TEST

START_TEST(architectures_have_their_names)
{
	static const struct {
		const char *name, *report;
		enum cpu_kind cpu;
		unsigned bits;
	} cases[] = {
		{ "arm", "arm", CPU_ARM, 32 },         { "arm64", "arm64", CPU_ARM64, 64 },
		{ "x86", "x86", CPU_X86, 32 },         { "x86_64", "amd64", CPU_AMD64, 64 },
		{ "mips", "mips", CPU_MIPS, 32 },      { "mips64", "mips64", CPU_MIPS64, 64 },
		{ "riscv32", "riscv", CPU_RISCV, 32 }, { "riscv64", "riscv64", CPU_RISCV64, 64 },
		{ "vax", "unknown", CPU_UNKNOWN, 0 },
	};
	char log[256];

	snprintf(log, sizeof(log), BEGIN LINE("O L %s 01 x y"), cases[_i].name);
	ck_assert(reads(log));
	ck_assert_str_eq(d.system.cpu_name, cases[_i].report);
	ck_assert(d.system.cpu == cases[_i].cpu && d.system.pointer_bits == cases[_i].bits);
	ck_assert(d.system.os == MD_OS_LINUX);
	arena_free(&a);
}
END_TEST

START_TEST(old_context_of_arm64_is_known_by_its_size)
{
	char log[4096] = BEGIN LINE("O A arm64 01 x y") "google-breakpad: C ";

	for (unsigned i = 0; i < 796; i++)
		strcat(log, "00");
	ck_assert(reads(log));
	ck_assert(d.system.cpu == CPU_ARM64_OLD);
	arena_free(&a);
}
END_TEST

START_TEST(of_overlapping_modules_the_lower_end_stays_on_android)
{
	ck_assert(reads(BEGIN SYSTEM LINE("M 2000 0 1800 A0 b") LINE("M 1000 0 1800 A0 a")
				LINE("M 3000 0 2000 A0 c")));
	ck_assert(md_modules_find(&d.modules, 0x27ff) == 0);
	ck_assert(md_modules_find(&d.modules, 0x2800) == 1);
	ck_assert(md_modules_find(&d.modules, 0x37ff) == 1);
	ck_assert(md_modules_find(&d.modules, 0x3800) == 2);
	ck_assert_uint_eq(d.modules.v[1].base, 0x2000);
	arena_free(&a);
	ck_assert(reads(BEGIN LINE("O L arm 01 x y") LINE("M 2000 0 1800 A0 b")
				LINE("M 1000 0 1800 A0 a")));
	ck_assert(md_modules_find(&d.modules, 0x2800) == MD_NO_MODULE);
	arena_free(&a);
}
END_TEST

START_TEST(log_cut_anywhere_is_read_as_far)
{
	static const char log[] = BEGIN SYSTEM LINE("R B SIGSEGV 18") LINE("S 7000 00112233")
		LINE("C 0102") LINE("M 400000 0 1000 AB0 a.so") END;

	for (size_t n = 0; n < sizeof(log); n++) {
		char *part = strndup(log, n);

		if (!reads(part))
			ck_assert_str_eq(err.text, "log: microdump without a line O, the system");
		free(part);
		arena_free(&a);
	}
	ck_assert_uint_eq(d.modules.n, 1);
}
END_TEST

START_TEST(modules_are_limited)
{
	enum { LINE_BYTES = 64 };
	size_t n = LIMIT_DUMP_MODULES + 2;
	char *log = malloc(256 + n * LINE_BYTES), *end = log;

	ck_assert_ptr_nonnull(log);
	end += sprintf(end, "%s%s", BEGIN, SYSTEM);
	for (size_t i = 0; i < n; i++)
		end += sprintf(end, "google-breakpad: M %zx 0 1 A0 a\n", i + 1);
	ck_assert(reads(log));
	ck_assert_uint_eq(d.modules.n, LIMIT_DUMP_MODULES);
	free(log);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("microdump");
	TCase *t = tcase_create("microdump");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, logs_are_told_by_their_first_line, 0, 7);
	tcase_add_test(t, all_lines_are_read);
	tcase_add_loop_test(t, damaged_lines_are_left_out_with_a_warning, 0, 11);
	tcase_add_loop_test(t, architectures_have_their_names, 0, 9);
	tcase_add_test(t, old_context_of_arm64_is_known_by_its_size);
	tcase_add_test(t, of_overlapping_modules_the_lower_end_stays_on_android);
	tcase_add_test(t, log_cut_anywhere_is_read_as_far);
	tcase_add_test(t, modules_are_limited);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
