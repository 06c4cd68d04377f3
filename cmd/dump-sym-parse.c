#include <string.h>

#include "base/inflow.h"
#include "base/limits.h"
#include "base/progress.h"
#include "base/tool.h"
#include "bin/dump_task.h"
#include "sym/sources.h"

struct options {
	/* Output. */
	const char *output, *store;
	uint64_t jobs;
	bool stream, strict, compat, no_sandbox;
	/* What is written of a binary. */
	bool inlines, no_inlines, check_cfi, no_generator, notype, relocatable, coverage;
	const char *cfi, *lines, *publics, *style;
	const char *name, *os, *id;
	struct option_list extra_info;
	/* Where things are. */
	struct option_list debug_dirs;
	const char *arch, *mapping_file;
	struct option_list mapping_vars, mapping_sources, mapping_destinations;
	bool canonicalize, list_arch;
	const char *no_effect; /* of the peer's options that have none here */
	/* What is done with a .sym. */
	bool check, repair, sort, in_place, json, stats, index, diff;
	bool drop, no_cache;
	const char *as, *module, *cache;
	uint64_t cache_size;
	struct option_list lookup;
};

static const struct tool_option options[] = {
	{ 'o', "output", "FILE", OPTION_TEXT, offsetof(struct options, output),
	  "write there, not to standard output" },
	{ 's', "store", "DIR", OPTION_TEXT, offsetof(struct options, store),
	  "write DIR/NAME/ID/NAME.sym: the layout of a symbol store" },
	{ 'j', "jobs", "N", OPTION_SIZE, offsetof(struct options, jobs),
	  "work with N processes; 0, the default: as many as there are CPUs" },
	{ 0, "stream", NULL, OPTION_FLAG, offsetof(struct options, stream),
	  "the files' names are lines of standard input" },
	{ 0, "strict", NULL, OPTION_FLAG, offsetof(struct options, strict),
	  "exit with 1 when something was skipped or repaired" },
	{ 0, "compat", NULL, OPTION_FLAG, offsetof(struct options, compat),
	  "do exactly as dump_syms does" },
	{ 0, "inlines", NULL, OPTION_FLAG, offsetof(struct options, inlines),
	  "write inlined calls: the default, but not with --compat" },
	{ 0, "no-inlines", NULL, OPTION_FLAG, offsetof(struct options, no_inlines),
	  "no inlined calls: lines are those of the outermost call" },
	{ 0, "cfi", "no", OPTION_TEXT, offsetof(struct options, cfi), "no STACK records" },
	{ 0, "lines", "no", OPTION_TEXT, offsetof(struct options, lines),
	  "no line records, no inlined calls" },
	{ 0, "publics", "no", OPTION_TEXT, offsetof(struct options, publics), "no PUBLIC records" },
	{ 0, "notype", NULL, OPTION_FLAG, offsetof(struct options, notype),
	  "PUBLIC records of global symbols without a type, too" },
	{ 0, "relocatable", NULL, OPTION_FLAG, offsetof(struct options, relocatable),
	  "object files: as if their sections were linked one after the other" },
	{ 0, "style", "full|name", OPTION_TEXT, offsetof(struct options, style),
	  "names of functions with their parameters, the default, or without" },
	{ 0, "check-cfi", NULL, OPTION_FLAG, offsetof(struct options, check_cfi),
	  "fail when there is no STACK record" },
	{ 0, "coverage", NULL, OPTION_FLAG, offsetof(struct options, coverage),
	  "say what share of the code has functions, lines and call frame information" },
	{ 0, "name", "NAME", OPTION_TEXT, offsetof(struct options, name),
	  "of the module, instead of the file's" },
	{ 0, "os", "OS", OPTION_TEXT, offsetof(struct options, os),
	  "of the module, instead of the file's" },
	{ 0, "id", "ID", OPTION_TEXT, offsetof(struct options, id),
	  "of the module, instead of the file's" },
	{ 0, "extra-info", "KEY TEXT", OPTION_LIST, offsetof(struct options, extra_info),
	  "a further INFO record; may be given again" },
	{ 0, "no-generator", NULL, OPTION_FLAG, offsetof(struct options, no_generator),
	  "no INFO GENERATOR record" },
	{ 0, "debug-dir", "DIR", OPTION_LIST, offsetof(struct options, debug_dirs),
	  "look there for files with debug information; may be given again" },
	{ 0, "mapping-var", "NAME=VALUE", OPTION_LIST, offsetof(struct options, mapping_vars),
	  "a variable for the path mapping; may be given again" },
	{ 0, "mapping-src", "REGEX", OPTION_LIST, offsetof(struct options, mapping_sources),
	  "source paths that match become what --mapping-dest says; may be given again" },
	{ 0, "mapping-dest", "TEMPLATE", OPTION_LIST,
	  offsetof(struct options, mapping_destinations), "one for each --mapping-src" },
	{ 0, "mapping-file", "FILE", OPTION_TEXT, offsetof(struct options, mapping_file),
	  "variables and mappings as JSON" },
	{ 0, "canonicalize", NULL, OPTION_FLAG, offsetof(struct options, canonicalize),
	  "source paths without links, if the files are on this machine" },
	{ 'a', "arch", "NAME", OPTION_TEXT, offsetof(struct options, arch),
	  "the slice of a Mach-O file with several" },
	{ 0, "list-arch", NULL, OPTION_FLAG, offsetof(struct options, list_arch),
	  "print the slices and nothing else" },
	{ 't', "type", "TYPE", OPTION_TEXT, offsetof(struct options, no_effect),
	  "accepted without effect" },
	{ 0, "check", NULL, OPTION_FLAG, offsetof(struct options, check),
	  "say what is wrong with .sym files; with --strict, what is not in the grammar, too" },
	{ 0, "as", "READER", OPTION_TEXT, offsetof(struct options, as),
	  "with --check, the verdict of rust-minidump, breakpad or symbolic" },
	{ 0, "repair", NULL, OPTION_FLAG, offsetof(struct options, repair),
	  "write a .sym without damage" },
	{ 0, "sort", NULL, OPTION_FLAG, offsetof(struct options, sort),
	  "the same, ordered by address and number" },
	{ 0, "in-place", NULL, OPTION_FLAG, offsetof(struct options, in_place),
	  "replace the files that are repaired or sorted" },
	{ 0, "drop", NULL, OPTION_FLAG, offsetof(struct options, drop),
	  "with --repair, INLINEs without a call file lose the place of their call" },
	{ 0, "json", NULL, OPTION_FLAG, offsetof(struct options, json),
	  "print .sym files as JSON, an object a record; or what other options print" },
	{ 0, "stats", NULL, OPTION_FLAG, offsetof(struct options, stats),
	  "count records, bytes, code" },
	{ 0, "index", NULL, OPTION_FLAG, offsetof(struct options, index),
	  "write the index FILE.symx beside each FILE.sym, or into the folder of --cache; of "
	  "binaries, with -o or -s" },
	{ 0, "cache", "DIR", OPTION_TEXT, offsetof(struct options, cache),
	  "keep indexes of symbol files there" },
	{ 0, "cache-size", "SIZE", OPTION_SIZE, offsetof(struct options, cache_size),
	  "remove indexes not used for the longest time over SIZE; 0: never (default: 10G)" },
	{ 0, "no-cache", NULL, OPTION_FLAG, offsetof(struct options, no_cache), "keep no indexes" },
	{ 0, "lookup", "ADDRESS", OPTION_LIST, offsetof(struct options, lookup),
	  "say what stands there; may be given again; - reads addresses from standard input" },
	{ 0, "diff", NULL, OPTION_FLAG, offsetof(struct options, diff),
	  "say which functions differ in two .sym files" },
	{ 0, "module", "OS CPU ID NAME", OPTION_TEXT, offsetof(struct options, module),
	  "the MODULE record of a file that has none" },
	{ 0, "no-sandbox", NULL, OPTION_FLAG, offsetof(struct options, no_sandbox),
	  "keep access to all files while inputs are read" },
};

static const struct tool tool = {
	.name = "dump-sym-parse",
	.operands = "file ...",
	.about = "make symbol files (.sym) of binaries with debug information",
	.options = options,
	.n_options = COUNT(options),
};

static bool is_no(const char *text)
{
	return text != NULL && strcmp(text, "no") == 0;
}

static bool is_word_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; text != NULL && i < n; i++) {
		if (strcmp(text, words[i]) == 0)
			return true;
	}
	return text == NULL;
}

/* "KEY text", KEY of capital letters and '_'. */
static bool is_info(struct str text)
{
	size_t n = 0;

	while (n < text.n && ((text.p[n] >= 'A' && text.p[n] <= 'Z') || text.p[n] == '_'))
		n++;
	return n != 0 && n < text.n && text.p[n] == ' ';
}

static bool writes_file(const struct options *o)
{
	return o->output != NULL && strcmp(o->output, "-") != 0;
}

/* Whether --index is about what is written of binaries. */
static bool indexes_dump(const struct options *o)
{
	return o->index && (o->store != NULL || o->output != NULL);
}

/* The work on .sym files that options ask for. Several at once: SYM_WORKS. */
static enum sym_work sym_work_of(const struct options *o)
{
	const bool asked[SYM_WORKS] = { [SYM_CHECK] = o->check,
					[SYM_REPAIR] = o->repair,
					[SYM_SORT] = o->sort,
					[SYM_STATS] = o->stats,
					[SYM_INDEX] = o->index && !indexes_dump(o),
					[SYM_LOOKUP] = o->lookup.n != 0,
					[SYM_DIFF] = o->diff };
	enum sym_work work = SYM_NOTHING;

	for (unsigned i = 0; i < SYM_WORKS; i++) {
		if (asked[i])
			work = work == SYM_NOTHING ? (enum sym_work)i : SYM_WORKS;
	}
	if (work == SYM_NOTHING && o->json && !o->coverage)
		work = SYM_JSON;
	return work;
}

static struct sym_task sym_task_of(const struct options *o)
{
	return (struct sym_task){
		.work = sym_work_of(o),
		.strict = o->strict,
		.in_place = o->in_place,
		.json = o->json,
		.as = o->as,
		.module = o->module,
		.drop = o->drop,
		.name = o->name,
		.id = o->id,
		.cache = o->no_cache || indexes_dump(o) ? NULL : o->cache,
		.cache_size = o->cache_size,
		.addresses = o->lookup.v,
		.n_addresses = o->lookup.n,
		.jobs = o->jobs > LIMIT_WORKERS ? LIMIT_WORKERS : (unsigned)o->jobs,
	};
}

/* What makes the indexes of what is written of binaries. */
static struct sym_task index_task_of(const struct options *o)
{
	if (!indexes_dump(o))
		return (struct sym_task){ .work = SYM_NOTHING };
	return (struct sym_task){
		.work = SYM_INDEX,
		.cache = o->no_cache ? NULL : o->cache,
		.cache_size = o->cache_size,
		.jobs = 1,
	};
}

static const char *wrong_words(const struct options *o)
{
	static const char *const yes_no[] = { "yes", "no" };
	static const char *const styles[] = { "full", "name" };

	if (!is_word_of(o->cfi, yes_no, COUNT(yes_no)) ||
	    !is_word_of(o->lines, yes_no, COUNT(yes_no)) ||
	    !is_word_of(o->publics, yes_no, COUNT(yes_no)))
		return "--cfi, --lines and --publics are yes or no";
	if (!is_word_of(o->style, styles, COUNT(styles)))
		return "--style is full or name";
	for (size_t i = 0; i < o->extra_info.n; i++) {
		if (!is_info(str_of(o->extra_info.v[i])))
			return "--extra-info is a key of capital letters and _, a blank, a text";
	}
	return NULL;
}

/* Options that do not go together. */
static const char *wrong_mix(const struct options *o, enum sym_work work)
{
	if (o->inlines && o->no_inlines)
		return "--inlines and --no-inlines contradict each other";
	if (o->mapping_sources.n != o->mapping_destinations.n)
		return "each --mapping-src needs its --mapping-dest";
	if (work == SYM_WORKS || (indexes_dump(o) && work != SYM_NOTHING))
		return "one thing at a time is done with .sym files";
	if (indexes_dump(o) && o->store == NULL && (o->coverage || !writes_file(o)))
		return "--index needs symbols in a file";
	if (o->coverage && work != SYM_NOTHING)
		return "--coverage is about binaries";
	if ((o->in_place || work == SYM_INDEX) && o->stream)
		return "--in-place and --index contradict --stream";
	return NULL;
}

static const char *wrong_use(const struct options *o, const char *const *paths, size_t n_paths)
{
	struct sym_task task = sym_task_of(o);
	const char *wrong = wrong_words(o);

	task.paths = paths;
	if (wrong == NULL)
		wrong = wrong_mix(o, task.work);
	return wrong != NULL ? wrong : sym_task_wrong(&task, n_paths);
}

static struct batch_options batch_of(const struct options *o)
{
	return (struct batch_options){
		.store = o->store,
		.strict = o->strict,
		.coverage = o->coverage,
		.source = {
			.compat = o->compat,
			.no_inlines = o->no_inlines || (o->compat && !o->inlines),
			.no_lines = is_no(o->lines),
			.no_cfi = is_no(o->cfi),
			.no_publics = is_no(o->publics),
			.name_style = o->style != NULL && strcmp(o->style, "name") == 0,
			.notype = o->notype,
			.relocatable = o->relocatable,
			.no_generator = o->no_generator,
			.check_cfi = o->check_cfi,
			.warn_bare = !o->compat,
			.json = o->json,
			.list_arch = o->list_arch,
			.debug_dirs = o->debug_dirs.v,
			.n_debug_dirs = o->debug_dirs.n,
			.extra_info = o->extra_info.v,
			.n_extra_info = o->extra_info.n,
			.name = o->name,
			.os = o->os,
			.id = o->id,
			.inflow = inflow_open,
			.jobs = o->jobs > LIMIT_WORKERS ? LIMIT_WORKERS : (unsigned)o->jobs,
			.oom = tool_oom,
		},
	};
}

static struct mapping_options mapping_of(const struct options *o)
{
	return (struct mapping_options){
		.variables = o->mapping_vars.v,
		.n_variables = o->mapping_vars.n,
		.sources = o->mapping_sources.v,
		.destinations = o->mapping_destinations.v,
		.n_rules = o->mapping_sources.n,
		.file = o->mapping_file,
		.canonicalize = o->canonicalize,
	};
}

static struct dump_task task_of(const struct options *o)
{
	return (struct dump_task){
		.sym = sym_task_of(o),
		.batch = batch_of(o),
		.mapping = mapping_of(o),
		.index = index_task_of(o),
		.output = writes_file(o) ? o->output : NULL,
		.stream = o->stream,
		.no_sandbox = o->no_sandbox,
	};
}

/* Look-ups keep indexes where stackwalk does. */
static void choose_cache(struct options *o, struct arena *a)
{
	if (o->lookup.n != 0 && o->cache == NULL && !o->no_cache)
		o->cache = sources_default_cache(a);
}

/* Whether there are results that go to standard output. */
static bool prints(const struct options *o)
{
	return !writes_file(o) && (o->store == NULL || o->coverage);
}

int main(int argc, char **argv)
{
	struct options o = { .cache_size = (uint64_t)LIMIT_CACHE_GIB << 30 };
	struct arena arena = { .oom = tool_oom };
	struct diag d;
	struct progress progress;
	struct dump_task task;
	const char *const *paths;
	const char *wrong;
	size_t n;
	int first, code;

	if (!tool_begin(&tool, &o, &d, argc, argv, &first, &code))
		return code;
	progress = progress_make(&d, prints(&o));
	d.progress = &progress;
	paths = (const char *const *)argv + first;
	n = (size_t)(argc - first);
	wrong = n == 0 && !o.stream ? "no file given" : wrong_use(&o, paths, n);
	if (wrong != NULL) {
		tool_free(&tool, &o);
		return tool_usage(&d, wrong);
	}
	choose_cache(&o, &arena);
	task = task_of(&o);
	code = dump_task_run(&task, paths, n, stdout, &d);
	arena_free(&arena);
	tool_free(&tool, &o);
	return tool_end(&d, code);
}
