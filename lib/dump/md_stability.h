#ifndef CRASH_DUMP_MD_STABILITY_H
#define CRASH_DUMP_MD_STABILITY_H

#include "dump/md.h"

/* Chromium's stability report, a protobuf message: components/stability_report/
 * stability_report.proto; minidump.md 4.13. Only what rust-minidump knows of it. */

enum md_process_value {
	MD_PROCESS_ID, /* signed */
	MD_PROCESS_PRIVATE_USAGE,
	MD_PROCESS_PEAK_WORKINGSET,
	MD_PROCESS_PEAK_PAGEFILE,
	MD_PROCESS_ALLOCATION_ATTEMPT,
	MD_PROCESS_OPEN_FILES,
	MD_PROCESS_HANDLES,
	MD_SYSTEM_COMMIT_LIMIT,
	MD_SYSTEM_COMMIT_REMAINING,
	MD_SYSTEM_HANDLES,
	MD_STABILITY_VALUES,
};

/* Values by enum md_process_value; bit i of present: there is one. */
struct md_stability_state {
	uint64_t value[MD_STABILITY_VALUES];
	unsigned present;
};

struct md_stability {
	struct md_stability_state *processes;
	size_t n_processes;
	struct md_stability_state system;
};

/* False when there is no such stream or it is no message of that kind. Processes over
 * LIMIT_DUMP_PROCESS_STATES are left out. */
bool md_stability_read(struct md_stability *x, const struct md *md, struct arena *a);

#endif
