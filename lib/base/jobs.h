#ifndef CRASH_BASE_JOBS_H
#define CRASH_BASE_JOBS_H

#include <stdio.h>

#include "base/diag.h"

/*
 * One job: writes its result to out and returns an exit code (error.h). It runs in a forked worker
 * when there is more than one, so what it changes in memory is lost, and a crash or an exit() of
 * one costs that input only.
 */
typedef int (*jobs_fn)(size_t index, FILE *out, struct diag *d, void *context);

/*
 * Runs jobs 0..n-1 in up to workers processes (0: one for each CPU, at most LIMIT_WORKERS; 1: in
 * this process, no fork) and writes their results to out in the order of the index, whatever order
 * they end in. A worker that dies is reported as that input's failure ("tool: job: killed by signal
 * N", name(i, context) being the input's name), counts as EXIT_TROUBLE, and is replaced; jobs it
 * had finished keep their results. Standard error of the workers is the caller's. Returns the
 * highest exit code.
 */
int jobs_run(size_t n, unsigned workers, jobs_fn run, const char *(*name)(size_t, void *),
	     void *context, FILE *out, struct diag *d);

#endif
