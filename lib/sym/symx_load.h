#ifndef CRASH_SYM_SYMX_LOAD_H
#define CRASH_SYM_SYMX_LOAD_H

#include "base/file.h"
#include "sym/symbols.h"
#include "sym/symx_impl.h"

/*
 * From a path in a store to symbols that can be asked: finds NAME.sym or NAME.sym.gz, maps it,
 * inflating it first when it is compressed, and maps its index from the cache or makes one.
 *
 * An index may also stand beside its .sym, as NAME.symx, where a person has put it; it is read, and
 * never changed. Its inode may be another one, so that copies of a store keep theirs.
 *
 * The cache is FOLDER/ROOT/LEAF/ID/NAME.symx; ROOT is a hash of the store's real path. Files in it
 * are replaced by rename, never changed, so any number of processes may use it; what is wrong with
 * one is seen by its sums, so that nothing waits for the disk when one is written. An inflated copy
 * is NAME.SIZE-MTIME-INODE.sym beside the index, named for the file that it was made from. cache.h
 * bounds it.
 */
struct symx_cache {
	const char *folder; /* NULL: none */
	uint64_t size;      /* that it may have; 0: any */
	bool failed;        /* it cannot be written; said once */
	bool added;         /* something was written: cache_trim() is due */
};

struct symx_request {
	const char *root; /* of the store, or the file itself */
	const char *key;  /* LEAF/ID/NAME.sym below it; NULL: root is the file */
	FILE *made;       /* what root would be, open, without a name; or NULL */
	struct symx_cache *cache;
	bool cache_only; /* an index beside the file does not do */
	struct diag *diag;
	bool compat;
	void (*oom)(size_t wanted);
};

/* What the symbols of one module hold open. May not move. */
struct symx_load {
	struct symx symx;
	struct symx_state state;
	const char *path;       /* of the .sym or .sym.gz */
	const char *cache_path; /* of its index; NULL: not kept */
	const char *kept_path;  /* of the index that is mapped */
	struct symx_request request;
	struct symx_build_options build;
	struct file text, kept; /* kept: the index, when it is mapped */
	struct buf made;        /* the index, when it was made here */
	struct peer_lines peer; /* for a compatible view of a file with long lines */
	bool trouble;           /* the disk or memory failed, not the file: a retry may succeed */
};

/* SYM_LOADED, SYM_MISSING or SYM_CORRUPT. Names live in a. symx_unload() may follow in any case,
 * but l must have been zeroed. */
enum sym_status symx_load(struct symx_load *l, const struct symx_request *q, struct arena *a);
void symx_unload(struct symx_load *l);

/* Where the index beside a .sym or .sym.gz stands: NAME.symx. It lives in a. */
const char *symx_beside(const char *path, struct arena *a);

/* What an index says of the file that it was made from. False when it is none. */
bool symx_source_of(const char *path, struct symx_source *source);

/* Whether path is a regular file. errno is 0 when it is something else. */
bool symx_is_file(const char *path);

/* Says why a symbol file could not be read, unless it is just not there; sets *trouble when a retry
 * may succeed. */
void symx_failed(const struct error *err, struct diag *d, bool *trouble);

#endif
