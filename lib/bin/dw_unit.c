#include "base/sort.h"
#include "bin/dw_const.h"
#include "bin/dw_die.h"
#include "bin/dw_unit_impl.h"

bool dw_work(struct dw *dw, uint64_t bytes)
{
	struct cursor at = cursor_make(dw->in.main.info, dw->in.main.file);

	if (bytes <= dw->work) {
		dw->work -= bytes;
		return true;
	}
	if (!dw->overworked)
		diag_warn(dw->diag, &at, "debug information shares too much: the rest is ignored");
	dw->overworked = true;
	dw->work = 0;
	return false;
}

struct cursor dw_unit_cursor(const struct dw_unit *u)
{
	struct cursor c = cursor_make(u->data, u->part->s.file);

	c.big = u->part->s.big;
	c.base = u->offset;
	cursor_seek(&c, u->first);
	return c;
}

/* Returns the offset of its abbreviations. */
static uint64_t header_read(struct dw_unit *u, struct cursor *c)
{
	uint64_t abbrevs;

	dw_length_read(c, &u->encoding.offset_size);
	uint16_t version = cursor_u16(c);
	u->encoding.version = (uint8_t)version;
	if (version < 2 || version > 5)
		cursor_fail(c);
	u->type = version < 5 ? DW_UT_COMPILE : cursor_u8(c);
	if (version >= 5)
		u->encoding.address_size = cursor_u8(c);
	abbrevs = cursor_uint(c, u->encoding.offset_size);
	if (version < 5)
		u->encoding.address_size = cursor_u8(c);
	if (version < 5 && u->part->s.info.p == u->part->s.types.p)
		u->type = DW_UT_TYPE;

	if (u->type == DW_UT_SKELETON || u->type == DW_UT_SPLIT_COMPILE) {
		u->id = cursor_u64(c);
	} else if (u->type == DW_UT_TYPE || u->type == DW_UT_SPLIT_TYPE) {
		u->id = cursor_u64(c);
		u->type_offset = cursor_uint(c, u->encoding.offset_size);
	}
	if (u->encoding.address_size != 4 && u->encoding.address_size != 8 &&
	    u->encoding.address_size != 2)
		cursor_fail(c);
	u->first = (uint32_t)c->pos;
	return abbrevs;
}

/* DWARF 5, 7.12, and what other compilers use; dump_syms knows the first ones only. */
static const struct {
	uint16_t number;
	uint8_t language;
	bool compat;
} languages[] = {
	{ 0x01, LANGUAGE_C, true },       { 0x02, LANGUAGE_C, true },
	{ 0x0c, LANGUAGE_C, true },       { 0x1d, LANGUAGE_C, true },
	{ 0x04, LANGUAGE_CPP, true },     { 0x19, LANGUAGE_CPP, true },
	{ 0x1a, LANGUAGE_CPP, true },     { 0x21, LANGUAGE_CPP, true },
	{ 0x13, LANGUAGE_D, true },       { 0x16, LANGUAGE_GO, true },
	{ 0x10, LANGUAGE_OBJC, true },    { 0x11, LANGUAGE_OBJCPP, true },
	{ 0x1c, LANGUAGE_RUST, true },    { 0x1e, LANGUAGE_SWIFT, true },
	{ 0x2b, LANGUAGE_CPP, false },    { 0x2c, LANGUAGE_C, false },
	{ 0x3a, LANGUAGE_CPP, false },    { 0x3e, LANGUAGE_C, false },
	{ 0x9000, LANGUAGE_RUST, false }, /* of compilers before the number was given */
};

static enum sym_language language_of(uint64_t number, bool compat)
{
	for (size_t i = 0; i < COUNT(languages); i++) {
		if (languages[i].number == number && (languages[i].compat || !compat))
			return (enum sym_language)languages[i].language;
	}
	return LANGUAGE_UNKNOWN;
}

/* The value of a base, or where the tables begin when nothing is said: behind a header in DWARF 5,
 * 7.26 to 7.28. */
static uint64_t base_of(const struct dw_die *d, enum dw_slot slot, uint64_t header)
{
	if (dw_die_has(d, slot))
		return d->value[slot];
	return d->unit->encoding.version < 5 ? 0 : header;
}

static void root_keep(struct dw *dw, struct dw_unit *u, const struct dw_die *d)
{
	uint64_t length = u->encoding.offset_size == 8 ? 12 : 4;

	u->has = d->has;
	u->tag = d->abbrev->tag;
	u->str_offsets_base = base_of(d, DW_SLOT_STR_OFFSETS_BASE, length + 4);
	u->addr_base = base_of(d, DW_SLOT_ADDR_BASE, length + 4);
	u->rnglists_base = base_of(d, DW_SLOT_RNGLISTS_BASE, length + 8);
	u->gnu_ranges_base = base_of(d, DW_SLOT_GNU_RANGES_BASE, 0);
	u->lines = d->value[DW_SLOT_STMT_LIST];
	u->language = dw_die_has(d, DW_SLOT_LANGUAGE)
			      ? language_of(d->value[DW_SLOT_LANGUAGE], dw->in.compat)
			      : LANGUAGE_UNKNOWN;
	u->dart = str_eq(dw_die_text(dw, d, DW_SLOT_PRODUCER), STR("Dart VM"));
	u->name = dw_die_text(dw, d, DW_SLOT_NAME);
	u->directory = dw_die_text(dw, d, DW_SLOT_COMP_DIR);
	u->dwo_name = dw_die_text(dw, d, DW_SLOT_DWO_NAME);
	if (dw_die_has(d, DW_SLOT_DWO_ID))
		u->id = d->value[DW_SLOT_DWO_ID];
	if (!dw_die_address(d, DW_SLOT_LOW_PC, &u->low_pc))
		u->low_pc = u->skeleton != NULL ? u->skeleton->low_pc : 0;
}

bool dw_unit_open(struct dw *dw, struct dw_unit *u, struct dw_part *p, struct dw_place place,
		  const struct dw_unit *skeleton)
{
	struct dw_die root = { 0 };

	*u = (struct dw_unit){
		.part = p,
		.data = { p->s.info.p + place.offset, (size_t)place.size },
		.offset = place.offset,
		.skeleton = skeleton,
	};
	if (!dw_part_has(p, place.offset + place.size))
		return false;

	struct cursor c = dw_unit_cursor(u), start = c;
	uint64_t abbrevs = header_read(u, &c);
	if (c.failed) {
		diag_warn(dw->diag, &start, "the header of a unit is damaged or not known");
		return false;
	}
	u->serial = p->serial;
	u->abbrevs = dw_table_find(dw, u, abbrevs);
	if (u->abbrevs == NULL || !dw_die_at(&root, u, u->first)) {
		if (u->abbrevs != NULL)
			diag_warn(dw->diag, &start, "the first entry of a unit is damaged");
		u->serial = 0;
		return false;
	}
	root_keep(dw, u, &root);
	return true;
}

uint64_t dw_unit_root_end(const struct dw_unit *u)
{
	struct cursor c = dw_unit_cursor(u);
	const struct dw_abbrev *a;

	cursor_seek(&c, u->first);
	a = dw_abbrevs_find(u->abbrevs, cursor_uleb(&c));
	if (a != NULL)
		dw_die_skip(u, &c, a);
	return a == NULL || c.failed ? 0 : c.pos;
}

/* The place of the unit that holds the offset; false when there is none. */
static bool place_find(struct dw *dw, struct dw_part *p, uint64_t offset, size_t *index)
{
	if (offset >= p->s.info.n)
		return false;
	dw_part_list(dw, p, offset + 1);

	size_t behind = dw_part_first(p, offset + 1);
	*index = behind - 1;
	return behind != 0 &&
	       offset - dw_part_place(p, *index).offset < dw_part_place(p, *index).size;
}

static bool is_unit(const struct dw_unit *u, const struct dw_part *p, struct dw_place place)
{
	return u->serial == p->serial && u->part == p && u->offset == place.offset;
}

const struct dw_unit *dw_unit_at(struct dw *dw, struct dw_part *p, uint64_t offset)
{
	size_t index;

	if (!place_find(dw, p, offset, &index))
		return NULL;

	struct dw_place place = dw_part_place(p, index);
	if (is_unit(dw->fed, p, place))
		return dw->fed;
	if (is_unit(dw->split, p, place))
		return dw->split;

	struct dw_unit *u = &dw->open[index % DW_N_OPEN];
	if (is_unit(u, p, place))
		return u;
	return dw_unit_open(dw, u, p, place, p->skeleton) ? u : NULL;
}

static int by_signature(const void *a, const void *b, const void *context)
{
	const struct dw_signature *left = a, *right = b;

	(void)context;
	return (left->signature > right->signature) - (left->signature < right->signature);
}

static void signatures_add(struct dw *dw, struct dw_part *p, bool in_types, struct buf *to)
{
	dw_part_list(dw, p, p->s.info.n);
	for (size_t i = 0; i < dw_part_units(p); i++) {
		struct dw_place place = dw_part_place(p, i);
		struct dw_unit u = { .part = p };

		if (!dw_part_has(p, place.offset + place.size))
			return;
		struct cursor all = dw_part_cursor(p),
			      c = cursor_sub(&all, place.offset, place.size);

		header_read(&u, &c);
		struct dw_signature s = { u.id, place.offset, in_types };
		if (!c.failed && (u.type == DW_UT_TYPE || u.type == DW_UT_SPLIT_TYPE))
			buf_put(to, &s, sizeof(s));
	}
}

static void signatures_read(struct dw *dw, struct dw_part *p)
{
	p->signatures_read = true;
	signatures_add(dw, p, false, &p->signatures);
	if (p->types != NULL)
		signatures_add(dw, p->types, true, &p->signatures);
	sort_stable(p->signatures.p, p->signatures.n / sizeof(struct dw_signature),
		    sizeof(struct dw_signature), by_signature, NULL, dw->arena->oom);
}

const struct dw_unit *dw_unit_of_type(struct dw *dw, struct dw_part *p, uint64_t signature)
{
	if (!p->signatures_read)
		signatures_read(dw, p);

	const struct dw_signature *v = (const void *)p->signatures.p;
	size_t n = p->signatures.n / sizeof(*v), low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].signature < signature)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == n || v[low].signature != signature)
		return NULL;
	return dw_unit_at(dw, v[low].in_types ? p->types : p, v[low].offset);
}
