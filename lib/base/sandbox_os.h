#ifndef CRASH_BASE_SANDBOX_OS_H
#define CRASH_BASE_SANDBOX_OS_H

#include "base/sandbox.h"

/* What sandbox.c needs of the system. Where there is nothing of the kind, these do nothing and
 * return false. */

/* Fills files and rights. */
void sandbox_os_begin(struct sandbox *s);
void sandbox_os_allow(const struct sandbox *s, const char *path, enum sandbox_use use);

/* Whether only the files allowed can be opened from now on, and closes the rules. */
bool sandbox_os_files(struct sandbox *s);

/* Whether only the system calls of the list can be made from now on. */
bool sandbox_os_calls(const struct sandbox *s);

#endif
