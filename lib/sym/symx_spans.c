#include "sym/symx_spans.h"

/* Spans that share an entry of upto, on average. */
enum { TOGETHER = 4 };

/* A call in force and where it, or one around it, ends or may give way to another. */
struct open_call {
	uint32_t call;
	uint64_t until;
};

/* A body that is being cut. Places in it are bytes from its start. */
struct cutter {
	const struct symx_table *table;
	uint64_t start, size;
	uint64_t at;                     /* all before it is cut */
	size_t line;                     /* the first that ends behind at */
	size_t next[LIMIT_INLINE_DEPTH]; /* the first range that starts behind where it was asked */
	struct open_call open[LIMIT_INLINE_DEPTH]; /* by depth */
	unsigned n_open;
	struct buf spans, calls;
};

/* Something changes so many bytes ahead. */
static void stop_after(const struct cutter *c, uint64_t bytes, uint64_t *until)
{
	if (bytes < *until - c->at)
		*until = c->at + bytes;
}

/* The range of a depth that is in force, or NULL. */
static const struct symx_range *range_at(struct cutter *c, unsigned depth, uint64_t *until)
{
	const struct symx_range *ranges = c->table->ranges, *last;
	size_t first = c->table->first[depth], end = c->table->first[depth + 1];
	size_t *next = &c->next[depth];
	uint64_t address = c->start + c->at;

	if (*next < first)
		*next = first;
	while (*next < end && ranges[*next].start <= address)
		++*next;
	if (*next < end)
		stop_after(c, ranges[*next].start - address, until);
	if (*next == first)
		return NULL;
	last = &ranges[*next - 1];
	if (address - last->start >= last->size)
		return NULL;
	stop_after(c, last->size - (address - last->start), until);
	return last;
}

static void open_call(struct cutter *c, const struct symx_range *r, uint64_t until)
{
	struct symx_call call = {
		.outer = c->n_open == 0 ? SYMX_NOWHERE : c->open[c->n_open - 1].call,
		.start = (uint32_t)(r->start - c->start),
		.origin = r->origin,
		.call_line = r->call_line,
		.call_file = r->call_file,
		.depth = (uint8_t)r->depth,
		.has_file = r->has_file,
		.old_form = r->old_form,
	};

	c->open[c->n_open++] = (struct open_call){ (uint32_t)(c->calls.n / sizeof(call)), until };
	buf_put(&c->calls, &call, sizeof(call));
}

/* The calls in force. Those that go on stay open: all work is on calls that begin. False: one
 * begins before the FUNC. */
static bool find_calls(struct cutter *c, struct symx_span *span, uint64_t *until)
{
	const struct symx_range *range;

	while (c->n_open > 0 && c->open[c->n_open - 1].until <= c->at)
		c->n_open--;
	if (c->n_open > 0)
		*until = c->open[c->n_open - 1].until;
	while (c->n_open < c->table->n_depths && (range = range_at(c, c->n_open, until)) != NULL) {
		if (range->start < c->start)
			return false;
		open_call(c, range, *until);
	}
	span->call = c->n_open == 0 ? SYMX_NOWHERE : c->open[c->n_open - 1].call;
	return true;
}

/* The line that is in force. False: it begins before the FUNC. */
static bool find_line(struct cutter *c, struct symx_span *span, uint64_t *until)
{
	uint64_t address = c->start + c->at;
	const struct record_line *l;

	span->line_start = SYMX_NOWHERE;
	for (; c->line < c->table->n_lines; c->line++) {
		l = &c->table->lines[c->line];
		if (l->start > address) {
			stop_after(c, l->start - address, until);
			return true;
		}
		if (address - l->start < l->size) {
			stop_after(c, l->size - (address - l->start), until);
			span->line_start = (uint32_t)(l->start - c->start);
			span->line = l->line;
			span->file = l->file;
			return l->start >= c->start;
		}
	}
	return true;
}

static bool cut(struct cutter *c, size_t most)
{
	while (c->at < c->size) {
		struct symx_span span = { .start = (uint32_t)c->at };
		uint64_t until = c->size;

		if (!find_calls(c, &span, &until) || !find_line(c, &span, &until) ||
		    c->spans.n / sizeof(span) + c->calls.n / sizeof(struct symx_call) >= most)
			return false;
		buf_put(&c->spans, &span, sizeof(span));
		c->at = until;
	}
	return true;
}

static const void *copy(const struct buf *from, struct arena *a)
{
	void *to = arena_alloc(a, from->n, 1, _Alignof(uint32_t));

	if (from->n != 0)
		memcpy(to, from->p, from->n);
	return to;
}

static void count_upto(struct symx_spans *s, uint64_t size, struct arena *a)
{
	uint32_t *upto, n = 0;
	size_t n_upto;

	while (size >> s->shift > s->n_spans / TOGETHER)
		s->shift++;
	n_upto = (size_t)(size >> s->shift) + 2;
	upto = arena_new(a, uint32_t, n_upto);
	for (size_t i = 0; i < n_upto; i++) {
		while (n < s->n_spans && s->spans[n].start <= (uint64_t)i << s->shift)
			n++;
		upto[i] = n;
	}
	s->upto = upto;
}

bool symx_spans_make(const struct symx_table *t, uint64_t start, uint64_t size, size_t most,
		     struct arena *a, struct symx_spans *s)
{
	struct cutter c = {
		.table = t, .start = start, .size = size, .spans.oom = a->oom, .calls.oom = a->oom
	};
	bool whole = size < SYMX_NOWHERE && cut(&c, most);

	if (whole) {
		s->n_spans = c.spans.n / sizeof(*s->spans);
		s->spans = copy(&c.spans, a);
		s->calls = copy(&c.calls, a);
		count_upto(s, size, a);
	}
	buf_free(&c.spans);
	buf_free(&c.calls);
	return whole;
}

const struct symx_span *symx_spans_at(const struct symx_spans *s, uint64_t offset)
{
	const uint32_t *upto = &s->upto[offset >> s->shift];
	uint32_t low = upto[0], high = upto[1];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (s->spans[middle].start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return &s->spans[low - 1];
}
