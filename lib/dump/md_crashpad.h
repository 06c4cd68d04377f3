#ifndef CRASH_DUMP_MD_CRASHPAD_H
#define CRASH_DUMP_MD_CRASHPAD_H

#include "dump/md.h"

/* What Crashpad adds: the ids of report and client, and annotations of the process and of its
 * modules. minidump.md 4.12; Crashpad's minidump/minidump_extensions.h. All text is valid UTF-8,
 * borrowed from the file. */

enum md_annotation_kind {
	MD_ANNOTATION_TEXT,
	MD_ANNOTATION_INVALID,
	MD_ANNOTATION_USER, /* of a type that the program defined */
	MD_ANNOTATION_UNKNOWN,
	MD_ANNOTATION_DAMAGED, /* text outside the file, without its nul, or no UTF-8 */
};

struct md_annotation {
	struct str name; /* of a list, empty */
	enum md_annotation_kind kind;
	struct str text;
};

/* Sorted by name; of several with one name the last. A list is as it is in the dump. */
struct md_annotations {
	struct md_annotation *v;
	size_t n;
};

struct md_crashpad_module {
	uint32_t index; /* in the module list */
	uint32_t version;
	struct md_annotations list, simple, objects;
};

struct md_crashpad {
	uint32_t version;
	struct cursor report_id, client_id; /* GUIDs */
	struct md_annotations simple;
	struct md_crashpad_module *modules;
	size_t n_modules;
	uint64_t address_mask; /* of pointers, the bits that are no address; 0: unknown */
	uint32_t n_damaged;    /* texts, entries and tables that cannot be read */
};

/*
 * False when there is no such stream, or it has a version of 0. Of what is malformed in it, a text
 * costs itself, a name its annotation, a table that lies outside the file all of it; so does what
 * claims more bytes than four times the file, which takes tables that lie over each other, or more
 * entries than LIMIT_DUMP_ANNOTATIONS. With compat all of it is false. The address mask is set even
 * then: it is 0 if there is none.
 */
bool md_crashpad_read(struct md_crashpad *x, const struct md *md, struct arena *a, bool compat);

/* A GUID in the usual form, which is put in text. */
enum { MD_GUID_TEXT = 37 };
void md_guid_text(struct cursor at, char text[MD_GUID_TEXT]);

#endif
