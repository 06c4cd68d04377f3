#include "bin/coverage.h"

#include <inttypes.h>

#include "base/js.h"
#include "base/sort.h"
#include "base/utf.h"

/* The least that is warned about: in bytes, and as a part of the code that has functions. crti.o's
 * _init and _fini, and _dl_relocate_static_pie, are below both. Where no functions are known, a
 * section without any call frame information of a page. */
enum { WARN_BYTES = 256, WARN_PART = 50, WARN_UNKNOWN = 4096 };

static int compare(const void *a, const void *b, const void *context)
{
	const struct range *x = a, *y = b;

	(void)context;
	return (x->first > y->first) - (x->first < y->first);
}

/* Of each range, as its item, the bytes in those before it: so that the bytes between two addresses
 * take two searches, however many ranges and sections a file claims. */
static void sum(struct ranges *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		r->v[i].item = (size_t)n;
		n += r->v[i].last - r->v[i].first + 1;
	}
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
	sum(r);
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

/* Bytes of the ranges below an address. */
static uint64_t below(const struct ranges *r, uint64_t address)
{
	size_t i = first_at(r, address);
	const struct range *before = i == 0 ? NULL : &r->v[i - 1];
	uint64_t n = before == NULL ? 0 : before->item + (before->last - before->first + 1);

	return i < r->n && r->v[i].first < address ? n + (address - r->v[i].first) : n;
}

static uint64_t covered(const struct ranges *r, uint64_t first, uint64_t last)
{
	return below(r, last) - below(r, first) + (ranges_find(r, last) != NULL);
}

/* What of the functions has no CFI: pieces of one range of them are added. *next is the first range
 * of CFI that may be inside it. */
static void add_bare(struct ranges *bare, const struct range *func, const struct ranges *cfi,
		     size_t *next)
{
	uint64_t at = func->first;

	for (size_t i = *next; i < cfi->n && cfi->v[i].first <= func->last; i++) {
		if (cfi->v[i].last < at)
			continue;
		*next = i;
		if (cfi->v[i].first > at)
			bare->v[bare->n++] = (struct range){ at, cfi->v[i].first - 1, 0 };
		if (cfi->v[i].last >= func->last)
			return;
		at = cfi->v[i].last + 1;
	}
	bare->v[bare->n++] = (struct range){ at, func->last, 0 };
}

static struct ranges find_bare(const struct coverage_input *in, struct arena *a)
{
	const struct ranges *funcs = &in->have[COVERAGE_FUNCS], *cfi = &in->have[COVERAGE_CFI];
	struct ranges bare = ranges_make(a, funcs->n + cfi->n);
	size_t next = 0;

	for (size_t i = 0; i < funcs->n; i++)
		add_bare(&bare, &funcs->v[i], cfi, &next);
	sum(&bare);
	return bare;
}

static struct coverage_counts count(const struct coverage_input *in, const struct ranges *bare,
				    const struct coverage_section *s)
{
	struct coverage_counts c = { .size = s->size };

	if (s->size == 0 || s->size - 1 > UINT64_MAX - s->start)
		return (struct coverage_counts){ 0 };

	uint64_t last = s->start + (s->size - 1);
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		c.covered[kind] = covered(&in->have[kind], s->start, last);
	c.bare = covered(bare, s->start, last);
	if (c.bare != 0) {
		uint64_t first = bare->v[first_at(bare, s->start)].first;

		c.first_bare = first > s->start ? first : s->start;
	}
	return c;
}

/* As much as there is room for: sections of a file may claim any size. */
static void add(uint64_t *total, uint64_t n)
{
	if (__builtin_add_overflow(*total, n, total))
		*total = UINT64_MAX;
}

void coverage_count(const struct coverage_input *in, struct arena *a,
		    struct coverage_counts *counts, struct coverage_counts *total)
{
	struct ranges bare = find_bare(in, a);

	*total = (struct coverage_counts){ 0 };
	for (size_t i = 0; i < in->n; i++) {
		counts[i] = count(in, &bare, &in->sections[i]);
		if (counts[i].bare != 0 && total->bare == 0)
			total->first_bare = counts[i].first_bare;
		add(&total->size, counts[i].size);
		add(&total->bare, counts[i].bare);
		for (int kind = 0; kind < COVERAGE_KINDS; kind++)
			add(&total->covered[kind], counts[i].covered[kind]);
	}
}

/* Tenths of a percent, rounded down, so that 100.0 is all of it. */
static void put_percent(struct buf *out, uint64_t part, uint64_t all)
{
	uint64_t tenths = all == 0 ? 0 : (uint64_t)((double)part / (double)all * 1000);

	if (part < all && tenths >= 1000)
		tenths = 999;
	buf_printf(out, "\t%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

static void put_line(struct buf *out, const char *file, struct str name,
		     const struct coverage_counts *c)
{
	text_printable(out, str_of(file));
	buf_put_char(out, '\t');
	text_printable(out, name);
	buf_printf(out, "\t%" PRIu64, c->size);
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		put_percent(out, c->covered[kind], c->size);
	buf_printf(out, "\t%" PRIu64 "\n", c->bare);
}

void coverage_write(const struct coverage_input *in, const struct coverage_counts *counts,
		    const struct coverage_counts *total, const char *file, struct buf *out)
{
	for (size_t i = 0; i < in->n; i++)
		put_line(out, file, in->sections[i].name, &counts[i]);
	put_line(out, file, STR("total"), total);
}

static void put_counts(struct js *j, const struct coverage_counts *c)
{
	static const char *const names[COVERAGE_KINDS] = {
		[COVERAGE_FUNCS] = "functions", [COVERAGE_LINES] = "lines", [COVERAGE_CFI] = "cfi"
	};

	js_key_u64(j, "bytes", c->size);
	for (int kind = 0; kind < COVERAGE_KINDS; kind++)
		js_key_u64(j, names[kind], c->covered[kind]);
	js_key_u64(j, "functions_without_cfi", c->bare);
}

void coverage_write_json(const struct coverage_input *in, const struct coverage_counts *counts,
			 const struct coverage_counts *total, const char *file, FILE *out)
{
	struct js j = js_make(out, false);

	js_object(&j);
	js_key_text(&j, "file", file);
	js_key(&j, "sections");
	js_array(&j);
	for (size_t i = 0; i < in->n; i++) {
		js_object(&j);
		js_key_str(&j, "name", in->sections[i].name);
		put_counts(&j, &counts[i]);
		js_end(&j, '}');
	}
	js_end(&j, ']');
	js_key(&j, "total");
	js_object(&j);
	put_counts(&j, total);
	js_end(&j, '}');
	js_end(&j, '}');
	fputc('\n', out);
}

static bool warn_section(const struct coverage_section *s, const struct coverage_counts *c,
			 const char *file, struct diag *d)
{
	struct cursor at = cursor_make((struct slice){ 0 }, file);

	if (c->bare >= WARN_BYTES && c->bare >= c->covered[COVERAGE_FUNCS] / WARN_PART) {
		at.base = c->first_bare;
		diag_warn(
			d, &at,
			"%.*s: %" PRIu64 " of %" PRIu64
			" bytes in functions have no call frame information, from this address on",
			STR_ARGS(s->name), c->bare, c->covered[COVERAGE_FUNCS]);
		return true;
	}
	if (c->size >= WARN_UNKNOWN && c->covered[COVERAGE_FUNCS] == 0 &&
	    c->covered[COVERAGE_CFI] == 0) {
		at.base = s->start;
		diag_warn(d, &at, "%.*s: %" PRIu64 " bytes of code without call frame information",
			  STR_ARGS(s->name), c->size);
		return true;
	}
	return false;
}

bool coverage_warn(const struct coverage_input *in, const struct coverage_counts *counts,
		   const char *file, struct diag *d)
{
	bool warned = false;

	for (size_t i = 0; i < in->n; i++)
		warned |= warn_section(&in->sections[i], &counts[i], file, d);
	return warned;
}
