#ifndef CRASH_WALK_TEXT_CRASHPAD_H
#define CRASH_WALK_TEXT_CRASHPAD_H

#include <stdio.h>

#include "dump/dump.h"

/* What Crashpad knows besides the crash, for the human report, in which rust-minidump has nothing
 * of it: ids and annotations, made printable. Nothing of a dump that is not Crashpad's. */
void text_crashpad(const struct dump *d, FILE *out, void (*oom)(size_t wanted));

#endif
