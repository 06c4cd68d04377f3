#ifndef CRASH_SYM_CACHE_H
#define CRASH_SYM_CACHE_H

#include "base/arena.h"

/*
 * The size of a cache folder (symx_load.h). Its files are made anew when they are missing, and one
 * that is removed stays readable for those who have it open: so whoever adds to it trims it,
 * without a lock, and any number of processes may.
 */

/* Says, for cache_trim(), that a file of the cache was used; once an hour is enough. */
void cache_mark_used(const char *path);

/*
 * If the files of the cache have more than limit bytes, removes those that were not used for the
 * longest time until nine tenths of it are left, and in any case temporary files that a killed
 * process left a day ago. Only what has a name as in a cache is looked at: the folder is an
 * operand, and may hold anything. A limit of 0 is none.
 */
void cache_trim(const char *folder, uint64_t limit, struct arena *a);

#endif
