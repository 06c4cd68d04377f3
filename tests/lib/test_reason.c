#include <check.h>
#include <stdlib.h>

#include "dump/codes.h"
#include "dump/reason.h"

static const struct {
	enum md_os os;
	enum cpu_kind cpu;
	uint32_t code, flags, n;
	uint64_t parameters[3];
	const char *text;
} reasons[] = {
	{ MD_OS_LINUX, CPU_AMD64, 11, 1, 0, { 0 }, "SIGSEGV / SEGV_MAPERR" },
	{ MD_OS_LINUX, CPU_AMD64, 11, 5, 0, { 0 }, "SIGSEGV / 0x00000005" },
	{ MD_OS_LINUX, CPU_AMD64, 11, 0, 0, { 0 }, "SIGSEGV" },
	{ MD_OS_LINUX, CPU_AMD64, 4, 9, 0, { 0 }, "SIGILL / ILL_BADIADDR" },
	{ MD_OS_LINUX, CPU_AMD64, 4, 10, 0, { 0 }, "SIGILL / 0x0000000a" },
	{ MD_OS_LINUX, CPU_AMD64, 6, 0xfffffffa, 0, { 0 }, "SIGABRT / SI_TKILL" },
	{ MD_OS_LINUX, CPU_AMD64, 31, 2, 0, { 0 }, "SIGSYS / SYS_USER_DISPATCH" },
	{ MD_OS_LINUX, CPU_AMD64, 0, 1, 0, { 0 }, "unknown 0x00000000 / 0x00000001" },
	{ MD_OS_LINUX, CPU_AMD64, 32, 1, 0, { 0 }, "unknown 0x00000020 / 0x00000001" },
	{ MD_OS_ANDROID, CPU_ARM, 0xffffffff, 0, 0, { 0 }, "DUMP_REQUESTED" },
	{ MD_OS_WINDOWS, CPU_X86, 0xc0000005, 0, 2, { 8, 1 }, "EXCEPTION_ACCESS_VIOLATION_EXEC" },
	{ MD_OS_WINDOWS, CPU_X86, 0xc0000005, 0, 0, { 8, 1 }, "EXCEPTION_ACCESS_VIOLATION" },
	{ MD_OS_WINDOWS,
	  CPU_X86,
	  0xc0000006,
	  0,
	  3,
	  { 0, 1, 0xc000009c },
	  "EXCEPTION_IN_PAGE_ERROR_READ / STATUS_DEVICE_DATA_ERROR" },
	{ MD_OS_WINDOWS,
	  CPU_X86,
	  0xc0000409,
	  0,
	  1,
	  { 7 },
	  "EXCEPTION_STACK_BUFFER_OVERRUN / FAST_FAIL_FATAL_APP_EXIT" },
	{ MD_OS_WINDOWS,
	  CPU_X86,
	  0xc0000409,
	  0,
	  1,
	  { 0xf },
	  "EXCEPTION_STACK_BUFFER_OVERRUN / 0x0000000f" },
	{ MD_OS_WINDOWS, CPU_X86, 0xe06d7363, 0, 0, { 0 }, "Unhandled C++ Exception" },
	{ MD_OS_WINDOWS,
	  CPU_X86,
	  0xc06d007e,
	  0,
	  0,
	  { 0 },
	  "FACILITY_VISUALCPP / ERROR_MOD_NOT_FOUND" },
	{ MD_OS_WINDOWS, CPU_X86, 0x006d007e, 0, 0, { 0 }, "unknown 0x006d007e" },
	{ MD_OS_MACOS, CPU_AMD64, 1, 13, 0, { 0 }, "EXC_BAD_ACCESS / EXC_I386_GPFLT" },
	{ MD_OS_MACOS, CPU_ARM64, 1, 13, 0, { 0 }, "EXC_BAD_ACCESS / 0x0000000d" },
	{ MD_OS_MACOS, CPU_ARM64, 10, 1, 0, { 0 }, "unknown 0x0000000a / 0x00000001" },
	{ MD_OS_MACOS,
	  CPU_ARM64,
	  11,
	  3u << 29,
	  3,
	  { 0, 1ull << 58 | 50, 0 },
	  "EXC_RESOURCE / RESOURCE_TYPE_MEMORY / FLAVOR_HIGH_WATERMARK high watermark limit: "
	  "50MiB" },
	{ MD_OS_MACOS, CPU_ARM64, 11, 7u << 29, 3, { 0 }, "EXC_RESOURCE / 0xe0000000" },
	{ MD_OS_IOS,
	  CPU_ARM64,
	  12,
	  2u << 29,
	  3,
	  { 0, 1ull << 32 | 9, 10 },
	  "EXC_GUARD / GUARD_TYPE_FD / GUARD_EXC_CLOSE file descriptor: 9 guard identifier: 10" },
	{ MD_OS_IOS, CPU_ARM64, 0x43507378, 0, 0, { 0 }, "Simulated Exception" },
	{ MD_OS_SOLARIS, CPU_SPARC, 11, 1, 0, { 0 }, "unknown 0x0000000b / 0x00000001" },
};

START_TEST(reason_has_the_names_of_the_system)
{
	struct arena a = { 0 };
	struct md_system s = { .os = reasons[_i].os, .cpu = reasons[_i].cpu };
	struct md_exception e = { .present = true,
				  .code = reasons[_i].code,
				  .flags = reasons[_i].flags,
				  .n_parameters = reasons[_i].n };

	memcpy(e.parameters, reasons[_i].parameters, sizeof(reasons[_i].parameters));

	struct str text = reason_text(&e, &s, &a);
	ck_assert_msg(str_eq(text, str_of(reasons[_i].text)), "%.*s", STR_ARGS(text));
	arena_free(&a);
}
END_TEST

/* The address of an exception at 0x1ffffffff with parameters 1 and 0x2eeeeeeee; -1: none. */
static const struct {
	enum md_os os;
	unsigned bits;
	uint32_t code, flags, n;
	int64_t ours, peers;
} addresses[] = {
	{ MD_OS_WINDOWS, 64, 0xc0000005, 0, 2, 0x2eeeeeeee, 0x2eeeeeeee },
	{ MD_OS_WINDOWS, 32, 0xc0000006, 0, 3, 0xeeeeeeee, 0xeeeeeeee },
	{ MD_OS_WINDOWS, 64, 0xc0000005, 0, 1, 0x1ffffffff, 0x1ffffffff },
	{ MD_OS_WINDOWS, 64, 0xc0000409, 0, 2, 0x1ffffffff, 0x1ffffffff },
	{ MD_OS_WINDOWS, 0, 0x80000003, 0, 0, 0x1ffffffff, 0x1ffffffff },
	{ MD_OS_LINUX, 64, 11, 1, 0, 0x1ffffffff, 0x1ffffffff },
	{ MD_OS_LINUX, 32, 11, 0x80, 0, 0xffffffff, 0xffffffff },
	{ MD_OS_LINUX, 64, 6, 0, 0, -1, 0x1ffffffff },            /* SI_USER */
	{ MD_OS_LINUX, 64, 11, 0, 0, 0x1ffffffff, 0x1ffffffff },  /* old Breakpad */
	{ MD_OS_LINUX, 64, 6, 0xfffffffa, 0, -1, 0x1ffffffff },   /* SI_TKILL */
	{ MD_OS_LINUX, 64, 17, 1, 0, -1, 0x1ffffffff },           /* CLD_EXITED */
	{ MD_OS_LINUX, 64, 31, 0, 0, -1, 0x1ffffffff },           /* SIGSYS, SI_USER */
	{ MD_OS_LINUX, 64, 31, 1, 0, 0x1ffffffff, 0x1ffffffff },  /* SYS_SECCOMP */
	{ MD_OS_ANDROID, 32, 11, 0xffffffff, 0, -1, 0xffffffff }, /* SI_QUEUE */
	{ MD_OS_LINUX, 64, 0xffffffff, 0, 0, 0x1ffffffff, 0x1ffffffff },
	{ MD_OS_MACOS, 64, 1, 0, 0, 0x1ffffffff, 0x1ffffffff },
};

START_TEST(sent_signals_have_no_address)
{
	struct md_system s = { .os = addresses[_i].os, .pointer_bits = addresses[_i].bits };
	struct md_exception e = { .code = addresses[_i].code,
				  .flags = addresses[_i].flags,
				  .n_parameters = addresses[_i].n,
				  .address = 0x1ffffffff,
				  .parameters = { 1, 0x2eeeeeeee } };
	uint64_t address = 0;

	ck_assert(reason_address(&e, &s, false, &address) == (addresses[_i].ours >= 0));
	if (addresses[_i].ours >= 0)
		ck_assert_uint_eq(address, (uint64_t)addresses[_i].ours);
	ck_assert(reason_address(&e, &s, true, &address));
	ck_assert_uint_eq(address, (uint64_t)addresses[_i].peers);
}
END_TEST

static const struct {
	uint32_t code;
	const char *text;
} errors[] = {
	{ 0, "ERROR_SUCCESS" },
	{ 5, "ERROR_ACCESS_DENIED" },
	{ 0xc0000022, "STATUS_ACCESS_DENIED" },
	{ 0x80000003, "STATUS_BREAKPOINT" }, /* no exception names here */
	{ 0xe06d7363, "unknown 0xe06d7363" },
};

START_TEST(last_error_is_an_error_or_a_status)
{
	struct arena a = { 0 };
	struct str text = reason_windows(errors[_i].code, &a);

	ck_assert_msg(str_eq(text, str_of(errors[_i].text)), "%.*s", STR_ARGS(text));
	arena_free(&a);
}
END_TEST

START_TEST(tables_are_sorted_and_complete)
{
	const struct codes *tables[] = { &codes_exception, &codes_fastfail, &codes_ntstatus,
					 &codes_winerror };

	for (size_t i = 0; i < COUNT(tables); i++) {
		const struct codes *t = tables[i];

		ck_assert_uint_gt(t->n, 20);
		for (size_t row = 0; row < t->n; row++) {
			ck_assert(row == 0 || t->rows[row].value > t->rows[row - 1].value);
			ck_assert_ptr_eq(codes_find(t, t->rows[row].value),
					 t->names + t->rows[row].name);
			ck_assert_str_ne(t->names + t->rows[row].name, "");
		}
	}
	ck_assert_ptr_null(codes_find(&codes_fastfail, 0xf));
	ck_assert_ptr_null(codes_find(&codes_ntstatus, 0xffffffff));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("reason");
	TCase *t = tcase_create("reason");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, reason_has_the_names_of_the_system, 0, COUNT(reasons));
	tcase_add_loop_test(t, sent_signals_have_no_address, 0, COUNT(addresses));
	tcase_add_loop_test(t, last_error_is_an_error_or_a_status, 0, COUNT(errors));
	tcase_add_test(t, tables_are_sorted_and_complete);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
