#include "base/bounds.h"

#include <string.h>
#include <sys/resource.h>

#include "base/limits.h"
#include "base/slice.h"
#include "base/tool.h"

/* In the order of enum bound. */
static const struct {
	const char *name;
	uint64_t value, least; /* the default, and what cannot be gone below */
} rows[N_BOUNDS] = {
	[BOUND_CPU_SECONDS] = { "cpu_seconds", LIMIT_CPU_SECONDS, 1 },
	[BOUND_DUMP_CV_BYTES] = { "dump_cv_bytes", LIMIT_DUMP_CV_BYTES, 1 },
	[BOUND_DUMP_HANDLES] = { "dump_handles", LIMIT_DUMP_HANDLES, 1 },
	[BOUND_DUMP_MODULES] = { "dump_modules", LIMIT_DUMP_MODULES, 1 },
	[BOUND_DUMP_REGIONS] = { "dump_regions", LIMIT_DUMP_REGIONS, 1 },
	[BOUND_DUMP_SIZE] = { "dump_size", BOUND_UNSET, 1 },
	[BOUND_DUMP_STREAMS] = { "dump_streams", LIMIT_DUMP_STREAMS, 1 },
	[BOUND_DUMP_THREADS] = { "dump_threads", LIMIT_DUMP_THREADS, 1 },
	[BOUND_DUMP_UNLOADED] = { "dump_unloaded", LIMIT_DUMP_MODULES, 1 },
	[BOUND_MEMORY] = { "memory", BOUND_UNSET, 1048576 },
	[BOUND_WALK_FRAMES] = { "walk_frames_thread", LIMIT_WALK_FRAMES_THREAD, 2 },
	[BOUND_WALK_STEPS] = { "walk_steps_dump", BOUND_UNSET, 1 },
};

struct bounds bounds_make(void)
{
	struct bounds b = { 0 };

	for (size_t i = 0; i < N_BOUNDS; i++)
		b.value[i] = rows[i].value;
	return b;
}

static bool unknown(const char *text, struct error *err)
{
	char names[256];
	size_t n = 0;

	for (size_t i = 0; i < N_BOUNDS && n < sizeof(names); i++)
		n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s", i == 0 ? "" : ", ",
				      rows[i].name);
	return error_set(err, ERROR_INPUT, "--limit %s: not NAME=VALUE with a NAME of %s", text,
			 names);
}

bool bounds_set(struct bounds *b, const char *text, struct error *err)
{
	struct str name = str_first(str_of(text), str_find_char(str_of(text), '='));
	size_t i = 0;

	while (i < N_BOUNDS && !str_eq(name, str_of(rows[i].name)))
		i++;
	if (i == N_BOUNDS || text[name.n] == '\0')
		return unknown(text, err);
	if (!tool_size(text + name.n + 1, &b->value[i]) || b->value[i] < rows[i].least)
		return error_set(err, ERROR_INPUT, "--limit %s: not a number of at least %d", text,
				 (int)rows[i].least);
	return true;
}

const char *bounds_name(enum bound which)
{
	return rows[which].name;
}

uint64_t bounds_value(const struct bounds *b, enum bound which)
{
	return b == NULL ? rows[which].value : b->value[which];
}

uint64_t bounds_keep(struct bounds *b, enum bound which, uint64_t n)
{
	uint64_t most = bounds_value(b, which);

	if (n <= most)
		return n;
	bounds_reach(b, which);
	if (b != NULL && b->seen[which] < n)
		b->seen[which] = n;
	return most;
}

void bounds_reach(struct bounds *b, enum bound which)
{
	if (b != NULL)
		b->hit[which] = true;
}

bool bounds_of_memory(const struct bounds *b)
{
	uint64_t most = b->value[BOUND_MEMORY];

	return most == BOUND_UNSET || setrlimit(RLIMIT_DATA, &(struct rlimit){ most, most }) == 0;
}
