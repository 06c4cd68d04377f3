#include "sym/sym_task_impl.h"

#include <errno.h>

#include "base/tool.h"
#include "sym/cache.h"
#include "sym/lookup.h"
#include "sym/symx_load.h"

/* Of a word that is no address, what is said. */
enum { KEY_SIZE = 1024, LONGEST_WORD = 40 };

/* What is asked: a file, a module of a store, or a text from a pipe. May not move. */
struct source {
	struct arena arena;
	struct symx_cache cache;
	struct symx_load load;
	struct symbols *symbols;
	struct sym_input input;
	struct lookup lookup;
	const struct symx *symx; /* of one of these */
};

static int failed(const struct error *err, struct diag *d)
{
	diag_error(d, err);
	return error_exit_code(err);
}

static int not_usable(const char *path, struct diag *d)
{
	struct error err = { 0 };

	error_set(&err, ERROR_INPUT, "%s: nothing in it can be used", path);
	return failed(&err, d);
}

/* The last part of a path, which is cut off. */
static struct str cut_leaf(struct str *path)
{
	struct str leaf = str_leaf(*path);

	*path = str_first(*path, path->n > leaf.n ? path->n - leaf.n - 1 : 0);
	return leaf;
}

/* A file that has the place of a module in a store: root and key are those of the store, so that
 * its index has the place in the cache where all who ask the store look. */
static void split(const char *path, struct symx_request *q, struct arena *a)
{
	struct str root = str_of(path), file = cut_leaf(&root), id = cut_leaf(&root),
		   name = cut_leaf(&root), whole;
	char key[KEY_SIZE];

	(void)file;
	if (!symbols_path(name, id, STR(""), key, sizeof(key)))
		return;
	whole = root.n == 0 && path[0] != '/' ? str_of(key)
					      : arena_concat(a, PARTS(root, STR("/"), str_of(key)));
	if (!str_eq(whole, str_of(path)))
		return;
	q->root = root.n != 0 ? arena_strdup(a, root).p : path[0] == '/' ? "/" : ".";
	q->key = arena_strdup(a, str_of(key)).p;
}

static enum sym_status load(const struct sym_task *t, const char *path, bool cache_only,
			    struct source *s, struct diag *d)
{
	struct symx_request q = { .root = path,
				  .cache = &s->cache,
				  .cache_only = cache_only,
				  .diag = d,
				  .oom = tool_oom };

	s->cache = (struct symx_cache){ .folder = t->cache, .size = t->cache_size };
	split(path, &q, &s->arena);
	return symx_load(&s->load, &q, &s->arena);
}

static int open_file(const struct sym_task *t, const char *path, struct source *s, struct diag *d)
{
	enum sym_status status = load(t, path, false, s, d);

	if (status == SYM_LOADED)
		s->symx = &s->load.symx;
	else if (!s->load.trouble)
		return not_usable(path, d);
	return s->load.trouble ? EXIT_TROUBLE : EXIT_DONE;
}

static int open_text(const char *path, struct source *s, struct diag *d)
{
	struct error err = { 0 };

	if (!sym_input_open(&s->input, path, false, &err) ||
	    !lookup_open(&s->lookup, s->input.text, s->input.mapped, tool_oom, &err))
		return failed(&err, d);
	s->symx = &s->lookup.symx;
	return EXIT_DONE;
}

static int open_module(const struct sym_task *t, const char *store, struct source *s,
		       struct diag *d)
{
	struct symbols_key key = { .debug_file = str_of(t->name), .debug_id = str_of(t->id) };
	struct symbols_options o = { .cache = t->cache,
				     .cache_size = t->cache_size,
				     .oom = tool_oom };
	struct error err = { 0 };
	const struct sym_module *m;

	s->symbols = symbols_open(&store, 1, &o, d);
	m = symbols_find(s->symbols, &key);
	if (m->status == SYM_LOADED) {
		s->symx = m->symx;
		return EXIT_DONE;
	}
	if (symbols_trouble(s->symbols))
		return EXIT_TROUBLE;
	if (m->status == SYM_CORRUPT)
		return not_usable(m->path, d);
	error_set(&err, ERROR_INPUT, "%s: no symbols of %s, %s", store, t->name, t->id);
	return failed(&err, d);
}

static int open_source(const struct sym_task *t, const char *path, struct source *s, struct diag *d)
{
	struct error err = { 0 };

	if (t->id != NULL)
		return open_module(t, path, s, d);
	if (symx_is_file(path))
		return open_file(t, path, s, d);
	if (errno == 0 || str_eq(str_of(path), STR("-")))
		return open_text(path, s, d);
	error_errno(&err, "%s", path);
	return failed(&err, d);
}

static void close_source(struct source *s, struct diag *d)
{
	struct cursor at = cursor_make((struct slice){ 0 }, s->input.name);

	if (s->lookup.state.exhausted)
		diag_warn(d, &at, "functions are too long: lines and inlined calls were left out");
	symx_unload(&s->load);
	if (s->cache.added)
		cache_trim(s->cache.folder, s->cache.size, &s->arena);
	if (s->symbols != NULL)
		symbols_close(s->symbols);
	lookup_close(&s->lookup);
	sym_input_close(&s->input);
	arena_free(&s->arena);
}

/* Addresses, and where their answers go. */
struct questions {
	const struct symx *symx;
	struct arena arena;
	struct diag *d;
	struct lookup_out out;
};

/* An address, with or without "0x". */
static int look_up(struct questions *q, struct str word)
{
	struct str digits = str_starts(word, STR("0x")) ? str_from(word, 2) : word;
	struct error err = { 0 };
	uint64_t address;

	if (str_hex_to_u64(digits, &address)) {
		lookup_put(q->symx, address, &q->arena, &q->out);
		arena_reset(&q->arena);
		return EXIT_DONE;
	}
	word = str_first(word, LONGEST_WORD);
	error_set(&err, ERROR_INPUT, "%.*s: no address", STR_ARGS(word));
	return failed(&err, q->d);
}

/* The words of standard input as addresses. */
static int look_up_input(struct questions *q)
{
	struct error err = { 0 };
	struct sym_input in;
	struct str rest, word;
	int worst = EXIT_DONE;

	if (!sym_input_open(&in, "-", true, &err))
		worst = failed(&err, q->d);
	for (rest = in.text; str_next_word(&rest, &word);) {
		int code = look_up(q, word);

		exit_worsen(&worst, code);
	}
	sym_input_close(&in);
	return worst;
}

int sym_task_lookup(const struct sym_task *t, const char *path, FILE *out, struct diag *d)
{
	struct source s = { .arena.oom = tool_oom };
	int worst = open_source(t, path, &s, d);
	struct questions q = { .symx = s.symx, .arena.oom = tool_oom, .d = d };

	lookup_out_open(&q.out, out, t->json, tool_oom);
	for (size_t i = 0; s.symx != NULL && i < t->n_addresses; i++) {
		struct str word = str_of(t->addresses[i]);
		int code = str_eq(word, STR("-")) ? look_up_input(&q) : look_up(&q, word);

		exit_worsen(&worst, code);
	}
	lookup_out_close(&q.out);
	arena_free(&q.arena);
	close_source(&s, d);
	return worst;
}

/* As symx_load() says of what is no symbol file. */
static bool has_symbols(const struct buf *made, struct str text)
{
	struct symx_index x;

	return text.n != 0 &&
	       symx_index_open(&x, (struct slice){ (const uint8_t *)made->p, made->n }) &&
	       (x.head.records != 0 || x.head.skipped_at == SYMX_NONE);
}

/* The index beside the file: FILE.symx of FILE.sym and FILE.sym.gz. The file is looked at before it
 * is read: if another one takes its place meanwhile, the index is of neither, and is not used. */
static int index_beside(const char *path, struct diag *d)
{
	struct source s = { .arena.oom = tool_oom };
	struct symx_build_options o = { .oom = tool_oom };
	struct error err = { 0 };
	struct file_writer w = { 0 };
	struct buf made = { .oom = tool_oom };

	symx_source_of(path, &o.source);
	bool ok = sym_input_open(&s.input, path, false, &err);
	o.mapped = s.input.mapped;
	ok = ok && symx_build(s.input.text, &o, &made, &err);
	if (ok && !has_symbols(&made, s.input.text))
		ok = error_set(&err, ERROR_INPUT, "%s: nothing in it can be used", path);
	ok = ok && file_create(&w, symx_beside(path, &s.arena), 0644, &err);
	if (ok) {
		fwrite(made.p, 1, made.n, w.out);
		ok = file_commit(&w, &err);
	}
	file_abort(&w);
	buf_free(&made);
	close_source(&s, d);
	return ok ? EXIT_DONE : failed(&err, d);
}

int sym_task_index(const struct sym_task *t, const char *path, FILE *out, struct diag *d)
{
	struct source s = { .arena.oom = tool_oom };
	struct error err = { 0 };
	int code = EXIT_DONE;

	(void)out;
	if (!symx_is_file(path)) {
		if (errno == 0)
			error_set(&err, ERROR_INPUT, "%s: no file that could have an index", path);
		else
			error_errno(&err, "%s", path);
		return failed(&err, d);
	}
	if (t->cache == NULL)
		return index_beside(path, d);
	if (load(t, path, true, &s, d) != SYM_LOADED && !s.load.trouble)
		code = not_usable(path, d);
	if (s.load.trouble || s.cache.failed)
		code = EXIT_TROUBLE;
	close_source(&s, d);
	return code;
}
