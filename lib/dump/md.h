#ifndef CRASH_DUMP_MD_H
#define CRASH_DUMP_MD_H

#include "base/arena.h"
#include "base/cursor.h"
#include "base/diag.h"

/*
 * The frame of a minidump: header and stream directory, and the shapes that streams share.
 *
 * Layout: MINIDUMP_HEADER and MINIDUMP_DIRECTORY of the Windows SDK's minidumpapiset.h; both byte
 * orders exist (Breakpad on big-endian hosts). All offsets in a minidump count from the start of
 * the file.
 */

/* Why a dump cannot be reported. The names are those of rust-minidump's log lines, which Socorro
 * stores: minidump/src/minidump.rs, Error::name; minidump-processor: ProcessError::name. */
enum md_verdict {
	MD_OK,
	MD_FILE_NOT_FOUND,
	MD_IO_ERROR,
	MD_MISSING_HEADER,
	MD_HEADER_MISMATCH,
	MD_VERSION_MISMATCH,
	MD_MISSING_DIRECTORY,
	MD_MISSING_THREAD_LIST, /* found while processing, not while reading */
	MD_MISSING_SYSTEM_INFO, /* the same */
};

/* "MissingHeader"; and the peer's sentence about it, "Missing minidump header (empty minidump?)".
 */
const char *md_verdict_name(enum md_verdict v);
const char *md_verdict_text(enum md_verdict v);

enum md_type {
	MD_THREAD_LIST = 3,
	MD_MODULE_LIST = 4,
	MD_MEMORY_LIST = 5,
	MD_EXCEPTION = 6,
	MD_SYSTEM_INFO = 7,
	MD_MEMORY64_LIST = 9,
	MD_COMMENT_A = 10,
	MD_COMMENT_W = 11,
	MD_HANDLE_DATA = 12,
	MD_UNLOADED_MODULE_LIST = 14,
	MD_MISC_INFO = 15,
	MD_MEMORY_INFO_LIST = 16,
	MD_THREAD_INFO_LIST = 17,
	MD_THREAD_NAMES = 24,
	MD_CRASHPAD_INFO = 0x43500001,
	MD_BREAKPAD_INFO = 0x47670001,
	MD_ASSERTION_INFO = 0x47670002,
	MD_LINUX_CPU_INFO = 0x47670003,
	MD_LINUX_PROC_STATUS = 0x47670004,
	MD_LINUX_LSB_RELEASE = 0x47670005,
	MD_LINUX_CMD_LINE = 0x47670006,
	MD_LINUX_ENVIRON = 0x47670007,
	MD_LINUX_AUXV = 0x47670008,
	MD_LINUX_MAPS = 0x47670009,
	MD_STABILITY_REPORT = 0x4b6b0002,
	MD_MOZ_MACOS_CRASH_INFO = 0x4d7a0001,
	MD_MOZ_MACOS_BOOTARGS = 0x4d7a0002,
	MD_MOZ_LINUX_LIMITS = 0x4d7a0003,
	MD_MOZ_SOFT_ERRORS = 0x4d7a0004,
};

struct md_stream {
	uint32_t type;
	uint32_t size;
	uint32_t offset; /* in the file */
};

struct md {
	struct cursor file;        /* over the whole file, in its byte order; copy it to read */
	uint32_t time;             /* seconds since 1970 by the clock of the crashing machine */
	uint64_t flags;            /* MINIDUMP_TYPE */
	struct md_stream *streams; /* in the order of the directory, unreadable ones too */
	size_t n_streams;
};

/*
 * Reads header and directory. Streams beyond LIMIT_DUMP_STREAMS are left out with a warning, so are
 * those that lie outside the file when they are asked for. The result lives in a and borrows from
 * data, both of which must outlive it. On failure *verdict says why in the peer's words.
 *
 * Errors: ERROR_INPUT (no "MDMP" signature, short header, directory outside the file),
 * ERROR_UNSUPPORTED (a version other than 0xa793).
 */
bool md_open(struct md *md, struct slice data, const char *file, struct arena *a, struct diag *d,
	     enum md_verdict *verdict, struct error *err);

/* A cursor over a stream; a failed one when there is none of that type or it lies outside the file.
 * Of several, the last (as rust-minidump does: minidump/src/minidump.rs, Minidump::read). */
struct cursor md_stream(const struct md *md, uint32_t type);

/* "ThreadListStream" for 3; NULL for a type that nobody has named. */
const char *md_stream_name(uint32_t type);

/* Whether reports list a stream of this type as one that nothing reads. */
bool md_stream_is_unread(uint32_t type);

/* "Official", "Google Extension", "Mozilla Extension" or "Unknown Extension". */
const char *md_stream_vendor(uint32_t type);

/* A LOCATION (size u32, rva u32) read from c, as a cursor over what it names; failed when it lies
 * outside the file. */
struct cursor md_location(const struct md *md, struct cursor *c);

/* A STRING16 (u32 bytes, UTF-16) at offset rva as UTF-8 in a. False for an odd length, text outside
 * the file or an unpaired surrogate. Units over LIMIT_DUMP_STRING_UNITS are ignored. */
bool md_string(const struct md *md, uint64_t rva, struct arena *a, struct str *out);

/*
 * The STRING16s at n offsets: text[i].p is NULL for those that cannot be read. Entries that share a
 * string share its text, and the distinct strings of one call may not have more bytes than the file
 * (so they cannot overlap, which no writer does): what comes after that cannot be read.
 */
void md_strings(const struct md *md, const uint64_t *rva, size_t n, struct arena *a,
		struct str *text);

/*
 * The entries of a plain list (u32 count, then entries of entry_size): a cursor at the first entry,
 * and the count. Four bytes of padding behind the count are seen by the stream's size. Failed when
 * the size fits neither form. minidump.md 2; rust-minidump: read_stream_list.
 */
struct cursor md_list(const struct md *md, uint32_t type, size_t entry_size, uint32_t *count);

/* The same for an extended list (header size, entry size, count, then entries). The count has
 * count_width bytes: 4, or 8 in a MemoryInfoList. */
struct cursor md_ex_list(const struct md *md, uint32_t type, size_t entry_size,
			 unsigned count_width, uint64_t *count);

#endif
