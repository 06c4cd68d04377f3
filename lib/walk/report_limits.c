#include "walk/report.h"

/* limits_hit: what a report lacks because there was too much of it. */

/* The key of the report that is not whole. */
static const char *const places[N_BOUNDS] = {
	[BOUND_CPU_SECONDS] = "threads",  [BOUND_DUMP_CV_BYTES] = "modules",
	[BOUND_DUMP_HANDLES] = "handles", [BOUND_DUMP_MODULES] = "modules",
	[BOUND_DUMP_REGIONS] = "memory",  [BOUND_DUMP_STREAMS] = "streams",
	[BOUND_DUMP_THREADS] = "threads", [BOUND_DUMP_UNLOADED] = "unloaded_modules",
	[BOUND_WALK_FRAMES] = "threads",  [BOUND_WALK_STEPS] = "threads",
};

static void put_limit(struct report *r, enum bound which, uint64_t limit, uint64_t seen,
		      const char *where)
{
	js_object(&r->js);
	js_key_u64(&r->js, "limit", limit);
	js_key_text(&r->js, "name", bounds_name(which));
	report_u64(r, "seen", seen != 0, seen);
	js_key_text(&r->js, "where", where);
	js_end(&r->js, '}');
}

/* Each thread whose stack lacks its middle. */
static void put_frames(struct report *r)
{
	char where[48];

	for (size_t i = 0; i < r->dump->threads.n; i++) {
		if (frames_omitted(&r->frames, i) == 0)
			continue;
		snprintf(where, sizeof(where), "threads[%zu]", i);
		put_limit(r, BOUND_WALK_FRAMES, 2 * r->s->half_frames, r->frames.threads[i].total,
			  where);
	}
}

void report_limits_hit(struct report *r)
{
	js_array(&r->js);
	for (unsigned i = 0; i < N_BOUNDS; i++) {
		if (i == BOUND_WALK_FRAMES)
			put_frames(r);
		else if (state_has_reached(r->s, (enum bound)i))
			put_limit(r, (enum bound)i, state_bound(r->s, (enum bound)i),
				  r->s->bounds == NULL ? 0 : r->s->bounds->seen[i], places[i]);
	}
	js_end(&r->js, ']');
}

bool report_has_limits_hit(const struct report *r)
{
	for (size_t i = 0; i < r->dump->threads.n; i++) {
		if (frames_omitted(&r->frames, i) != 0)
			return true;
	}
	for (unsigned i = 0; i < N_BOUNDS; i++) {
		if (state_has_reached(r->s, (enum bound)i))
			return true;
	}
	return false;
}
