#include <string.h>

#include "base/limits.h"
#include "base/operands.h"
#include "base/tool.h"
#include "walk/walk_task.h"

struct options {
	bool json, pretty, brief, stream, pipe, no_cache, compat, rate, no_sandbox;
	struct option_list symbols;
	bool dump;
	bool human, missing, args, registers;
	const char *cache, *output, *cyborg, *threads, *evil, *features, *log;
	const char *symbols_cache;
	struct option_list symbols_urls, limits, binaries;
	uint64_t jobs, cache_size;
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
	{ 0, "registers", NULL, OPTION_FLAG, offsetof(struct options, registers),
	  "of the JSON, the registers of all frames" },
	{ 0, "recover-function-args", NULL, OPTION_FLAG, offsetof(struct options, args),
	  "guess the arguments of functions of x86, in the text" },
	{ 0, "evil-json", "FILE", OPTION_TEXT, offsetof(struct options, evil),
	  "crash annotations: who signed which modules, the CPU's microcode" },
	{ 0, "features", "SET", OPTION_TEXT, offsetof(struct options, features),
	  "stable-basic, stable-all; unstable-all means --recover-function-args" },
	{ 's', "symbols-path", "PATH", OPTION_LIST, offsetof(struct options, symbols),
	  "a symbol store, or one .sym file; may be given again" },
	{ 0, "binaries", "PATH", OPTION_LIST, offsetof(struct options, binaries),
	  "where no symbols are, make them of the modules' binaries: a tree of files, or one; may "
	  "be given again" },
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
	{ 0, "cache-size", "SIZE", OPTION_SIZE, offsetof(struct options, cache_size),
	  "remove indexes not used for the longest time over SIZE; 0: never (default: 10G)" },
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
	{ 0, "limit", "NAME=VALUE", OPTION_LIST, offsetof(struct options, limits),
	  "another limit than the usual one; may be given again" },
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
	if (o->registers && !o->json && o->cyborg == NULL)
		return "--registers is for JSON: the text has them";
	if (o->binaries.n != 0 && o->compat)
		return "--binaries is not for --compat";
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
static bool take_operands(const struct options *o, struct request *r, struct sources *s,
			  char **operands, size_t n, struct arena *a, struct error *err)
{
	bool positional = o->compat && !o->stream && n > 1;
	size_t extra = positional ? n - 1 : 0;
	/* The peer uses the cache of what it fetched only when there is a server to fetch from. */
	bool cache = o->symbols_cache != NULL && (!o->compat || o->symbols_urls.n != 0);
	const char **dumps;

	s->paths = arena_new(a, const char *, o->symbols.n + extra + cache);
	for (size_t i = 0; i < o->symbols.n; i++)
		s->paths[s->n_paths++] = o->symbols.v[i];
	for (size_t i = 0; i < extra; i++)
		s->paths[s->n_paths++] = operands[1 + i];
	if (cache)
		s->paths[s->n_paths++] = o->symbols_cache;
	if (n == 0)
		return operands_read(&r->dumps, &r->n_dumps, a, err);
	r->n_dumps = n - extra;
	r->dumps = dumps = arena_new(a, const char *, r->n_dumps);
	for (size_t i = 0; i < r->n_dumps; i++)
		dumps[i] = operands[i];
	return true;
}

static enum request_form form_of(const struct options *o)
{
	return o->json      ? REQUEST_JSON
	       : o->pipe    ? REQUEST_PIPE
	       : o->missing ? REQUEST_MISSING
	       : o->dump    ? REQUEST_DUMP
			    : REQUEST_TEXT;
}

static struct request request_of(const struct options *o)
{
	return (struct request){
		.form = form_of(o),
		.compat = o->compat,
		.brief = o->brief,
		.pretty = o->pretty,
		.stream = o->stream,
		.registers = o->registers,
		.rate = o->rate,
		.args = o->args || (!o->compat && is_word(o->features, "unstable-all")),
		.only_crashing = is_word(o->threads, "crashing"),
		.also_json = o->cyborg,
	};
}

static struct sources sources_of(const struct options *o, struct arena *a)
{
	return (struct sources){
		.cache = o->no_cache        ? NULL
			 : o->cache != NULL ? o->cache
					    : sources_default_cache(a),
		.cache_size = o->cache_size,
		.trees = o->binaries.v,
		.n_trees = o->binaries.n,
		.always = o->symbols_urls.n != 0 || o->missing,
		.compat = o->compat,
	};
}

/* Says what came of options that no dump has a part in: the log, servers. */
static bool prepare(const struct options *o, struct diag *d)
{
	struct error err = { 0 };

	if (o->log != NULL && !diag_open_log(d, o->log, &err)) {
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

static struct walk_task task_of(const struct options *o, struct arena *a)
{
	return (struct walk_task){
		.request = request_of(o),
		.sources = sources_of(o, a),
		.limits = o->limits.v,
		.n_limits = o->limits.n,
		.evil = o->evil,
		.output = o->output,
		.jobs = o->jobs > UINT32_MAX ? 0 : (unsigned)o->jobs,
		.no_sandbox = o->no_sandbox,
	};
}

/* From the operands to the last report. */
static int run(const struct options *o, char **operands, size_t n, struct arena *a, struct diag *d)
{
	struct walk_task t = task_of(o, a);
	struct error err = { 0 };

	if (take_operands(o, &t.request, &t.sources, operands, n, a, &err))
		return walk_task_run(&t, a, stdout, d);
	diag_error(d, &err);
	return error_exit_code(&err);
}

/* From the options to the last report. */
static int use(struct options *o, char **operands, size_t n, struct diag *d)
{
	struct arena arena = { .oom = tool_oom };
	int code;

	o->json |= o->stream;
	if (o->compat && !d->asked)
		d->verbosity = DIAG_ERRORS; /* the peer warns only when asked to */
	if (n == 0 && !o->stream)
		return tool_usage(d, "no minidump given");
	if (wrong_use(o, o->compat ? 1 : n) != NULL)
		return tool_usage(d, wrong_use(o, o->compat ? 1 : n));
	if (misfit(o) != NULL && !o->compat)
		return tool_usage(d, misfit(o));
	if (!prepare(o, d))
		return EXIT_TROUBLE;
	if (misfit(o) != NULL) {
		diag_as_peer(d, misfit(o));
		return EXIT_INPUT;
	}
	code = run(o, operands, n, &arena, d);
	arena_free(&arena);
	return code;
}

int main(int argc, char **argv)
{
	struct options o = {
		.jobs = 1,
		.cache_size = (uint64_t)LIMIT_CACHE_GIB << 30,
	};
	struct diag d;
	int first, code;

	if (!tool_begin(&tool, &o, &d, argc, argv, &first, &code))
		return code;
	code = use(&o, argv + first, (size_t)(argc - first), &d);
	tool_free(&tool, &o);
	return diag_close_log(&d, tool_end(&d, code));
}
