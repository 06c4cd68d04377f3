#ifndef CRASH_SYM_OUTLINE_H
#define CRASH_SYM_OUTLINE_H

#include "base/buf.h"
#include "sym/record.h"

/*
 * Where the records of a .sym stand that others belong to, and which of them count: of FUNCs, STACK
 * CFI INITs and STACK WINs that overlap, of numbers and addresses that were given twice, those that
 * rust-minidump uses. For what needs a .sym in another order than its own.
 */
struct outline_item {
	uint64_t start; /* its address; the number of a FILE or INLINE_ORIGIN */
	uint64_t size;  /* 0 for what has none; of STACK WIN, not cut by others */
	uint64_t at;    /* offset in the text */
	enum record_kind kind;
	unsigned type; /* of STACK WIN */
	bool multiple; /* a PUBLIC that stands for several; a STACK WIN that nobody uses */
};

enum { OUTLINE_NONE = -1 };

struct outline {
	int64_t module_at; /* offset of the first MODULE, or OUTLINE_NONE */
	/* struct outline_item. The first three in the order of the file, the others too, until
	 * outline_sort(). */
	struct buf infos, files, origins;
	struct buf body;    /* FUNC, PUBLIC */
	struct buf stack;   /* STACK CFI INIT, STACK WIN */
	struct buf orphans; /* struct record_line, sorted: line records without a FUNC */
	bool old_inlines;   /* there are INLINEs of the old form */
	bool lacks_file;    /* or with the call file -1 */
	uint64_t next_file; /* a number above those of all FILEs */
};

/* Reads text once. outline_free() ends it. */
void outline_make(struct outline *o, struct str text, bool mapped, void (*oom)(size_t wanted));
void outline_free(struct outline *o);

/* By number, by address; STACK WIN behind STACK CFI INIT, by type. STACK WINs become what
 * rust-minidump makes of them: one that another begins inside ends there. */
void outline_sort(struct outline *o);

static inline size_t outline_count(const struct buf *items)
{
	return items->n / sizeof(struct outline_item);
}

static inline struct outline_item *outline_items(const struct buf *items)
{
	return (struct outline_item *)(void *)items->p;
}

#endif
