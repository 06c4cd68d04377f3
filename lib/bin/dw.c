#include "bin/dw.h"

#include "base/limits.h"
#include "bin/dw_const.h"
#include "bin/dw_feed.h"
#include "bin/dw_outline.h"

static uint64_t section_bytes(const struct dw_sections *s)
{
	const struct slice all[] = { s->info,     s->types,  s->abbrev,   s->str,  s->line,
				     s->line_str, s->ranges, s->rnglists, s->addr, s->str_offsets };
	uint64_t n = 0;

	for (size_t i = 0; i < COUNT(all); i++)
		n += all[i].n;
	return n;
}

static struct dw_outline *outlines_new(struct arena *a, size_t n)
{
	struct dw_outline *v = arena_new(a, struct dw_outline, n);

	for (size_t i = 0; i < n; i++)
		v[i].scopes.oom = v[i].spots.oom = a->oom;
	return v;
}

struct dw *dw_open(const struct dw_input *in, struct arena *a, struct diag *d)
{
	struct dw *dw = arena_new(a, struct dw, 1);

	dw->in = *in;
	dw->arena = a;
	dw->diag = d;
	/* The peer reads neither. */
	if (in->compat) {
		dw->in.supplement = (struct dw_sections){ .file = in->supplement.file };
		dw->in.split.find = NULL;
	}
	dw->open = arena_new(a, struct dw_unit, DW_N_OPEN);
	dw->fed = arena_new(a, struct dw_unit, 1);
	dw->split = arena_new(a, struct dw_unit, 1);
	dw->tables = arena_new(a, struct dw_table, DW_N_TABLES);
	dw->names = arena_new(a, struct dw_known_name, DW_N_NAMES);
	dw->outlines = outlines_new(a, DW_N_OPEN);
	dw->outline = outlines_new(a, 1);
	dw->text.oom = a->oom;
	dw->feed = arena_new(a, struct dw_feed, 1);
	dw->work = LIMIT_DWARF_LEAST + LIMIT_DWARF_TIMES * (section_bytes(&dw->in.main) +
							    section_bytes(&dw->in.supplement));
	dw_part_open(dw, &dw->main, &dw->in.main);
	dw_part_open(dw, &dw->supplement, &dw->in.supplement);
	dw_feed_open(dw->feed, dw);
	return dw;
}

void dw_close(struct dw *dw)
{
	dw_feed_close(dw->feed);
	dw_part_close(&dw->main);
	dw_part_close(&dw->supplement);
	dw_part_close(&dw->dwo);
	buf_free(&dw->text);
	for (size_t i = 0; i < DW_N_TABLES; i++) {
		buf_free(&dw->tables[i].abbrevs.abbrevs);
		buf_free(&dw->tables[i].abbrevs.steps);
	}
	for (size_t i = 0; i < DW_N_OPEN; i++)
		dw_outline_free(&dw->outlines[i]);
	dw_outline_free(dw->outline);
}

uint64_t dw_size(const struct dw *dw)
{
	return dw->main.s.info.n;
}

/* The unit of the .dwo that a skeleton stands for; NULL when it is not there. */
static const struct dw_unit *split_open(struct dw *dw)
{
	const struct dw_split *split = &dw->in.split;
	struct dw_sections s;

	dw->split->serial = 0;
	if (dw->fed->dwo_name.n == 0 || split->find == NULL)
		return NULL;
	if (!split->find(split->context, dw->fed->dwo_name, dw->fed->directory, dw->fed->id, &s)) {
		diag_info(dw->diag, "%s: no file of split debug information %.*s", dw->in.main.file,
			  STR_ARGS(dw->fed->dwo_name));
		return NULL;
	}
	/* Skeletons may share one. */
	if (!dw_work(dw, s.info.n))
		return NULL;
	dw_part_open(dw, &dw->dwo, &s);
	dw->dwo.skeleton = dw->fed;
	for (size_t i = 0; i < dw_part_units(&dw->dwo); i++) {
		struct dw_place place = dw_part_place(&dw->dwo, i);

		if (dw_unit_open(dw, dw->split, &dw->dwo, place, dw->fed) &&
		    dw->split->tag == DW_TAG_COMPILE_UNIT && dw->split->id == dw->fed->id)
			return dw->split;
	}
	dw->split->serial = 0;
	return NULL;
}

bool dw_forgets(const struct dw *dw)
{
	const struct inflow *inflow = dw->main.s.inflow;

	return inflow != NULL && inflow->forgets;
}

/* All but the first entry, for which dw_feed_symbols() comes back. */
static void forget(struct dw *dw, struct dw_place place)
{
	struct inflow *inflow = dw->main.s.inflow;

	if (!dw_forgets(dw) || dw->fed->serial != dw->main.serial)
		return;

	uint64_t end = dw_unit_root_end(dw->fed);
	if (end != 0)
		inflow->forget(inflow, place.offset + end, place.offset + place.size);
}

static void feed_unit(struct dw *dw, struct dw_place place)
{
	const struct dw_unit *u = dw->fed;

	if (!dw_unit_open(dw, dw->fed, &dw->main, place, NULL) || u->tag == DW_TAG_TYPE_UNIT ||
	    u->tag == DW_TAG_PARTIAL_UNIT || dw_feed_is_dead(dw, u))
		return;
	if (u->dwo_name.n != 0)
		u = split_open(dw);
	if (u == NULL)
		return;
	dw_feed_unit(dw->feed, u);
	dw_feed_entries(dw->feed);
}

/* Numbers of names are a model's. */
static void set_model(struct dw *dw, struct model *m)
{
	if (dw->names_of != m)
		memset(dw->names, 0, DW_N_NAMES * sizeof(*dw->names));
	dw->names_of = m;
	dw->feed->m = m;
}

/* The place of the unit with that index, if it begins before to. What is behind it is not asked
 * for: it may have to come in first. */
static bool next_place(struct dw *dw, size_t index, uint64_t to, struct dw_place *place)
{
	struct dw_part *p = &dw->main;

	to = to < p->s.info.n ? to : p->s.info.n;
	while (index == dw_part_units(p) && p->listed < to)
		dw_part_list(dw, p, p->listed + 1);
	if (index == dw_part_units(p))
		return false;
	*place = dw_part_place(p, index);
	return place->offset < to;
}

void dw_feed(struct dw *dw, uint64_t from, uint64_t to, struct model *m)
{
	struct dw_place place;

	set_model(dw, m);
	dw_part_list(dw, &dw->main, from);
	for (size_t i = dw_part_first(&dw->main, from);
	     !dw->overworked && next_place(dw, i, to, &place); i++) {
		if (place.cut)
			dw_part_say_cut(dw, &dw->main, place);
		feed_unit(dw, place);
		forget(dw, place);
	}
}
