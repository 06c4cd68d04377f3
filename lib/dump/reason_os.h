#ifndef CRASH_DUMP_REASON_OS_H
#define CRASH_DUMP_REASON_OS_H

#include "dump/reason.h"

/* The parts of reason_text(), one a family of systems. A str without text: not known. */
struct str reason_of_linux(const struct md_exception *e, struct arena *a);
struct str reason_of_mac(const struct md_exception *e, enum cpu_kind cpu, struct arena *a);
struct str reason_of_windows(const struct md_exception *e, struct arena *a);

/* The address that was accessed if the exception is about one, else that of the instruction. */
uint64_t address_of_windows(const struct md_exception *e);

#endif
