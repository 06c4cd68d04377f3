#ifndef CRASH_BASE_GZIP_H
#define CRASH_BASE_GZIP_H

#include <stdio.h>

#include "base/error.h"
#include "base/slice.h"

/* Whether bytes begin like a gzip file: RFC 1952, 2.3.1. */
bool gzip_is(struct slice bytes);

/*
 * Writes what a gzip file holds to out: all of its members. Zeros after the last one are ignored,
 * as gzip does. Errors: ERROR_INPUT when it is cut or damaged, ERROR_LIMIT over LIMIT_INFLATE_MIB
 * or LIMIT_INFLATE_RATIO, ERROR_SYSTEM when out cannot be written. What was written until then
 * stays.
 */
bool gzip_expand(struct slice in, const char *name, FILE *out, struct error *err);

#endif
