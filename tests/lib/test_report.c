#include "base/limits.h"
#include "walk/frames.h"
#include "world.h"

/* state_js, state_text and frames: the reports of a process put together by hand. */

static struct world w;
static char *text; /* the last report */

static const char symbols[] =
	"FILE 1 /src/deep/app.c\nINLINE_ORIGIN 1 helper\nFUNC 100 100 0 leaf\n"
	"INLINE 0 7 1 1 108 10\n100 100 9 1\nFUNC 200 100 0 main\n"
	"200 100 20 1\nSTACK CFI INIT 100 100 .cfa: $rsp 24 + .ra: .cfa -8 + ^\n";

/* A crash in leaf, called by main, called from nowhere. */
static void make(void)
{
	world_make(&w, CPU_AMD64, MD_OS_LINUX, symbols);
	w.dump.system.os_name = STR("Linux");
	w.dump.system.cpu_name = "amd64";
	w.dump.system.pointer_bits = 64;
	w.dump.system.n_cpus = 2;
	w.thread.context = cursor_make((struct slice){ w.context, w.cpu->context_size }, "");
	w.dump.exception = (struct md_exception){
		.present = true,
		.thread_id = 1,
		.code = 11,
		.flags = 1,
		.address = 0x18,
		.context = w.thread.context,
	};
	world_reg(&w, "rip", 0x400108);
	world_reg(&w, "rsp", 0x7000);
	world_word(&w, 0x7010, 0x400210);
}

enum form { JSON, TEXT, BRIEF };
static bool registers, only_requesting; /* what is asked for besides */
static struct bounds *bounds;

static void report(enum form form, bool compat)
{
	size_t n;
	struct state s;
	FILE *out;

	free(text);
	out = open_memstream(&text, &n);
	names_init(&w.names, &w.dump, w.symbols, compat, &w.arena);
	state_build(&s, &w.dump, &w.names, &w.arena);
	s.only_requesting = only_requesting;
	if (bounds != NULL)
		state_set_bounds(&s, bounds);
	if (form == JSON)
		state_js(&s, &(struct state_js_options){ .file = "a.dmp", .registers = registers },
			 &w.arena, out);
	else
		state_text(&s, &(struct state_text_options){ .brief = form == BRIEF }, &w.arena,
			   out);
	fclose(out);
}

static void has(const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no %s in %s", part, text);
}

static void has_not(const char *part)
{
	ck_assert_msg(strstr(text, part) == NULL, "%s in %s", part, text);
}

/* Not by strstr(): a sanitizer's measures what is left of the text each time. */
static size_t count(const char *part)
{
	size_t n = 0, length = strlen(part);

	for (const char *at = text; *at != '\0'; at++)
		n += *at == *part && strncmp(at, part, length) == 0;
	return n;
}

static void finish(void)
{
	free(text);
	text = NULL;
	world_free(&w);
}

START_TEST(json_names_frames_and_their_inlines)
{
	make();
	report(JSON, _i == 1);
	has("{\"crash_info\":{\"address\":\"0x0000000000000018\",\"adjusted_address\":null");
	has("\"crashing_thread\":0");
	has("\"type\":\"SIGSEGV / SEGV_MAPERR\"");
	has("\"file\":\"/src/deep/app.c\",\"frame\":0,\"function\":\"leaf\",\"function_offset\":"
	    "\"0x0000000000000008\",\"inlines\":[{\"file\":\"/src/deep/"
	    "app.c\",\"function\":\"helper\","
	    "\"line\":9}],\"line\":7,\"missing_symbols\":false,\"module\":\"app\"");
	has("\"registers\":{\"r10\":");
	has("\"frame\":1,\"function\":\"main\",\"function_offset\":\"0x000000000000000f\"");
	has("\"trust\":\"cfi\"");
	has("\"threads_index\":0");
	has("\"file\":\"a.dmp\"");
	has_not("limits_hit");
	finish();
}
END_TEST

START_TEST(symbol_flags_are_those_of_the_walk)
{
	make();
	report(JSON, false);
	has("\"filename\":\"app\",\"loaded_symbols\":true,\"missing_symbols\":false");
	has("\"filename\":\"none\",\"loaded_symbols\":false,\"missing_symbols\":false");
	world_word(&w, 0x7010, 0x500010);
	report(JSON, false);
	has("\"filename\":\"none\",\"loaded_symbols\":false,\"missing_symbols\":true");
	finish();
}
END_TEST

START_TEST(text_counts_inlines_and_offsets_from_lines)
{
	make();
	report(BRIEF, false);
	has("Crash reason:  SIGSEGV / SEGV_MAPERR\nCrash address: 0x0000000000000018\n");
	has("Thread 0  (crashed) - tid: 1\n 0  app!helper [app.c : 9]\n    Found by: inlining\n"
	    " 1  app!leaf [app.c : 7 + 0x0]\n     rax = 0x0000000000000000");
	has(" 2  app!main [app.c : 20 + 0xf]\n");
	has("    Found by: call frame info\n");
	has_not("Loaded modules:");
	report(TEXT, false);
	has("\nLoaded modules:\n0x00400000 - 0x0040ffff  app  \?\?\?  (main)\n");
	finish();
}
END_TEST

START_TEST(no_line_of_registers_is_longer_than_81)
{
	make();
	report(TEXT, false);
	for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
		ck_assert_uint_le(strcspn(line, "\n"), 81);
	finish();
}
END_TEST

START_TEST(text_of_the_dump_is_made_printable_but_for_the_peer)
{
	make();
	w.thread.has_name = true;
	w.thread.name = STR("\33[31m\n");
	report(TEXT, false);
	has("Thread 0 \\x1b[31m\\x0a (crashed)");
	report(TEXT, true);
	has("Thread 0 \33[31m\n (crashed)");
	report(JSON, true);
	has("\"thread_name\":\"\\u001b[31m\\n\"");
	finish();
}
END_TEST

START_TEST(address_of_a_sent_signal_is_none)
{
	make();
	w.dump.exception.flags = 0xfffffffa; /* SI_TKILL */
	report(TEXT, false);
	has_not("Crash address");
	report(JSON, false);
	has("{\"crash_info\":{\"address\":null");
	report(JSON, true);
	has("{\"crash_info\":{\"address\":\"0x0000000000000018\"");
	finish();
}
END_TEST

START_TEST(assertion_is_ours_only)
{
	make();
	w.dump.extra.has_assertion = true;
	w.dump.extra.assertion_expression = STR("p != 0");
	w.dump.extra.assertion_file = STR("a.c");
	w.dump.extra.assertion_line = 7;
	report(JSON, false);
	has("\"assertion\":\"p != 0, a.c:7\"");
	report(TEXT, false);
	has("SEGV_MAPERR\nAssertion: p != 0, a.c:7\nCrash address");
	report(JSON, true);
	has("\"assertion\":null");
	report(TEXT, true);
	has_not("Assertion");
	w.dump.extra.assertion_expression = STR("");
	w.dump.extra.assertion_function = STR("f");
	w.dump.extra.assertion_type = 2;
	report(JSON, false);
	has("\"assertion\":\"pure virtual call, f, a.c:7\"");
	w.dump.extra.assertion_type = 99;
	w.dump.extra.assertion_file = STR("");
	w.dump.exception.present = false;
	report(TEXT, false);
	has("No crash\nAssertion: assertion, f\n");
	finish();
}
END_TEST

START_TEST(mac_records_and_boot_arguments)
{
	struct md_mac_record record = { .thread = 0x77, .message = STR("abort() called") };

	make();
	w.dump.extra.has_mac_records = true;
	w.dump.extra.mac_records = &record;
	w.dump.extra.n_mac_records = 1;
	w.dump.extra.has_boot_args = true;
	w.dump.extra.boot_args = STR("-v");
	report(TEXT, false);
	has("Mac Crash Info:\n  Record 0\n    thread: 0x77\n    message: abort() called\n\n"
	    "Mac Boot Args: -v\n\nProcess uptime: not available\n");
	report(TEXT, true);
	has("    thread: 0x119\n");
	report(JSON, false);
	has("\"mac_crash_info\":{\"num_records\":1,\"records\":[{\"abort_cause\":null,");
	has("\"thread\":\"0x0000000000000077\"}]}");
	finish();
}
END_TEST

START_TEST(crashpad_info_has_annotations_by_module)
{
	static const uint8_t guid[16] = { 0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
					  0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	struct md_annotation simple = { .name = STR("key"), .text = STR("a \"b\"") };
	struct md_annotation objects[] = {
		{ .name = STR("number"), .kind = MD_ANNOTATION_USER },
		{ .name = STR("ptype"), .text = STR("renderer") },
	};
	struct md_annotation said = { .text = STR("dyld2 mode") };
	struct md_crashpad_module modules[] = {
		{ .index = 1, .list = { &said, 1 }, .objects = { objects, 2 } },
		{ .index = 4 },
		{ .index = 9 },
	};
	struct cursor id = cursor_make((struct slice){ guid, sizeof(guid) }, "");

	make();
	w.modules[0].index = 1;
	w.modules[1].index = 4;
	w.dump.crashpad = (struct md_crashpad){
		.report_id = id,
		.client_id = id,
		.simple = { &simple, 1 },
		.modules = modules,
		.n_modules = 3,
	};
	report(JSON, false);
	has_not("crashpad_info");
	w.dump.has_crashpad = true;
	report(JSON, false);
	has("\"crashpad_info\":{\"address_mask\":null,"
	    "\"client_id\":\"00112233-4455-6677-8899-aabbccddeeff\",\"module_list\":["
	    "{\"annotation_objects\":{\"number\":null,\"ptype\":\"renderer\"},"
	    "\"list_annotations\":[\"dyld2 mode\"],\"modules_index\":0,"
	    "\"simple_annotations\":{}},{\"annotation_objects\":{},\"list_annotations\":[],"
	    "\"modules_index\":1,");
	has("\"modules_index\":null");
	has("\"simple_annotations\":{\"key\":\"a \\\"b\\\"\"}}");
	w.dump.crashpad.address_mask = 0xffff800000000000;
	report(JSON, false);
	has("{\"address_mask\":\"0xffff800000000000\"");
	report(TEXT, false);
	has("\nCrashpad:\n  report id: 00112233-4455-6677-8899-aabbccddeeff\n"
	    "  client id: 00112233-4455-6677-8899-aabbccddeeff\n"
	    "  address mask: 0xffff800000000000\n  process:\n    key = a \"b\"\n"
	    "  app:\n    dyld2 mode\n    number = (not text)\n    ptype = renderer\n");
	finish();
}
END_TEST

START_TEST(stability_report_has_what_is_known)
{
	struct md_stability_state process = { .present = 1u << MD_PROCESS_ID |
							 1u << MD_PROCESS_HANDLES };

	make();
	process.value[MD_PROCESS_ID] = 7;
	process.value[MD_PROCESS_HANDLES] = 302;
	w.dump.has_stability = true;
	w.dump.stability = (struct md_stability){ .processes = &process, .n_processes = 1 };
	w.dump.stability.system.present = 1u << MD_SYSTEM_COMMIT_LIMIT;
	w.dump.stability.system.value[MD_SYSTEM_COMMIT_LIMIT] = 64;
	report(JSON, false);
	has("\"stability_report\":{\"process_states\":[{\"handle_count\":302,\"process_id\":7}],"
	    "\"system_memory_state\":{\"commit_limit\":64}},\"status\"");
	finish();
}
END_TEST

START_TEST(comment_and_graphics_are_ours_only)
{
	make();
	w.dump.extra.has_comment = true;
	w.dump.extra.comment = STR("*** CPU over 90% ***");
	w.dump.gpu = (struct md_gpu){ STR("4.6"), STR("Maker"), STR("Chip") };
	report(JSON, false);
	has("{\"comment\":\"*** CPU over 90% ***\",\"crash_info\"");
	has("\"gpu\":{\"renderer\":\"Chip\",\"vendor\":\"Maker\",\"version\":\"4.6\"},\"os\"");
	report(JSON, true);
	has_not("comment");
	has_not("gpu");
	finish();
}
END_TEST

START_TEST(registers_of_all_frames_on_request)
{
	make();
	registers = true;
	report(JSON, _i == 1);
	ck_assert_uint_eq(count("\"registers\":"), 4); /* as crashing_thread and in threads */
	ck_assert_uint_eq(count("\"registers\":{\"r10\":"), 2);
	has("\"frame\":1,");
	ck_assert_uint_eq(count("\"rip\":\"0x0000000000400210\",\"rsp\":\"0x0000000000007018\"}"),
			  2);
	registers = false;
	report(JSON, _i == 1);
	ck_assert_uint_eq(count("\"registers\":"), 1);
	finish();
}
END_TEST

START_TEST(threads_that_are_not_walked_are_marked)
{
	struct md_thread threads[3];

	make();
	for (uint32_t i = 0; i < 3; i++) {
		threads[i] = w.thread;
		threads[i].id = i;
	}
	w.dump.threads = (struct md_threads){ .v = threads, .n = 3 };
	report(JSON, false);
	has_not("walked");
	only_requesting = true;
	for (int compat = 0; compat < 2; compat++) {
		report(JSON, compat == 1);
		ck_assert_uint_eq(count("\"thread_name\":null,\"walked\":false}"), 2);
		report(TEXT, compat == 1);
		has("\n2 other threads were not walked\n\nLoaded modules:");
	}
	only_requesting = false;
	w.dump.process.has_dump_thread = true;
	report(JSON, true);
	has_not("walked");
	report(TEXT, false);
	has_not("walked");
	report(JSON, false);
	ck_assert_uint_eq(count("\"walked\":false"), 1);
	finish();
}
END_TEST

START_TEST(soft_errors_are_shown_when_there_are_any)
{
	make();
	w.dump.extra.has_soft_errors = true;
	w.dump.extra.soft_errors = STR(" [ ] ");
	report(TEXT, false);
	has_not("Soft errors");
	report(JSON, false);
	has("\"soft_errors\":[],\"status\":\"OK\"");
	w.dump.extra.soft_errors = STR("[{\"b\":1,\"a\":\"\\u202e\"}]");
	report(TEXT, false);
	has("\nSoft errors were encountered when minidump was written:\n[\n  {\n"
	    "    \"a\": \"\\u202e\",\n    \"b\": 1\n  }\n]\n");
	report(JSON, false);
	has("\"soft_errors\":[{\"a\":\"\xe2\x80\xae\",\"b\":1}]");
	finish();
}
END_TEST

START_TEST(streams_that_nothing_reads_are_listed_by_type)
{
	struct md_stream streams[] = {
		{ .type = 0x12345678, .offset = 1 },
		{ .type = 0, .offset = 2 },
		{ .type = 3, .offset = 3 },
		{ .type = 0, .offset = 4 },
	};

	make();
	w.dump.md.streams = streams;
	w.dump.md.n_streams = 4;
	report(TEXT, false);
	has("\nUnimplemented streams encountered:\nStream 0x00000000 UnusedStream (Official) @ "
	    "0x00000004\n\nUnknown streams encountered:\n"
	    "Stream 0x12345678 (Unknown Extension) @ 0x00000001\n");
	has_not("0x00000002");
	finish();
}
END_TEST

START_TEST(frame_without_module_names_unloaded_ones)
{
	struct md_unloaded gone = { .base = 0x600000,
				    .size = 0x1000,
				    .code_file = STR("/lib/gone") };

	make();
	world_reg(&w, "rip", 0x600123);
	w.dump.unloaded = (struct md_unloaded_modules){ .v = &gone, .n = 1 };
	report(TEXT, false);
	has(" 0  0x600123 (unloaded /lib/gone@0x123)\n");
	has("\nUnloaded modules:\n0x00600000 - 0x00600fff  gone\n");
	report(JSON, false);
	has("\"unloaded_modules\":[{\"module\":\"/lib/"
	    "gone\",\"offsets\":[\"0x0000000000000123\"]}]");
	finish();
}
END_TEST

START_TEST(dump_without_crash)
{
	make();
	w.dump.exception.present = false;
	report(TEXT, false);
	has("\nNo crash\nProcess uptime");
	has("Thread 0  - tid: 1\n");
	report(JSON, false);
	has("\"crash_inconsistencies\":null,\"crashing_thread\":null");
	has_not("threads_index");
	w.dump.process.has_requesting_thread = true;
	w.dump.process.requesting_thread = 1;
	report(TEXT, false);
	has("Thread 0  (requested dump, did not crash) - tid: 1\n");
	w.dump.process.has_dump_thread = true;
	w.dump.process.dump_thread = 1;
	report(TEXT, false);
	has_not("tid: 1");
	report(JSON, false);
	has("\"thread_count\":1,\"threads\":[{\"frame_count\":0,\"frames\":[],");
	finish();
}
END_TEST

/* Makes the stack a chain of n frame records, in memory that the caller frees. */
static uint8_t *deep_stack(size_t n)
{
	uint8_t *stack = calloc(n + 2, 16);

	ck_assert_ptr_nonnull(stack);
	for (size_t i = 0; i < n; i++) {
		world_put(stack + 16 * i, 8, 0x100000 + 16 * (i + 1));
		world_put(stack + 16 * i + 8, 8, 0x500001 + i);
	}
	w.thread.stack = (struct slice){ stack, 16 * (n + 2) };
	w.thread.stack_start = 0x100000;
	world_reg(&w, "rip", 0x500000);
	world_reg(&w, "rsp", 0x100000);
	world_reg(&w, "rbp", 0x100000);
	return stack;
}

START_TEST(middle_of_a_very_deep_stack_is_left_out)
{
	enum { MOST = LIMIT_WALK_FRAMES_THREAD, DEPTH = MOST + 100 };
	uint8_t *stack;
	char part[64];

	make();
	stack = deep_stack(DEPTH - 1);
	report(JSON, false);
	has("\"frames_omitted\":100");
	snprintf(part, sizeof(part), "\"frame\":%d,", DEPTH - 1);
	ck_assert_uint_eq(count(part), 2); /* as crashing_thread and in threads */
	snprintf(part, sizeof(part), "\"frame\":%d,", MOST / 2);
	has_not(part);
	snprintf(part, sizeof(part), "\"frame\":%d,", MOST / 2 + 100);
	has(part);
	has("\"limits_hit\":[{\"limit\":16384,\"name\":\"walk_frames_thread\",\"seen\":16484,"
	    "\"where\":\"threads[0]\"}]");
	report(TEXT, false);
	ck_assert_uint_eq(count("Found by: "), MOST);
	has("\n... 100 frames left out ...\n");
	snprintf(part, sizeof(part), "\n%d  none + 0x%x\n", DEPTH - 1, DEPTH - 2);
	has(part);
	free(stack);
	finish();
}
END_TEST

START_TEST(limits_can_be_moved)
{
	struct bounds b = bounds_make();
	uint8_t *stack;

	make();
	stack = deep_stack(99);
	bounds = &b;
	b.value[BOUND_WALK_FRAMES] = 10;
	report(JSON, false);
	has("\"frames_omitted\":90");
	has("\"limits_hit\":[{\"limit\":10,\"name\":\"walk_frames_thread\",\"seen\":100,"
	    "\"where\":\"threads[0]\"}]");
	report(TEXT, false);
	ck_assert_uint_eq(count("Found by: "), 10);
	has("\n... 90 frames left out ...\n95  none + 0x5e\n");
	b.value[BOUND_WALK_FRAMES] = 3; /* halves are of one size */
	report(TEXT, false);
	ck_assert_uint_eq(count("Found by: "), 2);
	b = bounds_make();
	b.value[BOUND_WALK_STEPS] = 6;
	report(JSON, false);
	has("\"frame_count\":7,");
	has("[{\"limit\":6,\"name\":\"walk_steps_dump\",\"seen\":null,\"where\":\"threads\"}]");
	b = bounds_make();
	b.value[BOUND_CPU_SECONDS] = 0;
	report(JSON, false);
	has("\"frame_count\":64,");
	has("[{\"limit\":0,\"name\":\"cpu_seconds\",\"seen\":null,\"where\":\"threads\"}]");
	report(TEXT, false);
	has("\nThe limit cpu_seconds of 0 was reached: something is left out.\n");
	bounds = NULL;
	free(stack);
	finish();
}
END_TEST

START_TEST(limits_of_readers_are_reported)
{
	struct bounds b = bounds_make();

	make();
	bounds = &b;
	bounds_keep(&b, BOUND_DUMP_MODULES, LIMIT_DUMP_MODULES + 1);
	report(JSON, _i == 1);
	has("\"limits_hit\":[{\"limit\":65536,\"name\":\"dump_modules\",\"seen\":65537,"
	    "\"where\":\"modules\"}]");
	report(TEXT, _i == 1);
	has("\nThe limit dump_modules of 65536 was reached: something is left out.\n");
	bounds = NULL;
	finish();
}
END_TEST

START_TEST(stack_of_just_the_limit_is_whole)
{
	uint8_t *stack;

	make();
	stack = deep_stack(LIMIT_WALK_FRAMES_THREAD - 1);
	report(JSON, false);
	has_not("omitted");
	has("\"frame_count\":16384,");
	ck_assert_uint_eq(count("\"trust\""), 2 * LIMIT_WALK_FRAMES_THREAD);
	report(TEXT, false);
	ck_assert_uint_eq(count("Found by: "), LIMIT_WALK_FRAMES_THREAD);
	has_not("left out");
	free(stack);
	finish();
}
END_TEST

START_TEST(failed_dump_has_a_line_too)
{
	size_t n;
	FILE *out = open_memstream(&text, &n);

	state_js_failure("a\nb", "MissingHeader", "a\\nb: 0x0: no", out);
	fclose(out);
	ck_assert_str_eq(text, "{\"error\":\"a\\\\nb: 0x0: no\",\"file\":\"a\\nb\",\"status\":"
			       "\"MissingHeader\"}\n");
	free(text);
	text = NULL;
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("report");
	Suite *s = suite_create("report");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, json_names_frames_and_their_inlines, 0, 2);
	tcase_add_test(t, symbol_flags_are_those_of_the_walk);
	tcase_add_test(t, text_counts_inlines_and_offsets_from_lines);
	tcase_add_test(t, no_line_of_registers_is_longer_than_81);
	tcase_add_test(t, text_of_the_dump_is_made_printable_but_for_the_peer);
	tcase_add_test(t, address_of_a_sent_signal_is_none);
	tcase_add_test(t, assertion_is_ours_only);
	tcase_add_test(t, mac_records_and_boot_arguments);
	tcase_add_test(t, crashpad_info_has_annotations_by_module);
	tcase_add_test(t, stability_report_has_what_is_known);
	tcase_add_test(t, comment_and_graphics_are_ours_only);
	tcase_add_loop_test(t, registers_of_all_frames_on_request, 0, 2);
	tcase_add_test(t, threads_that_are_not_walked_are_marked);
	tcase_add_test(t, soft_errors_are_shown_when_there_are_any);
	tcase_add_test(t, streams_that_nothing_reads_are_listed_by_type);
	tcase_add_test(t, frame_without_module_names_unloaded_ones);
	tcase_add_test(t, dump_without_crash);
	tcase_add_test(t, middle_of_a_very_deep_stack_is_left_out);
	tcase_add_test(t, limits_can_be_moved);
	tcase_add_loop_test(t, limits_of_readers_are_reported, 0, 2);
	tcase_add_test(t, stack_of_just_the_limit_is_whole);
	tcase_add_test(t, failed_dump_has_a_line_too);
	tcase_set_timeout(t, 60);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
