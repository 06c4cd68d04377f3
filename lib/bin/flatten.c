#include "base/limits.h"
#include "base/sort.h"
#include "bin/flatten_impl.h"

void flatten_init(struct flatten *f, void (*oom)(size_t wanted))
{
	struct buf *const bufs[] = { &f->lines, &f->inlines, &f->ranges, &f->calls,
				     &f->again, &f->nested,  &f->open,   &f->parts };

	*f = (struct flatten){ .oom = oom };
	for (size_t i = 0; i < COUNT(bufs); i++)
		bufs[i]->oom = oom;
}

void flatten_free(struct flatten *f)
{
	struct buf *const bufs[] = { &f->lines, &f->inlines, &f->ranges, &f->calls,
				     &f->again, &f->nested,  &f->open,   &f->parts };

	for (size_t i = 0; i < COUNT(bufs); i++)
		buf_free(bufs[i]);
}

static int by_start(const void *a, const void *b, const void *context)
{
	const struct flat_node *left = a, *right = b;

	(void)context;
	return left->start != right->start ? COMPARE(left->start, right->start)
					   : COMPARE(left->depth, right->depth);
}

/* Puts a piece among those that wait, the next one last. Too many are not of a compiler. */
static void place_again(struct flatten *f, struct flat_node piece)
{
	size_t n = flat_n_nodes(&f->again), i = n;

	if (n == LIMIT_INLINE_AGAIN || f->tries == 0)
		return;
	f->tries--;
	buf_put(&f->again, &piece, sizeof(piece));

	struct flat_node *v = flat_nodes(&f->again);
	for (; i > 0 && by_start(&v[i - 1], &piece, NULL) < 0; i--)
		v[i] = v[i - 1];
	v[i] = piece;
}

/* The call that begins first, of those given and of the pieces. */
static bool next_call(struct flatten *f, size_t *at, struct flat_node *call)
{
	size_t n = flat_n_nodes(&f->again);
	const struct flat_node *given = *at < flat_n_nodes(&f->calls) ? &flat_nodes(&f->calls)[*at]
								      : NULL;
	const struct flat_node *again = n != 0 ? &flat_nodes(&f->again)[n - 1] : NULL;

	if (given == NULL && again == NULL)
		return false;
	if (again == NULL || (given != NULL && by_start(given, again, NULL) <= 0)) {
		*call = *given;
		++*at;
	} else {
		*call = *again;
		f->again.n -= sizeof(*again);
	}
	return true;
}

static size_t *open_of(struct flatten *f)
{
	return (void *)f->open.p;
}

static size_t n_open(const struct flatten *f)
{
	return f->open.n / sizeof(size_t);
}

static struct flat_node *innermost(struct flatten *f)
{
	return &flat_nodes(&f->nested)[open_of(f)[n_open(f) - 1]];
}

static void close_until(struct flatten *f, uint64_t address)
{
	while (n_open(f) != 0 && innermost(f)->end <= address)
		f->open.n -= sizeof(size_t);
}

/* Adds a call to nested, or what of it lies inside the call around it: the rest is tried again. A
 * call inside one before it at the same depth is dropped, as is one without a call around it. */
static void nest(struct flatten *f, struct flat_node call, uint64_t end)
{
	close_until(f, call.start);
	if (n_open(f) > call.depth) {
		const struct flat_node *sibling = &flat_nodes(&f->nested)[open_of(f)[call.depth]];

		if (call.end <= sibling->end)
			return;
		call.start = sibling->end;
		place_again(f, call);
		return;
	}
	if (n_open(f) < call.depth)
		return;

	uint64_t limit = call.depth == 0 ? end : innermost(f)->end;
	if (call.end > limit) {
		struct flat_node rest = call;

		rest.start = call.end = limit;
		if (call.depth != 0)
			place_again(f, rest);
	}

	size_t index = flat_n_nodes(&f->nested);
	buf_put(&f->nested, &call, sizeof(call));
	buf_put(&f->open, &index, sizeof(index));
}

static void nest_all(struct flatten *f, const struct flat_call *calls, size_t n, uint64_t start,
		     uint64_t end)
{
	size_t at = 0;
	struct flat_node call;

	buf_clear(&f->calls);
	buf_clear(&f->again);
	buf_clear(&f->nested);
	buf_clear(&f->open);
	for (size_t i = 0; i < n; i++) {
		const struct flat_call *c = &calls[i];
		uint64_t left = end > c->start ? end - c->start : 0;
		struct flat_node node = { c->start > start ? c->start : start,
					  c->start + (c->size < left ? c->size : left),
					  c->depth,
					  c->call_file,
					  c->call_line,
					  c->origin };

		if (node.start < node.end)
			buf_put(&f->calls, &node, sizeof(node));
	}
	sort_stable(f->calls.p, flat_n_nodes(&f->calls), sizeof(struct flat_node), by_start, NULL,
		    f->oom);
	f->tries = LIMIT_INLINE_TRIES * n;
	while (next_call(f, &at, &call))
		nest(f, call, end);
}

/* A piece of the function in which one row and the same calls are in force. */
struct piece {
	uint64_t start, end;
	const struct flat_row *row; /* NULL in a hole of the table */
};

struct sweep {
	struct flatten *f;
	const struct flatten_options *o;
	const struct flat_row *rows;
	size_t n_rows, row, node;
	uint64_t start, at, end;
};

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Rows that are over, or that begin before the function: the peer drops these. */
static void skip_rows(struct sweep *s)
{
	for (; s->row < s->n_rows; s->row++) {
		const struct flat_row *r = &s->rows[s->row];
		bool over = r->start <= s->at && s->at - r->start >= r->size;

		if (!over && !(s->o->compat && r->start < s->start))
			return;
	}
}

static bool next_piece(struct sweep *s, struct piece *p)
{
	const struct flat_node *nested = flat_nodes(&s->f->nested);
	size_t n = flat_n_nodes(&s->f->nested);

	if (s->at >= s->end)
		return false;
	close_until(s->f, s->at);
	for (; s->node < n && nested[s->node].start <= s->at; s->node++)
		buf_put(&s->f->open, &s->node, sizeof(s->node));
	skip_rows(s);

	const struct flat_row *row = s->row < s->n_rows ? &s->rows[s->row] : NULL;
	uint64_t end = s->end;
	if (n_open(s->f) != 0)
		end = least(end, innermost(s->f)->end);
	if (s->node < n)
		end = least(end, nested[s->node].start);
	if (row != NULL && row->start > s->at) {
		end = least(end, row->start);
		row = NULL;
	} else if (row != NULL && row->size < end - row->start) {
		end = row->start + row->size;
	}
	*p = (struct piece){ s->at, end, row };
	s->at = end;
	return true;
}

static void add_line(struct flatten *f, const struct piece *p, uint32_t file, uint32_t line)
{
	struct model_line *lines = (void *)f->lines.p;
	size_t n = f->lines.n / sizeof(*lines);
	struct model_line next = { p->start, p->end - p->start, line, file };

	if (file == MODEL_NO_FILE)
		return;
	if (n != 0 && lines[n - 1].file == file && lines[n - 1].line == line &&
	    lines[n - 1].start + lines[n - 1].size == p->start)
		lines[n - 1].size += next.size;
	else
		buf_put(&f->lines, &next, sizeof(next));
}

/* With inlined calls: the row is the place in the innermost one. In a hole of the table the peer
 * has the place of the innermost call, but not the call. */
static void add_inlined(const struct sweep *s, const struct piece *p)
{
	struct flat_node *call = n_open(s->f) != 0 ? innermost(s->f) : NULL;

	if (p->row != NULL) {
		add_line(s->f, p, p->row->file, p->row->line);
	} else if (call != NULL && s->o->compat) {
		struct flat_node before = *call;

		add_line(s->f, p, call->call_file, call->call_line);
		before.end = p->start;
		if (before.start < before.end)
			buf_put(&s->f->parts, &before, sizeof(before));
		call->start = p->end;
	}
}

/* Without: all that is inlined stands at the place of the outermost call. Line 0 is none. */
static void add_outermost(const struct sweep *s, const struct piece *p)
{
	const struct flat_node *call = n_open(s->f) != 0
					       ? &flat_nodes(&s->f->nested)[open_of(s->f)[0]]
					       : NULL;

	if (call != NULL && call->call_line != 0)
		add_line(s->f, p, call->call_file, call->call_line);
	else if (call == NULL && p->row != NULL && p->row->line != 0)
		add_line(s->f, p, p->row->file, p->row->line);
}

/* Each line record reaches to the next one, and the last to the end. */
static void fill_holes(struct flatten *f, uint64_t end)
{
	struct model_line *lines = (void *)f->lines.p;
	size_t n = f->lines.n / sizeof(*lines);

	for (size_t i = 0; i < n; i++)
		lines[i].size = (i + 1 < n ? lines[i + 1].start : end) - lines[i].start;
}

static void clear(struct flatten *f)
{
	buf_clear(&f->lines);
	buf_clear(&f->inlines);
	buf_clear(&f->ranges);
	buf_clear(&f->parts);
	buf_clear(&f->open);
}

void flatten_func(struct flatten *f, const struct flatten_options *o, const struct flat_row *rows,
		  size_t n_rows, const struct flat_call *calls, size_t n_calls,
		  struct model_func *func)
{
	struct sweep s = {
		.f = f,
		.o = o,
		.rows = rows,
		.n_rows = n_rows,
		.start = func->start,
		.at = func->start,
		.end = func->start + func->size,
	};
	struct piece p;

	nest_all(f, calls, n_calls, s.at, s.end);
	clear(f);
	while (next_piece(&s, &p))
		(o->inlines ? add_inlined : add_outermost)(&s, &p);
	if (o->compat)
		fill_holes(f, s.end);
	if (o->inlines)
		flat_add_inlines(f);
	func->lines = (const void *)f->lines.p;
	func->n_lines = f->lines.n / sizeof(struct model_line);
	func->inlines = (const void *)f->inlines.p;
	func->n_inlines = f->inlines.n / sizeof(struct model_inline);
}
