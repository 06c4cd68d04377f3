#include "bin/dw_range.h"

#include "bin/dw_const.h"

struct list {
	struct dw *dw;
	const struct dw_unit *unit;
	struct cursor c;
	uint64_t base, greatest; /* address of the unit's width */
	struct buf *to;
};

static bool is_thrown_away(const struct list *l, uint64_t address)
{
	return address >= l->greatest - 1;
}

static void add(struct list *l, uint64_t begin, uint64_t end)
{
	const struct dw_input *in = &l->dw->in;

	if (begin >= end || is_thrown_away(l, begin) || (begin == 0 && !in->relocatable) ||
	    begin < in->bias)
		return;

	struct model_range r = { begin - in->bias, end - begin };
	buf_put(l->to, &r, sizeof(r));
}

/* Addresses of a unit wrap at its width. */
static void add_based(struct list *l, uint64_t begin, uint64_t end)
{
	if (!is_thrown_away(l, l->base))
		add(l, (l->base + begin) & l->greatest, (l->base + end) & l->greatest);
}

static struct cursor list_cursor(const struct dw_unit *u, struct slice section, uint64_t offset)
{
	struct cursor c = cursor_make(section, u->part->s.file);

	c.big = u->part->s.big;
	cursor_seek(&c, offset);
	return c;
}

/* .debug_ranges: pairs, (greatest, base) sets the base, (0, 0) ends. */
static void pairs_read(struct list *l)
{
	unsigned size = l->unit->encoding.address_size;

	for (;;) {
		uint64_t begin = cursor_uint(&l->c, size), end = cursor_uint(&l->c, size);

		if (l->c.failed || (begin == 0 && end == 0) || !dw_work(l->dw, 2 * size))
			return;
		if (begin == l->greatest)
			l->base = end;
		else
			add_based(l, begin, end);
	}
}

static uint64_t address_read(struct list *l)
{
	return cursor_uint(&l->c, l->unit->encoding.address_size);
}

/* One that is not there is as good as one thrown away. */
static uint64_t indexed_read(struct list *l)
{
	uint64_t address;

	return dw_address(l->unit, cursor_uleb(&l->c), &address) ? address : l->greatest;
}

/* One entry of .debug_rnglists; false at the end. */
static bool entry_read(struct list *l)
{
	uint64_t begin;

	switch (cursor_u8(&l->c)) {
	case DW_RLE_BASE_ADDRESSX:
		l->base = indexed_read(l);
		return true;
	case DW_RLE_STARTX_ENDX:
		begin = indexed_read(l);
		add(l, begin, indexed_read(l));
		return true;
	case DW_RLE_STARTX_LENGTH:
		begin = indexed_read(l);
		add(l, begin, (begin + cursor_uleb(&l->c)) & l->greatest);
		return true;
	case DW_RLE_OFFSET_PAIR:
		begin = cursor_uleb(&l->c);
		add_based(l, begin, cursor_uleb(&l->c));
		return true;
	case DW_RLE_BASE_ADDRESS:
		l->base = address_read(l);
		return true;
	case DW_RLE_START_END:
		begin = address_read(l);
		add(l, begin, address_read(l));
		return true;
	case DW_RLE_START_LENGTH:
		begin = address_read(l);
		add(l, begin, (begin + cursor_uleb(&l->c)) & l->greatest);
		return true;
	default:
		return false;
	}
}

/* Where the list with that index begins: DWARF 5, 7.28. */
static uint64_t list_offset(const struct dw_unit *u, uint64_t index)
{
	unsigned size = u->encoding.offset_size;
	uint64_t at;

	if (__builtin_mul_overflow(index, size, &at) ||
	    __builtin_add_overflow(at, u->rnglists_base, &at))
		return UINT64_MAX;

	struct cursor c = list_cursor(u, u->part->s.rnglists, at);
	at = cursor_uint(&c, size);
	return c.failed || __builtin_add_overflow(at, u->rnglists_base, &at) ? UINT64_MAX : at;
}

static void list_read(struct list *l, const struct dw_die *d)
{
	const struct dw_unit *u = d->unit;
	uint64_t offset = d->value[DW_SLOT_RANGES];

	if (u->encoding.version >= 5) {
		if (d->class[DW_SLOT_RANGES] == DW_CLASS_LIST_INDEX)
			offset = list_offset(u, offset);
		l->c = list_cursor(u, u->part->s.rnglists, offset);
		while (entry_read(l) && !l->c.failed && dw_work(l->dw, 1))
			;
		return;
	}

	/* GNU's .dwo files have their ranges in the binary. */
	const struct dw_unit *owner = u->skeleton != NULL ? u->skeleton : u;
	if (u->skeleton != NULL && __builtin_add_overflow(offset, owner->gnu_ranges_base, &offset))
		return;
	l->c = list_cursor(u, owner->part->s.ranges, offset);
	pairs_read(l);
}

static void low_high_read(struct list *l, const struct dw_die *d)
{
	uint64_t low, high;

	if (!dw_die_address(d, DW_SLOT_LOW_PC, &low) || !dw_die_has(d, DW_SLOT_HIGH_PC))
		return;
	if (!dw_die_address(d, DW_SLOT_HIGH_PC, &high))
		high = (low + d->value[DW_SLOT_HIGH_PC]) & l->greatest;
	add(l, low, high);
}

void dw_ranges(struct dw *dw, const struct dw_die *d, struct buf *to)
{
	struct list l = {
		.dw = dw,
		.unit = d->unit,
		.base = d->unit->low_pc,
		.greatest = UINT64_MAX >> (64 - 8 * d->unit->encoding.address_size),
		.to = to,
	};
	size_t before = to->n;

	if (dw_die_has(d, DW_SLOT_RANGES))
		list_read(&l, d);
	if (to->n == before)
		low_high_read(&l, d);
}
