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
	uint64_t offset;
	struct record_line line;
	bool has_line;
	bool in_order; /* the lines so far are disjoint and ascending: one look at each is enough */
	uint64_t end;  /* of the last line, when in order */
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

static void find_line(const struct symx_body *b, struct finding *f)
{
	const struct record_line *line = record_line_at(b->lines, b->n_lines, f->offset);

	f->has_line = line != NULL;
	if (line != NULL)
		f->line = *line;
}

/* Asks a body that is known. */
static void find_all(const struct symx_body *b, struct finding *f)
{
	const struct symx_range *range;

	find_line(b, f);
	for (unsigned depth = 0; depth < b->n_depths; depth++) {
		range = symx_body_range(b, depth, f->offset);
		if (range == NULL || !covers(range->start, range->size, f->offset))
			break;
		*candidate_at(f, depth) = (struct candidate){ *range, true };
	}
}

/* The line at the address when lines overlap or are out of order. */
static void find_line_again(const struct symx *x, struct str body, void (*oom)(size_t wanted),
			    struct finding *f)
{
	struct arena a = { .oom = oom };
	struct symx_body b = { 0 };

	symx_body_read_lines(x, body, &a, &b);
	find_line(&b, f);
	arena_free(&a);
}

/* The name of a FILE or INLINE_ORIGIN. */
static bool name_of(const struct symx *x, enum symx_array numbers, uint32_t number,
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
	*name = n.name;
	return true;
}

/* Origins of the old form: the number of a file stands before the name. */
static struct str without_file(const struct symx *x, struct str name)
{
	size_t n = str_find_char(name, ' ');
	uint64_t number;

	if ((x->state->index.head.flags & SYMX_OLD_INLINES) == 0 || n == name.n)
		return name;
	if (!str_to_u64(str_first(name, n), &number) && !str_eq(str_first(name, n), STR("-1")))
		return name;
	return str_from(name, n + 1);
}

static struct sym_place place_of(const struct symx *x, bool has_file, uint32_t file, uint32_t line)
{
	struct sym_place p = { .has_line = true, .line = line };

	p.has_file = has_file && name_of(x, SYMX_FILE, file, &p.file);
	return p;
}

/* The place where the record of a depth was called. The old form has no file: that of the line. */
static struct sym_place call_place(const struct symx *x, const struct finding *f, unsigned depth)
{
	const struct symx_range *call = &f->depth[depth].range;

	if (call->old_form)
		return place_of(x, f->has_line, f->line.file, call->call_line);
	return place_of(x, call->has_file, call->call_file, call->call_line);
}

/* The place of the innermost frame. */
static struct sym_place line_place(const struct symx *x, const struct finding *f)
{
	struct sym_place p = { 0 };

	if (f->has_line)
		p = place_of(x, true, f->line.file, f->line.line);
	if (p.line == 0)
		p.has_line = false;
	return p;
}

/*
 * A record says where its origin was called; a frame says where it is. So each place goes to the
 * function one further out, and the line record to the innermost. Origins that are not defined have
 * no frame.
 */
static void put_inlines(const struct symx *x, const struct finding *found, unsigned depths,
			struct arena *a, struct sym_frame *f)
{
	f->inlines = arena_new(a, struct sym_inline, depths);
	for (unsigned depth = depths; depth-- > 0;) {
		struct sym_inline *i = &f->inlines[f->n_inlines];

		if (!name_of(x, SYMX_ORIGIN, found->depth[depth].range.origin, &i->function))
			continue;
		i->function = without_file(x, i->function);
		i->place = depth + 1 == depths ? line_place(x, found)
					       : call_place(x, found, depth + 1);
		f->n_inlines++;
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

void symx_body_find(const struct symx *x, struct str body, uint64_t offset, struct arena *a,
		    struct sym_frame *f)
{
	const struct symx_body *known = symx_known_body(x, body, a->oom);
	struct finding found;

	found.offset = offset;
	found.has_line = false;
	found.line = (struct record_line){ 0 };
	found.in_order = true;
	found.end = 0;
	found.n_depths = 0;
	if (known != NULL)
		find_all(known, &found);
	else
		scan(x, body, &found);
	if (!found.in_order)
		find_line_again(x, body, a->oom, &found);

	unsigned depths = count_depths(&found);
	if (depths > 0) {
		f->place = call_place(x, &found, 0);
		f->line_base = found.depth[0].range.start;
		put_inlines(x, &found, depths, a, f);
	} else if (found.has_line) {
		f->place = place_of(x, true, found.line.file, found.line.line);
		f->line_base = found.line.start;
	}
	if (!f->place.has_file) {
		f->place = (struct sym_place){ 0 };
		f->line_base = 0;
	}
}
