#include "sym/symx_known.h"

#include "base/limits.h"
#include "sym/symx_impl.h"

/* Look-ups that keep nothing; the most places in a table: entries that share one displace each
 * other. */
enum { FEW = 64, PAGES = 65536, FUNCS = 1048576, NAMES = 262144 };

/* Where to search an array: its addresses are cut into pages of equal size. */
struct pages {
	uint64_t first; /* address */
	unsigned shift;
	size_t n;
	uint32_t *upto; /* 1 + how many entries are at or below the start of each; 0: not known */
};

/* FUNCs or PUBLICs, by the entry in the index. */
struct funcs {
	struct symx_func **places;
	size_t n; /* a power of 2 */
};

/* FILEs or INLINE_ORIGINs, by number. */
struct name {
	struct str name;
	uint32_t number;
	bool read, found;
};

struct names {
	struct name *places;
	size_t n; /* a power of 2 */
};

struct symx_known_tables {
	struct pages pages[2]; /* of FUNCs and PUBLICs */
	struct funcs funcs[2];
	struct names files, origins;
};

static size_t places_for(size_t n, size_t most)
{
	size_t places = 1;

	while (places < n && places < most)
		places *= 2;
	return places;
}

/* Pages of no entry are of no use: about as many as entries. */
static struct pages make_pages(struct symx_index *index, enum symx_array array, struct arena *a)
{
	size_t n = index->arrays[array].n, most = places_for(n, PAGES);
	struct pages p = { 0 };

	if (n == 0)
		return p;
	p.first = symx_index_at(index, array, 0);

	uint64_t last = symx_index_at(index, array, n - 1);
	uint64_t size = last < p.first ? 0 : last - p.first;
	while (size >> p.shift >= most)
		p.shift++;
	p.n = (size_t)(size >> p.shift) + 1;
	p.upto = arena_new(a, uint32_t, p.n);
	return p;
}

static struct funcs make_funcs(size_t n, struct arena *a)
{
	struct funcs f = { .n = places_for(n, FUNCS) };

	f.places = arena_new(a, struct symx_func *, f.n);
	return f;
}

static struct names make_names(size_t n, struct arena *a)
{
	struct names names = { .n = places_for(n, NAMES) };

	names.places = arena_new(a, struct name, names.n);
	return names;
}

/* Memory that is not touched costs nothing: large tables are as the system gives them. */
static void make_tables(struct symx_known *k, struct symx_index *index)
{
	struct arena *a = &k->arena;

	k->tables = arena_new(a, struct symx_known_tables, 1);
	*k->tables = (struct symx_known_tables){
		.pages = { make_pages(index, SYMX_FUNC, a), make_pages(index, SYMX_PUBLIC, a) },
		.funcs = { make_funcs(index->arrays[SYMX_FUNC].n, a),
			   make_funcs(index->arrays[SYMX_PUBLIC].n, a) },
		.files = make_names(index->arrays[SYMX_FILE_AT].n, a),
		.origins = make_names(index->arrays[SYMX_ORIGIN_AT].n, a),
	};
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

	struct funcs *funcs = &k->tables->funcs[array == SYMX_PUBLIC];
	struct symx_func **place = &funcs->places[entry & (funcs->n - 1)];
	if (*place == NULL || (*place)->entry != entry) {
		*place = arena_new(&k->arena, struct symx_func, 1);
		(*place)->entry = (uint32_t)entry;
		symx_read_func(x, array, entry, *place);
	}
	return *place;
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

	struct names *names = numbers == SYMX_FILE ? &k->tables->files : &k->tables->origins;
	struct name *place = &names->places[number & (names->n - 1)];
	if (!place->read || place->number != number) {
		*place = (struct name){ .number = number, .read = true };
		place->found = symx_read_name(x, numbers, number, &place->name);
	}
	*name = place->name;
	return place->found;
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
