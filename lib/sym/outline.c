#include "sym/outline.h"

#include "base/sort.h"
#include "sym/pieces.h"

/* What the line read belongs to; LOST: to a malformed record. */
enum body { BODY_NONE, BODY_FUNC, BODY_LOST };

struct scan {
	struct outline *o;
	uint64_t at;
	enum body body;
	struct outline_item win[2]; /* the last STACK WIN of type 0, of type 4 */
};

static void add(struct scan *s, struct buf *to, enum record_kind kind, uint64_t start,
		uint64_t size)
{
	struct outline_item item = { .start = start, .size = size, .at = s->at, .kind = kind };

	buf_put(to, &item, sizeof(item));
}

static void take_module(struct scan *s, struct record *r)
{
	struct record_module m;

	if (s->o->module_at == OUTLINE_NONE && record_module(r, &m))
		s->o->module_at = (int64_t)s->at;
}

static void take_info(struct scan *s, struct record *r)
{
	if (r->gap || r->p != r->end)
		add(s, &s->o->infos, RECORD_INFO, 0, 0);
}

static void take_file(struct scan *s, struct record *r)
{
	struct record_name n;

	if (!record_name(r, &n))
		return;
	add(s, &s->o->files, RECORD_FILE, n.number, 0);
	if (n.number >= s->o->next_file)
		s->o->next_file = (uint64_t)n.number + 1;
}

static void take_origin(struct scan *s, struct record *r)
{
	struct record_name n;

	if (record_name(r, &n))
		add(s, &s->o->origins, RECORD_ORIGIN, n.number, 0);
}

static void take_func(struct scan *s, struct record *r)
{
	struct record_func f;

	s->body = BODY_LOST;
	if (!record_func(r, &f))
		return;
	s->body = BODY_FUNC;
	if (record_has_end(f.start, f.size))
		add(s, &s->o->body, RECORD_FUNC, f.start, f.size);
}

static void take_public(struct scan *s, struct record *r)
{
	struct record_func f;

	if (record_public(r, &f))
		add(s, &s->o->body, RECORD_PUBLIC, f.start, 0);
}

static void take_line(struct scan *s, struct record *r)
{
	struct record_line l;

	if (s->body == BODY_NONE && record_line(r, &l) && record_has_end(l.start, l.size))
		buf_put(&s->o->orphans, &l, sizeof(l));
}

static void take_inline(struct scan *s, struct record *r)
{
	struct record_inline i;

	if (s->body != BODY_FUNC || !record_inline(r, &i))
		return;
	s->o->old_inlines |= i.old_form;
	s->o->lacks_file |= !i.has_file;
}

static void take_cfi_init(struct scan *s, struct record *r)
{
	struct record_cfi c;

	if (record_cfi_init(r, &c) && record_has_end(c.start, c.size))
		add(s, &s->o->stack, RECORD_CFI_INIT, c.start, c.size);
}

/* One that meets the last of its type is left out, unless it begins inside that or is of the same
 * range: as in symx_build.c. Types that nobody uses do not count. */
static void take_win(struct scan *s, struct record *r)
{
	struct record_win w;

	if (!record_win(r, &w) || w.type > 4 || !record_has_end(w.start, w.size))
		return;

	bool used = w.type == (w.has_program ? 4u : 0u);
	struct outline_item item = { w.start, w.size, s->at, RECORD_WIN, w.type, !used };
	struct outline_item *last = &s->win[w.type == 4];
	if (used && last->size != 0 && w.start <= last->start + (last->size - 1) &&
	    last->start <= w.start + (w.size - 1) && w.start <= last->start &&
	    (w.start != last->start || w.size != last->size))
		return;
	if (used)
		*last = item;
	buf_put(&s->o->stack, &item, sizeof(item));
}

static void (*const kinds[RECORD_KINDS])(struct scan *s, struct record *r) = {
	[RECORD_MODULE] = take_module, [RECORD_INFO] = take_info,
	[RECORD_URL] = take_info,      [RECORD_FILE] = take_file,
	[RECORD_ORIGIN] = take_origin, [RECORD_FUNC] = take_func,
	[RECORD_LINE] = take_line,     [RECORD_INLINE] = take_inline,
	[RECORD_PUBLIC] = take_public, [RECORD_CFI_INIT] = take_cfi_init,
	[RECORD_WIN] = take_win,
};

static void take_piece(struct scan *s, struct str piece, uint64_t at)
{
	const char *start = piece.p;
	struct record_line l;
	struct record r;
	struct str line;
	size_t n;

	for (;;) {
		while ((n = s->body == BODY_FUNC ? record_plain_line(piece, &l) : 0) != 0)
			piece = str_from(piece, n);
		s->at = at + (uint64_t)(piece.p - start);
		if (!record_next(&piece, &line))
			return;

		enum record_kind kind = record_open(&r, line, true);
		if (record_is_top(kind))
			s->body = BODY_NONE;
		if (kinds[kind] != NULL)
			kinds[kind](s, &r);
	}
}

/* By kind, then by number or address, then by size. */
static int by_start(const void *a, const void *b, const void *context)
{
	const struct outline_item *x = a, *y = b;

	(void)context;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

static int by_place(const void *a, const void *b, const void *context)
{
	const struct outline_item *x = a, *y = b;

	(void)context;
	return (x->at > y->at) - (x->at < y->at);
}

static int by_address(const void *a, const void *b, const void *context)
{
	const struct outline_item *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return by_start(a, b, context);
}

static void sort_items(struct buf *b, sort_compare compare)
{
	sort_stable(b->p, outline_count(b), sizeof(struct outline_item), compare, NULL, b->oom);
}

/* The name and parameter size of a PUBLIC. */
static struct record_func public_at(struct str text, uint64_t at)
{
	struct str rest = str_from(text, (size_t)at), line;
	struct record_func f = { 0 };
	struct record r;

	if (record_next(&rest, &line) && record_open(&r, line, true) == RECORD_PUBLIC)
		record_public(&r, &f);
	return f;
}

/* Of two PUBLICs at an address, rust-minidump takes the one whose name is greater. */
static bool is_better(struct str text, const struct outline_item *a, const struct outline_item *b)
{
	struct record_func f = public_at(text, a->at), g = public_at(text, b->at);
	int order = str_cmp(f.name, g.name);

	return order > 0 || (order == 0 && f.parameter_size >= g.parameter_size);
}

static bool overlaps(const struct outline_item *last, const struct outline_item *item)
{
	return last->kind == item->kind && last->kind != RECORD_WIN && last->size != 0 &&
	       item->start <= last->start + (last->size - 1);
}

/* Leaves out what does not count. */
static void choose(struct buf *b, struct str text)
{
	struct outline_item *v = outline_items(b);
	size_t n = outline_count(b), kept = 0;

	sort_items(b, by_start);
	for (size_t i = 0; i < n; i++) {
		struct outline_item *last = kept == 0 ? NULL : &v[kept - 1];
		bool same = last != NULL && last->kind == v[i].kind && last->start == v[i].start;

		if (same && v[i].kind == RECORD_PUBLIC) {
			if (is_better(text, &v[i], last))
				*last = v[i];
			last->multiple = true;
		} else if (same && (v[i].kind == RECORD_FILE || v[i].kind == RECORD_ORIGIN)) {
			*last = v[i];
		} else if (last == NULL || !overlaps(last, &v[i])) {
			v[kept++] = v[i];
		}
	}
	b->n = kept * sizeof(*v);
	sort_items(b, by_place);
}

static int by_line(const void *a, const void *b, const void *context)
{
	const struct record_line *x = a, *y = b;

	(void)context;
	return (x->start > y->start) - (x->start < y->start);
}

void outline_make(struct outline *o, struct str text, bool mapped, void (*oom)(size_t wanted))
{
	struct scan s = { .o = o };
	struct pieces pieces = pieces_make(text, mapped);
	struct str piece;

	*o = (struct outline){ .module_at = OUTLINE_NONE };
	struct buf *const all[] = { &o->infos, &o->files, &o->origins,
				    &o->body,  &o->stack, &o->orphans };
	for (unsigned i = 0; i < COUNT(all); i++)
		all[i]->oom = oom;
	while (pieces_next(&pieces, &piece))
		take_piece(&s, piece, (uint64_t)(piece.p - text.p));
	choose(&o->files, text);
	choose(&o->origins, text);
	choose(&o->body, text);
	choose(&o->stack, text);
	sort_stable(o->orphans.p, o->orphans.n / sizeof(struct record_line),
		    sizeof(struct record_line), by_line, NULL, oom);
}

void outline_free(struct outline *o)
{
	buf_free(&o->infos);
	buf_free(&o->files);
	buf_free(&o->origins);
	buf_free(&o->body);
	buf_free(&o->stack);
	buf_free(&o->orphans);
}

/* Ends each STACK WIN where the next of the file begins inside it, then leaves out what still
 * overlaps: symx_build.c and symx_arrange.c. */
static void cut_wins(struct buf *b)
{
	struct outline_item *v = outline_items(b), *last[5] = { 0 };
	size_t n = outline_count(b), kept = 0;

	for (size_t i = 0; i < n; i++) {
		bool counts = v[i].kind == RECORD_WIN && !v[i].multiple;
		struct outline_item *above = counts ? last[v[i].type] : NULL;

		if (above != NULL && v[i].start > above->start &&
		    v[i].start - above->start < above->size)
			above->size = v[i].start - above->start;
		if (counts)
			last[v[i].type] = &v[i];
	}
	sort_items(b, by_start);
	for (size_t i = 0; i < n; i++) {
		struct outline_item *above = kept == 0 ? NULL : &v[kept - 1];
		bool hidden = above != NULL && v[i].kind == RECORD_WIN &&
			      above->kind == RECORD_WIN && above->type == v[i].type &&
			      !v[i].multiple && !above->multiple &&
			      v[i].start - above->start < above->size;

		if (!hidden)
			v[kept++] = v[i];
	}
	b->n = kept * sizeof(*v);
}

void outline_sort(struct outline *o)
{
	sort_items(&o->files, by_start);
	sort_items(&o->origins, by_start);
	sort_items(&o->body, by_address);
	cut_wins(&o->stack);
}
