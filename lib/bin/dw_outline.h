#ifndef CRASH_BIN_DW_OUTLINE_H
#define CRASH_BIN_DW_OUTLINE_H

#include "bin/dw_unit.h"

/*
 * What is where in a unit, found in one walk over its entries: those that hold others, for
 * qualified names, and those that may have code. All others, nearly all there are, are skipped by
 * the sizes of their attributes.
 */

/* What contains others, by address in its unit. */
struct dw_scope {
	uint32_t start,
		end;     /* offsets in the unit, of the entry and of what follows its children */
	uint32_t parent; /* index, or DW_NO_SCOPE */
	uint32_t level;  /* entries around what it holds */
};
#define DW_NO_SCOPE UINT32_MAX

/* A function or an inlined call. Functions without code are there only inside others. */
struct dw_spot {
	uint32_t offset; /* of the entry in its unit */
	uint32_t depth;  /* entries around it */
	uint32_t least;  /* the least depth there was since the spot before */
	bool function;
};

struct dw_outline {
	uint32_t serial;    /* of the part; 0: empty */
	uint64_t offset;    /* of the unit */
	struct buf scopes;  /* of struct dw_scope, by start */
	struct buf spots;   /* of struct dw_spot, by offset */
	struct cursor stop; /* where the walk ended; failed where an entry is damaged */
};

/* Replaces what is in o, whose memory is used again. Nothing is found in units over INT32_MAX
 * bytes: the cursor has failed. */
void dw_outline_read(struct dw_outline *o, const struct dw_unit *u);
void dw_outline_free(struct dw_outline *o);

static inline bool dw_outline_is_of(const struct dw_outline *o, const struct dw_unit *u)
{
	return o->serial == u->part->serial && o->offset == u->offset;
}

#endif
