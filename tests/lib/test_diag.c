#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include "base/diag.h"

/* A diag whose lines end up in text. */
struct heard {
	char *text;
	size_t n;
	struct diag diag;
};

static void start(struct heard *h, int verbosity)
{
	h->diag = (struct diag){ .tool = "tool",
				 .out = open_memstream(&h->text, &h->n),
				 .verbosity = verbosity };
	ck_assert_ptr_nonnull(h->diag.out);
}

static void expect(struct heard *h, const char *want)
{
	fclose(h->diag.out);
	ck_assert_str_eq(h->text, want);
	free(h->text);
}

static struct cursor somewhere(void)
{
	struct cursor c = cursor_make((struct slice){ (const uint8_t *)"abc", 3 }, "a.dmp");

	c.base = 0x20;
	cursor_u8(&c);
	return c;
}

/* An error, a warning, and what -v asks for. */
static void say_all(struct heard *h)
{
	struct cursor c = somewhere();
	struct error err;

	error_set(&err, ERROR_INPUT, "a.dmp: bad");
	diag_error(&h->diag, &err);
	diag_warn(&h->diag, &c, "odd %d", 7);
	diag_info(&h->diag, "found %s", "it");
}

static const struct {
	int verbosity;
	const char *text;
} levels[] = {
	{ -1, "tool: a.dmp: bad\n" },
	{ 0, "tool: a.dmp: bad\ntool: a.dmp: 0x21: odd 7\n" },
	{ 1, "tool: a.dmp: bad\ntool: a.dmp: 0x21: odd 7\ntool: found it\n" },
};

START_TEST(quiet_and_verbose_choose_what_is_said)
{
	struct heard h;

	start(&h, levels[_i].verbosity);
	say_all(&h);
	expect(&h, levels[_i].text);
}
END_TEST

START_TEST(after_twenty_warnings_the_rest_are_counted)
{
	struct heard h;
	struct cursor c = somewhere();
	unsigned lines = 0;

	start(&h, 0);
	for (int i = 0; i < DIAG_REPEAT + 5; i++)
		diag_warn(&h.diag, &c, "odd");
	diag_end_file(&h.diag, "a.dmp");
	ck_assert_uint_eq(h.diag.warnings, 0);
	diag_end_file(&h.diag, "b.dmp");
	fflush(h.diag.out);
	for (const char *at = h.text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	ck_assert_uint_eq(lines, DIAG_REPEAT + 1);
	ck_assert_ptr_nonnull(strstr(h.text, "\ntool: a.dmp: 5 more warnings\n"));
	fclose(h.diag.out);
	free(h.text);
}
END_TEST

START_TEST(names_cannot_command_the_terminal)
{
	struct heard h;
	struct error err;

	start(&h, 0);
	error_set(&err, ERROR_INPUT, "%s: bad", "\x1b]0;evil\a\nroot: all is well");
	diag_error(&h.diag, &err);
	expect(&h, "tool: \\x1b]0;evil\\x07\\x0aroot: all is well: bad\n");
}
END_TEST

START_TEST(without_a_stream_nothing_is_said_but_warnings_count)
{
	struct diag d = { .tool = "tool", .verbosity = 1 };
	struct cursor c = somewhere();

	diag_warn(&d, &c, "odd");
	diag_info(&d, "found");
	ck_assert_uint_eq(d.warnings, 1);
	diag_end_file(&d, "a.dmp");
}
END_TEST

static const struct {
	enum error_code code;
	int exit_code;
} codes[] = {
	{ ERROR_NONE, 0 },  { ERROR_INPUT, 1 },  { ERROR_UNSUPPORTED, 1 },
	{ ERROR_LIMIT, 1 }, { ERROR_SYSTEM, 3 },
};

START_TEST(exit_codes)
{
	struct error err = { .code = codes[_i].code };

	ck_assert_int_eq(error_exit_code(&err), codes[_i].exit_code);
}
END_TEST

START_TEST(a_retry_may_pass)
{
	static const struct {
		int errnum;
		bool lasting;
	} rows[] = {
		{ ENOENT, true }, { EACCES, true },  { EISDIR, true },
		{ EIO, false },   { ENOMEM, false }, { EMFILE, false },
	};
	struct error err = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		errno = rows[i].errnum;
		error_errno(&err, "a.sym");
		ck_assert(error_is_lasting(&err) == rows[i].lasting);
	}
	error_set(&err, ERROR_INPUT, "a.sym: bad");
	ck_assert(error_is_lasting(&err));
}
END_TEST

START_TEST(trouble_is_said_and_remembered)
{
	struct heard h;
	struct error err = { 0 };

	start(&h, DIAG_ERRORS);
	error_set(&err, ERROR_SYSTEM, "a: no room");
	diag_error(&h.diag, &err);
	ck_assert(!h.diag.trouble);
	diag_trouble(&h.diag, &err);
	ck_assert(h.diag.trouble);
	expect(&h, "tool: a: no room\ntool: a: no room\n");
}
END_TEST

START_TEST(a_long_message_is_cut)
{
	struct error err;
	char name[2000];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ck_assert(!error_set(&err, ERROR_LIMIT, "%s: too long", name));
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	ck_assert(!error_errno(&err, "%s", name));
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("diag");
	TCase *t = tcase_create("diag");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, quiet_and_verbose_choose_what_is_said, 0,
			    sizeof(levels) / sizeof(levels[0]));
	tcase_add_test(t, after_twenty_warnings_the_rest_are_counted);
	tcase_add_test(t, names_cannot_command_the_terminal);
	tcase_add_test(t, without_a_stream_nothing_is_said_but_warnings_count);
	tcase_add_loop_test(t, exit_codes, 0, sizeof(codes) / sizeof(codes[0]));
	tcase_add_test(t, a_retry_may_pass);
	tcase_add_test(t, trouble_is_said_and_remembered);
	tcase_add_test(t, a_long_message_is_cut);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
