#include "sym/symx_table.h"

#include "base/sort.h"
#include "sym/record_lines.h"
#include "sym/symx_impl.h"

int symx_range_compare(const struct symx_range *a, const struct symx_range *b)
{
	const uint64_t x[] = { a->start, a->size, a->call_file, a->call_line, a->origin };
	const uint64_t y[] = { b->start, b->size, b->call_file, b->call_line, b->origin };

	for (unsigned i = 0; i < sizeof(x) / sizeof(x[0]); i++) {
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	return 0;
}

static void collect_ranges(struct record *r, struct buf *ranges)
{
	struct record_inline i;
	struct symx_range c;

	if (!record_inline(r, &i) || i.depth >= LIMIT_INLINE_DEPTH)
		return;
	c = (struct symx_range){ 0,           0,        i.depth,    i.call_line,
				 i.call_file, i.origin, i.has_file, i.old_form };
	while (record_range(&i.ranges, &c.start, &c.size))
		buf_put(ranges, &c, sizeof(c));
}

/* False when a body gets so large that it would be all that is kept, or is not read to its end. */
static bool collect(const struct symx *x, struct str body, struct buf *lines, struct buf *ranges)
{
	struct str rest = body;
	struct symx_item i;

	while (symx_item_next(x, body.p, &rest, &i)) {
		if (i.kind == RECORD_LINE && record_has_end(i.line.start, i.line.size))
			buf_put(lines, &i.line, sizeof(i.line));
		else if (i.kind == RECORD_INLINE && ranges != NULL)
			collect_ranges(&i.record, ranges);
		if (ranges != NULL && lines->n + ranges->n > LIMIT_SYM_KNOWN_BYTES / 4)
			return false;
	}
	return !x->state->exhausted;
}

static int by_depth(const void *a, const void *b, const void *context)
{
	const struct symx_range *x = a, *y = b;

	(void)context;
	if (x->depth != y->depth)
		return x->depth < y->depth ? -1 : 1;
	return symx_range_compare(x, y);
}

/* Of equal ranges the first counts. */
static void take_ranges(struct symx_table *t)
{
	struct symx_range *v = (void *)t->range_bytes.p;
	size_t n = t->range_bytes.n / sizeof(*v);

	sort_stable(v, n, sizeof(*v), by_depth, NULL, t->range_bytes.oom);
	for (size_t i = 0; i < n; i++) {
		if (t->n_ranges == 0 || by_depth(&v[t->n_ranges - 1], &v[i], NULL) != 0)
			v[t->n_ranges++] = v[i];
	}
	t->ranges = v;
}

/* Where each depth begins; one that no range has is empty. */
static void find_depths(struct symx_table *t)
{
	size_t at = 0;

	t->n_depths = t->n_ranges == 0 ? 0 : t->ranges[t->n_ranges - 1].depth + 1;
	for (unsigned depth = 0; depth <= t->n_depths; depth++) {
		while (at < t->n_ranges && t->ranges[at].depth < depth)
			at++;
		t->first[depth] = at;
	}
}

static void take_lines(struct symx_table *t)
{
	struct record_line *v = (void *)t->line_bytes.p;

	t->n_lines = record_lines_arrange(v, t->line_bytes.n / sizeof(*v), t->line_bytes.oom);
	t->lines = v;
}

void symx_table_read_lines(const struct symx *x, struct str body, void (*oom)(size_t wanted),
			   struct symx_table *t)
{
	t->line_bytes.oom = oom;
	collect(x, body, &t->line_bytes, NULL);
	take_lines(t);
}

bool symx_table_read(const struct symx *x, struct str body, void (*oom)(size_t wanted),
		     struct symx_table *t)
{
	t->line_bytes.oom = t->range_bytes.oom = oom;
	if (!collect(x, body, &t->line_bytes, &t->range_bytes))
		return false;
	take_lines(t);
	take_ranges(t);
	find_depths(t);
	return true;
}

void symx_table_free(struct symx_table *t)
{
	buf_free(&t->line_bytes);
	buf_free(&t->range_bytes);
}
