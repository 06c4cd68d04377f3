#ifndef CRASH_CRASH_SIG_C_H
#define CRASH_CRASH_SIG_C_H

#include "crash/sig_job.h"

/*
 * The signature of a native stack: the crashing thread's frames as texts (siggen.md 5.2, 5.3), then
 * the walk over them with the lists (5.9). Sets frames and signature of the job's result. False,
 * with sig_fail(), for data of the wrong type; nothing is set then.
 */
bool sig_c(struct sig_job *job);

/* The crashing thread, JS_NONE when there is none. False, with sig_fail(), for a number of a thread
 * that is infinite. */
bool sig_c_crashing_thread(struct sig_job *job, struct js_value *thread);

#endif
