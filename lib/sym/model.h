#ifndef CRASH_SYM_MODEL_H
#define CRASH_SYM_MODEL_H

#include <stdio.h>

#include "base/buf.h"
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

/* From now on no text is lasting: they may stand in files that only this process, a worker, has
 * opened. */
void model_copy_all(struct model *m);

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

/* Everything is copied. A function of no size is left out, and one of more than 32 bits of size,
 * for which readers would refuse the whole text. */
void model_func(struct model *m, const struct model_func *f);

/* Whether a function of that size starts there, or one of any size when size is 0: sources ask
 * before they do the work of one that a unit before has brought (a COMDAT). */
bool model_has_func(const struct model *m, uint64_t start, uint64_t size);

/* A symbol. Of several at one address the one of the least rank names it (compat: the first). */
struct model_public {
	uint64_t address;
	uint64_t size; /* 0: not known */
	uint32_t parameter_size;
	uint32_t name;
	uint32_t rank;
	bool synthetic; /* the start of a section: left out where anything starts */
};
void model_public(struct model *m, const struct model_public *p);

/*
 * What workers in other processes, which have the same files mapped, have found. model_send()
 * writes what was added since the last time, and keeps the numbers; model_receive() adds it, in the
 * order of the calls. The bytes must live as long as m and begin at a multiple of 8; what they hold
 * was written by processes of this run. Returns how many of them were read, 0 when they are none.
 */
void model_send(struct model *m, FILE *out);
size_t model_receive(struct model *m, struct slice bytes);

/* No more is added after it; what follows reads only. */
void model_finish(struct model *m);

/* A FUNC or a PUBLIC, by address. */
struct model_record {
	bool is_public;
	bool multiple;
	struct model_func func;     /* unless is_public; its lists are borrowed from the reader */
	struct model_public public; /* if is_public */
};

size_t model_n_records(const struct model *m);

/* Memory in which one function after the other is unpacked. Zeroed is empty, but for oom; NULL is
 * for those who need no lists. */
struct model_reader {
	struct buf lines, inlines, ranges;
	void (*oom)(size_t wanted);
};
void model_read(const struct model *m, size_t record, struct model_reader *r,
		struct model_record *result);
void model_reader_free(struct model_reader *r);

size_t model_n_files(const struct model *m);
size_t model_n_names(const struct model *m);
struct str model_file_path(const struct model *m, uint32_t file);
struct sym_name model_name_text(const struct model *m, uint32_t name);

#endif
