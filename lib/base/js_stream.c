#include "base/js_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/limits.h"

/* Bytes asked for at a time: a pipe gives no more. */
enum { READ_SIZE = 65536 };

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
