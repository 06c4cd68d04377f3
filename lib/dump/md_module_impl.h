#ifndef CRASH_DUMP_MD_MODULE_IMPL_H
#define CRASH_DUMP_MD_MODULE_IMPL_H

#include "dump/md_module.h"

/* MINIDUMP_MODULE as it is in the file. */
struct md_module_record {
	uint64_t base;
	uint32_t size, timestamp, name_rva;
	uint32_t version_signature, version_struct, version[4];
	uint32_t cv_size;
	struct cursor cv; /* failed when it lies outside the file */
};

/* What a list of modules is read with. */
struct md_module_reader {
	const struct md *md;
	const struct md_system *system;
	struct arena *a;
	struct diag *d;
	size_t cv_budget; /* bytes of CodeView records: real ones don't overlap */
};

/* Sets debug file, debug id and code id from the CodeView record. False when that is outside the
 * file or too short for its kind. Records of other kinds are good, but identify nothing. */
bool md_module_set_ids(struct md_module *m, const struct md_module_record *rec,
		       struct md_module_reader *r);

/* The code id of an image of Windows. */
struct str md_module_code_id(struct arena *a, uint32_t timestamp, uint32_t size);

#endif
