#include "sym/symx_impl.h"

#include "base/limits.h"
#include "sym/record_lines.h"

/* The INLINE range of one depth that may cover the address. */
struct candidate {
	struct symx_range range;
	bool used;
};

/* What was found in a body about one address. */
struct finding {
	const struct symx *x;
	struct symx_known *known; /* or NULL */
	uint64_t offset;
	struct record_line line;
	bool has_line;
	bool in_order; /* the lines so far are disjoint and ascending: one look at each is enough */
	uint64_t end;  /* of the last line, when in order */
	unsigned depths;   /* without a gap that cover the address */
	unsigned n_depths; /* that are in use below */
	struct candidate depth[LIMIT_INLINE_DEPTH];
};

/* The candidate of a depth; those up to it become used storage. */
static struct candidate *candidate_at(struct finding *f, unsigned depth)
{
	while (f->n_depths <= depth)
		f->depth[f->n_depths++].used = false;
	return &f->depth[depth];
}

static void take_inline(struct finding *f, struct record *r)
{
	struct record_inline i;
	uint64_t start, size;

	if (!record_inline(r, &i) || i.depth >= LIMIT_INLINE_DEPTH)
		return;
	while (record_range(&i.ranges, &start, &size)) {
		struct candidate *best = candidate_at(f, i.depth);
		struct symx_range c = { start,       size,     i.depth,    i.call_line,
					i.call_file, i.origin, i.has_file, i.old_form };

		if (start <= f->offset && (!best->used || symx_range_compare(&c, &best->range) > 0))
			*best = (struct candidate){ c, true };
	}
}

static bool covers(uint64_t start, uint64_t size, uint64_t offset)
{
	return offset >= start && offset - start < size;
}

static void take_line(struct finding *f, const struct record_line *l)
{
	if (!record_has_end(l->start, l->size))
		return;
	if (l->start < f->end)
		f->in_order = false;
	f->end = l->start + (l->size - 1) + 1;
	if (f->end == 0)
		f->end = UINT64_MAX;
	if (!f->has_line && covers(l->start, l->size, f->offset)) {
		f->has_line = true;
		f->line = *l;
	}
}

bool symx_item_next(const struct symx *x, const char *start, struct str *rest, struct symx_item *i)
{
	size_t n = record_plain_line(*rest, &i->line);
	struct str line;

	if (n != 0) {
		*rest = str_from(*rest, n);
		i->kind = RECORD_LINE;
		return symx_charge(x, start, rest->p, n);
	}
	if (!symx_next(x, start, rest, &line))
		return false;
	i->kind = record_open(&i->record, line, true);
	if (i->kind == RECORD_LINE && !record_line(&i->record, &i->line))
		i->kind = RECORD_UNKNOWN;
	return !record_is_top(i->kind);
}

/* Reads all of a body. */
static void scan(const struct symx *x, struct str body, struct finding *f)
{
	struct str rest = body;
	struct symx_item i;

	while (symx_item_next(x, body.p, &rest, &i)) {
		if (i.kind == RECORD_LINE)
			take_line(f, &i.line);
		else if (i.kind == RECORD_INLINE)
			take_inline(f, &i.record);
	}
}

/* How many depths without a gap have a range that covers the address. */
static unsigned count_depths(const struct finding *f)
{
	unsigned n = 0;

	while (n < f->n_depths && f->depth[n].used &&
	       covers(f->depth[n].range.start, f->depth[n].range.size, f->offset))
		n++;
	return n;
}

/* Asks a body that is known, of a FUNC that begins at start. */
static void find_span(const struct symx_spans *s, uint64_t start, uint64_t offset,
		      struct finding *f)
{
	const struct symx_span *span = symx_spans_at(s, offset - start);
	const struct symx_call *c;

	f->has_line = span->line_start != SYMX_NOWHERE;
	if (f->has_line)
		f->line = (struct record_line){ .start = start + span->line_start,
						.line = span->line,
						.file = span->file };
	f->depths = span->call == SYMX_NOWHERE ? 0 : s->calls[span->call].depth + 1u;
	for (uint32_t call = span->call; call != SYMX_NOWHERE; call = c->outer) {
		c = &s->calls[call];
		f->depth[c->depth].range = (struct symx_range){
			.start = start + c->start,
			.depth = c->depth,
			.call_line = c->call_line,
			.call_file = c->call_file,
			.origin = c->origin,
			.has_file = c->has_file,
			.old_form = c->old_form,
		};
	}
}

/* The line at the address when lines overlap or are out of order. */
static void find_line_again(const struct symx *x, struct str body, void (*oom)(size_t wanted),
			    struct finding *f)
{
	struct symx_table t = { 0 };
	const struct record_line *line;

	symx_table_read_lines(x, body, oom, &t);
	line = record_line_at(t.lines, t.n_lines, f->offset);
	f->has_line = line != NULL;
	if (line != NULL)
		f->line = *line;
	symx_table_free(&t);
}

/* Reads a body that is not known. */
static void find_text(struct str body, void (*oom)(size_t wanted), struct finding *f)
{
	f->in_order = true;
	f->end = 0;
	f->n_depths = 0;
	scan(f->x, body, f);
	if (!f->in_order)
		find_line_again(f->x, body, oom, f);
	f->depths = count_depths(f);
}

/* Origins of the old form: the number of a file stands before the name. */
static struct str without_file(const struct symx *x, struct str name)
{
	uint64_t number;
	size_t n;

	if ((x->state->index.head.flags & SYMX_OLD_INLINES) == 0)
		return name;
	n = str_find_char(name, ' ');
	if (n == name.n ||
	    (!str_to_u64(str_first(name, n), &number) && !str_eq(str_first(name, n), STR("-1"))))
		return name;
	return str_from(name, n + 1);
}

bool symx_read_name(const struct symx *x, enum symx_array numbers, uint32_t number,
		    struct str *name)
{
	struct symx_index *index = &x->state->index;
	struct str rest = symx_text(x, symx_index_numbered(index, numbers, number)), line;
	struct record_name n;
	struct record r;

	if (!record_next(&rest, &line) ||
	    record_open(&r, line, true) != (numbers == SYMX_FILE ? RECORD_FILE : RECORD_ORIGIN) ||
	    !record_name(&r, &n))
		return false;
	*name = numbers == SYMX_FILE ? n.name : without_file(x, n.name);
	return true;
}

static struct sym_place place_of(const struct finding *f, bool has_file, uint32_t file,
				 uint32_t line)
{
	struct sym_place p = { .has_line = true, .line = line };

	p.has_file = has_file && symx_known_name(f->x, f->known, SYMX_FILE, file, &p.file);
	return p;
}

/* The place where the record of a depth was called. The old form has no file: that of the line. */
static struct sym_place call_place(const struct finding *f, unsigned depth)
{
	const struct symx_range *call = &f->depth[depth].range;

	if (call->old_form)
		return place_of(f, f->has_line, f->line.file, call->call_line);
	return place_of(f, call->has_file, call->call_file, call->call_line);
}

/* The place of the innermost frame. */
static struct sym_place line_place(const struct finding *f)
{
	struct sym_place p = { 0 };

	if (f->has_line)
		p = place_of(f, true, f->line.file, f->line.line);
	if (p.line == 0)
		p.has_line = false;
	return p;
}

/*
 * A record says where its origin was called; a frame says where it is. So each place goes to the
 * function one further out, and the line record to the innermost. Origins that are not defined have
 * no frame.
 */
static void put_inlines(const struct finding *found, struct arena *a, struct sym_frame *f)
{
	f->inlines = arena_new(a, struct sym_inline, found->depths);
	for (unsigned depth = found->depths; depth-- > 0;) {
		struct sym_inline *i = &f->inlines[f->n_inlines];

		if (!symx_known_name(found->x, found->known, SYMX_ORIGIN,
				     found->depth[depth].range.origin, &i->function))
			continue;
		i->place = depth + 1 == found->depths ? line_place(found)
						      : call_place(found, depth + 1);
		f->n_inlines++;
	}
}

void symx_body_find(const struct symx *x, struct symx_known *k, struct symx_func *func,
		    uint64_t offset, struct arena *a, struct sym_frame *f)
{
	const struct symx_spans *spans = symx_known_spans(x, k, func);
	struct finding found;

	found.x = x;
	found.known = k;
	found.offset = offset;
	found.has_line = false;
	found.line = (struct record_line){ 0 };
	if (spans != NULL)
		find_span(spans, func->record.start, offset, &found);
	else
		find_text(func->body, a->oom, &found);

	if (found.depths > 0) {
		f->place = call_place(&found, 0);
		f->line_base = found.depth[0].range.start;
		put_inlines(&found, a, f);
	} else if (found.has_line) {
		f->place = place_of(&found, true, found.line.file, found.line.line);
		f->line_base = found.line.start;
	}
	if (!f->place.has_file) {
		f->place = (struct sym_place){ 0 };
		f->line_base = 0;
	}
}
