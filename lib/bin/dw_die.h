#ifndef CRASH_BIN_DW_DIE_H
#define CRASH_BIN_DW_DIE_H

#include "bin/dw_unit.h"

/*
 * Entries of a unit (DIEs) and the values of their attributes: DWARF 5, 2.2 and 7.5.
 */

/* Reads the attributes that follow at c. What is not asked for is stepped over. */
void dw_die_read(struct dw_die *d, const struct dw_unit *u, struct cursor *c,
		 const struct dw_abbrev *a);

/* Steps over the attributes that follow at c. */
void dw_die_skip(const struct dw_unit *u, struct cursor *c, const struct dw_abbrev *a);

/* The entry at an offset in the unit; false when there is none. */
bool dw_die_at(struct dw_die *d, const struct dw_unit *u, uint64_t offset);

/* The entry that an attribute refers to, in whatever unit; false when there is none. What was in to
 * is gone. */
bool dw_die_follow(struct dw *dw, const struct dw_die *from, enum dw_slot slot, struct dw_die *to);

/* The same place, but not read: its part and the offset there. */
bool dw_die_target(struct dw *dw, const struct dw_die *from, enum dw_slot slot,
		   struct dw_part **part, uint64_t *offset);

static inline bool dw_die_has(const struct dw_die *d, enum dw_slot slot)
{
	return (d->has & DW_HAS(slot)) != 0;
}

/* The value as text, borrowed from a section; empty when it has none. */
struct str dw_die_text(struct dw *dw, const struct dw_die *d, enum dw_slot slot);

/* The value as an address; false when it is none. */
bool dw_die_address(const struct dw_die *d, enum dw_slot slot, uint64_t *address);

/* The address with that index in .debug_addr. */
bool dw_address(const struct dw_unit *u, uint64_t index, uint64_t *address);

#endif
