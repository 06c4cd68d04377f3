#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gzip.h"
#include "sym/cache.h"
#include "sym/symx_load_impl.h"

bool symx_is_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	errno = 0;
	return S_ISREG(st.st_mode);
}

static struct symx_source source_of(const struct stat *st)
{
	return (struct symx_source){
		.size = (uint64_t)st->st_size,
		.mtime_ns = (uint64_t)st->st_mtim.tv_sec * 1000000000 +
			    (uint64_t)st->st_mtim.tv_nsec,
		.inode = (uint64_t)st->st_ino,
	};
}

bool symx_source_of(const char *path, struct symx_source *source)
{
	struct stat st;

	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	*source = source_of(&st);
	return true;
}

/* Pipes and devices are no symbol files. Takes fd, which may be -1. */
static int take_regular(int fd, struct symx_source *source)
{
	struct stat st;

	if (fd < 0)
		return -1;

	int failed = fstat(fd, &st) != 0 ? errno : !S_ISREG(st.st_mode) ? ENOENT : 0;
	if (failed != 0) {
		close(fd);
		errno = failed;
		return -1;
	}
	*source = source_of(&st);
	return fd;
}

int symx_load_open_regular(const char *path, struct symx_source *source)
{
	return take_regular(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), source);
}

int symx_load_open(struct symx_load *l, struct arena *a)
{
	const struct symx_request *q = &l->request;
	int fd;

	l->path = q->key == NULL ? q->root : arena_printf(a, "%s/%s", q->root, q->key).p;
	if (q->made != NULL)
		return take_regular(fileno(q->made), &l->build.source);
	fd = symx_load_open_regular(l->path, &l->build.source);
	if (fd < 0 && errno == ENOENT && !q->compat && q->key != NULL) {
		l->path = arena_printf(a, "%s.gz", l->path).p;
		fd = symx_load_open_regular(l->path, &l->build.source);
	}
	return fd;
}

/* Inflates a .sym.gz into a file of the cache. */
static bool expand_kept(const struct symx_load *l, const char *path, struct file *copy,
			struct error *err)
{
	struct file_writer w = { 0 };
	bool ok;

	if (!file_make_folders(path))
		return error_errno(err, "%s", path);
	ok = file_create(&w, path, 0600, err) && gzip_expand(l->text.data, l->path, w.out, err) &&
	     file_commit(&w, err) && file_open(copy, path, err);
	file_abort(&w);
	l->request.cache->added |= ok;
	return ok;
}

/* The same into one without a name. */
static bool expand_once(const struct symx_load *l, struct file *copy, struct error *err)
{
	FILE *out = file_temp();
	bool ok;

	if (out == NULL)
		return error_errno(err, "%s: no temporary file", l->path);
	ok = gzip_expand(l->text.data, l->path, out, err);
	if (ok && fflush(out) != 0)
		ok = error_errno(err, "%s: cannot write the inflated copy", l->path);
	ok = ok && file_open_fd(copy, fileno(out), l->path, err);
	fclose(out);
	return ok;
}

/* path: NULL without a cache. One that fails costs time, not the symbols. */
static bool expand_to(struct symx_load *l, const char *path, struct file *copy, struct error *err)
{
	if (path == NULL)
		return expand_once(l, copy, err);
	if (symx_is_file(path) && file_open(copy, path, err)) {
		cache_mark_used(path);
		return true;
	}
	if (expand_kept(l, path, copy, err))
		return true;
	if (err->code != ERROR_SYSTEM)
		return false;
	symx_load_cache_failed(l, path, err->errnum);
	*err = (struct error){ 0 };
	return expand_once(l, copy, err);
}

bool symx_load_expand(struct symx_load *l, const char *stem, struct arena *a, struct error *err)
{
	const struct symx_source *s = &l->build.source;
	struct file copy;
	const char *path = NULL;

	if (stem != NULL)
		path = arena_printf(a, "%s.%" PRIx64 "-%" PRIx64 "-%" PRIx64 ".sym", stem, s->size,
				    s->mtime_ns, s->inode)
			       .p;
	if (!expand_to(l, path, &copy, err))
		return false;
	file_close(&l->text);
	l->text = copy;
	return true;
}

/* Most modules have no symbol file. */
static bool is_absent(const struct error *err)
{
	return err->code == ERROR_SYSTEM &&
	       (err->errnum == ENOENT || err->errnum == ENOTDIR || err->errnum == ENAMETOOLONG);
}

void symx_failed(const struct error *err, struct diag *d, bool *trouble)
{
	*trouble |= !error_is_lasting(err);
	if (!is_absent(err))
		diag_error(d, err);
}
