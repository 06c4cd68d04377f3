#ifndef CRASH_DUMP_MD_EXTRA_H
#define CRASH_DUMP_MD_EXTRA_H

#include "dump/md.h"

/* Streams that the reports only pass on: handles, macOS crash info and boot arguments, process
 * limits, soft errors, the assertion. minidump.md 4.8, 4.9, 4.11. All text is UTF-8 in the arena.
 */

struct md_handle {
	uint64_t handle;
	bool has_type, has_object;
	struct str type, object;
};

struct md_limit {
	struct str name, unit;
	bool soft_unlimited, hard_unlimited;
	uint64_t soft, hard;
};

/* Fields of a macOS crash info record; a number 0 or an empty text is absent. */
struct md_mac_record {
	uint64_t version, thread, dialog_mode, abort_cause;
	struct str module, message, signature, backtrace, message2;
};

struct md_extra {
	bool has_handles, has_limits, has_mac_records, has_boot_args, has_soft_errors,
		has_assertion, has_comment;
	struct md_handle *handles;
	size_t n_handles;
	struct md_limit *limits; /* order of the file, a repeated name at its last place */
	size_t n_limits;
	struct md_mac_record *mac_records;
	size_t n_mac_records;
	struct str boot_args;
	struct str soft_errors; /* JSON as it is in the dump, known to be valid */
	struct str comment; /* what the writer had to say: the wide stream, else the narrow one */
	struct str assertion_expression, assertion_function, assertion_file;
	uint32_t assertion_line, assertion_type;
};
void md_extra_read(struct md_extra *x, const struct md *md, struct arena *a, struct diag *d);

#endif
