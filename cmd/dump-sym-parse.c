#include <string.h>

#include "base/file.h"
#include "base/tool.h"
#include "bin/source.h"

struct options {
	/* Output. */
	const char *output, *store;
	uint64_t jobs;
	bool stream, strict, compat, no_sandbox;
	/* What is written of a binary. */
	bool inlines, no_inlines, check_cfi, no_generator, notype;
	const char *cfi, *lines, *publics, *style;
	const char *name, *os, *id;
	struct option_list extra_info;
	/* Where things are. */
	struct option_list debug_dirs;
	const char *arch, *mapping_file;
	struct option_list mapping_vars, mapping_sources, mapping_destinations;
	bool list_arch;
	const char *no_effect; /* of the peer's options that have none here */
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
	{ 0, "style", "full|name", OPTION_TEXT, offsetof(struct options, style),
	  "names of functions with their parameters, the default, or without" },
	{ 0, "check-cfi", NULL, OPTION_FLAG, offsetof(struct options, check_cfi),
	  "fail when there is no STACK record" },
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
	{ 'a', "arch", "NAME", OPTION_TEXT, offsetof(struct options, arch),
	  "the slice of a Mach-O file with several" },
	{ 0, "list-arch", NULL, OPTION_FLAG, offsetof(struct options, list_arch),
	  "print the slices and nothing else" },
	{ 't', "type", "TYPE", OPTION_TEXT, offsetof(struct options, no_effect),
	  "accepted without effect" },
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

/* A file of one kind, and what is done with it. */
static bool dump(const char *path, const struct options *o, struct error *err)
{
	struct file f;
	enum source_kind kind;

	(void)o;
	if (!file_open(&f, path, err))
		return false;
	kind = source_kind(f.data);
	file_close(&f);
	return error_set(err, ERROR_UNSUPPORTED, "%s: a %s is not supported yet", path,
			 source_kind_name(kind));
}

static void free_lists(struct options *o)
{
	option_list_free(&o->extra_info);
	option_list_free(&o->debug_dirs);
	option_list_free(&o->mapping_vars);
	option_list_free(&o->mapping_sources);
	option_list_free(&o->mapping_destinations);
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct diag d;
	int first, code;

	if (!tool_begin(&tool, &o, &d, argc, argv, &first, &code))
		return code;
	if (first == argc && !o.stream)
		return tool_usage(&d, "no file given");
	for (int i = first; i < argc; i++) {
		struct error err = { 0 };

		if (!dump(argv[i], &o, &err)) {
			diag_error(&d, &err);
			code = code > error_exit_code(&err) ? code : error_exit_code(&err);
		}
	}
	free_lists(&o);
	return tool_end(&d, code);
}
