#include "base/js_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"

enum {
	/* Bytes asked for at a time: a pipe gives no more. */
	READ_SIZE = 65536,
	/* Least bytes of a block: telling it to a process costs little then. Fuzzing: limits.h. */
	BLOCK_SIZE = LIMIT(262144, 64),
};

bool js_stream_open(struct js_stream *s, const char *path, void (*oom)(size_t wanted),
		    struct error *err)
{
	bool in = strcmp(path, "-") == 0;

	*s = (struct js_stream){
		.in = js_in_make((struct str){ "", 0 }, in ? "stdin" : path, oom),
		.read = { .oom = oom },
	};
	s->fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	return s->fd >= 0 || error_errno(err, "%s", path);
}

void js_stream_close(struct js_stream *s)
{
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	s->fd = -1;
	js_in_free(&s->in);
	buf_free(&s->read);
}

/* What is left of a line whose start is gone already. */
static void skip_line(struct js_stream *s)
{
	size_t end = str_find_char(buf_str(&s->read), '\n');

	if (end != s->read.n) {
		s->skipping = false;
		s->in.line++;
		end++;
	}
	s->read.n -= end;
	memmove(s->read.p, s->read.p + end, s->read.n);
}

/* Reads more; lines is then what there is of whole ones. */
static bool read_some(struct js_stream *s, struct error *err)
{
	ssize_t got;

	buf_reserve(&s->read, READ_SIZE);
	do {
		got = read(s->fd, s->read.p + s->read.n, READ_SIZE);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_errno(err, "%s", s->in.file);
	s->ended = got == 0;
	s->read.n += (size_t)got;
	if (s->skipping)
		skip_line(s);
	for (size_t i = s->read.n; i > s->lines; i--) {
		if (s->read.p[i - 1] == '\n') {
			s->lines = i;
			break;
		}
	}
	return true;
}

/* Takes what was not read of the lines, and more of them: a quarter more when there is a document
 * that is not complete, so that one in many pieces is not read all over for each of them. */
static bool refill(struct js_stream *s, struct error *err)
{
	size_t done = s->lines - s->in.rest.n;

	s->read.n -= done;
	s->lines -= done;
	if (done != 0)
		memmove(s->read.p, s->read.p + done, s->read.n);
	s->last = false;
	while (!s->last && s->lines <= s->tried + s->tried / 4) {
		if (!read_some(s, err))
			return false;
		s->last = s->ended || s->read.n > LIMIT_JSON_BYTES;
	}
	if (s->last) {
		s->skipping = !s->ended && s->lines != s->read.n;
		s->lines = s->read.n;
	}
	s->in.rest = (struct str){ s->read.p, s->lines };
	return true;
}

enum js_next js_stream_next(struct js_stream *s, struct js_value *root, struct error *err)
{
	for (;;) {
		if (js_in_more(&s->in)) {
			const struct js_in before = s->in;

			if (js_in_read(&s->in, root, err))
				return JS_NEXT_DOCUMENT;
			if (!s->in.cut || s->last)
				return JS_NEXT_BAD;
			s->in.rest = before.rest;
			s->in.line = before.line;
			s->in.again = before.again;
			s->tried = before.rest.n;
			*err = (struct error){ 0 };
		} else {
			s->tried = 0;
			if (s->ended)
				return JS_NEXT_END;
		}
		if (!refill(s, err))
			return JS_NEXT_FAILED;
	}
}

bool js_stream_waits(struct js_stream *s)
{
	return !s->ended && !js_in_more(&s->in);
}

static bool is_document(struct str line, void (*oom)(size_t wanted))
{
	struct js_in in = js_in_make(line, "", oom);
	struct js_value root;
	struct error err = { 0 };

	bool ok = js_in_read(&in, &root, &err) && !js_in_more(&in);
	js_in_free(&in);
	return ok;
}

/*
 * The length of a block at the start of text: up to a line that begins with an opening bracket
 * behind two lines that are objects. A document around them would be wrong at the second one: after
 * a value in it there is a comma or a closing bracket. So wherever reading began, it begins anew at
 * that line. 0 when there is no such place.
 */
static size_t block_length(struct str text, void (*oom)(size_t wanted))
{
	unsigned objects = 0;
	struct str rest, line;

	if (text.n <= BLOCK_SIZE)
		return 0;
	rest = str_from(text, BLOCK_SIZE);
	str_next_line(&rest, &line);
	while (rest.n != 0 && (objects < 2 || rest.p[0] != '{')) {
		str_next_line(&rest, &line);
		bool object = line.n != 0 && line.p[0] == '{' && is_document(line, oom);

		objects = object ? objects + 1 : 0;
	}
	return text.n - rest.n;
}

bool js_stream_blocks(struct js_stream *s, struct js_block *blocks, size_t *n, struct error *err)
{
	*n = 0;
	if (!s->ended && !s->last) {
		s->tried = (size_t)BLOCK_SIZE * JS_BLOCKS;
		if (s->in.rest.n < s->tried && !refill(s, err))
			return false;
		s->tried = 0;
	}
	if (s->last && !s->ended) /* a line that is too long */
		return true;
	while (*n < JS_BLOCKS && js_in_more(&s->in)) {
		size_t length = block_length(s->in.rest, s->in.oom);

		if (length == s->in.rest.n || length == 0) {
			if (!s->ended)
				break;
			length = s->in.rest.n;
		}
		blocks[*n] = (struct js_block){ str_first(s->in.rest, length), s->in.line };
		++*n;
		js_in_skip(&s->in, length);
	}
	return true;
}
