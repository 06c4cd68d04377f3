#include "bin/coverage.h"

#include <inttypes.h>

#include "base/sort.h"
#include "base/utf.h"

/* The least that is warned about: in bytes, and as a part of the code that has functions. crti.o's
 * _init and _fini, and _dl_relocate_static_pie, are below both. */
enum { WARN_BYTES = 256, WARN_PART = 50 };

static int compare(const void *a, const void *b, const void *context)
{
	const struct range *x = a, *y = b;

	(void)context;
	return (x->first > y->first) - (x->first < y->first);
}

void coverage_merge(struct ranges *r, void (*oom)(size_t wanted))
{
	size_t kept = 0;

	sort_stable(r->v, r->n, sizeof(*r->v), compare, NULL, oom);
	for (size_t i = 0; i < r->n; i++) {
		struct range *last = kept == 0 ? NULL : &r->v[kept - 1];

		if (last == NULL || (r->v[i].first > last->last && r->v[i].first - 1 > last->last))
			r->v[kept++] = r->v[i];
		else if (r->v[i].last > last->last)
			last->last = r->v[i].last;
	}
	r->n = kept;
}

/* The first range that ends at or behind an address. */
static size_t first_at(const struct ranges *r, uint64_t address)
{
	size_t low = 0, high = r->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->v[middle].last < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The part of a range inside [first, last], which it does not end before. */
static struct range clip(const struct range *r, uint64_t first, uint64_t last)
{
	return (struct range){ r->first > first ? r->first : first, r->last < last ? r->last : last,
			       r->item };
}

static uint64_t covered(const struct ranges *r, uint64_t first, uint64_t last)
{
	uint64_t n = 0;

	for (size_t i = first_at(r, first); i < r->n && r->v[i].first <= last; i++) {
		struct range part = clip(&r->v[i], first, last);

		n += part.last - part.first + 1;
	}
	return n;
}

/* One range of functions: what of it has no CFI. */
static void count_bare(const struct ranges *cfi, const struct range *part,
		       struct coverage_counts *c)
{
	uint64_t n = part->last - part->first + 1 - covered(cfi, part->first, part->last);
	const struct range *at = ranges_find(cfi, part->first);

	if (n != 0 && c->bare == 0)
		c->first_bare = at == NULL ? part->first : at->last + 1;
	c->bare += n;
}

static struct coverage_counts count(const struct coverage_input *in,
				    const struct coverage_section *s)
{
	const struct ranges *funcs = &in->have[COVERAGE_FUNCS];
	struct coverage_counts c = { .size = s->size };

	if (s->size == 0 || s->size - 1 > UINT64_MAX - s->start)
		return (struct coverage_counts){ 0 };

	uint64_t last = s->start + (s->size - 1);
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		c.covered[kind] = covered(&in->have[kind], s->start, last);
	for (size_t i = first_at(funcs, s->start); i < funcs->n && funcs->v[i].first <= last; i++) {
		struct range part = clip(&funcs->v[i], s->start, last);

		count_bare(&in->have[COVERAGE_CFI], &part, &c);
	}
	return c;
}

void coverage_count(const struct coverage_input *in, struct coverage_counts *counts,
		    struct coverage_counts *total)
{
	*total = (struct coverage_counts){ 0 };
	for (size_t i = 0; i < in->n; i++) {
		counts[i] = count(in, &in->sections[i]);
		if (counts[i].bare != 0 && total->bare == 0)
			total->first_bare = counts[i].first_bare;
		total->size += counts[i].size;
		total->bare += counts[i].bare;
		for (int kind = 0; kind < COVERAGE_KINDS; kind++)
			total->covered[kind] += counts[i].covered[kind];
	}
}

/* --- for people ----------------------------------------------------------------------------- */

/* Tenths of a percent, rounded down, so that 100.0 is all of it. */
static void put_percent(struct buf *out, uint64_t part, uint64_t all)
{
	uint64_t tenths = all == 0 ? 0 : (uint64_t)((double)part / (double)all * 1000);

	if (part < all && tenths >= 1000)
		tenths = 999;
	buf_printf(out, "\t%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

static void put_line(struct buf *out, struct str name, const struct coverage_counts *c)
{
	text_printable(out, name);
	buf_printf(out, "\t%" PRIu64, c->size);
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		put_percent(out, c->covered[kind], c->size);
	buf_printf(out, "\t%" PRIu64 "\n", c->bare);
}

void coverage_write(const struct coverage_input *in, const struct coverage_counts *counts,
		    const struct coverage_counts *total, struct buf *out)
{
	for (size_t i = 0; i < in->n; i++)
		put_line(out, in->sections[i].name, &counts[i]);
	put_line(out, STR("total"), total);
}

bool coverage_warn(const struct coverage_input *in, const struct coverage_counts *counts,
		   const char *file, struct diag *d)
{
	bool warned = false;

	for (size_t i = 0; i < in->n; i++) {
		const struct coverage_counts *c = &counts[i];
		struct cursor at = cursor_make((struct slice){ 0 }, file);

		if (c->bare < WARN_BYTES || c->bare < c->covered[COVERAGE_FUNCS] / WARN_PART)
			continue;
		at.base = c->first_bare;
		diag_warn(
			d, &at,
			"%.*s: %" PRIu64 " of %" PRIu64
			" bytes in functions have no call frame information, from this address on",
			STR_ARGS(in->sections[i].name), c->bare, c->covered[COVERAGE_FUNCS]);
		warned = true;
	}
	return warned;
}
