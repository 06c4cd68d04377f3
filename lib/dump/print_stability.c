#include <inttypes.h>

#include "dump/md_stability.h"
#include "dump/print_impl.h"

/* Names of the values; those of files stand without their process in the peer's report. */
static const struct value_name {
	enum md_process_value value;
	bool bare;
	const char *name;
} process_names[] = {
	{ MD_PROCESS_ID, false, "process_id" },
	{ MD_PROCESS_PRIVATE_USAGE, false, "memory_state.process_private_usage" },
	{ MD_PROCESS_PEAK_WORKINGSET, false, "memory_state.process_peak_workingset_size" },
	{ MD_PROCESS_PEAK_PAGEFILE, false, "memory_state.process_peak_pagefile_usage" },
	{ MD_PROCESS_ALLOCATION_ATTEMPT, false, "memory_state.process_allocation_attempt" },
	{ MD_PROCESS_OPEN_FILES, true,
	  "file_system_state.posix_file_system_state.open_file_descriptors" },
	{ MD_PROCESS_HANDLES, true,
	  "file_system_state.windows_file_system_state.process_handle_count" },
};
static const struct value_name system_names[] = {
	{ MD_SYSTEM_COMMIT_LIMIT, true, "system_memory_state.windows_memory.system_commit_limit" },
	{ MD_SYSTEM_COMMIT_REMAINING, true,
	  "system_memory_state.windows_memory.system_commit_remaining" },
	{ MD_SYSTEM_HANDLES, true, "system_memory_state.windows_memory.system_handle_count" },
};

static void print_state(struct printer *p, const char *prefix, const struct value_name *names,
			size_t n, const struct md_stability_state *s)
{
	for (size_t i = 0; i < n; i++) {
		const struct value_name *v = &names[i];

		if ((s->present >> v->value & 1) == 0)
			continue;
		fprintf(p->out, "  %s%s = %" PRId64 "\n", v->bare && p->compat ? "" : prefix,
			v->name, (int64_t)s->value[v->value]);
	}
}

void print_stability(struct printer *p)
{
	struct md_stability x;
	char prefix[40];

	if (!md_stability_read(&x, p->md, p->a))
		return;
	fputs("StabilityReport\n", p->out);
	for (size_t i = 0; i < x.n_processes; i++) {
		snprintf(prefix, sizeof(prefix), "process_state[%zu].", i);
		print_state(p, prefix, process_names, COUNT(process_names), &x.processes[i]);
	}
	print_state(p, "", system_names, COUNT(system_names), &x.system);
	if (!p->compat)
		putc('\n', p->out);
}
