#ifndef CRASH_BIN_FLATTEN_H
#define CRASH_BIN_FLATTEN_H

#include "base/buf.h"
#include "sym/model.h"

/*
 * From rows of a line table, which say the innermost place of each byte, and the ranges of inlined
 * calls to what a .sym has of a function: line records and INLINE records that agree with each
 * other. dump-sym-parse.md 5.4.
 */
struct flat_row {
	uint64_t start, size; /* sorted, none overlaps another */
	uint32_t file;        /* of model_file(), or MODEL_NO_FILE */
	uint32_t line;
};

/* One range of an inlined call. */
struct flat_call {
	uint64_t start, size;
	uint32_t depth; /* enclosing inlined calls */
	uint32_t call_file, call_line;
	uint32_t origin; /* of model_name() */
};

/* Memory that one function after the other uses. */
struct flatten {
	struct buf lines, inlines, ranges; /* the result: of struct model_line ... */
	struct buf calls;                  /* as given, sorted */
	struct buf again;                  /* pieces of calls that are still to be placed */
	size_t tries;                      /* how many more of them */
	struct buf nested;                 /* what became of them: each inside its parent */
	struct buf open;                   /* indexes of the nested ones around an address */
	struct buf parts;                  /* their bytes */
	void (*oom)(size_t wanted);
};
void flatten_init(struct flatten *f, void (*oom)(size_t wanted));
void flatten_free(struct flatten *f);

struct flatten_options {
	bool inlines; /* else rows of inlined code count as the place of the outermost call */
	bool compat;  /* holes in the table belong to the row before; a row that begins before the
			 function is dropped, not cut */
};

/* Sets lines and inlines of func, whose start and size are set, from rows and calls in any order.
 * They are borrowed from f until the next call. */
void flatten_func(struct flatten *f, const struct flatten_options *o, const struct flat_row *rows,
		  size_t n_rows, const struct flat_call *calls, size_t n_calls,
		  struct model_func *func);

#endif
