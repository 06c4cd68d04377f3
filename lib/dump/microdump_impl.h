#ifndef CRASH_DUMP_MICRODUMP_IMPL_H
#define CRASH_DUMP_MICRODUMP_IMPL_H

#include "base/buf.h"
#include "dump/microdump.h"

/* What is put together from lines. */
struct microdump {
	struct dump *d;
	struct arena *a;
	struct diag *diag;
	struct cursor at; /* at the line that is read, for warnings */
	bool has_system, has_stack, stack_broken;
	struct buf stack, context, modules;
};

/* Takes what a line says, which begins with the tag; warns when that cannot be read. */
void microdump_line(struct microdump *r, struct str line);

#endif
