#ifndef CRASH_SYM_SYMX_INDEX_H
#define CRASH_SYM_SYMX_INDEX_H

#include "base/buf.h"
#include "sym/record.h"

/*
 * The bytes of a .symx: where in the text of a .sym the records stand, sorted by address. symx(5).
 *
 * An index is a head and arrays of little-endian numbers of 4 or 8 bytes. Bodies and names are not
 * repeated: an entry is the offset of its record in the text. What comes from a file is checked:
 * the head at once, the arrays by a CRC-32 for every 4 KiB when they are first touched.
 */
enum symx_array {
	SYMX_FUNC,      /* starts of the FUNCs that are not hidden by others, sorted */
	SYMX_FUNC_AT,   /* their offsets in the text */
	SYMX_PUBLIC,    /* addresses, sorted, each once */
	SYMX_PUBLIC_AT, /* of several PUBLICs at an address, the last by name and parameter size */
	SYMX_CFI,       /* starts of the STACK CFI INITs that are not hidden, sorted */
	SYMX_CFI_AT,
	SYMX_WIN4, /* starts of STACK WIN of type 4, after the cutting, sorted */
	SYMX_WIN4_SIZE,
	SYMX_WIN4_AT,
	SYMX_WIN0, /* the same of type 0 */
	SYMX_WIN0_SIZE,
	SYMX_WIN0_AT,
	SYMX_FILE, /* numbers, sorted; empty when the number is the place in SYMX_FILE_AT */
	SYMX_FILE_AT,
	SYMX_ORIGIN,
	SYMX_ORIGIN_AT,
	SYMX_SUMS, /* CRC-32 of each SYMX_BLOCK bytes of the file, from the end of the head to here
		    */
	SYMX_ARRAYS,
};

enum {
	SYMX_VERSION = 1,
	SYMX_BLOCK = 4096,
	SYMX_HEAD = 96 + 8 * RECORD_KINDS + 16 * SYMX_ARRAYS,
};

enum symx_flag {
	SYMX_STRICT = 1,      /* rust-minidump takes the file */
	SYMX_LONG_LINES = 2,  /* a line is so long that rust-minidump may not see it */
	SYMX_OLD_INLINES = 4, /* INLINEs of the old form, so that origins have a file number too */
};

/* No record: for optional offsets, and for numbers that are not in use. */
#define SYMX_NONE UINT64_MAX

/* The stored file that an index was made from, as stat() shows it. */
struct symx_source {
	uint64_t size, mtime_ns, inode;
};

struct symx_head {
	uint32_t flags;
	struct symx_source source;
	uint64_t text_size;         /* differs from source.size when that is compressed */
	uint64_t module_at, url_at; /* offsets of the MODULE and the last INFO URL, or SYMX_NONE */
	uint64_t records;           /* that were read */
	uint64_t skipped_at;        /* offset of the first malformed record, or SYMX_NONE */
	uint64_t skipped[RECORD_KINDS]; /* malformed ones */
};

struct symx_index {
	struct symx_head head;
	struct slice bytes; /* of the whole index */
	struct {
		const uint8_t *p;
		uint32_t n, width;
	} arrays[SYMX_ARRAYS];
	uint8_t *checked; /* a byte for each block whose sum was right; NULL: they need no check */
	bool mapped;      /* bytes are a mapped file, set by who opened it: pages are given back */
	size_t window, n_windows; /* the part read last, and how many since pages were given back */
	size_t n_returns;         /* how often they were */
	bool damaged;             /* a sum was wrong: no answer since then can be trusted */
};

/*
 * Reads the head. bytes must outlive the index. False: this is no whole, undamaged index of this
 * version. checked: zeroed by the caller, symx_index_blocks() bytes; NULL for an index that was
 * just made in memory.
 */
bool symx_index_open(struct symx_index *x, struct slice bytes);
size_t symx_index_blocks(const struct symx_index *x);

/* Writes a number of width bytes, 4 or 8; 4 keep the lower half of it. */
static inline void symx_store(uint8_t *p, unsigned width, uint64_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
	for (unsigned i = 4; i < width; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Puts a head in front of the arrays and their sums behind them. out has SYMX_HEAD free bytes at
 * its start and the arrays after them, each at offsets[array] of out. */
struct symx_layout {
	uint64_t offsets[SYMX_ARRAYS];
	uint32_t n[SYMX_ARRAYS], width[SYMX_ARRAYS];
};
void symx_index_seal(struct buf *out, const struct symx_head *head, struct symx_layout *layout);

/* Entry i of an array; i must be less than its count. 0 when its block is damaged. */
uint64_t symx_index_at(struct symx_index *x, enum symx_array array, size_t i);

/* How many entries of a sorted array are at or below key. */
size_t symx_index_upto(struct symx_index *x, enum symx_array array, uint64_t key);

/* The same when it is known to be from low to high, which is no more than there are. */
size_t symx_index_between(struct symx_index *x, enum symx_array array, size_t low, size_t high,
			  uint64_t key);

/* Offset of the FILE or INLINE_ORIGIN of a number, or SYMX_NONE. */
uint64_t symx_index_numbered(struct symx_index *x, enum symx_array numbers, uint32_t number);

#endif
