#ifndef CRASH_BIN_DW_ABBREV_H
#define CRASH_BIN_DW_ABBREV_H

#include "base/buf.h"
#include "base/cursor.h"
#include "bin/dw_form.h"

/*
 * Abbreviation tables: DWARF 5, 7.5.3. They are compiled for one encoding: attributes that nobody
 * asks for become runs of bytes to skip, so that an entry of no interest costs one addition or two.
 */

/* Attributes that are asked for. */
enum dw_slot {
	DW_SLOT_NONE,
	DW_SLOT_SIBLING,
	DW_SLOT_NAME,
	DW_SLOT_LINKAGE_NAME,
	DW_SLOT_LOW_PC,
	DW_SLOT_HIGH_PC,
	DW_SLOT_RANGES,
	DW_SLOT_ORIGIN,
	DW_SLOT_SPECIFICATION,
	DW_SLOT_DECLARATION,
	DW_SLOT_SIGNATURE,
	DW_SLOT_CALL_FILE,
	DW_SLOT_CALL_LINE,
	/* of units */
	DW_SLOT_STMT_LIST,
	DW_SLOT_LANGUAGE,
	DW_SLOT_COMP_DIR,
	DW_SLOT_PRODUCER,
	DW_SLOT_STR_OFFSETS_BASE,
	DW_SLOT_ADDR_BASE,
	DW_SLOT_RNGLISTS_BASE,
	DW_SLOT_GNU_RANGES_BASE,
	DW_SLOT_DWO_NAME,
	DW_SLOT_DWO_ID,
	DW_N_SLOTS,
};

#define DW_HAS(slot) (UINT32_C(1) << (slot))

enum dw_kind {
	DW_KIND_OTHER, /* may hold functions */
	DW_KIND_LEAF,  /* what it holds is never of interest */
	DW_KIND_UNIT,
	DW_KIND_SCOPE, /* its name is part of the names of what it holds */
	DW_KIND_FUNCTION,
	DW_KIND_INLINED,
};

struct dw_step {
	uint8_t shape; /* enum dw_shape */
	uint8_t slot;
	uint8_t class;
	uint8_t size;   /* of a number that is asked for, or in front of a block */
	uint64_t value; /* of DW_SHAPE_CONSTANT; else bytes or numbers of this kind in a row */
};

/* How a walk over a unit gets past an entry. */
enum dw_pass {
	DW_PASS_LOOK, /* it is of interest, or its size is not known beforehand */
	DW_PASS_SIZE,
	DW_PASS_SIBLING, /* it is closed, and DW_AT_sibling is where sibling_at says */
};

struct dw_abbrev {
	uint32_t code;
	uint32_t has; /* DW_HAS() of the attributes asked for */
	uint32_t first_step, n_steps;
	uint32_t size; /* bytes of all attributes; DW_NO_SIZE when they vary */
	uint16_t tag;
	uint16_t sibling_at; /* bytes of the attributes before DW_AT_sibling, 32 bits wide */
	uint8_t kind;        /* enum dw_kind */
	uint8_t pass;        /* enum dw_pass */
	bool children;
	bool closed;   /* its children are of no interest, and DW_AT_sibling follows them */
	bool holds;    /* others that are of interest */
	bool has_code; /* an inlined call, or a function with code */
};

enum { DW_NO_SIZE = INT32_MAX };

struct dw_abbrevs {
	struct buf abbrevs, steps; /* of struct dw_abbrev, in the order of codes; dw_step */
	bool dense;                /* codes are 1, 2, 3 ... */
	struct dw_encoding encoding;
};

/* Reads the table where c stands. What was in t is gone, its memory is used again. A damaged table
 * ends where the damage is. Returns whether there was none. */
bool dw_abbrevs_read(struct dw_abbrevs *t, struct cursor *c, struct dw_encoding e,
		     void (*oom)(size_t wanted));

/* For codes that dw_abbrevs_find() does not find at once. */
const struct dw_abbrev *dw_abbrevs_search(const struct dw_abbrevs *t, uint64_t code);

/* NULL when there is none. */
static inline const struct dw_abbrev *dw_abbrevs_find(const struct dw_abbrevs *t, uint64_t code)
{
	const struct dw_abbrev *v = (const void *)t->abbrevs.p;

	if (t->dense && code - 1 < t->abbrevs.n / sizeof(*v))
		return &v[code - 1];
	return dw_abbrevs_search(t, code);
}

static inline const struct dw_step *dw_abbrev_steps(const struct dw_abbrevs *t,
						    const struct dw_abbrev *a)
{
	return (const struct dw_step *)(const void *)t->steps.p + a->first_step;
}

#endif
