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

/* A file of lines, some of them no documents: read in blocks it is the same as read in one piece.
 */
static void write_lines(const char *path, const char *every_ninth)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	for (int i = 0; i < 60000; i++) {
		if (i % 9 == 8)
			fputs(every_ninth, f);
		else
			fprintf(f, "{\"number\":%d,\"text\":\"0123456789012345678901234567890\"}\n",
				i);
	}
	ck_assert_int_eq(fclose(f), 0);
}

static void put_blocks(struct js_stream *s, struct buf *b, size_t *n_blocks)
{
	struct js_block blocks[JS_BLOCKS];
	struct error err = { 0 };
	size_t n;

	*n_blocks = 0;
	while (js_stream_blocks(s, blocks, &n, &err) && n != 0) {
		for (size_t i = 0; i < n; i++) {
			struct js_stream one = { .ended = true, .last = true, .fd = -1 };

			one.in = js_in_make(blocks[i].text, s->in.file, tool_oom);
			one.in.line = blocks[i].line;
			one.lines = blocks[i].text.n;
			put_all(&one, b);
			js_in_free(&one.in);
		}
		*n_blocks += n;
	}
	ck_assert_int_eq(err.code, ERROR_NONE);
	put_all(s, b);
}

static const char *const ninths[] = {
	"{}\n",    "{\"a\":\n", "{\"a\":[\n", "nonsense\n", "{\"a\":\n\"b\"}\n",
	"{}\n]\n", "\n",        "}{\n",       "[\n",        "{\"a\":1}{}\n",
};

START_TEST(blocks_have_the_same_documents)
{
	struct error err = { 0 };
	struct js_stream whole, cut;
	struct buf a = { 0 }, b = { 0 };
	size_t n;

	write_lines("blocks", ninths[_i]);
	ck_assert(js_stream_open(&whole, "blocks", tool_oom, &err));
	ck_assert(js_stream_open(&cut, "blocks", tool_oom, &err));
	put_all(&whole, &a);
	put_blocks(&cut, &b, &n);
	ck_assert_uint_gt(n, 4);
	ck_assert(str_eq(buf_str(&a), buf_str(&b)));
	js_stream_close(&whole);
	js_stream_close(&cut);
	buf_free(&a);
	buf_free(&b);
	ck_assert_int_eq(remove("blocks"), 0);
}
END_TEST

START_TEST(what_has_no_lines_has_no_blocks)
{
	struct js_block blocks[JS_BLOCKS];
	struct error err = { 0 };
	struct js_stream s;
	struct js_value root;
	FILE *f = fopen("pretty", "w");
	unsigned documents = 0;
	size_t n;

	ck_assert_ptr_nonnull(f);
	for (int i = 0; i < 600000; i++)
		fprintf(f, "{\n\"number\":\n%d\n}\n", i);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert(js_stream_open(&s, "pretty", tool_oom, &err));
	ck_assert(js_stream_blocks(&s, blocks, &n, &err));
	ck_assert_uint_eq(n, 0);
	while (js_stream_next(&s, &root, &err) == JS_NEXT_DOCUMENT)
		documents++;
	ck_assert_uint_eq(documents, 600000);
	js_stream_close(&s);
	ck_assert_int_eq(remove("pretty"), 0);
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
	tcase_add_loop_test(t, blocks_have_the_same_documents, 0,
			    (int)(sizeof(ninths) / sizeof(ninths[0])));
	tcase_add_test(t, what_has_no_lines_has_no_blocks);
	tcase_add_test(t, one_long_document_is_read_whole);
	tcase_add_test(t, what_cannot_be_opened_or_read);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
