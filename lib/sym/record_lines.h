#ifndef CRASH_SYM_RECORD_LINES_H
#define CRASH_SYM_RECORD_LINES_H

#include <stddef.h>

#include "sym/record.h"

/*
 * Lines of one FUNC that have an end (record_has_end()), sorted by start, then size, without those
 * that begin inside the last one kept: what rust-minidump keeps of them. Returns how many are left.
 */
size_t record_lines_arrange(struct record_line *lines, size_t n, void (*oom)(size_t wanted));

/* The one of such lines that covers the address, or NULL. */
const struct record_line *record_line_at(const struct record_line *lines, size_t n,
					 uint64_t address);

#endif
