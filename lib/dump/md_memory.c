#include "dump/md_memory.h"

#include <inttypes.h>

enum { MEMORY_SIZE = 16, MEMORY64_SIZE = 16 };

/* What follows is left out: the file may claim one region for each 16 of its bytes. */
static size_t bound_regions(uint64_t n, const struct cursor *c, struct diag *d)
{
	return (size_t)diag_keep(d, c, BOUND_DUMP_REGIONS, n, "memory regions");
}

/* Room for n regions, none of them in yet. */
static void begin(struct md_memory *m, struct arena *a, size_t n)
{
	m->v = arena_new(a, struct md_region, n);
	m->n = 0;
	m->by_address = ranges_make(a, n);
}

static void add(struct md_memory *m, uint64_t base, const struct cursor *data)
{
	ranges_add(&m->by_address, base, data->in.n, m->n);
	m->v[m->n++] = (struct md_region){ base, data->in };
}

/* MINIDUMP_MEMORY64_LIST: one range that leaves the file spoils all of it, since the place of each
 * follows from the sizes before. */
static bool read_list64(struct md_memory *m, const struct md *md, struct arena *a, struct diag *d)
{
	struct cursor c = md_stream(md, MD_MEMORY64_LIST);
	uint64_t n = cursor_u64(&c);
	uint64_t offset = cursor_u64(&c);

	if (!cursor_fits(&c, n, MEMORY64_SIZE) || cursor_left(&c) != n * MEMORY64_SIZE)
		return false;
	size_t kept = bound_regions(n, &c, d);
	begin(m, a, kept);
	for (uint64_t i = 0; i < n; i++) {
		uint64_t base = cursor_u64(&c);
		uint64_t size = cursor_u64(&c);
		struct cursor data = cursor_sub(&md->file, offset, size);

		if (data.failed) {
			diag_warn(d, &c,
				  "contents of memory region %" PRIu64 " lie outside the file", i);
			return false;
		}
		offset += size;
		if (i < kept)
			add(m, base, &data);
	}
	return true;
}

static bool read_list(struct md_memory *m, const struct md *md, struct arena *a, struct diag *d)
{
	uint32_t n;
	struct cursor c = md_list(md, MD_MEMORY_LIST, MEMORY_SIZE, &n);
	size_t kept = bound_regions(n, &c, d);

	begin(m, a, kept);
	for (size_t i = 0; i < kept; i++) {
		uint64_t base = cursor_u64(&c);
		struct cursor data = md_memory_location(md, &c);

		if (!data.failed)
			add(m, base, &data);
	}
	return !c.failed;
}

bool md_memory_read_list(struct md_memory *m, const struct md *md, bool wide, struct arena *a,
			 struct diag *d)
{
	*m = (struct md_memory){ .big = md->file.big };
	if (!(wide ? read_list64 : read_list)(m, md, a, d)) {
		*m = (struct md_memory){ .big = md->file.big };
		return false;
	}
	ranges_sort(&m->by_address, a->oom);
	return true;
}

void md_memory_read(struct md_memory *m, const struct md *md, struct arena *a, struct diag *d)
{
	if (!md_memory_read_list(m, md, true, a, d))
		md_memory_read_list(m, md, false, a, d);
}

struct cursor md_memory_location(const struct md *md, struct cursor *c)
{
	struct cursor peek = *c;
	uint32_t size = cursor_u32(&peek);
	uint32_t offset = cursor_u32(&peek);
	struct cursor data = md_location(md, c);

	if (size == 0 || offset == 0)
		cursor_fail(&data);
	return data;
}

const struct md_region *md_memory_find(const struct md_memory *m, uint64_t address)
{
	const struct range *r = ranges_find(&m->by_address, address);

	return r == NULL ? NULL : &m->v[r->item];
}

bool md_region_uint(const struct md_region *r, bool big, uint64_t address, unsigned width,
		    uint64_t *value)
{
	struct cursor all = cursor_make(r->data, "");
	struct cursor at = cursor_sub(&all, address - r->base, width);

	if (address < r->base)
		return false;
	at.big = big;
	*value = cursor_uint(&at, width);
	return !at.failed;
}

bool md_memory_uint(const struct md_memory *m, uint64_t address, unsigned width, uint64_t *value)
{
	const struct md_region *r = md_memory_find(m, address);

	return r != NULL && md_region_uint(r, m->big, address, width, value);
}
