#ifndef CRASH_BASE_UNPACK_H
#define CRASH_BASE_UNPACK_H

#include "base/error.h"
#include "base/slice.h"

/*
 * Decompression of what stands whole in memory, into an unlinked temporary file that is mapped: it
 * takes no memory that the system could not have back, and processes that are forked share it.
 */
enum unpack_format {
	UNPACK_ZLIB, /* RFC 1950 */
	UNPACK_ZSTD, /* RFC 8878, any number of frames */
	UNPACK_XZ,   /* one stream of the .xz format 1.1 */
};

/*
 * size is what must come out, exactly; UNPACK_XZ says it itself, there it is the most that may.
 * unpack_free() ends *out. name is for messages, which end with what is wrong. Errors: ERROR_INPUT,
 * ERROR_LIMIT over LIMIT_UNPACK_MIB or LIMIT_INFLATE_RATIO, ERROR_SYSTEM.
 */
bool unpack(struct slice in, enum unpack_format format, uint64_t size, const char *name,
	    struct slice *out, struct error *err);
void unpack_free(struct slice out);

/* The same in two steps, the second of which may be done by another process: the mapping, then what
 * is in it. memory: not of a file, for what is given back in parts soon. */
bool unpack_map(struct slice in, enum unpack_format format, uint64_t size, const char *name,
		bool memory, struct slice *out, struct error *err);
bool unpack_into(struct slice in, enum unpack_format format, struct slice out);

/* Has the pages of a part of the mapping made at once, which Linux does in a tenth of the time that
 * it takes page by page as they are written to. Only advice: elsewhere nothing is done. */
void unpack_populate(struct slice part);

#endif
