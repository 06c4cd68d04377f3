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
 * is in it. */
bool unpack_map(struct slice in, enum unpack_format format, uint64_t size, const char *name,
		struct slice *out, struct error *err);
bool unpack_into(struct slice in, enum unpack_format format, struct slice out);

/* Makes the pages of the second half of the mapping, which another process meanwhile fills from the
 * start: that can take as long as inflating does. */
void unpack_help(struct slice out);

#endif
