#include <check.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/js_stream.h"
#include "base/tool.h"

/* What a text gives: for each document its own text, for a bad one the message, each in []. */
static void put_all(struct js_stream *s, struct buf *b)
{
	struct error err = { 0 };
	struct js_value root;

	for (enum js_next next; (next = js_stream_next(s, &root, &err)) != JS_NEXT_END;) {
		ck_assert(next != JS_NEXT_FAILED);
		buf_put_char(b, '[');
		if (next == JS_NEXT_DOCUMENT)
			buf_put_str(b, root.text);
		else
			buf_put_str(b, str_of(err.text));
		buf_put_char(b, ']');
		err = (struct error){ 0 };
	}
}

static const struct {
	const char *text, *wanted;
} streams[] = {
	{ "", "" },
	{ " \n \n", "" },
	{ "1", "[1]" },
	{ "1\n2\n", "[1][2]" },
	{ "1 2{}[]\n3", "[1][2][{}][[]][3]" },
	/* documents over many lines, also such as a bad one would end at */
	{ "{\n\"a\":\n1\n}\n[\n2\n]\n3\n", "[{\n\"a\":\n1\n}][[\n2\n]][3]" },
	/* a bad line costs itself, and the lines that belong to it */
	{ "1\nx\n2\n", "[1][t:2: no JSON value][2]" },
	{ "{\"a\":\n x\n }\n2\n", "[t:2: no JSON value][2]" },
	{ "{\"a\":\n x\n }", "[t:2: no JSON value]" },
	{ "[1,\n2,\n", "[t:3: document without an end][2][t:2: no JSON value]" },
	{ "1\n\n\n[", "[1][t:4: document without an end]" },
};

static void send_text(int fd, struct str s)
{
	if (s.n != 0)
		ck_assert_int_eq(write(fd, s.p, s.n), (ssize_t)s.n);
}

/* Each stream in two pieces that meet at every byte: of these sockets a read takes one. */
START_TEST(stream)
{
	struct str text = str_of(streams[_i].text);

	for (size_t cut = 0; cut <= text.n; cut++) {
		struct js_stream s = { .in = js_in_make(STR(""), "t", tool_oom) };
		struct buf b = { 0 };
		int ends[2];

		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
		send_text(ends[1], str_first(text, cut));
		send_text(ends[1], str_from(text, cut));
		close(ends[1]);
		s.fd = ends[0];
		put_all(&s, &b);
		if (!str_eq(buf_str(&b), str_of(streams[_i].wanted)))
			ck_abort_msg("%zu: '%.*s', not '%s'", cut, STR_ARGS(buf_str(&b)),
				     streams[_i].wanted);
		js_stream_close(&s);
		buf_free(&b);
	}
}
END_TEST

START_TEST(a_document_is_there_with_its_line)
{
	struct js_stream s = { .in = js_in_make(STR(""), "t", tool_oom) };
	struct error err = { 0 };
	struct js_value root;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	s.fd = ends[0];
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(write(ends[1], "{}\n", 3), 3);
		ck_assert(js_stream_next(&s, &root, &err) == JS_NEXT_DOCUMENT);
	}
	close(ends[1]);
	ck_assert(js_stream_next(&s, &root, &err) == JS_NEXT_END);
	js_stream_close(&s);
}
END_TEST

START_TEST(memory_is_that_of_the_longest_document)
{
	enum { DOCUMENTS = 20000 };
	FILE *f = fopen("documents", "w");
	struct error err = { 0 };
	struct js_stream s;
	struct js_value root;
	unsigned n = 0;

	ck_assert_ptr_nonnull(f);
	for (int i = 0; i < DOCUMENTS; i++)
		fprintf(f, "{\"a\": [%d,\n\"%0100d\"]}\n", i, i);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert(js_stream_open(&s, "documents", tool_oom, &err));
	while (js_stream_next(&s, &root, &err) == JS_NEXT_DOCUMENT)
		n++;
	ck_assert_uint_eq(n, DOCUMENTS);
	ck_assert_uint_eq(s.in.line, 2 * DOCUMENTS + 1);
	ck_assert_uint_lt(s.read.cap, 1024 * 1024);
	js_stream_close(&s);
	ck_assert_int_eq(remove("documents"), 0);
}
END_TEST

START_TEST(one_long_document_is_read_whole)
{
	enum { ROWS = 100000 };
	FILE *f = fopen("long", "w");
	struct error err = { 0 };
	struct js_stream s;
	struct js_value root;

	ck_assert_ptr_nonnull(f);
	fprintf(f, "[");
	for (int i = 0; i < ROWS; i++)
		fprintf(f, "%d,\n", i);
	fprintf(f, "0]\n7\n");
	ck_assert_int_eq(fclose(f), 0);
	ck_assert(js_stream_open(&s, "long", tool_oom, &err));
	ck_assert(js_stream_next(&s, &root, &err) == JS_NEXT_DOCUMENT);
	ck_assert_uint_eq(js_in_count(root), ROWS + 1);
	ck_assert(js_stream_next(&s, &root, &err) == JS_NEXT_DOCUMENT);
	ck_assert(js_stream_next(&s, &root, &err) == JS_NEXT_END);
	js_stream_close(&s);
	ck_assert_int_eq(remove("long"), 0);
}
END_TEST

START_TEST(what_cannot_be_opened_or_read)
{
	struct error err = { 0 };
	struct js_stream s;
	struct js_value root;

	ck_assert(!js_stream_open(&s, "missing", tool_oom, &err));
	ck_assert_str_eq(err.text, "missing: No such file or directory");
	js_stream_close(&s);
	err = (struct error){ 0 };
	ck_assert(js_stream_open(&s, ".", tool_oom, &err));
	ck_assert(js_stream_next(&s, &root, &err) == JS_NEXT_FAILED);
	ck_assert_str_eq(err.text, ".: Is a directory");
	js_stream_close(&s);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("js_stream");
	TCase *t = tcase_create("js_stream");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, stream, 0, (int)(sizeof(streams) / sizeof(streams[0])));
	tcase_add_test(t, a_document_is_there_with_its_line);
	tcase_add_test(t, memory_is_that_of_the_longest_document);
	tcase_add_test(t, one_long_document_is_read_whole);
	tcase_add_test(t, what_cannot_be_opened_or_read);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
