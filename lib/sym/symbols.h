#ifndef CRASH_SYM_SYMBOLS_H
#define CRASH_SYM_SYMBOLS_H

#include "sym/symx.h"

/*
 * Symbol files by module: a list of stores (folders DEBUG_FILE/DEBUG_ID/NAME.sym) and single .sym
 * files, each module looked up at most once. The index of a .sym that is met for the first time is
 * made then, in one pass, and kept in the cache folder; without one, or where it cannot be written,
 * in memory. symindex.md 6, 7.
 */
struct symbols;

/*
 * What a module is known by. debug_file may be a full path; an empty one falls back to code_file.
 * debug_id: hex digits, any case in the age. code_id, a build id or what the system has for it, may
 * be empty.
 */
struct symbols_key {
	struct str debug_file, debug_id, code_file, code_id;
};

/* Makes the .sym of a module that has none in any store, which is then kept in the cache. has: is
 * there anything to make it from? make: writes it to out, false if that went wrong, which it
 * said. */
struct symbols_maker {
	bool (*has)(void *context, const struct symbols_key *key); /* NULL: no maker */
	bool (*make)(void *context, const struct symbols_key *key, FILE *out);
	void *context;
};

struct symbols_options {
	const char *cache;   /* folder for indexes, made when needed (0700); NULL: none are kept */
	uint64_t cache_size; /* bytes that it may have; 0: any number */
	bool compat;         /* rust-minidump's verdict: a malformed line makes the file corrupt */
	struct symbols_maker maker;
	void (*oom)(size_t wanted);
};

/* paths, borrowed as long as the result lives: folders, and regular files that serve the module
 * whose debug id their MODULE record has. One that does not exist is a store in which nothing is
 * found. */
struct symbols *symbols_open(const char *const *paths, size_t n_paths,
			     const struct symbols_options *o, struct diag *d);
void symbols_close(struct symbols *s);

/* Whether symbols are missing because the disk or memory failed, which was said: what was made
 * without them is not what a retry may give. */
bool symbols_trouble(const struct symbols *s);

enum sym_status {
	SYM_NOT_ASKED, /* nobody looked: no store was given */
	SYM_NO_KEY,    /* debug file or debug id missing, or a name that would leave the store */
	SYM_MISSING,   /* looked for and not found */
	SYM_CORRUPT,   /* found, and nothing in it could be used */
	SYM_LOADED,
};

struct sym_module {
	enum sym_status status;
	struct symx *symx; /* for SYM_LOADED, else NULL */
	struct str url;    /* where the file came from (INFO URL); empty if unknown */
	const char *path;  /* of the .sym found, else NULL */
};

/* The answer lives as long as s; the same file and id give the same answer. Damage is a warning
 * through the diag of symbols_open(). */
const struct sym_module *symbols_find(struct symbols *s, const struct symbols_key *key);

/*
 * LEAF/ID/NAME.sym, the path of a module's symbols below a store, in buf: LEAF of debug_file (of
 * code_file when debug_file is empty), NAME = LEAF with a final ".pdb" of any case replaced by
 * ".sym", or with ".sym" appended. False when there is none: no debug file or id, or a LEAF that is
 * empty, ".", "..", longer than 255 bytes, or has a nul. Other control characters are looked up as
 * they are: corpus/own has such a library. stackwalk.md 7.1.
 */
bool symbols_path(struct str debug_file, struct str debug_id, struct str code_file, char *buf,
		  size_t size);

#endif
