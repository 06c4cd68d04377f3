#ifndef CRASH_CRASH_SIG_ANNOTATIONS_H
#define CRASH_CRASH_SIG_ANNOTATIONS_H

#include "crash/sig_job.h"

/*
 * What the crashed program said of itself, in its signature: rules 2 to 6, 8, 9 and 11 of Socorro
 * (siggen.md 7). Each leaves the signature alone when its annotation is not there, and is false,
 * with sig_fail(), for data of the wrong type.
 */
bool sig_stackwalker_error(struct sig_job *job);
bool sig_bad_hardware(struct sig_job *job);
bool sig_out_of_memory(struct sig_job *job);
bool sig_abort(struct sig_job *job);
bool sig_shutdown_timeout(struct sig_job *job); /* sig_shutdown.c */
bool sig_ipc_error(struct sig_job *job);
bool sig_ipc_message(struct sig_job *job);
bool sig_hang(struct sig_job *job);

#endif
