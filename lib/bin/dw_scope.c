#include "base/limits.h"
#include "bin/dw_const.h"
#include "bin/dw_name.h"

static struct dw_scope *scopes_of(const struct dw_scopes *s)
{
	return (void *)s->scopes.p;
}

static void scope_open(struct dw_scopes *s, struct dw_walk *w, uint32_t *top)
{
	struct dw_scope scope = { (uint32_t)w->offset, UINT32_MAX, *top, w->depth };

	*top = (uint32_t)(s->scopes.n / sizeof(scope));
	buf_put(&s->scopes, &scope, sizeof(scope));
	w->level = w->depth;
}

static void scope_close(const struct dw_scopes *s, struct dw_walk *w, uint32_t *top)
{
	struct dw_scope *scope = &scopes_of(s)[*top];

	scope->end = (uint32_t)w->c.pos;
	*top = scope->parent;
	w->level = *top == DW_NO_SCOPE ? 0 : scopes_of(s)[*top].level;
}

/* Lists what contains others in a unit. */
static void scopes_read(struct dw *dw, struct dw_scopes *s, const struct dw_unit *u)
{
	struct dw_walk w = dw_walk_start(u, 1U << DW_KIND_SCOPE | 1U << DW_KIND_FUNCTION, false);
	uint32_t top = DW_NO_SCOPE;

	s->serial = u->part->serial;
	s->offset = u->offset;
	s->scopes.oom = dw->arena->oom;
	buf_clear(&s->scopes);
	if (u->data.n > INT32_MAX || !dw_work(dw, u->data.n))
		return;
	for (enum dw_event e; (e = dw_walk_next(&w)) != DW_WALK_END;) {
		if (e == DW_WALK_CLOSE) {
			scope_close(s, &w, &top);
			continue;
		}
		dw_walk_pass(&w);
		scope_open(s, &w, &top);
	}
}

static const struct dw_scopes *scopes_find(struct dw *dw, const struct dw_unit *u)
{
	struct dw_scopes *s = &dw->scopes[(u->offset ^ u->offset >> 8) % DW_N_OPEN];

	if (s->serial != u->part->serial || s->offset != u->offset)
		scopes_read(dw, s, u);
	return s;
}

/* What an entry is in; false when that is the unit. */
static bool parent_find(struct dw *dw, struct dw_die *d)
{
	if (d->unit == NULL)
		return false;

	const struct dw_scopes *s = scopes_find(dw, d->unit);
	const struct dw_scope *v = scopes_of(s);
	size_t low = 0, high = s->scopes.n / sizeof(*v);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].start < d->offset)
			low = middle + 1;
		else
			high = middle;
	}

	uint32_t at = low == 0 ? DW_NO_SCOPE : (uint32_t)(low - 1);
	while (at != DW_NO_SCOPE && v[at].end <= d->offset)
		at = v[at].parent;
	return at != DW_NO_SCOPE && dw_die_at(d, d->unit, v[at].start);
}

static struct str no_name(const struct dw_die *d, bool of_operator)
{
	if (d->abbrev->tag == DW_TAG_NAMESPACE)
		return STR("(anonymous namespace)");
	if (d->abbrev->kind == DW_KIND_FUNCTION)
		return STR("(anonymous function)");
	return of_operator ? STR("{lambda}") : STR("(anonymous class)");
}

/* The name of a scope. What d is in is what the entry that it ends at is in. */
static struct str scope_name(struct dw *dw, struct dw_die *d, bool of_operator)
{
	struct str name = dw_die_text(dw, d, DW_SLOT_NAME), none = no_name(d, of_operator);
	struct dw_die next;

	/* The rest of a class with a type unit: its name is there. The unit may have to be opened
	 * again after that one. */
	if (name.n == 0 && dw_die_has(d, DW_SLOT_SIGNATURE)) {
		struct dw_part *part = d->unit->part;
		uint64_t offset = d->unit->offset;

		if (dw_die_follow(dw, d, DW_SLOT_SIGNATURE, &next))
			name = dw_die_text(dw, &next, DW_SLOT_NAME);
		d->unit = dw_unit_at(dw, part, offset);
		if (d->unit == NULL)
			return name;
	}
	for (unsigned hop = 0; hop < LIMIT_DWARF_CHAIN; hop++) {
		if (!dw_die_follow(dw, d, DW_SLOT_ORIGIN, &next) &&
		    !dw_die_follow(dw, d, DW_SLOT_SPECIFICATION, &next))
			break;
		*d = next;
		if (name.n == 0)
			name = dw_die_text(dw, d, DW_SLOT_NAME);
	}
	return name.n != 0 ? name : none;
}

void dw_scope_put(struct dw *dw, const struct dw_die *d, enum sym_language language,
		  struct str text)
{
	struct str parts[LIMIT_DWARF_SCOPES], dots = language == LANGUAGE_D ? STR(".") : STR("::");
	bool of_operator = str_eq(text, STR("operator()"));
	struct dw_die at = *d;
	size_t n = 0;

	for (; n < LIMIT_DWARF_SCOPES && parent_find(dw, &at); n++)
		parts[n] = scope_name(dw, &at, of_operator && n == 0);
	buf_clear(&dw->text);
	for (size_t i = n; i-- > 0;) {
		buf_put_str(&dw->text, parts[i]);
		buf_put_str(&dw->text, dots);
	}
	if (n != 0)
		buf_put_str(&dw->text, text);
}
