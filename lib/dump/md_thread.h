#ifndef CRASH_DUMP_MD_THREAD_H
#define CRASH_DUMP_MD_THREAD_H

#include "dump/md_memory.h"
#include "dump/md_system.h"

/* Threads, their names, and the exception. minidump.md 4.3, 4.4. */

struct md_thread {
	uint32_t id;
	uint64_t teb;
	uint64_t stack_start;
	struct slice stack;    /* the thread's own stack memory; empty when it has none usable */
	struct cursor context; /* CONTEXT record; failed when it lies outside the file */
	bool has_name;
	struct str name; /* UTF-8 */
};

struct md_threads {
	struct md_thread *v; /* order of the dump; ids may repeat */
	size_t n;     /* those beyond BOUND_DUMP_THREADS are left out, but not the crashing one */
	size_t n_all; /* in the dump */
};

/* False when there is no readable ThreadList stream. */
bool md_threads_read(struct md_threads *t, const struct md *md, struct arena *a, struct diag *d);

struct md_thread_name {
	uint32_t id;
	struct str text; /* UTF-8 */
};

/* The readable names, by thread id; of several for one id the last. False when there is no readable
 * ThreadNames stream: there are none then. */
bool md_thread_names_read(struct md_thread_name **names, size_t *n_names, const struct md *md,
			  struct arena *a, struct diag *d);

enum { MD_EXCEPTION_PARAMETERS = 15 };

struct md_exception {
	bool present;
	uint32_t thread_id;
	uint32_t code, flags;
	uint64_t address;
	uint32_t n_parameters; /* at most MD_EXCEPTION_PARAMETERS */
	uint64_t parameters[MD_EXCEPTION_PARAMETERS];
	struct cursor context; /* failed when it lies outside the file */
};
void md_exception_read(struct md_exception *e, const struct md *md);

#endif
