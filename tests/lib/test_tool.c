#include <check.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/tool.h"

struct options {
	bool json;
	const char *name;
	struct option_list paths;
	uint64_t size;
};

static const struct tool_option options[] = {
	{ 'j', "json", NULL, OPTION_FLAG, offsetof(struct options, json), "write JSON" },
	{ 'n', "name", "TEXT", OPTION_TEXT, offsetof(struct options, name), "call it TEXT" },
	{ 0, "path", "DIR", OPTION_LIST, offsetof(struct options, paths), "look in DIR" },
	{ 's', "size", "SIZE", OPTION_SIZE, offsetof(struct options, size), "at most SIZE" },
};
static const struct tool tool = {
	"tool", "file ...", "test options", options, sizeof(options) / sizeof(options[0]),
};

enum { MAX_ARGS = 12 };

/* One run of tool_begin(), with what it said on standard error and output. */
struct run {
	struct options o;
	struct diag d;
	int first, code;
	bool go;
	char *argv[MAX_ARGS + 2], words[MAX_ARGS][32];
	struct file err, out;
};

static struct file reread(const char *path)
{
	struct error err;
	struct file f;

	ck_assert_msg(file_open(&f, path, &err), "%s", err.text);
	return f;
}

static void run(struct run *r, const char *const args[])
{
	int argc = 1;

	*r = (struct run){ .argv = { r->words[0] } };
	for (; args[argc - 1] != NULL; argc++) {
		snprintf(r->words[argc], sizeof(r->words[argc]), "%s", args[argc - 1]);
		r->argv[argc] = r->words[argc];
	}
	ck_assert_ptr_nonnull(freopen("err", "w", stderr));
	ck_assert_ptr_nonnull(freopen("out", "w", stdout));
	r->go = tool_begin(&tool, &r->o, &r->d, argc, r->argv, &r->first, &r->code);
	fflush(stderr);
	r->err = reread("err");
	r->out = reread("out");
}

static struct str text_of(const struct file *f)
{
	return (struct str){ (const char *)f->data.p, f->data.n };
}

static void end(struct run *r)
{
	file_close(&r->err);
	file_close(&r->out);
	option_list_free(&r->o.paths);
}

#define ARGS(...) ((const char *const[MAX_ARGS]){ __VA_ARGS__ })

START_TEST(options_of_every_kind_are_set_and_operands_follow)
{
	struct run r;

	run(&r, ARGS("-jn", "a", "--path", "x", "--path=y", "-s16k", "--name=b", "--", "-v"));
	ck_assert(r.go && r.o.json);
	ck_assert_str_eq(r.o.name, "b");
	ck_assert_uint_eq(r.o.paths.n, 2);
	ck_assert_str_eq(r.o.paths.v[0], "x");
	ck_assert_str_eq(r.o.paths.v[1], "y");
	ck_assert_uint_eq(r.o.size, 16384);
	ck_assert_int_eq(r.d.verbosity, 0);
	ck_assert_int_eq(r.first, 9);
	end(&r);
}
END_TEST

START_TEST(options_stand_anywhere_and_a_dash_is_an_operand)
{
	struct run r;

	run(&r, ARGS("-v", "-", "-j", "file", "--", "-q"));
	ck_assert(r.go && r.o.json);
	ck_assert_int_eq(r.first, 4);
	ck_assert_str_eq(r.argv[4], "-");
	ck_assert_str_eq(r.argv[5], "file");
	ck_assert_str_eq(r.argv[6], "-q");
	ck_assert_int_eq(r.d.verbosity, 1);
	end(&r);
	run(&r, ARGS("-q", "file"));
	ck_assert_int_eq(r.d.verbosity, -1);
	end(&r);
}
END_TEST

static const struct {
	const char *args[4];
	int verbosity, operands;
	bool asked;
} verbosities[] = {
	{ { "file" }, DIAG_WARNINGS, 1, false },
	{ { "--verbose", "file" }, DIAG_ALL, 1, true },
	{ { "--verbose", "warn", "file" }, DIAG_WARNINGS, 1, true },
	{ { "--verbose=error", "file" }, DIAG_ERRORS, 1, true },
	{ { "--verbose=off", "warn" }, DIAG_OFF, 1, true },
	{ { "file", "--verbose" }, DIAG_ALL, 1, true },
	{ { "-v", "warn" }, DIAG_ALL, 1, true },
};

START_TEST(a_level_may_follow_verbose)
{
	struct run r;

	run(&r, verbosities[_i].args);
	ck_assert(r.go);
	ck_assert_int_eq(r.d.verbosity, verbosities[_i].verbosity);
	ck_assert(r.d.asked == verbosities[_i].asked);
	for (int n = 0; n <= verbosities[_i].operands; n++)
		ck_assert((r.argv[r.first + n] == NULL) == (n == verbosities[_i].operands));
	end(&r);
}
END_TEST

static const struct {
	const char *args[4];
	const char *error;
} usage[] = {
	{ { "--bogus" }, "tool: unknown option: --bogus (try --help)\n" },
	{ { "--js" }, "tool: unknown option: --js (try --help)\n" },
	{ { "-jx" }, "tool: unknown option: x (try --help)\n" },
	{ { "-\x1b" }, "tool: unknown option: \\x1b (try --help)\n" },
	{ { "--json=yes" }, "tool: option takes no argument: --json (try --help)\n" },
	{ { "--name" }, "tool: option needs an argument: --name (try --help)\n" },
	{ { "-jn" }, "tool: option needs an argument: n (try --help)\n" },
	{ { "--verbose=loud" }, "tool: bad argument of option: --verbose (try --help)\n" },
	{ { "--size", "big" }, "tool: bad argument of option: --size (try --help)\n" },
	{ { "-s", "-1" }, "tool: bad argument of option: s (try --help)\n" },
};

START_TEST(a_usage_error_is_one_line_and_code_2)
{
	struct run r;

	run(&r, usage[_i].args);
	ck_assert(!r.go);
	ck_assert_int_eq(r.code, EXIT_USAGE);
	ck_assert_msg(str_eq(text_of(&r.err), str_of(usage[_i].error)), "%.*s",
		      STR_ARGS(text_of(&r.err)));
	ck_assert_uint_eq(r.out.data.n, 0);
	end(&r);
}
END_TEST

static const struct {
	const char *text;
	bool ok;
	uint64_t value;
} sizes[] = {
	{ "0", true, 0 },
	{ "64", true, 64 },
	{ "010", true, 10 },
	{ "0x40", true, 64 },
	{ "0XfF", true, 255 },
	{ "0x10k", true, 16384 },
	{ "3M", true, 3 << 20 },
	{ "2G", true, UINT64_C(2) << 30 },
	{ "17179869183G", true, UINT64_C(17179869183) << 30 },
	{ "17179869184G", false, 0 },
	{ "18446744073709551615", true, UINT64_MAX },
	{ "18446744073709551616", false, 0 },
	{ "", false, 0 },
	{ "k", false, 0 },
	{ "0x", false, 0 },
	{ "0xk", false, 0 },
	{ "1kM", false, 0 },
	{ "1K", false, 0 },
	{ "1 k", false, 0 },
	{ " 1", false, 0 },
	{ "+1", false, 0 },
	{ "-1", false, 0 },
	{ "1.5G", false, 0 },
};

START_TEST(sizes_are_decimal_or_hex_with_a_unit)
{
	struct run r;

	run(&r, ARGS("--size", sizes[_i].text));
	ck_assert(r.go == sizes[_i].ok);
	if (r.go)
		ck_assert_uint_eq(r.o.size, sizes[_i].value);
	end(&r);
}
END_TEST

START_TEST(help_lists_every_option_on_standard_output)
{
	static const char *const lines[] = {
		"usage: tool [options] file ...\ntest options\n\n",
		"\n  -j, --json                   write JSON\n",
		"\n      --path DIR               look in DIR\n",
		"\n  -s, --size SIZE              at most SIZE\n",
		"\n  -h, --help                   print this and exit\n",
		"\n      --version                print the version and exit\n",
	};
	struct run r;

	run(&r, ARGS("-j", "--help", "no-such-file"));
	ck_assert(!r.go);
	ck_assert_int_eq(r.code, EXIT_DONE);
	ck_assert_uint_eq(r.err.data.n, 0);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ck_assert_msg(str_find(text_of(&r.out), str_of(lines[i])) < r.out.data.n, "%s",
			      lines[i]);
	end(&r);
}
END_TEST

START_TEST(version_is_one_line)
{
	struct run r;

	run(&r, ARGS("--version"));
	ck_assert(!r.go && r.code == EXIT_DONE);
	ck_assert(str_starts(text_of(&r.out), STR("tool ")));
	ck_assert_uint_eq(str_find_char(text_of(&r.out), '\n'), r.out.data.n - 1);
	end(&r);
}
END_TEST

START_TEST(wrong_operands_are_a_usage_error_too)
{
	struct run r;

	run(&r, ARGS(NULL));
	ck_assert_int_eq(tool_usage(&r.d, "no file given"), EXIT_USAGE);
	end(&r);
	fflush(stderr);

	struct file said = reread("err");
	ck_assert(str_eq(text_of(&said), STR("tool: no file given (try --help)\n")));
	file_close(&said);
}
END_TEST

START_TEST(output_that_is_lost_is_code_3)
{
	struct run r;

	run(&r, ARGS(NULL));
	end(&r);
	if (freopen("/dev/full", "w", stdout) == NULL)
		return; /* only Linux and NetBSD have it */
	for (int i = 0; i < 10000; i++)
		fputs("lost\n", stdout);
	ck_assert_int_eq(tool_end(&r.d, EXIT_DONE), EXIT_TROUBLE);
	fflush(stderr);

	struct file said = reread("err");
	ck_assert(str_starts(text_of(&said), STR("tool: standard output: ")));
	file_close(&said);
}
END_TEST

START_TEST(a_closed_standard_output_is_not_given_to_a_file)
{
	struct options o = { 0 };
	struct diag d;
	int first, code;
	char name[] = "tool", *argv[] = { name, NULL };

	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	ck_assert(tool_begin(&tool, &o, &d, 1, argv, &first, &code));
	ck_assert_int_gt(open("file", O_WRONLY | O_CREAT, 0600), 2);
	printf("into the void\n");
	ck_assert_int_eq(tool_end(&d, EXIT_DONE), EXIT_TROUBLE);
	ck_assert_int_lt(read(STDIN_FILENO, name, 1), 0);
}
END_TEST

START_TEST(the_program_finds_itself)
{
	char path[1024];

	ck_assert(tool_self("test_tool", path, sizeof(path)));
	ck_assert(str_ends(str_of(path), STR("/test_tool")));
	ck_assert_int_eq(access(path, X_OK), 0);
	ck_assert(!tool_self("./test_tool", path, 4));
}
END_TEST

START_TEST(out_of_memory_is_code_3)
{
	tool_oom(1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("tool");
	TCase *t = tcase_create("tool");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, options_of_every_kind_are_set_and_operands_follow);
	tcase_add_test(t, options_stand_anywhere_and_a_dash_is_an_operand);
	tcase_add_loop_test(t, a_level_may_follow_verbose, 0,
			    sizeof(verbosities) / sizeof(verbosities[0]));
	tcase_add_loop_test(t, a_usage_error_is_one_line_and_code_2, 0,
			    sizeof(usage) / sizeof(usage[0]));
	tcase_add_loop_test(t, sizes_are_decimal_or_hex_with_a_unit, 0,
			    sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_test(t, help_lists_every_option_on_standard_output);
	tcase_add_test(t, version_is_one_line);
	tcase_add_test(t, wrong_operands_are_a_usage_error_too);
	tcase_add_test(t, output_that_is_lost_is_code_3);
	tcase_add_test(t, a_closed_standard_output_is_not_given_to_a_file);
	tcase_add_test(t, the_program_finds_itself);
	tcase_add_exit_test(t, out_of_memory_is_code_3, EXIT_TROUBLE);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
