#ifndef CRASH_WALK_REPORT_H
#define CRASH_WALK_REPORT_H

#include "base/js.h"
#include "walk/frames.h"

/*
 * Private to the JSON report (state_js.c, report*.c). Keys stand in the order of their bytes, as
 * rust-minidump's do, so that outputs can be compared as bytes; a reader doesn't care.
 */
struct report {
	struct js js;
	struct state *s;
	const struct dump *dump;
	const struct state_js_options *o;
	struct frames frames;
	unsigned digits;      /* of an address */
	struct arena scratch; /* for one frame */
	struct arena steps;   /* for a step of the walk */
};

/* A key, and its value or null. */
void report_hex(struct report *r, const char *key, bool present, uint64_t v);
void report_str(struct report *r, const char *key, bool present, struct str s);
void report_u64(struct report *r, const char *key, bool present, uint64_t v);

/* The values of crashing_thread, threads, modules and unloaded_modules. */
void report_crashing_thread(struct report *r);
void report_threads(struct report *r);
void report_modules(struct report *r);
void report_unloaded_modules(struct report *r);

/* The value of limits_hit, and whether there is one (report_limits.c). */
void report_limits_hit(struct report *r);
bool report_has_limits_hit(const struct report *r);

/* Those of what is only passed on (report_extra.c), each of which must be there. */
void report_boot_args(struct report *r);
void report_comment(struct report *r);
void report_handles(struct report *r);
void report_lsb_release(struct report *r);
void report_mac_crash_info(struct report *r);
void report_map_count(struct report *r);
void report_proc_limits(struct report *r);
void report_soft_errors(struct report *r);
void report_system_info(struct report *r);

/* Of crashpad_info and stability_report (report_crashpad.c). */
void report_crashpad(struct report *r);
void report_stability(struct report *r);

#endif
