#include "sym/symbols.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "sym/cache.h"
#include "sym/symx_load.h"

enum { LEAF_MAX = 255, PATH_SIZE = 4096 };

/* A module that was asked for; a node of a tree by the hash of its key. */
struct entry {
	struct entry *child[4];
	struct entry *next; /* of all */
	struct str key;
	struct sym_module module;
	struct symx_load load;
};

/* A path given: a file that is one module's symbols, if its MODULE id is known. */
struct single {
	const char *path;
	struct str id; /* empty: a store */
};

struct symbols {
	struct arena arena;
	struct single *paths;
	size_t n_paths;
	struct symx_cache cache;
	struct symbols_maker maker;
	const char *made; /* store of what it made, in the cache; NULL */
	struct diag *diag;
	bool compat;
	bool trouble;
	struct entry *root, *all;
};

static bool is_leaf(struct str s)
{
	return s.n != 0 && s.n <= LEAF_MAX && !str_eq(s, STR(".")) && !str_eq(s, STR("..")) &&
	       str_find_char(s, '\0') == s.n;
}

static bool is_id(struct str id)
{
	for (size_t i = 0; i < id.n; i++) {
		if (memchr("0123456789abcdefABCDEF", id.p[i], 22) == NULL)
			return false;
	}
	return id.n != 0 && id.n <= LEAF_MAX;
}

/* Without a final ".pdb" of any case. */
static struct str without_pdb(struct str leaf)
{
	static const char pdb[] = ".pdb";

	if (leaf.n < 4)
		return leaf;
	for (size_t i = 0; i < 4; i++) {
		char c = leaf.p[leaf.n - 4 + i];

		if ((c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c) != pdb[i])
			return leaf;
	}
	return str_first(leaf, leaf.n - 4);
}

bool symbols_path(struct str debug_file, struct str debug_id, struct str code_file, char *buf,
		  size_t size)
{
	struct str leaf = str_leaf(debug_file.n == 0 ? code_file : debug_file);
	struct str name = without_pdb(leaf);

	if (!is_leaf(leaf) || !is_id(debug_id))
		return false;
	int n = snprintf(buf, size, "%.*s/%.*s/%.*s.sym", STR_ARGS(leaf), STR_ARGS(debug_id),
			 STR_ARGS(name));
	return n >= 0 && (size_t)n < size;
}

/* The MODULE id of a file that was given as a path; empty for a folder. */
static struct str single_id(struct symbols *s, const char *path)
{
	struct str line, rest, id = { 0 };
	struct error err = { 0 };
	struct record_module m;
	struct file file;
	struct record r;

	if (!symx_is_file(path)) {
		if (errno != 0 && !error_errno(&err, "%s", path))
			symx_failed(&err, s->diag, &s->trouble);
		return id;
	}
	if (!file_open(&file, path, &err)) {
		symx_failed(&err, s->diag, &s->trouble);
		return id;
	}
	rest = (struct str){ (const char *)file.data.p, file.data.n };
	if (record_next(&rest, &line) && record_open(&r, line, true) == RECORD_MODULE &&
	    record_module(&r, &m))
		id = arena_strdup(&s->arena, m.id);
	file_close(&file);
	return id;
}

struct symbols *symbols_open(const char *const *paths, size_t n_paths,
			     const struct symbols_options *o, struct diag *d)
{
	struct arena arena = { .oom = o->oom };
	struct symbols *s = arena_new(&arena, struct symbols, 1);

	*s = (struct symbols){
		.arena = arena,
		.n_paths = n_paths,
		.cache = { .folder = o->cache, .size = o->cache_size },
		.maker = o->maker,
		.diag = d,
		.compat = o->compat,
	};
	if (o->maker.has != NULL && o->cache != NULL)
		s->made = arena_printf(&s->arena, "%s/made", o->cache).p;
	s->paths = arena_new(&s->arena, struct single, n_paths);
	for (size_t i = 0; i < n_paths; i++) {
		s->paths[i].path = paths[i];
		s->paths[i].id = single_id(s, paths[i]);
	}
	return s;
}

void symbols_close(struct symbols *s)
{
	for (struct entry *e = s->all; e != NULL; e = e->next)
		symx_unload(&e->load);
	/* Without a module that was looked up here, workers may have added some. */
	if (s->cache.folder != NULL && (s->cache.added || s->all == NULL))
		cache_trim(s->cache.folder, s->cache.size, &s->arena);

	struct arena arena = s->arena;
	arena_free(&arena);
}

bool symbols_trouble(const struct symbols *s)
{
	return s->trouble;
}

static bool ids_equal(struct str a, struct str b, bool exact)
{
	if (exact || a.n != b.n)
		return str_eq(a, b);
	for (size_t i = 0; i < a.n; i++) {
		if ((a.p[i] | 0x20) != (b.p[i] | 0x20))
			return false;
	}
	return true;
}

static bool load(struct symbols *s, const struct symx_request *q, struct entry *e)
{
	struct symx_request request = *q;

	request.cache = &s->cache;
	request.diag = s->diag;
	request.compat = s->compat;
	request.oom = s->arena.oom;
	e->module.status = symx_load(&e->load, &request, &s->arena);
	s->trouble |= e->load.trouble;
	return e->module.status != SYM_MISSING;
}

/* Tries one of the paths given. Returns whether symbols were found there, good or bad. */
static bool try_path(struct symbols *s, const struct single *from, const char *key, struct str id,
		     struct entry *e)
{
	bool single = from->id.n != 0;
	struct symx_request q = { .root = from->path, .key = single ? NULL : key };

	if (single && !ids_equal(from->id, id, s->compat))
		return false;
	load(s, &q, e);

	/* rust-minidump parses a file given as a path to see its id: a corrupt one has none. */
	if (single && s->compat && e->module.status == SYM_CORRUPT)
		e->module.status = SYM_MISSING;
	return e->module.status != SYM_MISSING;
}

/* Makes symbols in the cache. False when it cannot be written. */
static bool make_kept(struct symbols *s, const char *path, const struct symbols_key *k)
{
	struct file_writer w = { 0 };
	struct error err = { 0 };
	bool ok = file_make_folders(path) ? file_create(&w, path, 0600, &err)
					  : error_errno(&err, "%s", path);

	if (ok && s->maker.make(s->maker.context, k, w.out))
		ok = file_commit(&w, &err);
	file_abort(&w);
	if (!ok && !s->cache.failed)
		diag_error(s->diag, &err);
	s->cache.failed |= !ok;
	s->cache.added |= ok;
	return ok;
}

/* Makes symbols in a temporary file. False when that cannot be, or there are none. */
static bool make_once(struct symbols *s, FILE *made, const struct symbols_key *k)
{
	struct error err = { 0 };

	if (made != NULL && !s->maker.make(s->maker.context, k, made))
		return false;
	if (made != NULL && fflush(made) == 0)
		return true;
	error_errno(&err, "a temporary file");
	diag_trouble(s->diag, &err);
	return false;
}

/* Symbols of a module that no path has, made from something else. */
static void try_maker(struct symbols *s, const struct symbols_key *k, struct entry *e)
{
	struct symx_request q = { .root = s->made, .key = e->key.p };
	const char *path;

	if (s->made != NULL && !s->cache.failed) {
		path = arena_printf(&s->arena, "%s/%.*s", s->made, STR_ARGS(e->key)).p;
		if (symx_is_file(path) || make_kept(s, path, k)) {
			load(s, &q, e);
			return;
		}
	}
	q = (struct symx_request){ .root = e->key.p, .made = file_temp() };
	if (make_once(s, q.made, k))
		load(s, &q, e);
	if (q.made != NULL)
		fclose(q.made);
}

static void look(struct symbols *s, const struct symbols_key *k, struct entry *e)
{
	e->module.status = SYM_MISSING;
	for (size_t i = 0; i < s->n_paths; i++) {
		if (try_path(s, &s->paths[i], e->key.p, k->debug_id, e))
			break;
	}
	if (e->module.status == SYM_MISSING && s->maker.has != NULL &&
	    s->maker.has(s->maker.context, k))
		try_maker(s, k, e);
	if (e->module.status == SYM_LOADED || e->module.status == SYM_CORRUPT)
		e->module.path = e->load.path;
	if (e->module.status == SYM_LOADED) {
		e->module.symx = &e->load.symx;
		e->module.url = symx_url(&e->load.symx);
	}
}

/* FNV-1a; the seed is where the struct is, so that names from a dump cannot be made to collide. */
static uint64_t hash(const struct symbols *s, struct str key)
{
	uint64_t h = 0xcbf29ce484222325u ^ (uintptr_t)s;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3u;
	return h ^ h >> 32;
}

const struct sym_module *symbols_find(struct symbols *s, const struct symbols_key *k)
{
	static const struct sym_module no_key = { .status = SYM_NO_KEY };
	char path[PATH_SIZE];

	if (!symbols_path(k->debug_file, k->debug_id, k->code_file, path, sizeof(path)))
		return &no_key;

	struct str key = str_of(path);
	struct entry **at = &s->root;
	for (uint64_t h = hash(s, key); *at != NULL; h = h << 2 | h >> 62) {
		if (str_eq((*at)->key, key))
			return &(*at)->module;
		at = &(*at)->child[h >> 62];
	}

	struct entry *e = *at = arena_new(&s->arena, struct entry, 1);
	e->next = s->all;
	s->all = e;
	e->key = arena_strdup(&s->arena, key);
	look(s, k, e);
	return &e->module;
}
