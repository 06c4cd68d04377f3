#include "base/limits.h"
#include "bin/dw_unit_impl.h"

static bool same_encoding(struct dw_encoding a, struct dw_encoding b)
{
	return a.address_size == b.address_size && a.offset_size == b.offset_size &&
	       a.version == b.version;
}

/* Whether a unit that is open uses the table. */
static bool table_used(const struct dw *dw, const struct dw_table *t)
{
	if (dw->fed->abbrevs == &t->abbrevs || dw->split->abbrevs == &t->abbrevs)
		return true;
	for (size_t i = 0; i < DW_N_OPEN; i++) {
		if (dw->open[i].serial != 0 && dw->open[i].abbrevs == &t->abbrevs)
			return true;
	}
	return false;
}

/* Closes the units that are open for others, and frees their tables, when these are large. */
static void tables_trim(struct dw *dw)
{
	size_t bytes = 0;

	for (size_t i = 0; i < DW_N_TABLES; i++)
		bytes += dw->tables[i].abbrevs.abbrevs.cap + dw->tables[i].abbrevs.steps.cap;
	if (bytes < LIMIT_DWARF_TABLES)
		return;
	for (size_t i = 0; i < DW_N_OPEN; i++)
		dw->open[i].serial = 0;
	for (size_t i = 0; i < DW_N_TABLES; i++) {
		struct dw_table *t = &dw->tables[i];

		if (table_used(dw, t))
			continue;
		t->serial = 0;
		buf_free(&t->abbrevs.abbrevs);
		buf_free(&t->abbrevs.steps);
	}
}

static struct dw_table *table_oldest(struct dw *dw)
{
	struct dw_table *oldest = NULL;

	for (size_t i = 0; i < DW_N_TABLES; i++) {
		struct dw_table *t = &dw->tables[i];

		if ((oldest == NULL || t->used < oldest->used) && !table_used(dw, t))
			oldest = t;
	}
	return oldest;
}

const struct dw_abbrevs *dw_table_find(struct dw *dw, const struct dw_unit *u, uint64_t offset)
{
	struct cursor c = cursor_make(u->part->s.abbrev, u->part->s.file);
	struct dw_table *t;

	for (size_t i = 0; i < DW_N_TABLES; i++) {
		t = &dw->tables[i];
		if (t->serial == u->part->serial && t->offset == offset &&
		    same_encoding(t->abbrevs.encoding, u->encoding)) {
			t->used = ++dw->clock;
			return &t->abbrevs;
		}
	}
	tables_trim(dw);
	t = table_oldest(dw);
	c.big = u->part->s.big;
	if (t == NULL || !cursor_seek(&c, offset))
		return NULL;

	struct cursor start = c;
	if (!dw_abbrevs_read(&t->abbrevs, &c, u->encoding, dw->arena->oom))
		diag_warn(dw->diag, &start, "the abbreviations here are damaged");
	t->serial = u->part->serial;
	t->offset = offset;
	t->used = ++dw->clock;
	return dw_work(dw, c.pos - start.pos) ? &t->abbrevs : NULL;
}
