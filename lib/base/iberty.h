#ifndef CRASH_BASE_IBERTY_H
#define CRASH_BASE_IBERTY_H

#include "base/buf.h"

/*
 * libiberty's demanglers of C++ (Itanium ABI), Rust and D, made safe for names that somebody else
 * chose: what comes out is bounded by LIMIT_NAME_BYTES, the stack by what there is of it, and names
 * that would take time without end are refused. Each appends what name stands for to out, or
 * returns false and appends nothing. name[n] is a nul.
 */

/* c++filt's spelling without the return type; without parameters when params is false. */
bool iberty_cxx(struct buf *out, const char *name, size_t n, bool params);

/* Legacy and v0, without the hash. */
bool iberty_rust(struct buf *out, const char *name, size_t n);

bool iberty_d(struct buf *out, const char *name, size_t n);

#endif
