#ifndef CRASH_DUMP_MICRODUMP_H
#define CRASH_DUMP_MICRODUMP_H

#include "dump/dump.h"

/*
 * Microdumps: one crashed thread as lines of text in a system log, which Breakpad's handler writes
 * on Android when nothing better can leave the device. minidump.md 8; Breakpad:
 * src/client/linux/microdump_writer/microdump_writer.cc, src/processor/microdump.cc.
 *
 * We read what Breakpad's reader does, and its writer's x86_64 and RISC-V too; stack lines that do
 * not follow each other end the stack instead of the process.
 */

/* Whether data, which is no minidump, holds the first line of a microdump. */
bool microdump_is(struct slice data);

/*
 * The first microdump of a log, as a struct dump: one thread that crashed, its stack, modules. It
 * has no streams, and no module is the main one. The result lives in a and borrows from data. Lines
 * that cannot be read are left out with a warning.
 *
 * Errors: ERROR_INPUT (no line says what the system is).
 */
bool microdump_read(struct dump *d, struct slice data, const char *file, struct arena *a,
		    struct diag *diag, struct error *err);

#endif
