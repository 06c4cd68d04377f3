#include "base/limits.h"
#include "bin/dw_const.h"
#include "bin/dw_name.h"
#include "bin/dw_outline.h"

/* That of the unit that is being fed is there. NULL when that would be too much work. */
static const struct dw_outline *outline_find(struct dw *dw, const struct dw_unit *u)
{
	struct dw_outline *o = &dw->outlines[(u->offset ^ u->offset >> 8) % DW_N_OPEN];

	if (dw_outline_is_of(dw->outline, u))
		return dw->outline;
	if (dw_outline_is_of(o, u))
		return o;
	if (!dw_work(dw, u->data.n))
		return NULL;
	dw_outline_read(o, u);
	return o;
}

/* What an entry is in; false when that is the unit. */
static bool parent_find(struct dw *dw, struct dw_die *d)
{
	if (d->unit == NULL)
		return false;

	const struct dw_outline *o = outline_find(dw, d->unit);
	if (o == NULL)
		return false;

	const struct dw_scope *v = (const void *)o->scopes.p;
	size_t low = 0, high = o->scopes.n / sizeof(*v);

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
