#include "sym/cache.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/dir.h"
#include "base/sort.h"

enum { HOUR = 60 * 60, DAY = 24 * HOUR, ROOT_DIGITS = 16, MADE_PARTS = 4 };

struct kept {
	const char *path;
	uint64_t size;
	struct timespec used;
};

struct trim {
	const char *folder;
	time_t now;
	struct buf files; /* struct kept */
	uint64_t size;    /* of all of them */
};

void cache_mark_used(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && time(NULL) - st.st_mtime >= HOUR)
		utimensat(AT_FDCWD, path, NULL, 0); /* one of another user stays as it is */
}

/* Whether the part of a path behind the folder is ROOT/..., ROOT being the hash of a store, or
 * made/LEAF/ID/NAME. */
static bool is_ours(struct str rest)
{
	size_t root = str_find_char(rest, '/'), parts = 1;

	for (size_t i = 0; i < rest.n; i++)
		parts += rest.p[i] == '/';
	if (str_eq(str_first(rest, root), STR("made")))
		return parts == MADE_PARTS;
	for (size_t i = 0; i < root; i++) {
		if (memchr("0123456789abcdef", rest.p[i], 16) == NULL)
			return false;
	}
	return root == ROOT_DIGITS && root < rest.n;
}

static void visit(void *context, const char *path)
{
	struct trim *t = context;
	struct str leaf = str_leaf(str_of(path));
	struct stat st;

	if (!is_ours(str_from(str_of(path), strlen(t->folder) + 1)) || lstat(path, &st) != 0)
		return;
	if (str_find(leaf, STR(".tmp.")) < leaf.n) {
		if (t->now - st.st_mtime > DAY)
			unlink(path);
		return;
	}
	if (!str_ends(leaf, STR(".symx")) && !str_ends(leaf, STR(".sym")))
		return;

	struct kept k = { path, (uint64_t)st.st_size, st.st_mtim };
	buf_put(&t->files, &k, sizeof(k));
	t->size += k.size;
}

static int by_use(const void *a, const void *b, const void *context)
{
	const struct timespec *left = &((const struct kept *)a)->used,
			      *right = &((const struct kept *)b)->used;

	(void)context;
	if (left->tv_sec != right->tv_sec)
		return left->tv_sec < right->tv_sec ? -1 : 1;
	return (left->tv_nsec > right->tv_nsec) - (left->tv_nsec < right->tv_nsec);
}

static void remove_oldest(struct trim *t, uint64_t wanted, void (*oom)(size_t wanted))
{
	struct kept *v = (void *)t->files.p;
	size_t n = t->files.n / sizeof(*v);

	sort_stable(v, n, sizeof(*v), by_use, NULL, oom);
	for (size_t i = 0; i < n && t->size > wanted; i++) {
		/* Another process may have been faster: the bytes are gone all the same. */
		unlink(v[i].path);
		t->size -= v[i].size;
	}
}

void cache_trim(const char *folder, uint64_t limit, struct arena *a)
{
	struct diag quiet = { .out = NULL }; /* a folder that cannot be read is not ours */
	struct trim t = { .folder = folder, .now = time(NULL), .files = { .oom = a->oom } };

	if (limit == 0)
		return;
	dir_walk(folder, a, &quiet, visit, &t);
	if (t.size > limit)
		remove_oldest(&t, limit / 10 * 9, a->oom);
	buf_free(&t.files);
}
