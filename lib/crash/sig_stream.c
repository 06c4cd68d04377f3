#include "crash/sig_stream.h"

#include "base/arena.h"
#include "base/jobs.h"
#include "base/js_stream.h"
#include "base/tool.h"

/* What is shared by the jobs of a run. */
struct run {
	const struct sig_stream *s;
	char **files;
	bool started; /* documents were taken before */
	/* of one stream that is shared by lines */
	const char *file;
	const struct js_block *blocks;
	const char *const *names; /* of the blocks, for messages */
};

static int worse(int a, int b)
{
	return a > b ? a : b;
}

static int take(const struct run *r, struct js_value root, const char *error, bool first, FILE *out)
{
	const struct sig_document d = {
		.root = root,
		.error = error,
		.first = first,
		.file = error == NULL ? root.in->file : NULL,
		.line = error == NULL ? root.in->at_line : 0,
	};

	return r->s->take(&d, out, r->s->context);
}

/* A bad document is reported and taken too, so that results stay beside their inputs. */
static int take_bad(const struct run *r, struct error *err, bool first, FILE *out)
{
	int code = error_exit_code(err);

	diag_error(r->s->diag, err);
	take(r, (struct js_value){ .kind = JS_NONE }, err->text, first, out);
	*err = (struct error){ 0 };
	return code;
}

/* The documents that are left of a stream. */
static int take_stream(const struct run *r, struct js_stream *s, bool first, FILE *out)
{
	struct error err = { 0 };
	struct js_value root;
	enum js_next next;
	int code = EXIT_DONE;

	while ((next = js_stream_next(s, &root, &err)) != JS_NEXT_END) {
		if (next == JS_NEXT_FAILED) {
			diag_error(r->s->diag, &err);
			return worse(code, error_exit_code(&err));
		}
		if (next == JS_NEXT_DOCUMENT)
			code = worse(code, take(r, root, NULL, first, out));
		else
			code = worse(code, take_bad(r, &err, first, out));
		first = false;
		if (js_stream_waits(s))
			fflush(out);
	}
	return code;
}

static bool open_stream(const struct run *r, struct js_stream *s, const char *file, int *code)
{
	struct error err = { 0 };

	if (js_stream_open(s, file, tool_oom, &err))
		return true;
	diag_error(r->s->diag, &err);
	*code = error_exit_code(&err);
	return false;
}

static int take_file(size_t index, FILE *out, struct diag *d, void *context)
{
	const struct run *r = context;
	struct js_stream s;
	int code = EXIT_DONE;

	(void)d;
	if (!open_stream(r, &s, r->files[index], &code))
		return code;
	code = take_stream(r, &s, index == 0, out);
	js_stream_close(&s);
	return code;
}

static const char *file_name(size_t index, void *context)
{
	const struct run *r = context;

	return r->files[index];
}

static int take_block(size_t index, FILE *out, struct diag *d, void *context)
{
	const struct run *r = context;
	const struct js_block *b = &r->blocks[index];
	struct js_in in = js_in_make(b->text, r->file, tool_oom);
	bool first = !r->started && index == 0;
	struct error err = { 0 };
	struct js_value root;
	int code = EXIT_DONE;

	(void)d;
	in.line = b->line;
	for (; js_in_more(&in); first = false) {
		if (js_in_read(&in, &root, &err))
			code = worse(code, take(r, root, NULL, first, out));
		else
			code = worse(code, take_bad(r, &err, first, out));
	}
	js_in_free(&in);
	return code;
}

static const char *block_name(size_t index, void *context)
{
	const struct run *r = context;

	return r->names[index];
}

static void name_blocks(const struct run *r, size_t n, const char **names, struct arena *a)
{
	for (size_t i = 0; i < n; i++)
		names[i] = arena_printf(a, "%s:%llu and lines after it", r->file,
					(unsigned long long)r->blocks[i].line)
				   .p;
}

/* The blocks of one stream, as far as it has some; then the rest of it. */
static int share_stream(struct run *r, struct js_stream *s, unsigned workers, FILE *out)
{
	struct arena arena = { .oom = tool_oom };
	struct js_block blocks[JS_BLOCKS];
	const char *names[JS_BLOCKS];
	struct error err = { 0 };
	int code = EXIT_DONE;
	bool ok;
	size_t n;

	r->file = s->in.file;
	r->blocks = blocks;
	r->names = names;
	while ((ok = js_stream_blocks(s, blocks, &n, &err)) && n != 0) {
		name_blocks(r, n, names, &arena);
		code = worse(code,
			     jobs_run(n, workers, take_block, block_name, r, out, r->s->diag));
		r->started = true;
		arena_reset(&arena);
		fflush(out);
	}
	arena_free(&arena);
	if (ok)
		return worse(code, take_stream(r, s, !r->started, out));
	diag_error(r->s->diag, &err);
	return worse(code, error_exit_code(&err));
}

int sig_stream_run(const struct sig_stream *s, char **files, size_t n, unsigned workers, FILE *out)
{
	char standard_input[] = "-";
	char *one = n == 0 ? standard_input : files[0];
	struct run r = { .s = s, .files = n == 0 ? &one : files };
	struct js_stream stream;
	int code = EXIT_DONE;

	if (n > 1 || workers == 1)
		return jobs_run(n == 0 ? 1 : n, workers, take_file, file_name, &r, out, s->diag);
	if (!open_stream(&r, &stream, one, &code))
		return code;
	code = share_stream(&r, &stream, workers, out);
	js_stream_close(&stream);
	return code;
}
