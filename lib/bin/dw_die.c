#include "bin/dw_die.h"

#include "base/cursor.h"

static inline void leb_skip(struct cursor *c)
{
	while (cursor_u8(c) >= 0x80)
		;
}

static inline void value_set(struct dw_die *d, const struct dw_step *s, uint64_t value)
{
	if (s->slot == DW_SLOT_NONE)
		return;
	d->has |= DW_HAS(s->slot);
	d->class[s->slot] = s->class;
	d->value[s->slot] = value;
}

static inline uint64_t fixed_read(struct cursor *c, unsigned size)
{
	if (size == 4)
		return cursor_u32(c);
	if (size == 8)
		return cursor_u64(c);
	if (size == 1)
		return cursor_u8(c);
	if (size == 2)
		return cursor_u16(c);
	if (size == 3)
		return cursor_uint(c, size);
	cursor_bytes(c, size);
	return 0;
}

static inline void step_read(struct dw_die *d, struct cursor *c, const struct dw_step *s)
{
	switch ((enum dw_shape)s->shape) {
	case DW_SHAPE_FIXED:
		if (s->slot == DW_SLOT_NONE)
			cursor_bytes(c, s->value);
		else
			value_set(d, s, fixed_read(c, s->size));
		break;
	case DW_SHAPE_CONSTANT:
		value_set(d, s, s->value);
		break;
	case DW_SHAPE_LEB:
		if (s->slot != DW_SLOT_NONE)
			value_set(d, s, cursor_uleb(c));
		else
			for (uint64_t i = 0; i < s->value; i++)
				leb_skip(c);
		break;
	case DW_SHAPE_SIGNED:
		value_set(d, s, (uint64_t)cursor_sleb(c));
		break;
	case DW_SHAPE_TEXT:
		value_set(d, s, c->pos);
		cursor_cstr(c);
		break;
	case DW_SHAPE_BLOCK:
		cursor_bytes(c, fixed_read(c, s->size));
		break;
	case DW_SHAPE_BLOCK_LEB:
		cursor_bytes(c, cursor_uleb(c));
		break;
	case DW_SHAPE_INDIRECT:
	case DW_SHAPE_BAD:
		cursor_fail(c);
		break;
	}
}

/* DW_FORM_indirect: the form stands before the value. One that has its value in the abbreviation
 * cannot, and one of them cannot name another. */
static void indirect_read(struct dw_die *d, struct cursor *c, const struct dw_step *s)
{
	struct dw_form f = dw_form_find(cursor_uleb(c), d->unit->encoding);
	struct dw_step direct = { f.shape, s->slot, f.class, f.size, 1 };

	if (f.shape == DW_SHAPE_FIXED)
		direct.value = f.size;
	step_read(d, c, &direct);
}

void dw_die_read(struct dw_die *d, const struct dw_unit *u, struct cursor *c,
		 const struct dw_abbrev *a)
{
	const struct dw_step *s = dw_abbrev_steps(u->abbrevs, a);

	d->unit = u;
	d->abbrev = a;
	d->has = 0;
	for (const struct dw_step *end = s + a->n_steps; s < end; s++) {
		if (s->shape == DW_SHAPE_INDIRECT)
			indirect_read(d, c, s);
		else
			step_read(d, c, s);
	}
	if (c->failed)
		d->has = 0;
}

/* As step_read() for what is in most entries. */
static inline bool step_skip(struct cursor *c, const struct dw_step *s)
{
	switch ((enum dw_shape)s->shape) {
	case DW_SHAPE_FIXED:
		cursor_bytes(c, s->value);
		return true;
	case DW_SHAPE_CONSTANT:
		return true;
	case DW_SHAPE_LEB:
	case DW_SHAPE_SIGNED:
		for (uint64_t i = 0; i < s->value; i++)
			leb_skip(c);
		return true;
	case DW_SHAPE_BLOCK:
		cursor_bytes(c, fixed_read(c, s->size));
		return true;
	case DW_SHAPE_BLOCK_LEB:
		cursor_bytes(c, cursor_uleb(c));
		return true;
	case DW_SHAPE_TEXT:
		cursor_cstr(c);
		return true;
	case DW_SHAPE_BAD:
	case DW_SHAPE_INDIRECT:
		break;
	}
	return false;
}

void dw_die_skip(const struct dw_unit *u, struct cursor *c, const struct dw_abbrev *a)
{
	const struct dw_step *s = dw_abbrev_steps(u->abbrevs, a), *end = s + a->n_steps;
	struct cursor at = *c;
	struct dw_die d;

	while (s < end && step_skip(&at, s))
		s++;
	if (s == end)
		*c = at;
	else
		dw_die_read(&d, u, c, a);
}

bool dw_die_at(struct dw_die *d, const struct dw_unit *u, uint64_t offset)
{
	struct cursor c = dw_unit_cursor(u);

	if (offset < u->first || !cursor_seek(&c, offset))
		return false;

	const struct dw_abbrev *a = dw_abbrevs_find(u->abbrevs, cursor_uleb(&c));
	if (a == NULL)
		return false;
	dw_die_read(d, u, &c, a);
	d->offset = offset;
	return !c.failed;
}

bool dw_die_target(struct dw *dw, const struct dw_die *from, enum dw_slot slot,
		   struct dw_part **part, uint64_t *offset)
{
	if (!dw_die_has(from, slot))
		return false;
	*part = from->unit->part;
	*offset = from->value[slot];
	if (from->class[slot] == DW_CLASS_REF_UNIT)
		return !__builtin_add_overflow(*offset, from->unit->offset, offset);
	if (from->class[slot] == DW_CLASS_REF_SUPPLEMENT)
		*part = &dw->supplement;
	return from->class[slot] == DW_CLASS_REF_INFO ||
	       from->class[slot] == DW_CLASS_REF_SUPPLEMENT;
}

bool dw_die_follow(struct dw *dw, const struct dw_die *from, enum dw_slot slot, struct dw_die *to)
{
	const struct dw_unit *u = from->unit;
	struct dw_part *part;
	uint64_t offset;

	if (dw_die_has(from, slot) && from->class[slot] == DW_CLASS_REF_SIGNATURE) {
		u = dw_unit_of_type(dw, u->part, from->value[slot]);
		return u != NULL && dw_die_at(to, u, u->type_offset);
	}
	if (!dw_die_target(dw, from, slot, &part, &offset))
		return false;
	if (from->class[slot] != DW_CLASS_REF_UNIT)
		u = dw_unit_at(dw, part, offset);
	return u != NULL && dw_die_at(to, u, offset - u->offset);
}

/* The text at an offset of a section. */
static struct str text_at(struct dw *dw, struct slice section, uint64_t offset)
{
	struct cursor c = cursor_make(section, "");

	if (!cursor_seek(&c, offset))
		return STR("");

	struct str text = cursor_cstr(&c);
	return dw_work(dw, text.n) ? text : STR("");
}

static uint64_t text_offset(const struct dw_unit *u, uint64_t index)
{
	struct cursor c = cursor_make(u->part->s.str_offsets, u->part->s.file);
	unsigned size = u->encoding.offset_size;
	uint64_t at;

	c.big = u->part->s.big;
	if (__builtin_mul_overflow(index, size, &at) ||
	    __builtin_add_overflow(at, u->str_offsets_base, &at) || !cursor_seek(&c, at))
		return UINT64_MAX;
	at = cursor_uint(&c, size);
	return c.failed ? UINT64_MAX : at;
}

struct str dw_die_text(struct dw *dw, const struct dw_die *d, enum dw_slot slot)
{
	const struct dw_sections *s = &d->unit->part->s;
	uint64_t value = d->value[slot];

	if (!dw_die_has(d, slot))
		return STR("");
	switch (d->class[slot]) {
	case DW_CLASS_TEXT:
		return text_at(dw, d->unit->data, value);
	case DW_CLASS_TEXT_OFFSET:
		return text_at(dw, s->str, value);
	case DW_CLASS_TEXT_LINE:
		return text_at(dw, s->line_str, value);
	case DW_CLASS_TEXT_SUPPLEMENT:
		return text_at(dw, dw->supplement.s.str, value);
	case DW_CLASS_TEXT_INDEX:
		return text_at(dw, s->str, text_offset(d->unit, value));
	default:
		return STR("");
	}
}

bool dw_address(const struct dw_unit *u, uint64_t index, uint64_t *address)
{
	const struct dw_unit *owner = u->skeleton != NULL ? u->skeleton : u;
	struct cursor c = cursor_make(owner->part->s.addr, owner->part->s.file);
	uint64_t at;

	c.big = owner->part->s.big;
	if (__builtin_mul_overflow(index, u->encoding.address_size, &at) ||
	    __builtin_add_overflow(at, owner->addr_base, &at) || !cursor_seek(&c, at))
		return false;
	*address = cursor_uint(&c, u->encoding.address_size);
	return !c.failed;
}

bool dw_die_address(const struct dw_die *d, enum dw_slot slot, uint64_t *address)
{
	if (!dw_die_has(d, slot))
		return false;
	*address = d->value[slot];
	if (d->class[slot] == DW_CLASS_ADDRESS_INDEX)
		return dw_address(d->unit, d->value[slot], address);
	return d->class[slot] == DW_CLASS_ADDRESS;
}
