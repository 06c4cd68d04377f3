#ifndef CRASH_DUMP_DUMP_H
#define CRASH_DUMP_DUMP_H

#include "dump/md_crashpad.h"
#include "dump/md_extra.h"
#include "dump/md_memory.h"
#include "dump/md_module.h"
#include "dump/md_stability.h"
#include "dump/md_system.h"
#include "dump/md_thread.h"

/* Graphics: only microdumps know it. */
struct md_gpu {
	struct str version, vendor, renderer;
};

/* A whole minidump as data: every stream that reports need, read once. */
struct dump {
	bool is_microdump; /* microdump.h: no streams, no main module */
	struct md_gpu gpu;
	struct md md;
	struct md_system system;
	struct md_process process;
	struct md_linux linux_info;
	struct md_threads threads;
	struct md_exception exception;
	struct md_modules modules;
	struct md_unloaded_modules unloaded;
	struct md_memory memory;
	struct md_mappings mappings;
	struct md_extra extra;
	/* What rust-minidump shows in its dump form only; never read for it. */
	bool has_crashpad, has_stability;
	struct md_crashpad crashpad;
	struct md_stability stability;
};

/*
 * Reads all of it. Only header, directory, ThreadList and SystemInfo are required; everything else
 * that is absent or damaged is empty, with a warning. compat follows rust-minidump where it is
 * wrong (the [FLAW] items of minidump.md). The result lives in a and borrows from data. On failure
 * *verdict is the peer's word for it.
 *
 * Errors: ERROR_INPUT, ERROR_UNSUPPORTED.
 */
bool dump_read(struct dump *d, struct slice data, const char *file, struct arena *a,
	       struct diag *diag, bool compat, enum md_verdict *verdict, struct error *err);

#endif
