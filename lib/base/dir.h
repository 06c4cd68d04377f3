#ifndef CRASH_BASE_DIR_H
#define CRASH_BASE_DIR_H

#include "base/arena.h"
#include "base/diag.h"

/*
 * Visits all regular files below path, sorted by the bytes of their names, or path itself when it
 * is no folder. Symbolic links below it are not followed, so that there are no circles. The paths
 * live in a. What cannot be read is reported, as trouble if a retry may read it; returns an
 * exit code.
 */
int dir_walk(const char *path, struct arena *a, struct diag *d,
	     void (*visit)(void *context, const char *path), void *context);

/*
 * The same for trees that may be a whole system's: other file systems mounted in it (/proc, /sys)
 * are left out, and folders that are not for us without a word. False when there are more files
 * than most: the rest are not visited.
 */
bool dir_walk_most(const char *path, size_t most, struct arena *a, struct diag *d,
		   void (*visit)(void *context, const char *path), void *context);

#endif
