#include "bin/dw_feed.h"
#include "bin/dw_range.h"

/*
 * Functions that have lines, but no entry (clang -gmlt, assembly): a symbol says where they are.
 * dump-sym-parse.md 5.6.
 */
struct bare {
	const struct symbol **v; /* by address, none inside another; NULL: done */
	uint64_t *starts;
	size_t n;
};

/* Symbols with a size that no function starts at and that lie in none that has a symbol. */
static void bare_find(const struct dw *dw, const struct model *m, struct bare *b)
{
	const struct symtab *t = dw->in.symbols;
	uint64_t end = 0;

	b->v = arena_new(dw->arena, const struct symbol *, t->n);
	b->starts = arena_new(dw->arena, uint64_t, t->n);
	for (size_t i = 0; i < t->n; i++) {
		const struct symbol *s = &t->v[t->by_address[i]];
		bool has = model_has_func(m, s->address, 0);

		if (s->size == 0 || s->size > UINT64_MAX - s->address)
			continue;
		if (!has && s->address >= end && s->name.n != 0) {
			b->starts[b->n] = s->address;
			b->v[b->n++] = s;
		}
		if (s->address + s->size > end)
			end = s->address + s->size;
	}
}

static size_t first_from(const struct bare *b, uint64_t address)
{
	size_t low = 0, high = b->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (b->starts[middle] < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* True when the line table of the unit knows the symbol's code. */
static bool symbol_add(struct dw_feed *f, const struct symbol *s)
{
	struct flatten_options o = { f->dw->in.inlines, false };
	struct model_func func = { .start = s->address, .size = s->size };

	buf_clear(&f->rows);
	dw_lines_rows(dw_feed_lines(f), s->address, s->address + s->size, f->m, &f->rows);
	if (f->rows.n == 0 || !dw_work(f->dw, f->rows.n))
		return false;
	func.name = model_name(f->m, (struct sym_name){ s->name, f->unit->language, false }, true);
	flatten_func(&f->flatten, &o, (const void *)f->rows.p, f->rows.n / sizeof(struct flat_row),
		     NULL, 0, &func);
	model_func(f->m, &func);
	return true;
}

static void range_add(struct dw_feed *f, struct bare *b, struct model_range r)
{
	for (size_t i = first_from(b, r.start); i < b->n && b->starts[i] - r.start < r.size; i++) {
		if (b->v[i] != NULL && symbol_add(f, b->v[i]))
			b->v[i] = NULL;
	}
}

static void unit_add(struct dw_feed *f, struct bare *b, struct dw_place place)
{
	struct dw *dw = f->dw;
	struct dw_die root;

	if (!dw_unit_open(dw, dw->fed, &dw->main, place, NULL) || dw_feed_is_dead(dw, dw->fed) ||
	    !dw_die_at(&root, dw->fed, dw->fed->first))
		return;
	dw_feed_unit(f, dw->fed);
	buf_clear(&f->spans);
	dw_ranges(dw, &root, &f->spans);

	const struct model_range *spans = (void *)f->spans.p;
	for (size_t i = 0; i < f->spans.n / sizeof(*spans); i++)
		range_add(f, b, spans[i]);
}

void dw_feed_symbols(struct dw *dw, struct model *m)
{
	struct bare b = { 0 };

	if (dw->in.compat || dw->in.relocatable || dw->in.symbols == NULL)
		return;
	dw->feed->m = m;
	bare_find(dw, m, &b);
	if (b.n == 0)
		return;
	dw_part_list(dw, &dw->main, dw->main.s.info.n);
	for (size_t i = 0; i < dw_part_units(&dw->main) && !dw->overworked; i++)
		unit_add(dw->feed, &b, dw_part_place(&dw->main, i));
}
