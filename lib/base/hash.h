#ifndef CRASH_BASE_HASH_H
#define CRASH_BASE_HASH_H

#include "base/slice.h"

/* Sums that name contents: FIPS 180-4. */
enum { HASH_SHA512_BYTES = 64 };

void hash_sha512(struct slice data, uint8_t digest[HASH_SHA512_BYTES]);

#endif
