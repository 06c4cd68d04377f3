#include "sym/symx_known.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/sort.h"
#include "sym/record_lines.h"
#include "sym/symx_impl.h"

/* A function that was asked for, at the hash of its address in the text or behind that. */
struct symx_known_slot {
	const char *text;
	const struct symx_body *body; /* NULL: it was asked for once */
	bool unfit;                   /* it is not kept */
};

enum { FEW = 64, SLOTS = 16384, SLOT_SHIFT = 64 - 14, PROBES = 8 };

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

static const void *copy(const struct buf *from, struct arena *a)
{
	void *to = arena_alloc(a, from->n, 1, _Alignof(uint64_t));

	if (from->n != 0)
		memcpy(to, from->p, from->n);
	return to;
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
static void take_ranges(struct symx_body *b, struct buf *ranges, struct arena *a)
{
	struct symx_range *v = (void *)ranges->p;
	size_t n = ranges->n / sizeof(*v);

	sort_stable(v, n, sizeof(*v), by_depth, NULL, a->oom);
	for (size_t i = 0; i < n; i++) {
		if (b->n_ranges == 0 || by_depth(&v[b->n_ranges - 1], &v[i], NULL) != 0)
			v[b->n_ranges++] = v[i];
	}
	ranges->n = b->n_ranges * sizeof(*v);
	b->ranges = copy(ranges, a);
}

/* Where each depth begins; one that no range has is empty. */
static void find_depths(struct symx_body *b, struct arena *a)
{
	b->n_depths = b->n_ranges == 0 ? 0 : b->ranges[b->n_ranges - 1].depth + 1;

	size_t *first = arena_new(a, size_t, b->n_depths + 1), at = 0;
	for (unsigned depth = 0; depth <= b->n_depths; depth++) {
		while (at < b->n_ranges && b->ranges[at].depth < depth)
			at++;
		first[depth] = at;
	}
	b->first = first;
}

static void take_lines(struct symx_body *b, struct buf *lines, struct arena *a)
{
	b->n_lines = record_lines_arrange((void *)lines->p, lines->n / sizeof(*b->lines), a->oom);
	lines->n = b->n_lines * sizeof(*b->lines);
	b->lines = copy(lines, a);
}

void symx_body_read_lines(const struct symx *x, struct str body, struct arena *a,
			  struct symx_body *b)
{
	struct buf lines = { .oom = a->oom };

	collect(x, body, &lines, NULL);
	take_lines(b, &lines, a);
	buf_free(&lines);
}

bool symx_body_read(const struct symx *x, struct str body, struct arena *a, struct symx_body *b)
{
	struct buf lines = { .oom = a->oom }, ranges = { .oom = a->oom };
	bool whole = collect(x, body, &lines, &ranges);

	if (whole) {
		take_lines(b, &lines, a);
		take_ranges(b, &ranges, a);
		find_depths(b, a);
	}
	buf_free(&lines);
	buf_free(&ranges);
	return whole;
}

const struct symx_range *symx_body_range(const struct symx_body *b, unsigned depth, uint64_t offset)
{
	size_t low = b->first[depth], high = b->first[depth + 1];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (b->ranges[middle].start <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low == b->first[depth] ? NULL : &b->ranges[low - 1];
}

/* The slot of a function, or one for it: another function's when there is none nearby. */
static struct symx_known_slot *slot_of(struct symx_known *k, const char *text)
{
	uint64_t hash = (uint64_t)(uintptr_t)text * 0x9e3779b97f4a7c15u;
	struct symx_known_slot *slot;

	for (unsigned i = 0; i < PROBES; i++) {
		slot = &k->slots[((hash >> SLOT_SHIFT) + i) % SLOTS];
		if (slot->text == text || slot->text == NULL)
			break;
	}
	return slot;
}

/* Forgets all when there is too much: what is asked for comes back. */
static void make_room(struct symx_known *k, void (*oom)(size_t wanted))
{
	if (k->slots != NULL && k->arena.used <= LIMIT_SYM_KNOWN_BYTES)
		return;
	arena_free(&k->arena);
	k->arena = (struct arena){ .oom = oom };
	k->slots = arena_new(&k->arena, struct symx_known_slot, SLOTS);
}

static void keep(const struct symx *x, struct str body, struct symx_known_slot *slot)
{
	struct arena *a = &x->state->known.arena;
	struct symx_body *b = arena_new(a, struct symx_body, 1);

	slot->unfit = !symx_body_read(x, body, a, b);
	slot->body = slot->unfit ? NULL : b;
}

const struct symx_body *symx_known_body(const struct symx *x, struct str body,
					void (*oom)(size_t wanted))
{
	struct symx_known *k = &x->state->known;

	if (!k->keeps || x->state->exhausted)
		return NULL;
	if (k->n < FEW) {
		k->n++;
		return NULL;
	}
	make_room(k, oom);

	struct symx_known_slot *slot = slot_of(k, body.p);
	if (slot->text != body.p)
		*slot = (struct symx_known_slot){ .text = body.p };
	else if (slot->body == NULL && !slot->unfit)
		keep(x, body, slot);
	return slot->body;
}

void symx_known_free(struct symx_known *k)
{
	arena_free(&k->arena);
	*k = (struct symx_known){ 0 };
}
