#ifndef CRASH_BASE_XZ_H
#define CRASH_BASE_XZ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

/*
 * One stream of the .xz format 1.1 that stands whole in memory. liblzma's own reader of streams
 * would do, but brings what prepares CRC-64 at the start of every command that is linked with it: a
 * twenty-fifth of the time of a short run, where the processor is a virtual one. So its decoders
 * are used, and the few bytes around them are read here.
 */

/* What the index at its end says about the size of its contents. */
bool xz_size(struct slice in, uint64_t *size);

/* The contents, which are n bytes. False when the data is damaged or cut, by the sums CRC-32 and
 * CRC-64, too. */
bool xz_read(struct slice in, uint8_t *out, size_t n);

#endif
