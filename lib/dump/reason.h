#ifndef CRASH_DUMP_REASON_H
#define CRASH_DUMP_REASON_H

#include "base/arena.h"
#include "dump/md_thread.h"

/* Crash reason and address by OS and CPU, from tables. stackwalk.md 9; the names are those of
 * rust-minidump (minidump/src/minidump.rs, CrashReason), which Socorro searches by. */

/* "SIGSEGV / SEGV_MAPERR", "EXCEPTION_ACCESS_VIOLATION_READ", "unknown 0x00000001 / 0x00000002". In
 * the arena or static. */
struct str reason_text(const struct md_exception *e, const struct md_system *system,
		       struct arena *a);

/*
 * The address that the crash is about, cut to 32 bits on 32-bit CPUs. False when there is none: a
 * signal sent by a process (SI_USER, SI_TKILL, SI_QUEUE) has pid and uid where the address would
 * be. compat reports those as an address, as the peers do.
 */
bool reason_address(const struct md_exception *e, const struct md_system *system, bool compat,
		    uint64_t *address);

/* The name of a Windows error code, as in a thread's last_error_value. */
struct str reason_windows(uint32_t code, struct arena *a);

#endif
