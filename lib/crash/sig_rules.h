#ifndef CRASH_CRASH_SIG_RULES_H
#define CRASH_CRASH_SIG_RULES_H

#include "crash/sig_job.h"

/* The signature algorithm: Socorro's, with the date of the version that it follows. */
#define SIG_ALGORITHM "socorro-20260821"

/*
 * Runs the rules over a crash, in order, each on the signature that those before it left. A rule
 * that meets data of the wrong type is undone and leaves the note "RULE: Rule failed: why". The job
 * has crash, lists, both arenas and debug; its result is filled.
 */
void sig_rules(struct sig_job *job);

#endif
