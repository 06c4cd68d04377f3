#ifndef CRASH_BASE_NAMELESS_H
#define CRASH_BASE_NAMELESS_H

#include <stdbool.h>

/*
 * Files without a name, which get one when they are complete: nothing is left of one whose process
 * is killed or runs out of memory. Only Linux has them, on most of its file systems and where /proc
 * is, or for root; elsewhere the caller makes a temporary file with a name.
 */

/* A new file for reading and writing, on the file system of folder; -1 where that cannot be. */
int nameless_open(const char *folder);

/* Gives it a name, which nothing may have yet. errno says why not. */
bool nameless_link(int fd, const char *path);

#endif
