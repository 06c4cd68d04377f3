#ifndef CRASH_CRASH_SIG_VALUE_H
#define CRASH_CRASH_SIG_VALUE_H

#include "base/js_in.h"

/*
 * JSON values as the Python of Socorro's rules sees them, since that is what its signatures are
 * made of (siggen.md 8): what counts as true, what a number is, how it is written.
 */

/* Missing, null, false, 0, 0.0, "", [] and {} are not true. */
bool sig_value_true(struct js_value v);

/* str(): text as it is, True, False, None, integers of any size, floats as repr() writes them.
 * Lists and objects are written as sig_repr() does. A missing value is None. */
struct str sig_value_text(struct js_value v, struct arena *a);

/* int(): what came of it. */
enum sig_int {
	SIG_INT_OK,
	SIG_INT_TYPE,     /* null, a list, an object, missing: TypeError */
	SIG_INT_VALUE,    /* text that is no number, NaN: ValueError */
	SIG_INT_INFINITE, /* OverflowError */
};

/* What doesn't fit becomes the nearest that does. */
enum sig_int sig_value_int(struct js_value v, int64_t *out, struct arena *a);

/* An offset in hexadecimal, of any length and with an optional sign and "0x", as "0x" and digits
 * without zeros in front, or as it stands when it is no such text. */
struct str sig_value_offset(struct js_value v, struct arena *a);

#endif
