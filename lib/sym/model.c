#include "sym/model.h"

#include "sym/model_impl.h"

struct model *model_open(const struct model_options *o)
{
	struct arena arena = { .oom = o->oom };
	struct model *m = arena_new(&arena, struct model, 1);
	struct part own = { 0 };

	*m = (struct model){
		.o = *o,
		.arena = arena,
		.funcs.oom = o->oom,
		.bytes.oom = o->oom,
		.publics.oom = o->oom,
		.names.oom = o->oom,
		.files.oom = o->oom,
		.by_name.oom = o->oom,
		.by_path.oom = o->oom,
		.by_range.oom = o->oom,
		.parts.oom = o->oom,
		.workers.oom = o->oom,
		.records.oom = o->oom,
	};
	map_begin(&m->by_name);
	map_begin(&m->by_path);
	map_begin(&m->by_range);
	buf_put(&m->parts, &own, sizeof(own));
	return m;
}

void model_close(struct model *m)
{
	struct worker *workers = ITEMS(struct worker, &m->workers);
	struct arena arena = m->arena;

	for (size_t i = 0; i < N_ITEMS(struct worker, &m->workers); i++) {
		buf_free(&workers[i].names);
		buf_free(&workers[i].files);
	}
	buf_free(&m->funcs);
	buf_free(&m->bytes);
	buf_free(&m->publics);
	buf_free(&m->names);
	buf_free(&m->files);
	buf_free(&m->parts);
	buf_free(&m->workers);
	buf_free(&m->records);
	map_free(&m->by_name);
	map_free(&m->by_path);
	map_free(&m->by_range);
	arena_free(&arena);
}

void model_copy_all(struct model *m)
{
	m->copy_all = true;
}

uint32_t model_file(struct model *m, struct str path, bool lasting)
{
	const struct str *files = ITEMS(struct str, &m->files);
	uint64_t hash = map_hash(&m->by_path, path, 0);
	struct map_walk w = map_walk(&m->by_path, hash);

	while (map_next(&m->by_path, &w)) {
		if (str_eq(files[w.value], path))
			return w.value;
	}

	uint32_t number = (uint32_t)model_n_files(m);
	if (!lasting || m->copy_all)
		path = arena_strdup(&m->arena, path);
	buf_put(&m->files, &path, sizeof(path));
	map_put(&m->by_path, hash, number);
	return number;
}

uint32_t model_name(struct model *m, struct sym_name name, bool lasting)
{
	const struct text *names = ITEMS(struct text, &m->names);
	uint64_t hash = map_hash(&m->by_name, name.text,
				 (uint64_t)name.language << 1 | name.readable);
	struct map_walk w = map_walk(&m->by_name, hash);

	while (map_next(&m->by_name, &w)) {
		const struct text *t = &names[w.value];

		if (str_eq(t->text, name.text) && t->language == name.language &&
		    t->readable == name.readable)
			return w.value;
	}

	uint32_t number = (uint32_t)model_n_names(m);
	struct text text = { name.text, (uint8_t)name.language, name.readable,
			     !lasting || m->copy_all };
	if (text.copied)
		text.text = arena_strdup(&m->arena, name.text);
	buf_put(&m->names, &text, sizeof(text));
	map_put(&m->by_name, hash, number);
	return number;
}

/* A function is under its start and size, and the first one of a start under that alone, too: the
 * lowest bit says under which of them. */
static bool has_range(const struct model *m, uint64_t hash, uint64_t start, uint64_t size)
{
	const struct packed *funcs = ITEMS(struct packed, &m->funcs);
	struct map_walk w = map_walk(&m->by_range, hash);

	while (map_next(&m->by_range, &w)) {
		const struct packed *p = &funcs[w.value >> 1];

		if (p->start == start && (w.value & 1 ? size == 0 : p->size == size))
			return true;
	}
	return false;
}

static uint64_t range_hash(const struct model *m, uint64_t start, uint64_t size)
{
	return map_hash_numbers(&m->by_range, start, size);
}

bool model_has_func(const struct model *m, uint64_t start, uint64_t size)
{
	return has_range(m, range_hash(m, start, size), start, size);
}

/* Of the function that is added next; false when the range is there. */
static bool add_range(struct model *m, uint64_t start, uint64_t size, bool alone)
{
	uint64_t hash = range_hash(m, start, size);
	uint32_t index = (uint32_t)N_ITEMS(struct packed, &m->funcs);

	if (has_range(m, hash, start, size))
		return false;
	map_put(&m->by_range, hash, index << 1 | alone);
	return true;
}

static void add_packed(struct model *m, const struct packed *p)
{
	if (N_ITEMS(struct packed, &m->funcs) == INT32_MAX)
		return;
	add_range(m, p->start, p->size, false);
	add_range(m, p->start, 0, true);
	buf_put(&m->funcs, p, sizeof(*p));
}

void model_add_new(struct model *m, const struct packed *p)
{
	if (N_ITEMS(struct packed, &m->funcs) == INT32_MAX ||
	    !add_range(m, p->start, p->size, false))
		return;
	add_range(m, p->start, 0, true);
	buf_put(&m->funcs, p, sizeof(*p));
}

void model_func(struct model *m, const struct model_func *f)
{
	struct packed p = {
		.start = f->start,
		.size = f->size,
		.where = m->bytes.n,
		.name = f->name,
		.parameter_size = f->parameter_size,
		.part = OWN_PART,
		.multiple = f->multiple,
	};

	if (f->size == 0 || f->size > UINT32_MAX)
		return;
	model_pack(&m->bytes, f);
	add_packed(m, &p);
}

void model_public(struct model *m, const struct model_public *p)
{
	if (N_ITEMS(struct model_public, &m->publics) < INT32_MAX)
		buf_put(&m->publics, p, sizeof(*p));
}

size_t model_n_files(const struct model *m)
{
	return N_ITEMS(struct str, &m->files);
}

size_t model_n_names(const struct model *m)
{
	return N_ITEMS(struct text, &m->names);
}

struct str model_file_path(const struct model *m, uint32_t file)
{
	return ITEMS(const struct str, &m->files)[file];
}

struct sym_name model_name_text(const struct model *m, uint32_t name)
{
	const struct text *t = &ITEMS(const struct text, &m->names)[name];

	return (struct sym_name){ t->text, (enum sym_language)t->language, t->readable };
}
