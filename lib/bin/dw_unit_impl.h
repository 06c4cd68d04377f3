#ifndef CRASH_BIN_DW_UNIT_IMPL_H
#define CRASH_BIN_DW_UNIT_IMPL_H

#include "bin/dw_unit.h"

/* What the modules of dw_unit share: dw_part.c, dw_table.c. */

/* A unit's length, and how wide offsets are: DWARF 5, 7.4. */
uint64_t dw_length_read(struct cursor *c, uint8_t *offset_size);

/* A cursor over .debug_info. */
struct cursor dw_part_cursor(const struct dw_part *p);

/* The abbreviations of a unit, at an offset of .debug_abbrev; they are kept for others. NULL when
 * there are none, or too much was read again. */
const struct dw_abbrevs *dw_table_find(struct dw *dw, const struct dw_unit *u, uint64_t offset);

#endif
