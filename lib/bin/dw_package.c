#include "bin/dw_package.h"

#include "base/cursor.h"

/* Columns of the index, those that are of use; the others are macros and location lists. */
enum { SECT_INFO = 1, SECT_ABBREV = 3, SECT_STR_OFFSETS = 6, SECT_RNGLISTS = 8 };

struct index {
	struct cursor c;
	uint32_t version, columns, units, slots;
	uint64_t ids, rows, kinds, offsets, sizes; /* of the tables in the section */
};

static bool index_open(struct index *x, struct slice section, const struct dw_sections *whole)
{
	uint64_t end;

	x->c = cursor_make(section, whole->file);
	x->c.big = whole->big;
	/* Version 5 has 16 bits and 16 of padding. */
	x->version = cursor_u32(&x->c);
	if (x->version != 2 && x->version >> (whole->big ? 16 : 0) == 5)
		x->version = 5;
	x->columns = cursor_u32(&x->c);
	x->units = cursor_u32(&x->c);
	x->slots = cursor_u32(&x->c);
	if (x->c.failed || (x->version != 2 && x->version != 5) || x->slots == 0 ||
	    (x->slots & (x->slots - 1)) != 0)
		return false;

	x->ids = x->c.pos;
	x->rows = x->ids + (uint64_t)x->slots * 8;
	x->kinds = x->rows + (uint64_t)x->slots * 4;
	x->offsets = x->kinds + (uint64_t)x->columns * 4;
	return !__builtin_mul_overflow((uint64_t)x->columns * 4, x->units, &x->sizes) &&
	       !__builtin_add_overflow(x->sizes, x->offsets, &x->sizes) &&
	       !__builtin_add_overflow(x->sizes, x->sizes - x->offsets, &end) && end <= section.n;
}

static uint64_t at(const struct index *x, uint64_t offset, unsigned width)
{
	struct cursor c = cursor_sub(&x->c, offset, width);

	return cursor_uint(&c, width);
}

/* The row of an id, from 1; 0 when it has none. Open addressing: DWARF 5, 7.3.5.3. */
static uint32_t row_of(const struct index *x, uint64_t id)
{
	uint32_t mask = x->slots - 1, slot = (uint32_t)id & mask;
	uint32_t step = ((uint32_t)(id >> 32) & mask) | 1;

	for (uint32_t tries = 0; tries < x->slots; tries++, slot = (slot + step) & mask) {
		uint32_t row = (uint32_t)at(x, x->rows + (uint64_t)slot * 4, 4);

		if (row == 0)
			return 0;
		if (at(x, x->ids + (uint64_t)slot * 8, 8) == id)
			return row <= x->units ? row : 0;
	}
	return 0;
}

/* Cuts s to [offset, offset + size); empty when that is not inside. */
static void cut(struct slice *s, uint64_t offset, uint64_t size)
{
	if (offset > s->n || size > s->n - offset || size == 0)
		*s = (struct slice){ 0 };
	else
		*s = (struct slice){ s->p + offset, (size_t)size };
}

bool dw_package_find(struct slice index, const struct dw_sections *whole, uint64_t id,
		     struct dw_sections *found)
{
	struct index x;
	uint32_t row = index_open(&x, index, whole) ? row_of(&x, id) : 0;

	if (row == 0)
		return false;
	*found = *whole;
	for (uint64_t i = 0; i < x.columns; i++) {
		uint64_t cell = ((uint64_t)(row - 1) * x.columns + i) * 4;
		uint64_t offset = at(&x, x.offsets + cell, 4), size = at(&x, x.sizes + cell, 4);
		uint64_t kind = at(&x, x.kinds + i * 4, 4);

		if (kind == SECT_INFO)
			cut(&found->info, offset, size);
		else if (kind == SECT_ABBREV)
			cut(&found->abbrev, offset, size);
		else if (kind == SECT_STR_OFFSETS)
			cut(&found->str_offsets, offset, size);
		else if (kind == SECT_RNGLISTS && x.version == 5)
			cut(&found->rnglists, offset, size);
	}
	return found->info.n != 0;
}
