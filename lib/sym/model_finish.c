#include "base/sort.h"
#include "sym/model_impl.h"

/*
 * Which functions and public symbols stay, and what is marked as having several names:
 * dump-sym-parse.md 4, 5.2 rule 7. A public symbol is left out when it lies inside what begins
 * nearest below it, a function or a symbol that came before it; so they are tried in the order in
 * which they came, over a set of the places where something begins.
 */
struct place {
	uint64_t address, size;
	uint32_t index;
	bool taken, is_public, multiple, synthetic;
};

enum { MAX_LEVELS = 6, WORD_BITS = 64 };

/* A set of numbers that finds the largest one below another: a tree of 64-bit words. */
struct set {
	uint64_t *words[MAX_LEVELS];
	unsigned n;
};

struct finish {
	struct model *m;
	struct arena arena;
	struct sort_key *keys;
	struct place *places; /* by address */
	size_t n_places;
	uint32_t *place_of; /* of each public symbol */
	struct set taken;
};

static void set_make(struct set *s, size_t n, struct arena *a)
{
	do {
		n = n / WORD_BITS + 1;
		s->words[s->n++] = arena_new(a, uint64_t, n);
	} while (n > 1 && s->n < MAX_LEVELS);
}

static void set_add(struct set *s, size_t i)
{
	for (unsigned level = 0; level < s->n; level++, i /= WORD_BITS)
		s->words[level][i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
}

static size_t highest(uint64_t word)
{
	return WORD_BITS - 1 - (size_t)__builtin_clzll(word);
}

/* Returns i when there is none below it. */
static size_t set_below(const struct set *s, size_t i)
{
	size_t at = i;

	for (unsigned level = 0; level < s->n; level++, at /= WORD_BITS) {
		uint64_t word = s->words[level][at / WORD_BITS] &
				((UINT64_C(1) << at % WORD_BITS) - 1);

		if (word == 0)
			continue;
		at = at / WORD_BITS * WORD_BITS + highest(word);
		while (level-- > 0)
			at = at * WORD_BITS + highest(s->words[level][at]);
		return at;
	}
	return i;
}

/* All functions and public symbols by address; functions first where both begin. */
static void sort_all(struct finish *f)
{
	const struct packed *funcs = ITEMS(struct packed, &f->m->funcs);
	const struct model_public *publics = ITEMS(struct model_public, &f->m->publics);
	size_t n_funcs = N_ITEMS(struct packed, &f->m->funcs);
	size_t n_publics = N_ITEMS(struct model_public, &f->m->publics);

	f->keys = arena_new(&f->arena, struct sort_key, n_funcs + n_publics);
	f->places = arena_new(&f->arena, struct place, n_funcs + n_publics);
	f->place_of = arena_new(&f->arena, uint32_t, n_publics);
	for (size_t i = 0; i < n_funcs; i++)
		f->keys[i] = (struct sort_key){ funcs[i].start, (uint32_t)i };
	for (size_t i = 0; i < n_publics; i++)
		f->keys[n_funcs + i] = (struct sort_key){ publics[i].address,
							  (uint32_t)(n_funcs + i) };
	sort_keys(f->keys, n_funcs + n_publics, f->m->o.oom);
}

/* Of several functions at one address the first one added stays. */
static void place_func(const struct packed *p, uint32_t index, struct place *at)
{
	if (at->taken) {
		at->multiple = true;
		return;
	}
	*at = (struct place){ p->start, p->size, index, .taken = true, .multiple = p->multiple };
}

static void make_places(struct finish *f)
{
	const struct packed *funcs = ITEMS(struct packed, &f->m->funcs);
	size_t n_funcs = N_ITEMS(struct packed, &f->m->funcs);
	size_t n = n_funcs + N_ITEMS(struct model_public, &f->m->publics);

	for (size_t i = 0; i < n; i++) {
		const struct sort_key *k = &f->keys[i];

		if (i == 0 || k->key != f->keys[i - 1].key)
			f->places[f->n_places++].address = k->key;

		struct place *at = &f->places[f->n_places - 1];
		if (k->index >= n_funcs)
			f->place_of[k->index - n_funcs] = (uint32_t)f->n_places - 1;
		else if (k->key != 0 || !f->m->o.compat)
			place_func(&funcs[k->index], k->index, at);
	}
	set_make(&f->taken, f->n_places, &f->arena);
	for (size_t i = 0; i < f->n_places; i++) {
		if (f->places[i].taken)
			set_add(&f->taken, i);
	}
}

static bool is_inside(const struct finish *f, size_t place)
{
	size_t below = set_below(&f->taken, place);
	const struct place *p = &f->places[below];

	return below != place && f->places[place].address - p->address < p->size;
}

/* Another symbol where there is one: which of them names the address. Without compat a symbol that
 * is in two tables is the same one. */
static void add_alias(struct finish *f, struct place *at, const struct model_public *p,
		      uint32_t index)
{
	const struct model_public *publics = ITEMS(struct model_public, &f->m->publics);
	const struct model_public *old = &publics[at->index];

	if (!f->m->o.compat && old->name == p->name)
		return;
	at->multiple = true;
	if (!f->m->o.compat && p->rank < old->rank) {
		at->index = index;
		at->size = p->size > at->size ? p->size : at->size;
	}
}

static void place_public(struct finish *f, uint32_t index)
{
	const struct model_public *p = &ITEMS(struct model_public, &f->m->publics)[index];
	size_t place = f->place_of[index];
	struct place *at = &f->places[place];

	if (at->taken) {
		if (at->is_public && !p->synthetic && !is_inside(f, place))
			add_alias(f, at, p, index);
		return;
	}
	if (!p->synthetic && is_inside(f, place))
		return;
	*at = (struct place){ p->address, p->size, index, .taken = true, .is_public = true };
	set_add(&f->taken, place);
}

void model_finish(struct model *m)
{
	struct finish f = { .m = m, .arena = { .oom = m->o.oom } };

	sort_all(&f);
	make_places(&f);
	for (size_t i = 0; i < N_ITEMS(struct model_public, &m->publics); i++)
		place_public(&f, (uint32_t)i);
	for (size_t i = 0; i < f.n_places; i++) {
		const struct place *p = &f.places[i];
		struct order o = { p->address, p->index, p->is_public, p->multiple };

		if (p->taken)
			buf_put(&m->records, &o, sizeof(o));
	}
	arena_free(&f.arena);
}

size_t model_n_records(const struct model *m)
{
	return N_ITEMS(struct order, &m->records);
}

/* The numbers of a worker as those of the model. */
static void renumber(const struct worker *w, struct model_reader *r, struct model_func *f)
{
	const uint32_t *names = ITEMS(const uint32_t, &w->names);
	const uint32_t *files = ITEMS(const uint32_t, &w->files);
	struct model_line *lines = ITEMS(struct model_line, &r->lines);
	struct model_inline *inlines = ITEMS(struct model_inline, &r->inlines);

	for (size_t i = 0; i < f->n_lines; i++) {
		if (lines[i].file != MODEL_NO_FILE)
			lines[i].file = files[lines[i].file];
	}
	for (size_t i = 0; i < f->n_inlines; i++) {
		inlines[i].origin = names[inlines[i].origin];
		if (inlines[i].call_file != MODEL_NO_FILE)
			inlines[i].call_file = files[inlines[i].call_file];
	}
}

static void read_func(const struct model *m, const struct packed *p, struct model_reader *r,
		      struct model_func *f)
{
	const struct part *part = &ITEMS(const struct part, &m->parts)[p->part];

	*f = (struct model_func){
		.start = p->start,
		.size = p->size,
		.parameter_size = p->parameter_size,
		.name = p->name,
	};
	if (r == NULL)
		return;
	model_unpack((part->bytes == NULL ? m->bytes.p : part->bytes) + p->where, r, f);
	if (part->bytes != NULL)
		renumber(&ITEMS(const struct worker, &m->workers)[part->worker], r, f);
}

void model_read(const struct model *m, size_t record, struct model_reader *r,
		struct model_record *result)
{
	const struct order *o = &ITEMS(const struct order, &m->records)[record];

	*result = (struct model_record){ .is_public = o->is_public, .multiple = o->multiple };
	if (o->is_public) {
		result->public = ITEMS(const struct model_public, &m->publics)[o->index];
		return;
	}
	read_func(m, &ITEMS(const struct packed, &m->funcs)[o->index], r, &result->func);
	result->func.multiple = o->multiple;
}
