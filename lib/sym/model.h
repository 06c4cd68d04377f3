#ifndef CRASH_SYM_MODEL_H
#define CRASH_SYM_MODEL_H

#include "base/error.h"
#include "sym/language.h"

/*
 * The symbols of one module between what they are read from (DWARF, symbol tables, PDB) and what is
 * written (.sym). Sources add functions and public symbols in any order; model_finish() sorts them
 * and applies the rules of dump-sym-parse.md 4, 5.2 and 13 (equal ranges, folded code, PUBLICs
 * inside functions). A function is packed when it is added: its lines and inlined calls take 5 to 8
 * bytes each, and texts are borrowed where they can be, so that a model of 40 MB of .sym takes 10.
 *
 * All addresses are module-relative (the bias is subtracted), all sizes bytes.
 */
struct model;

struct model_options {
	bool compat; /* dump_syms' verdicts, those marked c in dump-sym-parse.md 15 */
	bool inlines;
	void (*oom)(size_t wanted);
};

struct model *model_open(const struct model_options *o);
void model_close(struct model *m);

/*
 * Numbers for a source file's path and a function's name, the same for equal ones. lasting: the
 * text outlives the model (it stands in a mapped file, a section), so it need not be copied.
 */
uint32_t model_file(struct model *m, struct str path, bool lasting);
uint32_t model_name(struct model *m, struct sym_name name, bool lasting);

struct model_line {
	uint64_t start, size;
	uint32_t line;
	uint32_t file; /* of model_file() */
};

struct model_range {
	uint64_t start, size;
};

#define MODEL_NO_FILE UINT32_MAX

struct model_inline {
	uint32_t depth; /* 0: into the function itself */
	uint32_t call_line;
	uint32_t call_file; /* or MODEL_NO_FILE */
	uint32_t origin;    /* of model_name() */
	const struct model_range *ranges;
	size_t n_ranges;
};

/* One range of code. A function in several parts is added once for each. */
struct model_func {
	uint64_t start, size;
	uint32_t parameter_size;
	uint32_t name; /* of model_name() */
	bool multiple;
	const struct model_line *lines; /* sorted, none overlaps another */
	size_t n_lines;
	const struct model_inline *inlines; /* sorted by (first address, depth) */
	size_t n_inlines;
};

/* Everything is copied. A function of no size is left out. */
void model_func(struct model *m, const struct model_func *f);

/* Whether a function starts there, of any size or of that size: sources ask before they do the
 * work of one that a unit before has brought (a COMDAT). */
bool model_has_func(const struct model *m, uint64_t start, uint64_t size);

/* A symbol. Of several at one address the one of the least rank names it (compat: the first). */
struct model_public {
	uint64_t address;
	uint64_t size; /* 0: not known */
	uint32_t parameter_size;
	uint32_t name;
	unsigned rank;
};
void model_public(struct model *m, const struct model_public *p);

/* No more is added after it; what follows reads only. */
void model_finish(struct model *m);

#endif
