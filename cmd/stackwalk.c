#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/jobs.h"
#include "base/sandbox.h"
#include "base/tool.h"
#include "base/utf.h"
#include "dump/microdump.h"
#include "dump/print.h"
#include "walk/rating.h"
#include "walk/state.h"

struct options {
	bool json, pretty, brief, stream, pipe, no_cache, compat, rate, no_sandbox;
	struct option_list symbols;
	bool dump;
	bool human, missing, args;
	const char *cache, *output, *cyborg, *threads, *evil, *features, *log;
	const char *symbols_cache;
	struct option_list symbols_urls;
	uint64_t jobs;
	/* What the peer has and here has no effect. */
	bool no_effect;
	const char *no_effect_text;
	uint64_t no_effect_number;
};

static const struct tool_option options[] = {
	{ 0, "json", NULL, OPTION_FLAG, offsetof(struct options, json),
	  "print JSON, not text for people" },
	{ 0, "human", NULL, OPTION_FLAG, offsetof(struct options, human),
	  "print text for people: the default" },
	{ 0, "cyborg", "FILE", OPTION_TEXT, offsetof(struct options, cyborg),
	  "print text, and write JSON to FILE" },
	{ 0, "missing", NULL, OPTION_FLAG, offsetof(struct options, missing),
	  "print the modules whose symbols were not found: tabs between debug file, debug id, "
	  "code file, code id" },
	{ 0, "pretty", NULL, OPTION_FLAG, offsetof(struct options, pretty), "indent the JSON" },
	{ 0, "brief", NULL, OPTION_FLAG, offsetof(struct options, brief),
	  "of the text, only what crashed and its thread" },
	{ 0, "stream", NULL, OPTION_FLAG, offsetof(struct options, stream),
	  "one line of JSON for each dump; without operands, the dumps' names are lines of "
	  "standard input" },
	{ 'm', "pipe", NULL, OPTION_FLAG, offsetof(struct options, pipe),
	  "print lines of fields separated by '|', as Breakpad's minidump_stackwalk -m" },
	{ 0, "dump", NULL, OPTION_FLAG, offsetof(struct options, dump),
	  "print what is in the dump, field by field; with --brief without memory" },
	{ 0, "rate", NULL, OPTION_FLAG, offsetof(struct options, rate),
	  "say how likely an attacker could make use of the crash" },
	{ 0, "threads", "WHICH", OPTION_TEXT, offsetof(struct options, threads),
	  "walk all threads, or the one that is crashing" },
	{ 0, "recover-function-args", NULL, OPTION_FLAG, offsetof(struct options, args),
	  "guess the arguments of functions of x86, in the text" },
	{ 0, "evil-json", "FILE", OPTION_TEXT, offsetof(struct options, evil),
	  "crash annotations: who signed which modules, the CPU's microcode" },
	{ 0, "features", "SET", OPTION_TEXT, offsetof(struct options, features),
	  "stable-basic, stable-all; unstable-all means --recover-function-args" },
	{ 's', "symbols-path", "PATH", OPTION_LIST, offsetof(struct options, symbols),
	  "a symbol store, or one .sym file; may be given again" },
	{ 0, "symbols-cache", "DIR", OPTION_TEXT, offsetof(struct options, symbols_cache),
	  "a symbol store, after those of --symbols-path" },
	{ 0, "symbols-url", "URL", OPTION_LIST, offsetof(struct options, symbols_urls),
	  "accepted; nothing is fetched" },
	{ 0, "symbols-tmp", "DIR", OPTION_TEXT, offsetof(struct options, no_effect_text),
	  "accepted without effect" },
	{ 0, "symbols-download-timeout-secs", "N", OPTION_SIZE,
	  offsetof(struct options, no_effect_number), "accepted without effect" },
	{ 0, "cache", "DIR", OPTION_TEXT, offsetof(struct options, cache),
	  "keep indexes of symbol files there" },
	{ 0, "no-cache", NULL, OPTION_FLAG, offsetof(struct options, no_cache), "keep no indexes" },
	{ 'j', "jobs", "N", OPTION_SIZE, offsetof(struct options, jobs),
	  "work on N dumps at a time; 0: as many as there are CPUs" },
	{ 'o', "output-file", "FILE", OPTION_TEXT, offsetof(struct options, output),
	  "write there, not to standard output" },
	{ 0, "log-file", "FILE", OPTION_TEXT, offsetof(struct options, log),
	  "write errors and warnings there, not to standard error" },
	{ 0, "no-color", NULL, OPTION_FLAG, offsetof(struct options, no_effect),
	  "accepted without effect: nothing has colors" },
	{ 0, "no-interactive", NULL, OPTION_FLAG, offsetof(struct options, no_effect),
	  "accepted without effect" },
	{ 0, "compat", NULL, OPTION_FLAG, offsetof(struct options, compat),
	  "do exactly as minidump-stackwalk does; operands after the first are symbol paths" },
	{ 0, "no-sandbox", NULL, OPTION_FLAG, offsetof(struct options, no_sandbox),
	  "keep access to all files while dumps are read" },
};

static const struct tool tool = {
	.name = "stackwalk",
	.operands = "minidump ...",
	.about = "report the stacks of crashed processes from their minidumps",
	.options = options,
	.n_options = COUNT(options),
};

/* What all dumps of a run share. */
struct run {
	const struct options *o;
	const char **dumps;
	size_t n_dumps;
	struct symbols *symbols; /* NULL without symbol paths */
	const struct evil *evil; /* NULL without */
};

static bool is_word(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_word(text, words[i]))
			return true;
	}
	return false;
}

/* $XDG_CACHE_HOME/crash-tools, ~/.cache/crash-tools, or NULL where neither is known. */
static const char *default_cache(struct arena *a)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	bool has_xdg = xdg != NULL && xdg[0] == '/';
	struct buf b = { .oom = a->oom };
	struct str path;

	if (!has_xdg && (home == NULL || home[0] != '/'))
		return NULL;
	buf_printf(&b, "%s%s/crash-tools", has_xdg ? xdg : home, has_xdg ? "" : "/.cache");
	path = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return path.p;
}

/* NULL: none is kept. */
static const char *cache_folder(const struct options *o, struct arena *a)
{
	if (o->no_cache)
		return NULL;
	return o->cache != NULL ? o->cache : default_cache(a);
}

static void open_symbols(struct run *r, const struct option_list *paths, struct arena *a,
			 struct diag *d)
{
	struct symbols_options o = {
		.cache = cache_folder(r->o, a),
		.compat = r->o->compat,
		.oom = tool_oom,
	};

	/* Without a store, what is missing is all that was looked for. */
	if (paths->n != 0 || r->o->symbols_urls.n != 0 || r->o->missing)
		r->symbols = symbols_open(paths->v, paths->n, &o, d);
}

/* The cache is made for it; without one, inflated symbols are temporary files. */
static void allow_symbols(struct sandbox *s, const struct options *o,
			  const struct option_list *paths, struct arena *a)
{
	const char *cache = cache_folder(o, a);

	for (size_t i = 0; i < paths->n; i++)
		sandbox_allow(s, paths->v[i], SANDBOX_READ);
	if (cache != NULL) {
		file_make_folders(arena_printf(a, "%s/", cache).p);
		sandbox_allow(s, cache, SANDBOX_WRITE);
	}
	if (cache == NULL || access(cache, W_OK) != 0)
		sandbox_allow(s, P_tmpdir, SANDBOX_WRITE);
}

/* A file that file_create() writes, or a device. */
static void allow_output(struct sandbox *s, const char *path)
{
	if (path == NULL)
		return;
	sandbox_allow(s, path, SANDBOX_WRITE);
	sandbox_allow_folder(s, path, SANDBOX_WRITE);
}

/* Gives up what reading the dumps does not need. */
static bool enter_sandbox(const struct run *r, const struct option_list *paths, struct arena *a,
			  struct diag *d, struct error *err)
{
	const struct options *o = r->o;
	struct sandbox s;

	sandbox_begin(&s, !o->no_sandbox);
	for (size_t i = 0; i < r->n_dumps; i++)
		sandbox_allow(&s, r->dumps[i], SANDBOX_READ);
	if (s.on && paths->n != 0)
		allow_symbols(&s, o, paths, a);
	if (o->jobs != 1)
		sandbox_allow(&s, P_tmpdir, SANDBOX_WRITE);
	if (o->evil != NULL)
		sandbox_allow(&s, o->evil, SANDBOX_READ);
	allow_output(&s, o->output);
	allow_output(&s, o->cyborg);
	return sandbox_enter(&s, d, err);
}

/* Which dump it is, if there is more than one. */
static void print_heading(const struct run *r, size_t index, FILE *out)
{
	struct buf name = { .oom = tool_oom };

	if (r->n_dumps == 1)
		return;
	text_printable(&name, str_of(r->dumps[index]));
	fprintf(out, "%s==> %.*s <==\n", index == 0 ? "" : "\n", STR_ARGS(buf_str(&name)));
	buf_free(&name);
}

static void print_text(const struct run *r, size_t index, struct state *s, struct arena *a,
		       FILE *out)
{
	struct state_text_options o = { .brief = r->o->brief, .args = r->o->args };

	print_heading(r, index, out);
	state_text(s, &o, a, out);
}

static void print_missing(const struct run *r, size_t index, struct state *s, struct arena *a,
			  FILE *out)
{
	(void)r;
	(void)index;
	state_missing(s, a, out);
}

/* The dump itself, which needs no more than a directory. */
static bool print_dump(const struct run *r, size_t index, const struct file *file, struct arena *a,
		       FILE *out, struct diag *d, enum md_verdict *verdict, struct error *err)
{
	struct dump_print_options o = { .brief = r->o->brief, .compat = r->o->compat };
	struct md md;

	if (!md_open(&md, file->data, file->name, a, d, verdict, err))
		return false;
	print_heading(r, index, out);
	dump_print(&md, &o, a, d, out);
	return true;
}

static void print_json(const struct run *r, size_t index, struct state *s, struct arena *a,
		       FILE *out)
{
	struct state_js_options o = {
		.pretty = r->o->pretty,
		.file = r->o->stream ? r->dumps[index] : NULL,
	};

	state_js(s, &o, a, out);
	if (r->o->stream || !r->o->compat)
		putc('\n', out);
}

static void print_pipe(const struct run *r, size_t index, struct state *s, struct arena *a,
		       FILE *out)
{
	(void)r;
	if (index != 0)
		putc('\n', out);
	state_pipe(s, a, out);
}

/* rust-minidump knows no microdumps; Breakpad, whose form -m is, does. */
static bool read_dump(const struct run *r, struct dump *dump, const struct file *file,
		      struct arena *a, struct diag *d, enum md_verdict *verdict, struct error *err)
{
	bool compat = r->o->compat;

	if ((compat && !r->o->pipe) || !microdump_is(file->data))
		return dump_read(dump, file->data, file->name, a, d, compat, verdict, err);
	*verdict = MD_MISSING_SYSTEM_INFO;
	return microdump_read(dump, file->data, file->name, a, d, err);
}

static void build(const struct run *r, const struct dump *dump, struct names *names,
		  struct state *state, struct arena *a)
{
	names_init(names, dump, r->symbols, r->o->compat, a);
	state_build(state, dump, names, a);
	state->evil = r->evil;
	state->only_requesting = is_word(r->o->threads, "crashing");
	if (r->o->rate)
		state->rating = rating_name(rating_find(state, tool_oom));
}

/* The second report of --cyborg. */
static bool write_json(const struct run *r, size_t index, const struct dump *dump, struct arena *a,
		       struct error *err)
{
	struct file_writer w = { 0 };
	struct names names;
	struct state state;
	bool ok;

	if (!file_create(&w, r->o->cyborg, 0600, err))
		return false;
	build(r, dump, &names, &state, a);
	print_json(r, index, &state, a, w.out);
	ok = file_commit(&w, err);
	file_abort(&w);
	return ok;
}

static void print_report(const struct run *r, size_t index, const struct dump *dump,
			 struct arena *a, FILE *out)
{
	struct names names;
	struct state state;

	build(r, dump, &names, &state, a);
	(r->o->json      ? print_json
	 : r->o->pipe    ? print_pipe
	 : r->o->missing ? print_missing
			 : print_text)(r, index, &state, a, out);
}

static bool report(const struct run *r, size_t index, FILE *out, struct diag *d,
		   enum md_verdict *verdict, struct error *err)
{
	struct arena a = { .oom = tool_oom };
	struct file file;
	struct dump dump = { 0 };
	bool ok;

	if (!file_open(&file, r->dumps[index], err)) {
		*verdict = err->errnum == ENOENT ? MD_FILE_NOT_FOUND : MD_IO_ERROR;
		return false;
	}
	ok = r->o->dump ? print_dump(r, index, &file, &a, out, d, verdict, err)
			: read_dump(r, &dump, &file, &a, d, verdict, err);
	if (ok && !r->o->dump)
		print_report(r, index, &dump, &a, out);
	if (ok && r->o->cyborg != NULL)
		ok = write_json(r, index, &dump, &a, err);
	diag_end_file(d, file.name);
	arena_free(&a);
	file_close(&file);
	return ok;
}

/* An error in the form of rust-minidump's log, which Socorro reads. */
static void say_as_peer(const struct diag *d, const char *what)
{
	if (d->verbosity >= DIAG_ERRORS)
		fprintf(d->out, "ERROR %s\n", what);
}

/* One dump, a job of jobs_run(). A stream has a line for a dump that could not be read, too. */
static int walk_one(size_t index, FILE *out, struct diag *d, void *context)
{
	const struct run *r = context;
	enum md_verdict verdict = MD_OK;
	struct error err = { 0 };

	if (report(r, index, out, d, &verdict, &err))
		return EXIT_DONE;
	if (r->o->stream)
		state_js_failure(r->dumps[index], md_verdict_name(verdict), err.text, out);
	if (!r->o->compat) {
		diag_error(d, &err);
		return error_exit_code(&err);
	}
	error_set(&err, ERROR_INPUT, "%s - Error %s dump: %s", md_verdict_name(verdict),
		  verdict < MD_MISSING_THREAD_LIST ? "reading" : "processing",
		  md_verdict_text(verdict));
	say_as_peer(d, err.text);
	return EXIT_INPUT;
}

static const char *dump_name(size_t index, void *context)
{
	const struct run *r = context;

	return r->dumps[index];
}

/* All dumps; the results to standard output or the file asked for, which appears only if there are
 * any. */
static int walk_all(struct run *r, struct diag *d)
{
	struct file_writer w = { 0 };
	struct error err = { 0 };
	bool to_file = r->o->output != NULL, ok = true;
	unsigned jobs = r->o->jobs > UINT32_MAX ? 0 : (unsigned)r->o->jobs;
	int code;

	if (to_file && !file_create(&w, r->o->output, 0600, &err)) {
		diag_error(d, &err);
		return error_exit_code(&err);
	}
	code = jobs_run(r->n_dumps, jobs, walk_one, dump_name, r, to_file ? w.out : stdout, d);
	if (to_file && ftello(w.out) > 0)
		ok = file_commit(&w, &err);
	file_abort(&w);
	if (!ok)
		diag_error(d, &err);
	return ok ? code : EXIT_TROUBLE;
}

/* The lines of standard input as names of dumps. They live in a. */
static bool read_names(struct run *r, struct arena *a, struct error *err)
{
	struct buf names = { .oom = tool_oom };
	struct file in;
	struct str rest, line;

	if (!file_open(&in, "-", err))
		return false;
	rest = (struct str){ (const char *)in.data.p, in.data.n };
	while (str_next_line(&rest, &line)) {
		const char *name = arena_strdup(a, line).p;

		if (line.n != 0)
			buf_put(&names, &name, sizeof(name));
	}
	r->n_dumps = names.n / sizeof(*r->dumps);
	r->dumps = arena_new(a, const char *, r->n_dumps);
	if (names.n != 0)
		memcpy(r->dumps, names.p, names.n);
	buf_free(&names);
	file_close(&in);
	return true;
}

/* Options that do not go together: NULL, or what is wrong; the peer says it in its own words. */
static const char *misfit(const struct options *o)
{
	if (o->brief && o->json)
		return o->compat ? "Robots cannot be brief! (The --brief flag is only valid "
				   "for --human, --cyborg, and --dump)"
				 : "--brief is for the text report";
	if (o->pretty && !o->json && o->cyborg == NULL)
		return o->compat ? "Humans must be hideous! (The --pretty and --human flags "
				   "cannot both be set)"
				 : "--pretty is for --json";
	return NULL;
}

static const char *wrong_use(const struct options *o, size_t n_dumps)
{
	static const char *const threads[] = { "all", "crashing" };
	static const char *const features[] = { "stable-basic", "stable-all", "unstable-all" };

	if (o->json + o->human + (o->cyborg != NULL) + o->dump + o->pipe + o->missing > 1)
		return "only one of --json, --human, --cyborg, --dump, --missing and -m can be";
	if (o->pipe && (o->brief || o->rate))
		return "-m is a form of its own, without --brief and --rate";
	if (o->pretty && o->stream)
		return "--pretty cannot be one line for each dump";
	if (o->cyborg != NULL && n_dumps > 1)
		return "--cyborg is for one minidump";
	if (o->threads != NULL && !is_one_of(o->threads, threads, COUNT(threads)))
		return "--threads are all or crashing";
	if (o->features != NULL && !is_one_of(o->features, features, COUNT(features)))
		return "--features are stable-basic, stable-all or unstable-all";
	return NULL;
}

/* Splits the operands into dumps and, for the peer's form, further symbol paths. */
static bool take_operands(struct run *r, struct option_list *paths, char **operands, size_t n,
			  struct arena *a, struct error *err)
{
	bool positional = r->o->compat && !r->o->stream && n > 1;
	size_t extra = positional ? n - 1 : 0;
	/* The peer uses the cache of what it fetched only when there is a server to fetch from. */
	bool cache = r->o->symbols_cache != NULL && (!r->o->compat || r->o->symbols_urls.n != 0);

	*paths = (struct option_list){ arena_new(a, const char *, r->o->symbols.n + extra + cache),
				       0 };
	for (size_t i = 0; i < r->o->symbols.n; i++)
		paths->v[paths->n++] = r->o->symbols.v[i];
	for (size_t i = 0; i < extra; i++)
		paths->v[paths->n++] = operands[1 + i];
	if (cache)
		paths->v[paths->n++] = r->o->symbols_cache;
	if (n == 0)
		return read_names(r, a, err);
	r->n_dumps = n - extra;
	r->dumps = arena_new(a, const char *, r->n_dumps);
	for (size_t i = 0; i < r->n_dumps; i++)
		r->dumps[i] = operands[i];
	return true;
}

/* Lines of several processes come into it whole, each at the end. */
static bool open_log(struct diag *d, const char *path, struct error *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	FILE *log = fd < 0 ? NULL : fdopen(fd, "a");

	if (log == NULL)
		return error_errno(err, "%s", path);
	setvbuf(log, NULL, _IOLBF, BUFSIZ);
	d->out = log;
	return true;
}

static int close_log(struct diag *d, int code)
{
	bool lost = ferror(d->out) != 0;

	if (d->out == stderr)
		return code;
	return fclose(d->out) != 0 || lost ? EXIT_TROUBLE : code;
}

/* Says what came of options that no dump has a part in: the log, servers. */
static bool prepare(const struct run *r, struct diag *d)
{
	const struct options *o = r->o;
	struct error err = { 0 };

	if (o->log != NULL && !open_log(d, o->log, &err)) {
		diag_error(d, &err);
		return false;
	}
	if (o->symbols_urls.n != 0 && d->verbosity >= DIAG_WARNINGS) {
		error_set(&err, ERROR_NONE,
			  "--symbols-url: nothing is fetched from a network; --missing prints what "
			  "would be");
		diag_error(d, &err);
	}
	return true;
}

/* Crash annotations that cannot be read cost no report. */
static void read_evil(struct run *r, struct evil *evil, struct arena *a, struct diag *d)
{
	const struct options *o = r->o;
	struct error err = { 0 };

	if (o->evil == NULL)
		return;
	r->evil = evil;
	if (evil_read(evil, o->evil, o->compat, a, &err))
		return;
	if (o->compat)
		say_as_peer(d, err.text);
	else
		diag_error(d, &err);
}

int main(int argc, char **argv)
{
	struct options o = { .jobs = 1 };
	struct arena arena = { .oom = tool_oom };
	struct option_list paths;
	struct run r = { .o = &o };
	struct error err = { 0 };
	struct evil evil;
	struct diag d;
	int first, code;

	if (!tool_begin(&tool, &o, &d, argc, argv, &first, &code))
		return code;
	o.json |= o.stream;
	o.args |= !o.compat && is_word(o.features, "unstable-all"); /* the peer means to */
	if (o.compat && !d.asked)
		d.verbosity = DIAG_ERRORS; /* the peer warns only when asked to */
	if (first == argc && !o.stream)
		return tool_usage(&d, "no minidump given");
	if (wrong_use(&o, o.compat ? 1 : (size_t)(argc - first)) != NULL)
		return tool_usage(&d, wrong_use(&o, o.compat ? 1 : (size_t)(argc - first)));
	if (misfit(&o) != NULL && !o.compat)
		return tool_usage(&d, misfit(&o));
	if (!prepare(&r, &d))
		return EXIT_TROUBLE;
	if (misfit(&o) != NULL) {
		say_as_peer(&d, misfit(&o));
		return EXIT_INPUT;
	}
	if (!take_operands(&r, &paths, argv + first, (size_t)(argc - first), &arena, &err)) {
		diag_error(&d, &err);
		return error_exit_code(&err);
	}
	if (!enter_sandbox(&r, &paths, &arena, &d, &err)) {
		diag_error(&d, &err);
		return EXIT_USAGE;
	}
	read_evil(&r, &evil, &arena, &d);
	open_symbols(&r, &paths, &arena, &d);
	code = walk_all(&r, &d);
	if (r.symbols != NULL)
		symbols_close(r.symbols);
	arena_free(&arena);
	option_list_free(&o.symbols);
	option_list_free(&o.symbols_urls);
	return close_log(&d, tool_end(&d, code));
}
