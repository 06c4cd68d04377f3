#include "bin/binaries.h"

#include "base/dir.h"
#include "base/file.h"
#include "base/sort.h"
#include "bin/source.h"

/* A file of one of the trees. */
struct leaf {
	const char *path;
	struct str name;
};

/* What came of a module. */
struct found {
	struct found *next;
	struct str id;
	const char *path; /* NULL: there is no binary */
	struct file file;
	struct elf elf;
};

struct binaries {
	struct arena arena;
	struct diag *diag;
	const char *const *dirs;
	size_t n_dirs;
	bool listed;
	struct buf leaves; /* of struct leaf, sorted by name */
	struct found *all;
};

struct binaries *binaries_open(const char *const *dirs, size_t n, void (*oom)(size_t wanted),
			       struct diag *d)
{
	struct arena arena = { .oom = oom };
	struct binaries *b = arena_new(&arena, struct binaries, 1);

	*b = (struct binaries){
		.arena = arena, .diag = d, .dirs = dirs, .n_dirs = n, .leaves.oom = oom
	};
	return b;
}

static void close_found(struct found *f)
{
	elf_close(&f->elf);
	file_close(&f->file);
	f->path = NULL;
}

void binaries_close(struct binaries *b)
{
	for (struct found *f = b->all; f != NULL; f = f->next) {
		if (f->path != NULL)
			close_found(f);
	}
	buf_free(&b->leaves);

	struct arena arena = b->arena;
	arena_free(&arena);
}

static bool ids_equal(struct str a, struct str b)
{
	for (size_t i = 0; a.n == b.n && i < a.n; i++) {
		if ((a.p[i] | 0x20) != (b.p[i] | 0x20))
			return false;
	}
	return a.n == b.n;
}

/* Opens the file, if it is the binary that f is of. */
static bool try_file(struct binaries *b, struct found *f, const char *path)
{
	struct error err = { 0 };

	if (!file_open(&f->file, path, &err))
		return false;
	f->path = path;
	if (elf_is(f->file.data) &&
	    elf_open(&f->elf, f->file.data, path, &b->arena, b->diag, &err) &&
	    ids_equal(elf_debug_id(&f->elf), f->id)) {
		diag_info(b->diag, "%s: a module's binary", path);
		return true;
	}
	close_found(f);
	return false;
}

/* Below .build-id: the id's first byte, the rest. */
static bool try_id(struct binaries *b, struct found *f, const char *dir, struct str id)
{
	static const char *const suffixes[] = { "", ".debug" };
	struct str first = { id.p, 2 }, rest = { id.p + 2, id.n - 2 };

	for (size_t i = 0; i < COUNT(suffixes); i++) {
		const char *path = arena_printf(&b->arena, "%s/.build-id/%.*s/%.*s%s", dir,
						STR_ARGS(first), STR_ARGS(rest), suffixes[i])
					   .p;

		if (try_file(b, f, path))
			return true;
	}
	return false;
}

static bool is_hex(struct str id)
{
	for (size_t i = 0; i < id.n; i++) {
		bool digit = id.p[i] >= '0' && id.p[i] <= '9';

		if (!digit && !(id.p[i] >= 'a' && id.p[i] <= 'f'))
			return false;
	}
	return true;
}

/* Whether a path from a dump stays below the folder that it is put behind. */
static bool is_below(struct str path)
{
	struct str up = STR("..");

	for (size_t i = 0; i + up.n <= path.n; i++) {
		if (path.p[i] == '\0' || str_eq((struct str){ path.p + i, up.n }, up))
			return false;
	}
	return path.n != 0;
}

static int by_name(const void *a, const void *b, const void *context)
{
	const struct leaf *left = a, *right = b;

	(void)context;
	return str_cmp(left->name, right->name);
}

static void add_leaf(void *context, const char *path)
{
	struct binaries *b = context;
	struct leaf leaf = { path, str_leaf(str_of(path)) };

	buf_put(&b->leaves, &leaf, sizeof(leaf));
}

static void list(struct binaries *b)
{
	if (b->listed)
		return;
	b->listed = true;
	for (size_t i = 0; i < b->n_dirs; i++)
		dir_walk(b->dirs[i], &b->arena, b->diag, add_leaf, b);
	sort_stable(b->leaves.p, b->leaves.n / sizeof(struct leaf), sizeof(struct leaf), by_name,
		    NULL, b->arena.oom);
}

/* All files of that name, in the order of the folders. */
static bool try_name(struct binaries *b, struct found *f, struct str name)
{
	const struct leaf *v;
	size_t low = 0, high, n;

	list(b);
	v = (const void *)b->leaves.p;
	high = n = b->leaves.n / sizeof(*v);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(v[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && str_eq(v[low].name, name); low++) {
		if (try_file(b, f, v[low].path))
			return true;
	}
	return false;
}

static bool look(struct binaries *b, struct found *f, const struct symbols_key *key)
{
	for (size_t i = 0; i < b->n_dirs; i++) {
		if (key->code_id.n > 2 && is_hex(key->code_id) &&
		    try_id(b, f, b->dirs[i], key->code_id))
			return true;
		if (is_below(key->code_file) &&
		    try_file(
			    b, f,
			    arena_printf(&b->arena, "%s/%.*s", b->dirs[i], STR_ARGS(key->code_file))
				    .p))
			return true;
	}
	return try_name(b, f, str_leaf(key->code_file)) ||
	       try_name(b, f, str_leaf(key->debug_file));
}

static struct found *find(struct binaries *b, const struct symbols_key *key)
{
	struct found *f;

	for (f = b->all; f != NULL; f = f->next) {
		if (ids_equal(f->id, key->debug_id))
			return f;
	}
	f = arena_new(&b->arena, struct found, 1);
	*f = (struct found){ .next = b->all, .id = arena_strdup(&b->arena, key->debug_id) };
	b->all = f;
	if (key->debug_id.n != 0)
		look(b, f, key);
	return f;
}

const struct elf *binaries_find(struct binaries *b, const struct symbols_key *key)
{
	const struct found *f = find(b, key);

	return f->path != NULL ? &f->elf : NULL;
}

static bool has(void *context, const struct symbols_key *key)
{
	return binaries_find(context, key) != NULL;
}

static bool make(void *context, const struct symbols_key *key, FILE *out)
{
	struct binaries *b = context;
	const struct found *f = find(b, key);
	const struct source_options o = {
		.debug_dirs = b->dirs,
		.n_debug_dirs = b->n_dirs,
		.jobs = 1,
		.oom = b->arena.oom,
	};
	struct arena a = { .oom = b->arena.oom };
	struct error err = { 0 };
	struct source *s;
	bool ok = false;

	s = source_open(&f->path, 1, &o, &a, b->diag, &err);
	if (s != NULL) {
		ok = source_write(s, out, NULL) == EXIT_DONE;
		source_close(s);
	} else {
		diag_error(b->diag, &err);
	}
	arena_free(&a);
	return ok;
}

struct symbols_maker binaries_maker(struct binaries *b)
{
	return (struct symbols_maker){ has, make, b };
}
