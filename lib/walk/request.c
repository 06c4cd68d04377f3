#include "walk/request.h"

#include <errno.h>
#include <inttypes.h>

#include "base/file.h"
#include "base/tool.h"
#include "base/utf.h"
#include "dump/microdump.h"
#include "dump/print.h"
#include "walk/rating.h"
#include "walk/state.h"

/* One dump on its way. */
struct job {
	const struct request *r;
	size_t index;
	struct file file;
	struct arena arena;
	struct dump dump;
	FILE *out;
	struct diag *diag;
	struct bounds bounds; /* its own, with what it reached */
	enum md_verdict verdict;
};

/* Which dump it is, if there is more than one. */
static void print_heading(const struct job *j)
{
	struct buf name = { .oom = tool_oom };

	if (j->r->n_dumps == 1)
		return;
	text_printable(&name, str_of(j->r->dumps[j->index]));
	fprintf(j->out, "%s==> %.*s <==\n", j->index == 0 ? "" : "\n", STR_ARGS(buf_str(&name)));
	buf_free(&name);
}

static void print_text(struct job *j, struct state *s)
{
	struct state_text_options o = { .brief = j->r->brief, .args = j->r->args };

	print_heading(j);
	state_text(s, &o, &j->arena, j->out);
}

static void print_json(struct job *j, struct state *s)
{
	struct state_js_options o = {
		.pretty = j->r->pretty,
		.registers = j->r->registers,
		.file = j->r->stream ? j->r->dumps[j->index] : NULL,
	};

	state_js(s, &o, &j->arena, j->out);
	if (j->r->stream || !j->r->compat)
		putc('\n', j->out);
}

static void print_pipe(struct job *j, struct state *s)
{
	if (j->index != 0)
		putc('\n', j->out);
	state_pipe(s, &j->arena, j->out);
}

static void print_missing(struct job *j, struct state *s)
{
	state_missing(s, &j->arena, j->out);
}

static void (*const printers[REQUEST_FORMS])(struct job *j, struct state *s) = {
	[REQUEST_TEXT] = print_text,
	[REQUEST_JSON] = print_json,
	[REQUEST_PIPE] = print_pipe,
	[REQUEST_MISSING] = print_missing,
};

static bool print_dump(struct job *j, struct error *err)
{
	struct dump_print_options o = { .brief = j->r->brief, .compat = j->r->compat };
	struct md md;

	if (!md_open(&md, j->file.data, j->file.name, &j->arena, j->diag, &j->verdict, err))
		return false;
	print_heading(j);
	dump_print(&md, &o, &j->arena, j->diag, j->out);
	return true;
}

/* rust-minidump knows no microdumps; Breakpad, whose form the lines are, does. */
static bool read_dump(struct job *j, struct error *err)
{
	bool compat = j->r->compat;

	if ((compat && j->r->form != REQUEST_PIPE) || !microdump_is(j->file.data))
		return dump_read(&j->dump, j->file.data, j->file.name, &j->arena, j->diag, compat,
				 &j->verdict, err);
	j->verdict = MD_MISSING_SYSTEM_INFO;
	return microdump_read(&j->dump, j->file.data, j->file.name, &j->arena, j->diag, err);
}

/* Walks are part of printing. */
static void print_state(struct job *j, enum request_form form)
{
	const struct request *r = j->r;
	struct names names;
	struct state state;

	names_init(&names, &j->dump, r->symbols, r->compat, &j->arena);
	names.binaries = r->binaries;
	state_build(&state, &j->dump, &names, &j->arena);
	state_set_bounds(&state, &j->bounds);
	state.evil = r->evil;
	state.only_requesting = r->only_crashing;
	if (r->rate)
		state.rating = rating_name(rating_find(&state, tool_oom));
	printers[form](j, &state);
}

static bool write_json(struct job *j, struct error *err)
{
	struct file_writer w = { 0 };
	bool ok;

	if (!file_create(&w, j->r->also_json, 0600, err))
		return false;
	j->out = w.out;
	print_state(j, REQUEST_JSON);
	ok = file_commit(&w, err);
	file_abort(&w);
	return ok;
}

static bool is_too_big(const struct job *j, struct error *err)
{
	uint64_t most = bounds_value(&j->bounds, BOUND_DUMP_SIZE);

	return most != BOUND_UNSET && j->file.data.n > most &&
	       !error_set(err, ERROR_LIMIT, "%s: %zu bytes: the limit dump_size is %" PRIu64,
			  j->file.name, j->file.data.n, most);
}

static bool print_file(struct job *j, struct error *err)
{
	if (is_too_big(j, err)) {
		j->verdict = MD_IO_ERROR;
		return false;
	}
	if (j->r->form == REQUEST_DUMP)
		return print_dump(j, err);
	if (!read_dump(j, err))
		return false;
	print_state(j, j->r->form);
	return j->r->also_json == NULL || write_json(j, err);
}

static bool do_job(struct job *j, struct error *err)
{
	bool ok;

	if (!file_open(&j->file, j->r->dumps[j->index], err)) {
		j->verdict = err->errnum == ENOENT ? MD_FILE_NOT_FOUND : MD_IO_ERROR;
		return false;
	}
	ok = print_file(j, err);
	diag_end_file(j->diag, j->file.name);
	arena_free(&j->arena);
	file_close(&j->file);
	return ok;
}

/* rust-minidump's word and sentence for what is wrong with a dump. */
static void say_verdict(struct diag *d, enum md_verdict v)
{
	struct error err;

	error_set(&err, ERROR_INPUT, "%s - Error %s dump: %s", md_verdict_name(v),
		  v < MD_MISSING_THREAD_LIST ? "reading" : "processing", md_verdict_text(v));
	diag_as_peer(d, err.text);
}

int request_run(size_t index, FILE *out, struct diag *d, void *context)
{
	const struct request *r = context;
	struct error err = { 0 };
	struct job j = {
		.r = r,
		.index = index,
		.arena = { .oom = tool_oom },
		.out = out,
		.diag = d,
		.bounds = r->bounds == NULL ? bounds_make() : *r->bounds,
	};

	d->bounds = &j.bounds;
	bool done = do_job(&j, &err);
	d->bounds = NULL;
	if (done)
		return r->symbols != NULL && symbols_trouble(r->symbols) ? EXIT_TROUBLE : EXIT_DONE;
	if (r->stream)
		state_js_failure(r->dumps[index], md_verdict_name(j.verdict), err.text, out);
	if (r->compat) {
		say_verdict(d, j.verdict);
		return EXIT_INPUT;
	}
	diag_error(d, &err);
	return error_exit_code(&err);
}

const char *request_name(size_t index, void *context)
{
	const struct request *r = context;

	return r->dumps[index];
}
