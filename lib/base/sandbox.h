#ifndef CRASH_BASE_SANDBOX_H
#define CRASH_BASE_SANDBOX_H

#include "base/diag.h"
#include "base/error.h"

/*
 * What a command gives up before it reads the first byte of an input, so that a flaw in a reader is
 * worth little to whoever made that input: all files but those that it was told about (Landlock),
 * programs, sockets, new executable memory and most of the kernel (seccomp). On Linux; elsewhere,
 * and in builds and runs that a sanitizer or valgrind watches, nothing happens.
 *
 * CRASH_SANDBOX=off in the environment does nothing, too; "require" makes it an error when the
 * system cannot do all of it; "strict" is "require", and whatever the filter does not know kills
 * the process, for tests.
 */
enum sandbox_use {
	SANDBOX_READ,  /* a file, or a folder with all that is below it */
	SANDBOX_WRITE, /* a folder in which files are read, made, replaced and removed; or a device
			*/
};

struct sandbox {
	bool on, require, strict;
	int files;       /* the rules about files; -1 without Landlock */
	uint64_t rights; /* that these rules are about: older kernels know fewer */
};

/* Nothing when wanted is false. sandbox_enter() must follow. */
void sandbox_begin(struct sandbox *s, bool wanted);

/* The path must exist to have an effect: a file that is made later needs its folder. Links on the
 * way to it are followed now; those found below it later lead only to what is allowed, too. */
void sandbox_allow(struct sandbox *s, const char *path, enum sandbox_use use);

/* The same of the folder that path is in. */
void sandbox_allow_folder(struct sandbox *s, const char *path, enum sandbox_use use);

/* From here on there is no way back; processes that are forked are as bound. False, with
 * ERROR_UNSUPPORTED, only when it is required and cannot be had. */
bool sandbox_enter(struct sandbox *s, struct diag *d, struct error *err);

#endif
