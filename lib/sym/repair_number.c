#include "base/sort.h"
#include "sym/repair_impl.h"

/* A number that has not been given yet. */
#define NOT_YET UINT32_MAX

/* An item, and where its name stands in a buffer. */
struct named {
	uint32_t index;
	size_t start, n;
};

static uint32_t *to_of(const struct repair_numbers *n)
{
	return (uint32_t *)(void *)n->to.p;
}

static uint32_t *ranks_of(const struct repair_numbers *n)
{
	return (uint32_t *)(void *)n->ranks.p;
}

/* The place of an old number among the items, or NOT_YET. */
static uint32_t index_of(const struct repair_numbers *n, uint32_t number)
{
	const struct outline_item *v = outline_items(&n->items);
	size_t low = 0, high = outline_count(&n->items);

	/* Writers count from 0. */
	if (number < high && v[number].start == number)
		return number;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].start < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < outline_count(&n->items) && v[low].start == number ? (uint32_t)low : NOT_YET;
}

/* The name of an item as it will be written, in one of two buffers. A blank stands before it, as
 * in its line. */
static struct str name_in(struct repair *p, unsigned which, const struct outline_item *item)
{
	struct buf line = p->line;

	p->line = p->names[which];
	buf_clear(&p->line);
	buf_put_char(&p->line, ' ');
	repair_add_numbered(p, item);
	p->names[which] = p->line;
	p->line = line;
	return buf_str(&p->names[which]);
}

/* Gives an item the number of another one of its name, or the next. */
static void give(struct repair *p, struct repair_numbers *n, uint32_t index)
{
	const struct outline_item *item = &outline_items(&n->items)[index];
	struct str name = name_in(p, 0, item);
	uint64_t hash = map_hash(&n->by_name, name, 0);
	struct map_walk w = map_walk(&n->by_name, hash);

	while (map_next(&n->by_name, &w)) {
		if (str_eq(name_in(p, 1, &outline_items(&n->order)[w.value]), name)) {
			to_of(n)[index] = w.value;
			return;
		}
	}

	uint32_t number = (uint32_t)outline_count(&n->order);
	struct outline_item new = *item;
	new.start = number;
	buf_put(&n->order, &new, sizeof(new));
	map_put(&n->by_name, hash, number);
	to_of(n)[index] = number;
}

static void use(struct repair *p, struct repair_numbers *n, uint32_t number)
{
	uint32_t index = index_of(n, number);

	if (index != NOT_YET && to_of(n)[index] == NOT_YET)
		give(p, n, index);
}

uint32_t repair_new(const struct repair_numbers *n, uint32_t number)
{
	uint32_t index;

	if (!n->known)
		return number;
	index = index_of(n, number);
	return index == NOT_YET ? n->missing : to_of(n)[index];
}

static int by_text(const void *a, const void *b, const void *context)
{
	const struct named *x = a, *y = b;
	const char *texts = ((const struct buf *)context)->p;

	return str_cmp((struct str){ texts + x->start, x->n },
		       (struct str){ texts + y->start, y->n });
}

/* Items by name: all, or those that have no number yet. Their names are put into texts. */
static void sort_names(struct repair *p, struct repair_numbers *n, bool all, struct buf *list,
		       struct buf *texts)
{
	*list = (struct buf){ .oom = p->o->oom };
	*texts = (struct buf){ .oom = p->o->oom };
	for (uint32_t i = 0; i < outline_count(&n->items); i++) {
		if (!all && to_of(n)[i] != NOT_YET)
			continue;

		struct str name = name_in(p, 0, &outline_items(&n->items)[i]);
		struct named named = { i, texts->n, name.n };
		buf_put(list, &named, sizeof(named));
		buf_put_str(texts, name);
	}
	sort_stable(list->p, list->n / sizeof(struct named), sizeof(struct named), by_text, texts,
		    p->o->oom);
}

/* The places of all items in the order of their names. Few files need them: two INLINEs of one
 * range and depth that only names tell apart. */
static void rank(struct repair *p, struct repair_numbers *n)
{
	struct buf list, texts;
	uint32_t place = 0;

	sort_names(p, n, true, &list, &texts);

	const struct named *v = (const void *)list.p;
	size_t count = list.n / sizeof(*v);
	buf_reserve(&n->ranks, count * sizeof(place));
	n->ranks.n = count * sizeof(place);
	for (size_t i = 0; i < count; i++) {
		place += i != 0 && by_text(&v[i - 1], &v[i], &texts) != 0;
		ranks_of(n)[v[i].index] = place;
	}
	buf_free(&list);
	buf_free(&texts);
}

int repair_cmp_names(struct repair *p, struct repair_numbers *n, uint32_t a, uint32_t b)
{
	uint32_t x = index_of(n, a), y = index_of(n, b);

	if (x == y || x == NOT_YET || y == NOT_YET)
		return (x == NOT_YET) - (y == NOT_YET);
	if (n->ranks.n == 0)
		rank(p, n);
	return (ranks_of(n)[x] > ranks_of(n)[y]) - (ranks_of(n)[x] < ranks_of(n)[y]);
}

/* Those that nothing uses, by name. */
static void give_rest(struct repair *p, struct repair_numbers *n)
{
	struct buf list, texts;

	sort_names(p, n, false, &list, &texts);

	const struct named *v = (const void *)list.p;
	for (size_t i = 0; i < list.n / sizeof(*v); i++)
		give(p, n, v[i].index);
	buf_free(&list);
	buf_free(&texts);
}

static void begin(struct repair *p, struct repair_numbers *n, struct buf *items)
{
	uint32_t not_yet = NOT_YET;

	*n = (struct repair_numbers){ .items = *items };
	n->to.oom = n->ranks.oom = n->order.oom = n->by_name.oom = p->o->oom;
	*items = (struct buf){ .oom = p->o->oom };
	map_begin(&n->by_name);
	for (size_t i = 0; i < outline_count(&n->items); i++)
		buf_put(&n->to, &not_yet, sizeof(not_yet));
}

/* The list of the outline becomes that of the new numbers. */
static void end(struct repair *p, struct repair_numbers *n, struct buf *items)
{
	give_rest(p, n);
	*items = n->order;
	n->order = (struct buf){ 0 };
	n->missing = (uint32_t)outline_count(items);
	n->known = true;
	map_free(&n->by_name);
}

void repair_numbers_free(struct repair_numbers *n)
{
	buf_free(&n->items);
	buf_free(&n->to);
	buf_free(&n->ranks);
	buf_free(&n->order);
	map_free(&n->by_name);
}

/* What the records of a FUNC use, in the order in which they are written. */
static void use_body(struct repair *p)
{
	const struct record_inline *inlines = (const void *)p->inlines.p;
	const struct record_line *lines = (const void *)p->lines.p;

	for (size_t i = 0; i < p->inlines.n / sizeof(*inlines); i++) {
		use(p, &p->files, inlines[i].call_file);
		use(p, &p->origins, inlines[i].origin);
	}
	for (size_t i = 0; i < p->lines.n / sizeof(*lines); i++)
		use(p, &p->files, lines[i].file);
}

void repair_number(struct repair *p)
{
	begin(p, &p->files, &p->outline.files);
	begin(p, &p->origins, &p->outline.origins);
	for (size_t i = 0; i < outline_count(&p->outline.body); i++) {
		const struct outline_item *item = &outline_items(&p->outline.body)[i];
		struct str rest = str_from(p->text, (size_t)item->at), line;

		if (item->kind != RECORD_FUNC)
			continue;
		record_next(&rest, &line);
		repair_read_body(p, item, rest);
		use_body(p);
	}
	end(p, &p->files, &p->outline.files);
	end(p, &p->origins, &p->outline.origins);
}
