#include "sym/symx_known.h"

#include "base/limits.h"
#include "sym/symx_impl.h"

/* Look-ups that keep nothing, so that a table costs no more than they do; pages of an array. */
enum { FEW = 64, PAGES = 16384 };

/* Of a table at first and at most, and how many are tried for one number. */
enum { PLACES = 256, PLACES_MOST = 262144, PROBES = 8 };

/* Where to search an array: its addresses are cut into pages of equal size. */
struct pages {
	uint64_t first; /* address */
	unsigned shift;
	size_t n;
	uint32_t *upto; /* 1 + how many entries are at or below the start of each; 0: not known */
};

/* The name of a FILE or INLINE_ORIGIN. */
struct name {
	struct str name;
	bool found;
};

/* What was read, by a number, at the place that has its number or behind that. */
struct place {
	void *what; /* NULL: nothing */
	uint32_t number;
};

struct places {
	struct place *v;
	size_t n, used; /* n is a power of 2 */
};

struct symx_known_tables {
	struct pages pages[2];        /* of FUNCs and PUBLICs */
	struct places funcs[2];       /* by entry: struct symx_func */
	struct places files, origins; /* struct name */
};

/* Pages of no entry are of no use: about as many as entries. */
static struct pages make_pages(struct symx_index *index, enum symx_array array, struct arena *a)
{
	size_t n = index->arrays[array].n, most = 1;
	struct pages p = { 0 };

	if (n == 0)
		return p;
	p.first = symx_index_at(index, array, 0);

	uint64_t last = symx_index_at(index, array, n - 1);
	uint64_t size = last < p.first ? 0 : last - p.first;
	while (most < n && most < PAGES)
		most *= 2;
	while (size >> p.shift >= most)
		p.shift++;
	p.n = (size_t)(size >> p.shift) + 1;
	p.upto = arena_new(a, uint32_t, p.n);
	return p;
}

static void make_tables(struct symx_known *k, struct symx_index *index)
{
	struct arena *a = &k->arena;
	struct symx_known_tables *t = arena_new(a, struct symx_known_tables, 1);
	struct places *const all[] = { &t->funcs[0], &t->funcs[1], &t->files, &t->origins };

	t->pages[0] = make_pages(index, SYMX_FUNC, a);
	t->pages[1] = make_pages(index, SYMX_PUBLIC, a);
	for (size_t i = 0; i < COUNT(all); i++) {
		all[i]->n = PLACES;
		all[i]->v = arena_new(a, struct place, PLACES);
	}
	k->tables = t;
}

/* The place of a number, or one for it: another one's when there is none nearby. */
static struct place *find_place(const struct places *t, uint32_t number)
{
	struct place *p = NULL;

	for (unsigned i = 0; i < PROBES; i++) {
		p = &t->v[(number + i) & (t->n - 1)];
		if (p->what == NULL || p->number == number)
			break;
	}
	return p;
}

static void grow(struct places *t, struct arena *a)
{
	struct places old = *t;

	t->n *= 2;
	t->v = arena_new(a, struct place, t->n);
	for (size_t i = 0; i < old.n; i++) {
		if (old.v[i].what != NULL)
			*find_place(t, old.v[i].number) = old.v[i];
	}
}

/* Where what has a number is; NULL there: it is not known, and the caller puts it there. */
static void **place_of(struct places *t, uint32_t number, struct arena *a)
{
	struct place *p = find_place(t, number);

	if (p->what != NULL && p->number == number)
		return &p->what;
	if (t->n < PLACES_MOST && (p->what != NULL || t->used > t->n / 2)) {
		grow(t, a);
		p = find_place(t, number);
	}
	t->used++;
	*p = (struct place){ .number = number };
	return &p->what;
}

/* Forgets all when there is too much: what is asked for comes back. */
struct symx_known *symx_known_begin(const struct symx *x, void (*oom)(size_t wanted))
{
	struct symx_known *k = &x->state->known;

	if (!k->keeps || x->state->exhausted)
		return NULL;
	if (k->n < FEW) {
		k->n++;
		return NULL;
	}
	if (k->arena.used > LIMIT_SYM_KNOWN_BYTES)
		symx_known_forget(k);
	if (k->tables == NULL) {
		k->arena.oom = oom;
		make_tables(k, &x->state->index);
	}
	return k;
}

/* How many entries are at or below the start of a page. */
static size_t upto_page(struct symx_index *index, enum symx_array array, const struct pages *p,
			size_t page)
{
	if (page >= p->n)
		return index->arrays[array].n;
	if (p->upto[page] == 0) {
		uint64_t start = p->first + ((uint64_t)page << p->shift);

		p->upto[page] = (uint32_t)symx_index_upto(index, array, start) + 1;
	}
	return p->upto[page] - 1;
}

size_t symx_known_upto(const struct symx *x, struct symx_known *k, enum symx_array array,
		       uint64_t offset)
{
	struct symx_index *index = &x->state->index;

	if (k == NULL)
		return symx_index_upto(index, array, offset);

	const struct pages *p = &k->tables->pages[array == SYMX_PUBLIC];
	if (p->n == 0 || offset < p->first)
		return 0;

	uint64_t page = (offset - p->first) >> p->shift;
	if (page >= p->n)
		return index->arrays[array].n;
	return symx_index_between(index, array, upto_page(index, array, p, (size_t)page),
				  upto_page(index, array, p, (size_t)page + 1), offset);
}

struct symx_func *symx_known_func(const struct symx *x, struct symx_known *k, enum symx_array array,
				  size_t entry, struct symx_func *room)
{
	if (k == NULL) {
		*room = (struct symx_func){ 0 };
		symx_read_func(x, array, entry, room);
		return room;
	}

	void **place = place_of(&k->tables->funcs[array == SYMX_PUBLIC], (uint32_t)entry,
				&k->arena);
	struct symx_func *f = *place;
	if (f == NULL) {
		*place = f = arena_new(&k->arena, struct symx_func, 1);
		symx_read_func(x, array, entry, f);
	}
	return f;
}

/* A body as spans; NULL when they are not to be kept. */
static const struct symx_spans *read_spans(const struct symx *x, struct symx_known *k,
					   const struct symx_func *f)
{
	enum { MOST = LIMIT_SYM_KNOWN_BYTES / 4 / sizeof(struct symx_call) };
	struct symx_spans *s = arena_new(&k->arena, struct symx_spans, 1);
	struct symx_table t = { 0 };
	bool fit = symx_table_read(x, f->body, k->arena.oom, &t) &&
		   symx_spans_make(&t, f->record.start, f->record.size, MOST, &k->arena, s);

	symx_table_free(&t);
	return fit ? s : NULL;
}

const struct symx_spans *symx_known_spans(const struct symx *x, struct symx_known *k,
					  struct symx_func *f)
{
	if (k == NULL)
		return NULL;
	if (!f->asked) {
		f->asked = true;
	} else if (f->spans == NULL && !f->unfit) {
		f->spans = read_spans(x, k, f);
		f->unfit = f->spans == NULL;
	}
	return f->spans;
}

bool symx_known_name(const struct symx *x, struct symx_known *k, enum symx_array numbers,
		     uint32_t number, struct str *name)
{
	if (k == NULL)
		return symx_read_name(x, numbers, number, name);

	struct places *t = numbers == SYMX_FILE ? &k->tables->files : &k->tables->origins;
	void **place = place_of(t, number, &k->arena);
	struct name *n = *place;
	if (n == NULL) {
		*place = n = arena_new(&k->arena, struct name, 1);
		n->found = symx_read_name(x, numbers, number, &n->name);
	}
	*name = n->name;
	return n->found;
}

void symx_known_forget(struct symx_known *k)
{
	arena_free(&k->arena);
	k->tables = NULL;
}

void symx_known_free(struct symx_known *k)
{
	arena_free(&k->arena);
	*k = (struct symx_known){ 0 };
}
