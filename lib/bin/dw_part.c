#include "bin/dw_unit_impl.h"

uint64_t dw_length_read(struct cursor *c, uint8_t *offset_size)
{
	uint64_t length = cursor_u32(c);

	*offset_size = 4;
	if (length == UINT32_MAX) {
		*offset_size = 8;
		length = cursor_u64(c);
	} else if (length >= 0xfffffff0) {
		cursor_fail(c);
	}
	return length;
}

struct cursor dw_part_cursor(const struct dw_part *p)
{
	struct cursor c = cursor_make(p->s.info, p->s.file);

	c.big = p->s.big;
	return c;
}

bool dw_part_has(const struct dw_part *p, uint64_t end)
{
	struct inflow *inflow = p->s.inflow;

	return inflow == NULL || inflow->need(inflow, end < p->s.info.n ? end : p->s.info.n);
}

void dw_part_say_cut(const struct dw *dw, const struct dw_part *p, struct dw_place place)
{
	struct cursor c = dw_part_cursor(p);

	cursor_seek(&c, place.offset);
	diag_warn(dw->diag, &c, "a unit is longer than its section");
}

/* The unit whose header is at the cursor. False: there is only filling. */
static bool place_read(struct cursor *c, struct dw_place *place)
{
	uint8_t offset_size;

	*place = (struct dw_place){ .offset = c->pos };
	uint64_t length = dw_length_read(c, &offset_size);
	/* Some linkers fill up with zeros. */
	if (length == 0 && !c->failed)
		return false;
	place->cut = c->failed || length > cursor_left(c);
	cursor_skip(c, place->cut ? cursor_left(c) : length);
	place->size = c->pos - place->offset;
	return true;
}

void dw_part_list(struct dw *dw, struct dw_part *p, uint64_t to)
{
	enum { LENGTH_SIZE = 12 };
	struct cursor c = dw_part_cursor(p);
	struct dw_place place;

	cursor_seek(&c, p->listed);
	while (cursor_left(&c) != 0 && c.pos < to) {
		if (!dw_part_has(p, c.pos + LENGTH_SIZE)) {
			p->listed = p->s.info.n;
			return;
		}
		if (!place_read(&c, &place))
			continue;
		/* What comes in while it is read is listed by each process, and said by the one
		 * that feeds the unit. */
		if (place.cut && p->s.inflow == NULL) {
			dw_part_say_cut(dw, p, place);
			place.cut = false;
		}
		buf_put(&p->places, &place, sizeof(place));
	}
	p->listed = c.failed ? p->s.info.n : c.pos;
}

void dw_part_open(struct dw *dw, struct dw_part *p, const struct dw_sections *s)
{
	buf_clear(&p->places);
	buf_clear(&p->signatures);
	p->places.oom = p->signatures.oom = dw->arena->oom;
	p->s = *s;
	p->serial = ++dw->serials;
	p->signatures_read = false;
	p->listed = 0;
	if (s->inflow == NULL)
		dw_part_list(dw, p, s->info.n);
	if (s->types.n == 0 || p->s.info.p == s->types.p)
		return;

	struct dw_sections types = *s;
	types.info = s->types;
	types.inflow = NULL;
	if (p->types == NULL)
		p->types = arena_new(dw->arena, struct dw_part, 1);
	dw_part_open(dw, p->types, &types);
}

void dw_part_close(struct dw_part *p)
{
	if (p->types != NULL) {
		buf_free(&p->types->places);
		buf_free(&p->types->signatures);
	}
	buf_free(&p->places);
	buf_free(&p->signatures);
}

size_t dw_part_units(const struct dw_part *p)
{
	return p->places.n / sizeof(struct dw_place);
}

size_t dw_part_first(const struct dw_part *p, uint64_t offset)
{
	size_t low = 0, high = dw_part_units(p);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (dw_part_place(p, middle).offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct dw_place dw_part_place(const struct dw_part *p, size_t unit)
{
	return ((const struct dw_place *)(const void *)p->places.p)[unit];
}
