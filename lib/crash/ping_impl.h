#ifndef CRASH_CRASH_PING_IMPL_H
#define CRASH_CRASH_PING_IMPL_H

#include "crash/ping.h"

/* A value as it stands in its document, on one line. */
void ping_put_value(struct buf *b, struct js_value v);

/* A Java exception of a Glean ping, in either of its versions, as crash data has it: siggen.md 3
 * and 14.2. */
void ping_put_java(struct buf *b, struct js_value java);

#endif
