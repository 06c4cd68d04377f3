#ifndef CRASH_BASE_OPERANDS_H
#define CRASH_BASE_OPERANDS_H

#include "base/arena.h"
#include "base/error.h"

/* The lines of standard input as names of files, but for empty ones: operands of a command, by its
 * --stream. All live in a. Errors as of file_open(). */
bool operands_read(const char *const **names, size_t *n, struct arena *a, struct error *err);

#endif
