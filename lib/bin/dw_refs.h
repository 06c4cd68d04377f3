#ifndef CRASH_BIN_DW_REFS_H
#define CRASH_BIN_DW_REFS_H

#include "base/slice.h"

/*
 * Whether what is read of an entry never leads to another unit, by all the tables of .debug_abbrev:
 * then a unit is needed no more when it was fed. Compilers of C and C++ write such units, but for
 * link-time optimization and type units.
 */
bool dw_refs_stay(struct slice abbrev);

#endif
