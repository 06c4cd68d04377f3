#include "base/dir.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/sort.h"

static int by_name_descending(const void *a, const void *b, const void *context)
{
	const char *const *left = a, *const *right = b;

	(void)context;
	return -strcmp(*left, *right);
}

/* Adds the paths of a folder's entries to pending, the one to be taken next last. */
static bool read_folder(const char *path, struct arena *a, struct buf *pending)
{
	size_t before = pending->n;
	DIR *dir = opendir(path);
	const struct dirent *e;

	if (dir == NULL)
		return false;
	for (errno = 0; (e = readdir(dir)) != NULL; errno = 0) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;

		const char *sub = arena_concat(a, PARTS(str_of(path), STR("/"), str_of(e->d_name)))
					  .p;
		buf_put(pending, &sub, sizeof(sub));
	}
	int failed = errno;
	closedir(dir);
	if (pending->n != before)
		sort_stable(pending->p + before, (pending->n - before) / sizeof(char *),
			    sizeof(char *), by_name_descending, NULL, a->oom);
	errno = failed;
	return failed == 0;
}

/* A tree on the way; paths of what comes next are in pending. */
struct tree {
	const char *root;
	struct arena *arena;
	struct diag *diag;
	bool system; /* what may be a whole system's: see dir_walk_most() */
	struct buf pending;
	dev_t device; /* of root */
};

/* Says why a path cannot be read. Returns an exit code. */
static int say_unread(struct tree *t, const char *path)
{
	struct error err = { 0 };

	error_errno(&err, "%s", path);
	if (!error_is_lasting(&err))
		diag_trouble(t->diag, &err);
	else if (!t->system)
		diag_error(t->diag, &err);
	return error_exit_code(&err);
}

/* Adds what is in a folder, if it is one to enter. False when it cannot be read. */
static bool enter(struct tree *t, const char *path, const struct stat *st)
{
	return !S_ISDIR(st->st_mode) || (t->system && st->st_dev != t->device) ||
	       read_folder(path, t->arena, &t->pending);
}

/* The next file of a tree; NULL at its end. */
static const char *next_file(struct tree *t, int *code)
{
	struct stat st;

	while (t->pending.n != 0) {
		const char *at;
		bool found;

		t->pending.n -= sizeof(at);
		memcpy(&at, t->pending.p + t->pending.n, sizeof(at));
		found = (at == t->root ? stat(at, &st) : lstat(at, &st)) == 0;
		if (!found && errno == ENOENT)
			continue; /* gone since its folder was read */
		if (found && S_ISREG(st.st_mode))
			return at;
		if (!found || !enter(t, at, &st))
			*code = say_unread(t, at);
	}
	return NULL;
}

/* False when path is no folder: it is visited itself. */
static bool begin(struct tree *t, const char *path, bool system, struct arena *a, struct diag *d)
{
	bool found;
	struct stat st;

	*t = (struct tree){
		.root = path, .arena = a, .diag = d, .system = system, .pending.oom = a->oom
	};
	found = stat(path, &st) == 0;
	if (!found && system) /* else who visits it says so */
		say_unread(t, path);
	if (!found || !S_ISDIR(st.st_mode))
		return false;
	t->device = st.st_dev;
	buf_put(&t->pending, &path, sizeof(path));
	return true;
}

int dir_walk(const char *path, struct arena *a, struct diag *d,
	     void (*visit)(void *context, const char *path), void *context)
{
	struct tree t;
	const char *file;
	int code = EXIT_DONE;

	if (!begin(&t, path, false, a, d))
		visit(context, path);
	while ((file = next_file(&t, &code)) != NULL)
		visit(context, file);
	buf_free(&t.pending);
	return code;
}

bool dir_walk_most(const char *path, size_t most, struct arena *a, struct diag *d,
		   void (*visit)(void *context, const char *path), void *context)
{
	struct tree t;
	const char *file = NULL;
	int code = EXIT_DONE;

	if (!begin(&t, path, true, a, d))
		visit(context, path);
	for (size_t n = 0; (file = next_file(&t, &code)) != NULL && n < most; n++)
		visit(context, file);
	buf_free(&t.pending);
	return file == NULL;
}
