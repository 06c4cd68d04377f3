#ifndef CRASH_CRASH_SIG_WALK_H
#define CRASH_CRASH_SIG_WALK_H

#include "crash/sig_job.h"

/*
 * The walk over the frames of a job's result (siggen.md 5.9): from the first sentinel on, frames
 * are left out, added, or added as the last one, as the lists say. Sets the signature. thread is
 * the crashing thread's number, for the note when nothing was added.
 */
void sig_walk(struct sig_job *job, struct str thread);

#endif
