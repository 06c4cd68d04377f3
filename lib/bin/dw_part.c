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

static void places_read(struct dw *dw, struct dw_part *p)
{
	struct cursor c = dw_part_cursor(p);

	while (cursor_left(&c) != 0) {
		uint8_t offset_size;
		struct cursor start = c;
		struct dw_place place = { .offset = c.pos };
		uint64_t length = dw_length_read(&c, &offset_size);

		/* Some linkers fill up with zeros. */
		if (length == 0 && !c.failed)
			continue;
		if (c.failed || length > cursor_left(&c)) {
			diag_warn(dw->diag, &start, "a unit is longer than its section");
			length = cursor_left(&c);
		}
		cursor_skip(&c, length);
		place.size = c.pos - place.offset;
		buf_put(&p->places, &place, sizeof(place));
	}
}

void dw_part_open(struct dw *dw, struct dw_part *p, const struct dw_sections *s)
{
	buf_clear(&p->places);
	buf_clear(&p->signatures);
	p->places.oom = p->signatures.oom = dw->arena->oom;
	p->s = *s;
	p->serial = ++dw->serials;
	p->signatures_read = false;
	places_read(dw, p);
	if (s->types.n == 0 || p->s.info.p == s->types.p)
		return;

	struct dw_sections types = *s;
	types.info = s->types;
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

struct dw_place dw_part_place(const struct dw_part *p, size_t unit)
{
	return ((const struct dw_place *)(const void *)p->places.p)[unit];
}
