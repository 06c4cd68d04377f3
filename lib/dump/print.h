#ifndef CRASH_DUMP_PRINT_H
#define CRASH_DUMP_PRINT_H

#include "dump/md.h"

struct dump_print_options {
	bool brief;  /* no contents of memory */
	bool compat; /* exactly as rust-minidump, with what it prints wrong or leaves out */
};

/*
 * Prints every stream of a minidump field by field, in the layout of minidump-stackwalk --dump
 * (rust-minidump: minidump-stackwalk/src/main.rs, print_minidump_dump, and the print functions of
 * minidump/src/minidump.rs). What is absent or cannot be read is left out. By default text is made
 * printable; with compat it is as it stands in the dump.
 *
 * Work and output are bounded by a few times the size of the dump: contents that more than one
 * record claims are printed only so many times, then "(left out)".
 */
void dump_print(const struct md *md, const struct dump_print_options *o, struct arena *a,
		struct diag *d, FILE *out);

#endif
