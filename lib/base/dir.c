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
	while ((e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;

		const char *sub = arena_concat(a, PARTS(str_of(path), STR("/"), str_of(e->d_name)))
					  .p;
		buf_put(pending, &sub, sizeof(sub));
	}
	closedir(dir);
	if (pending->n != before)
		sort_stable(pending->p + before, (pending->n - before) / sizeof(char *),
			    sizeof(char *), by_name_descending, NULL, a->oom);
	return true;
}

int dir_walk(const char *path, struct arena *a, struct diag *d,
	     void (*visit)(void *context, const char *path), void *context)
{
	struct buf pending = { .oom = a->oom };
	struct stat st;
	int code = EXIT_DONE;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		visit(context, path);
		return EXIT_DONE;
	}
	buf_put(&pending, &path, sizeof(path));
	while (pending.n != 0) {
		const char *at;

		pending.n -= sizeof(at);
		memcpy(&at, pending.p + pending.n, sizeof(at));
		if (at != path && lstat(at, &st) != 0)
			continue; /* gone since its folder was read */
		if (S_ISREG(st.st_mode))
			visit(context, at);
		if (!S_ISDIR(st.st_mode) || read_folder(at, a, &pending))
			continue;

		struct error err = { 0 };
		error_errno(&err, "%s", at);
		diag_error(d, &err);
		code = error_exit_code(&err);
	}
	buf_free(&pending);
	return code;
}
