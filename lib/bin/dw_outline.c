#include "bin/dw_outline.h"

#include "bin/dw_die.h"

struct walk {
	const struct dw_unit *unit;
	struct cursor c;
	struct dw_outline *to;
	uint32_t depth;    /* entries that are open */
	uint32_t least;    /* of depth since the last spot */
	uint32_t top;      /* the innermost scope, or DW_NO_SCOPE */
	uint32_t level;    /* of it; 0 when there is none */
	uint32_t function; /* level of the outermost function that is open, or 0 */
};

static struct dw_scope *scopes_of(const struct dw_outline *o)
{
	return (void *)o->scopes.p;
}

/* The entry at an offset, which was passed, holds others. */
static void scope_open(struct walk *w, uint32_t offset, bool function)
{
	struct dw_scope scope = { offset, UINT32_MAX, w->top, w->depth };

	w->top = (uint32_t)(w->to->scopes.n / sizeof(scope));
	w->level = w->depth;
	buf_put(&w->to->scopes, &scope, sizeof(scope));
	if (function && w->function == 0)
		w->function = w->depth;
}

/* The children of an entry end. */
static void close_one(struct walk *w)
{
	struct dw_scope *scope;

	w->depth -= w->depth != 0;
	w->least = w->depth < w->least ? w->depth : w->least;
	if (w->depth >= w->level)
		return;
	scope = &scopes_of(w->to)[w->top];
	scope->end = (uint32_t)w->c.pos;
	w->top = scope->parent;
	w->level = w->top == DW_NO_SCOPE ? 0 : scopes_of(w->to)[w->top].level;
	if (w->depth < w->function)
		w->function = 0;
}

static void spot_add(struct walk *w, const struct dw_abbrev *a, uint32_t offset)
{
	struct dw_spot spot = { offset, w->depth, w->least, a->kind == DW_KIND_FUNCTION };

	buf_put(&w->to->spots, &spot, sizeof(spot));
	w->least = w->depth + 1;
}

/* Over an entry, and its children if they are closed and DW_AT_sibling says where they end. */
static void pass(struct walk *w, const struct dw_abbrev *a)
{
	struct dw_die d;

	if (!a->closed) {
		dw_die_skip(w->unit, &w->c, a);
		w->depth += a->children;
		return;
	}
	dw_die_read(&d, w->unit, &w->c, a);
	if (dw_die_has(&d, DW_SLOT_SIBLING) && d.class[DW_SLOT_SIBLING] == DW_CLASS_REF_UNIT &&
	    d.value[DW_SLOT_SIBLING] >= w->c.pos && d.value[DW_SLOT_SIBLING] <= w->c.in.n)
		cursor_seek(&w->c, d.value[DW_SLOT_SIBLING]);
	else
		w->depth++;
}

/* The entry where the cursor stands, of any kind. */
static void look(struct walk *w)
{
	uint32_t offset = (uint32_t)w->c.pos;
	uint64_t code = cursor_uleb(&w->c);
	const struct dw_abbrev *a;

	if (code == 0) {
		close_one(w);
		return;
	}
	a = dw_abbrevs_find(w->unit->abbrevs, code);
	if (a == NULL) {
		cursor_fail(&w->c);
		return;
	}
	if (a->has_code || (a->holds && a->kind == DW_KIND_FUNCTION && w->function != 0))
		spot_add(w, a, offset);
	pass(w, a);
	if (a->holds)
		scope_open(w, offset, a->kind == DW_KIND_FUNCTION);
}

/* Where an entry ends, with its children if they are closed; 0 when that cannot be said here. */
static inline size_t end_of(const struct walk *w, const struct dw_abbrev *a, size_t at)
{
	size_t first = at + 1, left = w->c.in.n - first;

	if (a->pass == DW_PASS_SIZE)
		return left >= a->size ? first + a->size : 0;
	if (a->pass != DW_PASS_SIBLING || left < a->size)
		return 0;

	struct cursor c = w->c;
	c.pos = first + a->sibling_at;
	size_t end = cursor_u32(&c);
	return end >= first + a->size && end <= w->c.in.n ? end : 0;
}

/* Over entries that nobody asks for. Stops at one that is not as simple as nearly all are. */
static void skip_simple(struct walk *w)
{
	const struct dw_abbrevs *t = w->unit->abbrevs;
	size_t at = w->c.pos, n = w->c.in.n;
	uint32_t depth = w->depth, least = w->least;

	while (at < n) {
		uint8_t code = w->c.in.p[at];
		const struct dw_abbrev *a;
		size_t end;

		if (code == 0) {
			if (depth <= w->level)
				break;
			depth--;
			least = depth < least ? depth : least;
			at++;
			continue;
		}
		a = code < 0x80 ? dw_abbrevs_find(t, code) : NULL;
		end = a == NULL ? 0 : end_of(w, a, at);
		if (end == 0)
			break;
		depth += a->children && !a->closed;
		at = end;
	}
	w->depth = depth;
	w->least = least;
	cursor_seek(&w->c, at);
}

void dw_outline_read(struct dw_outline *o, const struct dw_unit *u)
{
	struct walk w = { .unit = u, .c = dw_unit_cursor(u), .to = o, .top = DW_NO_SCOPE };

	o->serial = u->part->serial;
	o->offset = u->offset;
	buf_clear(&o->scopes);
	buf_clear(&o->spots);
	if (u->data.n > INT32_MAX)
		cursor_fail(&w.c);
	for (skip_simple(&w); cursor_left(&w.c) != 0; skip_simple(&w))
		look(&w);
	o->stop = w.c;
}

void dw_outline_free(struct dw_outline *o)
{
	buf_free(&o->scopes);
	buf_free(&o->spots);
}
