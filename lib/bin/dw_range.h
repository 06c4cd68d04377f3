#ifndef CRASH_BIN_DW_RANGE_H
#define CRASH_BIN_DW_RANGE_H

#include "bin/dw_die.h"

/*
 * Where the code of an entry is: DW_AT_ranges in .debug_ranges (DWARF 4, 2.17.3) or .debug_rnglists
 * (DWARF 5, 2.17.3 and 7.25), else DW_AT_low_pc and DW_AT_high_pc.
 */

/* Appends struct model_range, module-relative, in the order of the list. Left out: what is empty,
 * reversed, before the module, and what linkers make of code that they throw away (0 but in
 * relocatable files, and the two greatest addresses). */
void dw_ranges(struct dw *dw, const struct dw_die *d, struct buf *to);

#endif
