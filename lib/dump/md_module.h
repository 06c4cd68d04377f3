#ifndef CRASH_DUMP_MD_MODULE_H
#define CRASH_DUMP_MD_MODULE_H

#include "base/ranges.h"
#include "dump/md_system.h"

/* Loaded and unloaded modules and their identifiers. minidump.md 4.6, 4.7, 6. All text is UTF-8 in
 * the arena. */

struct md_module {
	uint64_t base;
	uint64_t size;        /* never 0; base + size <= 2^64 - 1 */
	struct str code_file; /* full path */
	bool has_debug_file;
	struct str debug_file; /* full path as recorded; may be empty though present */
	struct str debug_id; /* 33 or more hex digits: GUID upper case, age lower; empty if none */
	struct str code_id;  /* hex, lower case; empty if none */
	bool has_version;
	struct str version;   /* "1.2.3.4" */
	struct cursor record; /* MINIDUMP_MODULE */
	uint32_t index;       /* in the list of the dump, which may have entries that are bad */
};

struct md_unloaded {
	uint64_t base, size;
	struct str code_file; /* full path */
	struct str code_id;
	struct cursor record; /* MINIDUMP_UNLOADED_MODULE */
};

struct md_modules {
	bool readable;       /* there is a list, and it could be read */
	struct md_module *v; /* order of the dump */
	size_t n;
	struct ranges by_address; /* of items in v; overlapping ones left out (minidump.md 2) */
};

/* An absent or unreadable list is empty. A bad name or CodeView record costs that module; with
 * compat, all of them. */
void md_modules_read(struct md_modules *m, const struct md *md, const struct md_system *system,
		     struct arena *a, struct diag *d, bool compat);

enum { MD_NO_MODULE = -1 };

/* Index into v of the module that covers address, or MD_NO_MODULE. */
ptrdiff_t md_modules_find(const struct md_modules *m, uint64_t address);

/* The same of the module that was an entry of the dump's list, which may have been a bad one. */
ptrdiff_t md_modules_of_entry(const struct md_modules *m, uint32_t index);

struct md_unloaded_modules {
	bool readable;
	struct md_unloaded *v; /* order of the dump */
	size_t n;
};
void md_unloaded_read(struct md_unloaded_modules *m, const struct md *md, struct arena *a,
		      struct diag *d, bool compat);

#endif
