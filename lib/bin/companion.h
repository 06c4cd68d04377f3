#ifndef CRASH_BIN_COMPANION_H
#define CRASH_BIN_COMPANION_H

#include "base/file.h"
#include "bin/dw.h"
#include "bin/elf.h"

/*
 * Files that have what a binary lacks: the one its debug information was moved to (by build id or
 * .gnu_debuglink), the one it came from, dwz's common file (.gnu_debugaltlink), packages and files
 * of split units (.dwp, .dwo). gdb's manual, "Separate Debug Files"; dump-sym-parse.md 4, 5.5.
 */
struct opened {
	struct opened *next;
	const char *path;
	struct file file;
	struct elf elf;
	bool good;
};

/* Where is looked, and what was found: it stays open until companions_close(). */
struct companions {
	const char *const *dirs;
	size_t n_dirs;
	bool only_dirs; /* not /usr/lib/debug, too */
	struct opened *opened;
	struct arena *arena;
	struct diag *diag;
};

/* The file's ELF header, sections and segments; each path is opened once. NULL when there is none:
 * diag_info() says so, or diag_trouble(). The other one is for files that must be there. */
struct elf *companion_open(struct companions *c, const char *path);
struct elf *companion_must_open(struct companions *c, const char *path, struct error *err);

/* A file with the same build id below a folder's .build-id; suffix is ".debug", or "" for the
 * binary itself. NULL. */
struct elf *companion_by_id(struct companions *c, const struct elf *e, const char *suffix);

/* What .gnu_debuglink names, if its CRC is right. NULL. */
struct elf *companion_by_link(struct companions *c, struct elf *e);

/* What .gnu_debugaltlink names, if its build id is right. NULL. */
struct elf *companion_alt(struct companions *c, struct elf *e);

/* All .debug_ sections, or those of split units (suffix ".dwo"). */
void companion_sections(struct elf *e, const char *suffix, struct dw_sections *s);

/* For struct dw_split, of the units of e. */
struct split_units {
	struct companions *companions;
	struct elf *elf;
	struct elf *package;
	struct slice index; /* of the package */
	struct dw_sections whole;
	struct model *worker; /* is told when a file was opened; NULL in the process that writes */
};
void split_open(struct split_units *s, struct companions *c, struct elf *e);
bool split_find(void *context, struct str name, struct str directory, uint64_t id,
		struct dw_sections *found);

void companions_close(struct companions *c);

#endif
