#include <stdlib.h>

#include "dump/print.h"
#include "dumps.h"

/* Streams made by hand and what --dump prints of them. */

enum { AMD64 = 9, ARM64 = 12, PPC = 3, WINDOWS = 2, LINUX = 0x8201 };

static const struct dump_print_options ours = { 0 }, peers = { .compat = true },
				       short_one = { .brief = true };

static char *print_cut(const struct dump_maker *m, size_t n, const struct dump_print_options *o)
{
	struct arena a = { 0 };
	struct diag quiet = { .tool = "test" };
	struct md md;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (dump_open_cut(&md, m, n, &a))
		dump_print(&md, o, &a, &quiet, out);
	fclose(out);
	arena_free(&a);
	return text;
}

/* What is printed holds text, or doesn't. */
static void holds(const struct dump_maker *m, const struct dump_print_options *o, const char *text)
{
	char *all = print_cut(m, m->b.n, o);

	ck_assert_msg(strstr(all, text) != NULL, "no \"%s\" in:\n%s", text, all);
	free(all);
}

static void holds_not(const struct dump_maker *m, const struct dump_print_options *o,
		      const char *text)
{
	char *all = print_cut(m, m->b.n, o);

	ck_assert_msg(strstr(all, text) == NULL, "\"%s\" in:\n%s", text, all);
	free(all);
}

START_TEST(header_is_in_either_byte_order)
{
	struct dump_maker m = dump_make(_i != 0);

	holds(&m, &ours,
	      "MDRawHeader\n"
	      "  signature            = 0x504d444d\n"
	      "  version              = 0x1234a793\n"
	      "  stream_count         = 12\n"
	      "  stream_directory_rva = 0x20\n"
	      "  checksum             = 0x0\n"
	      "  time_date_stamp      = 0x6553f100 2023-11-14T22:13:20Z\n"
	      "  flags                = 0x0\n\nmDirectory[0]\n");
}
END_TEST

START_TEST(peer_has_the_last_stream_of_a_type)
{
	struct dump_maker m = dump_make(false);

	dump_text(&m, MD_LINUX_CMD_LINE, "one");
	dump_text(&m, MD_LINUX_CMD_LINE, "two");
	dump_text(&m, 0x12345678, "x");
	holds(&m, &ours, "(LinuxCmdLine) at index 0\n  stream type 0x47670006");
	holds_not(&m, &peers, "(LinuxCmdLine) at index 0\n");
	holds_not(&m, &peers, "mDirectory[0]\n");
	holds(&m, &peers, "  stream_type        = 0x12345678 (unknown)\n");
	holds(&m, &ours, "Stream LinuxCmdLine:\ntwo\n\n");
	holds_not(&m, &ours, "\none\n");
}
END_TEST

START_TEST(text_is_printable)
{
	struct dump_maker m = dump_make(false);

	dump_begin(&m, MD_LINUX_ENVIRON);
	put_text(&m.b, "A=\x1b[1m\nB=\xff");
	dump_put(&m, 1, 0);
	put_text(&m.b, "C=c\n");
	dump_end(&m);
	holds(&m, &ours, "Stream LinuxEnviron:\nA=\\x1b[1m\nB=\xef\xbf\xbd\\0\nC=c\n\n\n");
	holds(&m, &peers, "Stream LinuxEnviron:\nA=\x1b[1m\nB=\xef\xbf\xbd\\0\nC=c\n\n\n");
}
END_TEST

START_TEST(auxiliary_vector_has_names)
{
	struct dump_maker m = dump_make(false);

	dump_system(&m, AMD64, LINUX, 0);
	dump_begin(&m, MD_LINUX_AUXV);
	dump_put(&m, 8, 6);
	dump_put(&m, 8, 0x1000);
	dump_put(&m, 8, 18);
	dump_put(&m, 8, 7);
	dump_put(&m, 4, 1);
	dump_end(&m);
	holds(&m, &ours,
	      "Stream LinuxAuxv:\n  AT_PAGESZ            = 0x1000\n"
	      "  18                   = 0x7\n\n");
	holds_not(&m, &peers, "Stream LinuxAuxv");
}
END_TEST

START_TEST(comments_are_text)
{
	struct dump_maker m = dump_make(_i != 0);

	dump_begin(&m, MD_COMMENT_A);
	put_text(&m.b, "a\tb");
	dump_put(&m, 2, 0);
	dump_end(&m);
	dump_begin(&m, MD_COMMENT_W);
	dump_put(&m, 2, 'w');
	dump_put(&m, 2, 0);
	dump_put(&m, 2, 'x');
	dump_end(&m);
	holds(&m, &ours, "Stream CommentStreamA:\na\\x09b\n\nStream CommentStreamW:\nw\n\n");
	holds_not(&m, &peers, "Stream Comment");
}
END_TEST

/* A thread whose stack is 16 bytes, and its context. */
static void put_thread(struct dump_maker *m, uint32_t context_size, uint32_t context)
{
	uint32_t stack = (uint32_t)m->b.n;

	dump_put(m, 8, 0x1122334455667788);
	dump_put(m, 8, 0x41);
	dump_begin(m, MD_THREAD_LIST);
	dump_put(m, 4, 1);
	dump_put(m, 4, 77);
	dump_zeros(m, 12);
	dump_put(m, 8, 0x7ffde000);
	dump_put(m, 8, 0x7fff0000);
	dump_put(m, 4, 16);
	dump_put(m, 4, stack);
	dump_put(m, 4, context_size);
	dump_put(m, 4, context);
	dump_end(m);
}

START_TEST(stack_is_words)
{
	struct dump_maker m = dump_make(_i != 0);

	dump_system(&m, AMD64, LINUX, 0);
	put_thread(&m, 0, 0);
	holds(&m, &ours,
	      "MinidumpThreadList\n  thread_count = 1\n\nthread[0]\nMINIDUMP_THREAD\n"
	      "  thread_id                   = 0x4d\n");
	holds(&m, &ours,
	      "  (no context)\n\nStack\n    0x00000000: 0x1122334455667788\n"
	      "    0x00000008: 0x0000000000000041\n\n");
	holds_not(&m, &short_one, "Stack\n");
}
END_TEST

START_TEST(context_of_a_cpu_that_ends_the_peer)
{
	struct dump_maker m = dump_make(true);
	uint32_t context = (uint32_t)m.b.n;

	dump_put(&m, 4, 0x20000000);
	dump_put(&m, 4, 0x1234);
	dump_zeros(&m, 996);
	dump_system(&m, PPC, 0x8101, 0);
	put_thread(&m, 1004, context);
	for (int compat = 0; compat < 2; compat++)
		holds(&m, compat != 0 ? &peers : &ours,
		      "CONTEXT_PPC\n  context_flags = 0x20000000\n  srr0          = 0x1234\n");
}
END_TEST

START_TEST(memory_is_hex_and_text)
{
	struct dump_maker m = dump_make(false);
	uint32_t at = (uint32_t)m.b.n;

	put_text(&m.b, "0123456789abcdef\x01~");
	dump_begin(&m, MD_MEMORY_LIST);
	dump_put(&m, 4, 1);
	dump_put(&m, 8, 0x7000);
	dump_put(&m, 4, 18);
	dump_put(&m, 4, at);
	dump_end(&m);
	holds(&m, &ours,
	      "MINIDUMP_MEMORY_DESCRIPTOR\n  start_of_memory_range = 0x7000\n"
	      "  memory.data_size      = 0x12\n  memory.rva            = 0xb0\nMemory\n"
	      "    00000000: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 0123456789abcdef\n"
	      "    00000010: 01 7e                                           .~\n\n");
	holds_not(&m, &short_one, "Memory\n  ");
}
END_TEST

/* Bits without name, which the peer doesn't print. */
START_TEST(memory_info_has_every_bit)
{
	struct dump_maker m = dump_make(false);

	dump_begin(&m, MD_MEMORY_INFO_LIST);
	dump_put(&m, 4, 16);
	dump_put(&m, 4, 48);
	dump_put(&m, 8, 1);
	dump_put(&m, 8, 0x1000);
	dump_put(&m, 8, 0x1000);
	dump_put(&m, 8, 0x40000004);
	dump_put(&m, 8, 0x2000);
	dump_put(&m, 4, 0x80001000);
	dump_put(&m, 4, 0x40000104);
	dump_put(&m, 8, 0x1);
	dump_end(&m);
	holds(&m, &ours,
	      "  allocation_protection = 0x40000004\n  region_size           = 0x2000\n"
	      "  state                 = 0x80001000\n"
	      "  protection            = 0x40000104\n  _type                 = 0x1\n");
	holds(&m, &peers,
	      "  allocation_protection = 0x4\n  region_size           = 0x2000\n"
	      "  state                 = 0x1000\n"
	      "  protection            = 0x104\n  _type                 = 0x0\n");
}
END_TEST

START_TEST(exception_has_at_most_15_parameters)
{
	struct dump_maker m = dump_make(false);

	dump_begin(&m, MD_EXCEPTION);
	dump_put(&m, 8, 77);
	dump_put(&m, 4, 0xc0000005);
	dump_zeros(&m, 20);
	dump_put(&m, 8, 20);
	for (unsigned i = 0; i < 15; i++)
		dump_put(&m, 8, 0x100 + i);
	dump_zeros(&m, 8);
	dump_end(&m);
	holds(&m, &ours, "  exception_record.exception_code            = 0xc0000005\n");
	holds(&m, &ours,
	      "  exception_record.number_parameters         = 20\n"
	      "  exception_record.exception_information[ 0] = 0x100\n");
	holds(&m, &ours,
	      "  exception_record.exception_information[14] = 0x10e\n"
	      "  thread_context.data_size                   = 0\n");
	holds(&m, &ours, "  (no context)\n\n");
	holds(&m, &peers, "  (no context)\n\n    ");
}
END_TEST

/* Sizes of MiscInfo, and a line that tells its version. */
static const struct {
	size_t size;
	const char *line;
} miscs[] = {
	{ 23, NULL },
	{ 24, "  process_id                   = 7\n" },
	{ 43, "  processor_max_mhz            = (invalid)\n" },
	{ 44, "  processor_max_mhz            = 7\n" },
	{ 231, "  time_zone                    = (invalid)\n" },
	{ 232, "  time_zone                    = \n    bias          = 7\n"
	       "    standard_name = \x07\n    standard_date = <invalid date>\n" },
	{ 832, "  xstate_data                  = (invalid)\n" },
	{ 1364, "  xstate_data                  = \n"
		"    feature  0 - LEGACY_FLOATING_POINT :  offset    7, size    7\n"
		"    feature  1 - LEGACY_SSE            :  offset    7, size    7\n"
		"    feature  2 - GSSE_AND_AVX          :  offset    7, size    7\n"
		"    feature 32 - (unknown)           :  offset    7, size    7\n" },
};

START_TEST(misc_info_has_five_sizes)
{
	struct dump_maker m = dump_make(_i % 2 != 0);

	dump_begin(&m, MD_MISC_INFO);
	dump_put(&m, 4, 0);
	dump_put(&m, 4, 0xffffffff);
	for (size_t i = 8; i + 4 <= miscs[_i].size; i += 4)
		dump_put(&m, 4, 7);
	dump_zeros(&m, miscs[_i].size % 4);
	dump_end(&m);
	if (miscs[_i].line == NULL)
		holds_not(&m, &peers, "MINIDUMP_MISC_INFO");
	else if (!m.big || miscs[_i].size < 232)
		holds(&m, &peers, miscs[_i].line);
}
END_TEST

/* Dates of a time zone, as SYSTEMTIME without weekday. */
static const struct {
	uint16_t year, month, day, hour, milliseconds;
	const char *text, *compat_text;
} dates[] = {
	{ 0, 11, 1, 2, 0, "0000-11-01T02:00:00Z", NULL },
	{ 2000, 2, 29, 0, 0, "2000-02-29T00:00:00Z", NULL },
	{ 1900, 2, 29, 0, 0, "<invalid date>", NULL },
	{ 2001, 4, 31, 0, 0, "<invalid date>", NULL },
	{ 2001, 13, 1, 0, 0, "<invalid date>", NULL },
	{ 2001, 257, 1, 0, 0, "<invalid date>", "2001-01-01T00:00:00Z" },
	{ 10000, 1, 1, 0, 0, "<invalid date>", NULL },
	{ 2001, 1, 1, 24, 0, "<invalid date>", NULL },
	{ 2001, 1, 1, 0, 999, "2001-01-01T00:00:00.999Z", NULL },
	{ 2001, 1, 1, 0, 50, "2001-01-01T00:00:00.05Z", NULL },
	{ 2001, 1, 1, 0, 1000, "<invalid date>", NULL },
};

START_TEST(dates_are_of_the_calendar)
{
	struct dump_maker m = dump_make(false);
	char line[80];

	dump_begin(&m, MD_MISC_INFO);
	dump_put(&m, 4, 232);
	dump_put(&m, 4, 0x40);
	dump_zeros(&m, 224);
	dump_end(&m);
	dump_set(&m, m.stream + 128, 2, dates[_i].year);
	dump_set(&m, m.stream + 130, 2, dates[_i].month);
	dump_set(&m, m.stream + 134, 2, dates[_i].day);
	dump_set(&m, m.stream + 136, 2, dates[_i].hour);
	dump_set(&m, m.stream + 142, 2, dates[_i].milliseconds);
	snprintf(line, sizeof(line), "    standard_date = %s\n", dates[_i].text);
	holds(&m, &ours, line);
	if (dates[_i].compat_text != NULL)
		snprintf(line, sizeof(line), "    standard_date = %s\n", dates[_i].compat_text);
	holds(&m, &peers, line);
}
END_TEST

static uint32_t put_handle(struct dump_maker *m, uint32_t size, uint32_t info)
{
	uint32_t name = dump_string(m, "Event");

	dump_begin(m, MD_HANDLE_DATA);
	dump_put(m, 4, 16);
	dump_put(m, 4, size);
	dump_put(m, 8, 1);
	dump_put(m, 8, 0x40);
	dump_put(m, 4, name);
	dump_zeros(m, 20);
	if (size == 40)
		dump_put(m, 8, info);
	dump_end(m);
	return (uint32_t)m->stream;
}

START_TEST(handles_have_chains)
{
	struct dump_maker m = dump_make(false);
	uint32_t info = (uint32_t)m.b.n;

	dump_put(&m, 4, info + 12);
	dump_put(&m, 4, 6);
	dump_put(&m, 4, 12);
	dump_put(&m, 4, 0);
	dump_put(&m, 4, 1);
	dump_put(&m, 4, 99);
	put_handle(&m, 40, info);
	holds(&m, &ours,
	      "  object_info_rva   = 0xb0\n  (type_name)       = Event\n"
	      "  (object_name)     = (null)\n"
	      "  (object_info)     = {raw: MINIDUMP_HANDLE_OBJECT_INFORMATION { next_info_rva: "
	      "188, info_type: 6, size_of_info: 12 }, type: MiniEventInformation1}\n"
	      "  (object_info)     = {raw: MINIDUMP_HANDLE_OBJECT_INFORMATION { next_info_rva: 0, "
	      "info_type: 1, size_of_info: 99 }, type: MiniThreadInformation1}\n\n");
}
END_TEST

START_TEST(chain_of_handles_that_is_a_circle_ends)
{
	struct dump_maker m = dump_make(false);
	uint32_t info = (uint32_t)m.b.n;

	dump_put(&m, 4, info);
	dump_put(&m, 8, 1);
	put_handle(&m, 40, info);
	holds(&m, &ours, "  (object_info)     = (left out)\n\n");
}
END_TEST

START_TEST(small_handles_have_no_chain)
{
	struct dump_maker m = dump_make(false);

	put_handle(&m, 32, 0);
	holds(&m, &ours, "  object_info_rva   = (invalid)\n");
	holds(&m, &ours, "  (object_info)     = (null)\n\n");
}
END_TEST

/* CodeView records behind their signature, and what is printed of them. */
#define GUID "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10"
static const struct {
	uint32_t signature;
	struct str rest;
	const char *record, *id;
} codeviews[] = {
	{ 0x53445352, STR_INIT(GUID "\x03\0\0\0a.pdb\0x"),
	  "  (cv_record).cv_signature        = 0x53445352\n"
	  "  (cv_record).signature           = 04030201-0605-0807-090a-0b0c0d0e0f10\n"
	  "  (cv_record).age                 = 3\n"
	  "  (cv_record).pdb_file_name       = \"a.pdb\"\n  (misc_record) ",
	  "\"04030201-0605-0807-090a-0b0c0d0e0f10-3\"\n" },
	{ 0x3031424e, STR_INIT("\0\0\0\0\0\0\0\x01\x0b\0\0\0b.pdb"),
	  "  (cv_record).cv_header.signature = 0x3031424e\n"
	  "  (cv_record).cv_header.offset    = 0x0\n"
	  "  (cv_record).signature           = 0x1000000 1970-07-14T04:20:16Z\n"
	  "  (cv_record).age                 = 11\n"
	  "  (cv_record).pdb_file_name       = \"b.pdb\"\n",
	  "\"01000000-b\"\n" },
	{ 0x4270454c, STR_INIT(GUID "\xff"),
	  "  (cv_record).cv_signature        = 0x4270454c\n"
	  "  (cv_record).build_id            = 0102030405060708090a0b0c0d0e0f10ff\n",
	  "\"04030201-0605-0807-090a-0b0c0d0e0f10\"\n" },
	{ 0x12345678, STR_INIT("\xab"), "  (cv_record)                     = 78563412ab\n",
	  "\"00000000-0000-0000-0000-000000000000\"\n" },
};

START_TEST(modules_have_codeview_records)
{
	struct dump_maker m = dump_make(false);
	uint32_t name = dump_string(&m, "C:\\x"), cv = (uint32_t)m.b.n;

	dump_put(&m, 4, codeviews[_i].signature);
	for (size_t i = 0; i < codeviews[_i].rest.n; i++)
		dump_put(&m, 1, (uint8_t)codeviews[_i].rest.p[i]);
	dump_system(&m, AMD64, WINDOWS, 0);
	dump_begin(&m, MD_MODULE_LIST);
	dump_put(&m, 4, 1);
	dump_put(&m, 8, 0x1000);
	dump_put(&m, 4, 0x2000);
	dump_zeros(&m, 8);
	dump_put(&m, 4, name);
	dump_zeros(&m, 52);
	dump_put(&m, 4, 4 + codeviews[_i].rest.n);
	dump_put(&m, 4, cv);
	dump_zeros(&m, 24);
	dump_end(&m);
	holds(&m, &peers, codeviews[_i].record);
	holds(&m, &peers, codeviews[_i].id);
	holds(&m, &peers, "  (code_file)                     = \"C:\\x\"\n");
	holds(&m, &ours, "  (code_file)                     = \"C:\\\\x\"\n");
}
END_TEST

/* Everything once, cut at every byte: there is always an end, and by default nothing that a
 * terminal obeys. */
START_TEST(cut_dumps_are_printed)
{
	struct dump_maker m = dump_make(false);

	put_handle(&m, 40, 0xb0);
	dump_system(&m, ARM64, LINUX, 0);
	put_thread(&m, 16, 32);
	dump_text(&m, MD_LINUX_MAPS, "\x1b[0m");
	for (size_t n = 0; n <= m.b.n; n++) {
		char *text = print_cut(&m, n, &ours);

		ck_assert(strchr(text, '\x1b') == NULL);
		free(text);
		free(print_cut(&m, n, &peers));
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("print");
	TCase *t = tcase_create("print");

	tcase_add_loop_test(t, header_is_in_either_byte_order, 0, 2);
	tcase_add_test(t, peer_has_the_last_stream_of_a_type);
	tcase_add_test(t, text_is_printable);
	tcase_add_test(t, auxiliary_vector_has_names);
	tcase_add_loop_test(t, comments_are_text, 0, 2);
	tcase_add_loop_test(t, stack_is_words, 0, 2);
	tcase_add_test(t, context_of_a_cpu_that_ends_the_peer);
	tcase_add_test(t, memory_is_hex_and_text);
	tcase_add_test(t, memory_info_has_every_bit);
	tcase_add_test(t, exception_has_at_most_15_parameters);
	tcase_add_loop_test(t, misc_info_has_five_sizes, 0, COUNT(miscs));
	tcase_add_loop_test(t, dates_are_of_the_calendar, 0, COUNT(dates));
	tcase_add_test(t, handles_have_chains);
	tcase_add_test(t, chain_of_handles_that_is_a_circle_ends);
	tcase_add_test(t, small_handles_have_no_chain);
	tcase_add_loop_test(t, modules_have_codeview_records, 0, COUNT(codeviews));
	tcase_add_test(t, cut_dumps_are_printed);
	suite_add_tcase(s, t);

	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
