#include "bin/dw_die.h"

struct dw_walk dw_walk_start(const struct dw_unit *u, uint32_t wanted, bool code)
{
	return (struct dw_walk){
		.unit = u,
		.c = dw_unit_cursor(u),
		.wanted = wanted,
		.code = code,
	};
}

/* Whether children need no look: those of types without members and of declarations. */
static bool is_closed(const struct dw_abbrev *a)
{
	return (a->has & DW_HAS(DW_SLOT_SIBLING)) != 0 &&
	       (a->kind == DW_KIND_LEAF || (a->has & DW_HAS(DW_SLOT_DECLARATION)) != 0);
}

static bool is_wanted(const struct dw_walk *w, const struct dw_abbrev *a)
{
	uint32_t code = DW_HAS(DW_SLOT_LOW_PC) | DW_HAS(DW_SLOT_RANGES);

	if ((w->wanted >> a->kind & 1) == 0)
		return false;
	if (!w->code)
		return a->children && !is_closed(a);
	return a->kind != DW_KIND_FUNCTION || (a->has & code) != 0 ||
	       (w->level != 0 && a->children);
}

/* Over an entry and its children, if DW_AT_sibling says where they end. */
static void skip_closed(struct dw_walk *w, const struct dw_abbrev *a)
{
	struct dw_die d;

	dw_die_read(&d, w->unit, &w->c, a);
	if (dw_die_has(&d, DW_SLOT_SIBLING) && d.class[DW_SLOT_SIBLING] == DW_CLASS_REF_UNIT &&
	    d.value[DW_SLOT_SIBLING] >= w->c.pos && d.value[DW_SLOT_SIBLING] <= w->c.in.n)
		cursor_seek(&w->c, d.value[DW_SLOT_SIBLING]);
	else
		w->depth++;
}

static inline void skip(struct dw_walk *w, const struct dw_abbrev *a)
{
	if (a->children && is_closed(a)) {
		skip_closed(w, a);
		return;
	}
	if (a->size != DW_NO_SIZE)
		cursor_bytes(&w->c, a->size);
	else
		dw_die_skip(w->unit, &w->c, a);
	w->depth += a->children;
}

enum dw_event dw_walk_next(struct dw_walk *w)
{
	while (cursor_left(&w->c) != 0) {
		uint64_t offset = w->c.pos, code = cursor_uleb(&w->c);

		if (code == 0) {
			w->depth -= w->depth != 0;
			if (w->depth < w->level)
				return DW_WALK_CLOSE;
			continue;
		}

		const struct dw_abbrev *a = dw_abbrevs_find(w->unit->abbrevs, code);
		if (a == NULL) {
			cursor_fail(&w->c);
			break;
		}
		if (is_wanted(w, a)) {
			w->abbrev = a;
			w->offset = offset;
			return DW_WALK_ENTRY;
		}
		skip(w, a);
	}
	w->damaged = w->c.failed;
	return DW_WALK_END;
}

void dw_walk_read(struct dw_walk *w, struct dw_die *d)
{
	dw_die_read(d, w->unit, &w->c, w->abbrev);
	d->offset = w->offset;
	w->depth += w->abbrev->children;
}

void dw_walk_pass(struct dw_walk *w)
{
	dw_die_skip(w->unit, &w->c, w->abbrev);
	w->depth += w->abbrev->children;
}
