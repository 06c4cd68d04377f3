#include "bin/binaries.h"

#include <sys/stat.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/sort.h"
#include "bin/source.h"

/* A file of one of the trees. */
struct leaf {
	const char *path;
	struct str name;
};

/* What came of a module. */
struct found {
	struct str id;
	bool wants_code;
	const char *path; /* NULL: there is no binary */
	struct file file;
	struct elf elf;
};

struct binaries {
	struct arena arena;
	struct diag *diag;
	const char *const *dirs;
	size_t n_dirs;
	const char *
		*debug_dirs; /* each, and where the debug information is if it is a system's root */
	bool listed;
	struct buf leaves; /* of struct leaf, sorted by name */
	struct buf all;    /* of struct found *, one an id */
	struct map by_id;  /* places in all */
};

struct binaries *binaries_open(const char *const *dirs, size_t n, void (*oom)(size_t wanted),
			       struct diag *d)
{
	struct arena arena = { .oom = oom };
	struct binaries *b = arena_new(&arena, struct binaries, 1);

	*b = (struct binaries){
		.arena = arena,
		.diag = d,
		.dirs = dirs,
		.n_dirs = n,
		.leaves.oom = oom,
		.all.oom = oom,
		.by_id.oom = oom,
	};
	map_begin(&b->by_id);
	b->debug_dirs = arena_new(&b->arena, const char *, 2 * n);
	for (size_t i = 0; i < n; i++) {
		b->debug_dirs[2 * i] = dirs[i];
		b->debug_dirs[2 * i + 1] = arena_printf(&b->arena, "%s/usr/lib/debug", dirs[i]).p;
	}
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
	struct found *const *all = (const void *)b->all.p;

	for (size_t i = 0; i < b->all.n / sizeof(*all); i++) {
		if (all[i]->path != NULL)
			close_found(all[i]);
	}
	buf_free(&b->all);
	buf_free(&b->leaves);
	map_free(&b->by_id);

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

/* A file of debug information has a binary's id and names, but neither its code nor all of its call
 * frame information. */
static bool has_code(const struct elf *e)
{
	return e->code.n != 0 && elf_bytes_at(e, e->code.v[0].first, 1).n != 0;
}

/* Opens what is a file with contents. A dump may name a device, a pipe, or what only seems to be a
 * file (/proc/kmsg, which has no size and no end). */
static bool open_file(struct binaries *b, struct file *f, const char *path)
{
	struct error err = { 0 };
	struct stat st;
	bool is = stat(path, &st) == 0;

	if (is && (!S_ISREG(st.st_mode) || st.st_size == 0))
		return false;
	if (!is)
		error_errno(&err, "%s", path);
	if (is && file_open(f, path, &err))
		return true;
	if (!error_is_lasting(&err))
		diag_trouble(b->diag, &err);
	return false;
}

/* Opens the file, if it is the binary that f is of. */
static bool try_file(struct binaries *b, struct found *f, const char *path)
{
	struct error err = { 0 };

	if (!open_file(b, &f->file, path))
		return false;
	f->path = path;
	if (elf_is(f->file.data) &&
	    elf_open(&f->elf, f->file.data, path, &b->arena, b->diag, &err) &&
	    ids_equal(elf_debug_id(&f->elf), f->id) && (!f->wants_code || has_code(&f->elf))) {
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
	for (size_t i = 0; i < b->n_dirs; i++) {
		if (!dir_walk_most(b->dirs[i], LIMIT_BINARIES, &b->arena, b->diag, add_leaf, b))
			diag_info(b->diag, "%s: binaries are looked for by name in %d files only",
				  b->dirs[i], LIMIT_BINARIES);
	}
	sort_stable(b->leaves.p, b->leaves.n / sizeof(struct leaf), sizeof(struct leaf), by_name,
		    NULL, b->arena.oom);
}

/* What the kernel brings, in all processes, is in no file: it is not to cost a look at them all. */
static bool is_of_kernel(struct str name)
{
	return name.p[0] == '[' || str_starts(name, STR("linux-gate.so")) ||
	       str_starts(name, STR("linux-vdso.so"));
}

/* All files of that name, in the order of the folders. */
static bool try_name(struct binaries *b, struct found *f, struct str name)
{
	const struct leaf *v;
	size_t low = 0, high, n;

	if (name.n == 0 || is_of_kernel(name))
		return false;
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
	struct str name = str_leaf(key->code_file), other = str_leaf(key->debug_file);

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
	return try_name(b, f, name) || (!str_eq(name, other) && try_name(b, f, other));
}

/* What is known of an id; NULL when it was not looked for. */
static struct found *known(const struct binaries *b, struct str id, uint64_t hash)
{
	struct map_walk walk = map_walk(&b->by_id, hash);
	struct found *const *all = (const void *)b->all.p;

	while (map_next(&b->by_id, &walk)) {
		if (str_eq(all[walk.value]->id, id))
			return all[walk.value];
	}
	return NULL;
}

static struct found *find(struct binaries *b, const struct symbols_key *key)
{
	uint64_t hash = map_hash(&b->by_id, key->debug_id, 0);
	struct found *f = known(b, key->debug_id, hash);

	if (f != NULL)
		return f;
	f = arena_new(&b->arena, struct found, 1);
	f->id = arena_strdup(&b->arena, key->debug_id);
	map_put(&b->by_id, hash, (uint32_t)(b->all.n / sizeof(f)));
	buf_put(&b->all, &f, sizeof(f));
	for (int pass = 0; pass < 2 && key->debug_id.n != 0 && f->path == NULL; pass++) {
		f->wants_code = pass == 0;
		look(b, f, key);
	}
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
		.debug_dirs = b->debug_dirs,
		.n_debug_dirs = 2 * b->n_dirs,
		.only_debug_dirs = true,
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
	} else if (error_exit_code(&err) == EXIT_TROUBLE) {
		diag_trouble(b->diag, &err);
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
