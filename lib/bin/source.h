#ifndef CRASH_BIN_SOURCE_H
#define CRASH_BIN_SOURCE_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/inflow.h"
#include "sym/sym_write.h"

/*
 * A binary of any kind, with the files that belong to it (debug companions by build id, debuglink,
 * altlink, .dwo, .dwp), as the text of a .sym. The kind is seen by the first bytes:
 * dump-sym-parse.md 2.
 */
enum source_kind {
	SOURCE_UNKNOWN,
	SOURCE_ELF,
	SOURCE_PE,
	SOURCE_PDB,
	SOURCE_MACHO,
	SOURCE_CABINET,
	SOURCE_SYM,
	SOURCE_GZIP, /* of a .sym, as stores keep them */
};

enum source_kind source_kind(struct slice data);

/* "PE executable": for messages. */
const char *source_kind_name(enum source_kind kind);

struct source_options {
	bool compat;
	bool no_inlines, no_lines, no_cfi, no_publics;
	bool name_style;               /* names without parameters */
	bool notype;                   /* PUBLICs of global symbols without a type, too */
	bool relocatable;              /* objects (ET_REL) are laid out and relocated */
	bool no_generator;             /* no INFO GENERATOR */
	const char *const *debug_dirs; /* searched for companions */
	size_t n_debug_dirs;
	bool only_debug_dirs;          /* not /usr/lib/debug, too */
	const char *const *extra_info; /* "KEY text" of INFO records */
	size_t n_extra_info;
	const char *name, *os, *id; /* for MODULE, instead of what the file says; NULL */
	bool list_arch;             /* print the CPU instead */
	bool check_cfi;             /* it is an error when there is no STACK record */
	bool warn_bare;             /* warn when functions have no call frame information */
	bool json;                  /* the report is JSON */
	unsigned jobs;              /* processes that work on one binary */
	inflow_open_fn *inflow;     /* inflates .debug_info while it is read; NULL: before */
	bool share_all;             /* by several, also when it is too small to gain by it: tests */
	struct str (*map_path)(void *context, struct str path); /* as in sym_write.h */
	void *map_context;
	void (*oom)(size_t wanted);
};

struct source;

/* Opens the files of one module, a binary and others with the same id, and those that belong to
 * it. NULL and an error when one of those given cannot be read or is of a kind that isn't
 * supported. paths and what o points to are borrowed; memory is in a. */
struct source *source_open(const char *const *paths, size_t n, const struct source_options *o,
			   struct arena *a, struct diag *d, struct error *err);
void source_close(struct source *s);

/* What the MODULE record will say. */
const struct sym_head *source_head(const struct source *s);

/* Writes the .sym to out, and to report what share of the code has what (coverage.h); either may be
 * NULL. Returns an exit code; what went wrong was said. What could not be written is for the caller
 * to ask of out. Once for each source. */
int source_write(struct source *s, FILE *out, FILE *report);

#endif
