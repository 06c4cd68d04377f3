#ifndef CRASH_BIN_DW_PACKAGE_H
#define CRASH_BIN_DW_PACKAGE_H

#include "bin/dw.h"

/*
 * Packages of split units (.dwp): DWARF 5, 7.3.5, and version 2 of it, GNU's for DWARF 4
 * (gcc.gnu.org/wiki/DebugFissionDWP).
 */

/* The parts of whole (the sections of the package, all of them) that belong to the unit with that
 * id, by its section .debug_cu_index. False when it is not there. */
bool dw_package_find(struct slice index, const struct dw_sections *whole, uint64_t id,
		     struct dw_sections *found);

#endif
