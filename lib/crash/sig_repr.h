#ifndef CRASH_CRASH_SIG_REPR_H
#define CRASH_CRASH_SIG_REPR_H

#include "base/buf.h"
#include "base/js_in.h"

/*
 * A list or an object as Python's repr() writes it: "['a', 1, None]", "{'a': True}". No recursion,
 * and linear in the length. Equal keys of one object are all written, where Python keeps one;
 * beyond ASCII only the characters that matter to a reader are escaped.
 */
struct str sig_repr(struct js_value v, struct arena *a);

/* Appends a text as repr() writes it, in quotes. */
void sig_repr_text(struct buf *b, struct str s);

#endif
