#ifndef CRASH_DUMP_MD_MEMORY_H
#define CRASH_DUMP_MD_MEMORY_H

#include "base/ranges.h"
#include "dump/md.h"

/* Memory that the dump holds, and what it says of memory that it does not hold. minidump.md 4.5. */

struct md_region {
	uint64_t base;     /* address in the process */
	struct slice data; /* borrowed from the file */
};

struct md_memory {
	struct md_region *v; /* order of the dump */
	size_t n;
	struct ranges by_address; /* of items in v; overlapping ones left out (minidump.md 2) */
	bool big;                 /* byte order of values */
};

/* Memory64List if readable, else MemoryList; unreadable entries are skipped. */
void md_memory_read(struct md_memory *m, const struct md *md, struct arena *a, struct diag *d);

/* One of the two, Memory64List if wide; false, and empty, when it is absent or unreadable. */
bool md_memory_read_list(struct md_memory *m, const struct md *md, bool wide, struct arena *a,
			 struct diag *d);

/* The contents of a MINIDUMP_MEMORY_DESCRIPTOR behind its address: as md_location(), but nothing at
 * all, or at offset 0, is no memory. */
struct cursor md_memory_location(const struct md *md, struct cursor *c);

/* The region that holds the byte at address, or NULL. */
const struct md_region *md_memory_find(const struct md_memory *m, uint64_t address);

/* A value of width bytes (1 to 8) at an address that lies whole in the region; false if it does
 * not. */
bool md_region_uint(const struct md_region *r, bool big, uint64_t address, unsigned width,
		    uint64_t *value);

/* The same in whichever region holds the address. */
bool md_memory_uint(const struct md_memory *m, uint64_t address, unsigned width, uint64_t *value);

enum { MD_READ = 1, MD_WRITE = 2, MD_EXECUTE = 4 };

/* One line of /proc/PID/maps or one MEMORY_INFO. */
struct md_mapping {
	uint64_t base, size;
	unsigned access; /* MD_READ | MD_WRITE | MD_EXECUTE */
	struct str name; /* of a Linux mapping, else empty */
};

struct md_mappings {
	struct md_mapping *v; /* order of the dump */
	size_t n;
	struct ranges by_address; /* of items in v; overlapping ones left out */
	bool has_maps;            /* there was a readable LinuxMaps stream */
	size_t n_maps;            /* its entries */
};

/* MemoryInfoList if readable, else LinuxMaps. A malformed line of maps is skipped; with compat it
 * loses the stream. */
void md_mappings_read(struct md_mappings *m, const struct md *md, struct arena *a, struct diag *d,
		      bool compat);
const struct md_mapping *md_mappings_find(const struct md_mappings *m, uint64_t address);

#endif
