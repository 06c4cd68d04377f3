#include <stdlib.h>

#include "base/limits.h"
#include "dump/md_stability.h"
#include "dumps.h"

static bool read_report(struct md_stability *x, struct str bytes, struct arena *a)
{
	struct dump_maker m = dump_make(false);
	struct md md;

	dump_begin(&m, MD_STABILITY_REPORT);
	for (size_t i = 0; i < bytes.n; i++)
		dump_put(&m, 1, (uint8_t)bytes.p[i]);
	dump_end(&m);
	dump_open(&md, &m, a);
	return md_stability_read(x, &md, a);
}

/* Two processes and the system, with fields between that nobody knows. */
static const struct str whole = STR_INIT(
	"\x12\x19"
	"\x18\xd2\x09"                     /* process_id 1234 */
	"\x22\x0a\x0a\x08\x08\x07\x10\x08" /* memory_state, windows_memory 7, 8 */
	"\x18\x09\x20\x0a"                 /* 9, 10 */
	"\x3a\x08\x0a\x02\x08\x0b\x12\x02" /* file_system_state, posix 11, windows */
	"\x08\x0c"                         /* 12 */
	"\x0d\1\2\3\4"                     /* number 1, of 4 bytes */
	"\x12\x0b\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" /* process_id -1 */
	"\x3a\x08\x0a\x06\x08\x0d\x10\x0e\x18\x0f");           /* system_memory_state 13, 14, 15 */

START_TEST(values_have_their_places)
{
	struct arena a = { 0 };
	struct md_stability x;

	ck_assert(read_report(&x, whole, &a));
	ck_assert_uint_eq(x.n_processes, 2);
	ck_assert_uint_eq(x.processes[0].present, 0x7f);
	ck_assert_uint_eq(x.processes[0].value[MD_PROCESS_ID], 1234);
	for (unsigned i = MD_PROCESS_PRIVATE_USAGE; i <= MD_PROCESS_HANDLES; i++)
		ck_assert_uint_eq(x.processes[0].value[i], 6 + i);
	ck_assert_uint_eq(x.processes[1].present, 1);
	ck_assert_int_eq((int64_t)x.processes[1].value[MD_PROCESS_ID], -1);
	ck_assert_uint_eq(x.system.present, 7u << MD_SYSTEM_COMMIT_LIMIT);
	for (unsigned i = MD_SYSTEM_COMMIT_LIMIT; i <= MD_SYSTEM_HANDLES; i++)
		ck_assert_uint_eq(x.system.value[i], 6 + i);
	arena_free(&a);
}
END_TEST

START_TEST(cut_reports_hold_no_more)
{
	for (size_t n = 0; n < whole.n; n++) {
		struct arena a = { 0 };
		struct md_stability x;

		if (read_report(&x, str_first(whole, n), &a))
			ck_assert_uint_eq(x.system.present, 0);
		ck_assert(x.n_processes <= 2);
		arena_free(&a);
	}
}
END_TEST

static const struct str bad[] = {
	STR_INIT("\x12\x05\x18\x01"),         /* longer than the stream */
	STR_INIT("\x10\x01"),                 /* a number for a message */
	STR_INIT("\x12\x02\x1a\x00"),         /* bytes for a number */
	STR_INIT("\x12\x01\x18"),             /* no value */
	STR_INIT("\x00\x00"),                 /* field 0 */
	STR_INIT("\x0b\x0c"),                 /* a group */
	STR_INIT("\xff\xff\xff\xff\xff\x01"), /* a key of more than 32 bits */
};

START_TEST(other_messages_are_not_read)
{
	struct arena a = { 0 };
	struct md_stability x;

	ck_assert(!read_report(&x, bad[_i], &a));
	arena_free(&a);
}
END_TEST

START_TEST(processes_over_the_limit_are_left_out)
{
	struct arena a = { 0 };
	struct md_stability x;
	static char bytes[3000];

	for (size_t i = 0; i < sizeof(bytes); i += 2)
		bytes[i] = 0x12;
	ck_assert(read_report(&x, (struct str){ bytes, sizeof(bytes) }, &a));
	ck_assert_uint_eq(x.n_processes, LIMIT_DUMP_PROCESS_STATES < sizeof(bytes) / 2
						 ? LIMIT_DUMP_PROCESS_STATES
						 : sizeof(bytes) / 2);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("md_stability");
	TCase *t = tcase_create("md_stability");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, values_have_their_places);
	tcase_add_test(t, cut_reports_hold_no_more);
	tcase_add_loop_test(t, other_messages_are_not_read, 0, COUNT(bad));
	tcase_add_test(t, processes_over_the_limit_are_left_out);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
