#include "sym/symx_load.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gzip.h"
#include "base/limits.h"
#include "sym/cache.h"

/* The index of a smaller .sym is made anew each time: that takes less than opening a file. */
enum { SMALLEST_KEPT = 64 * 1024 };

bool symx_is_file(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return false;
	errno = 0;
	return S_ISREG(st.st_mode);
}

/* A text of printf() in the arena. */
static const char *text(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static const char *text(struct arena *a, const char *fmt, ...)
{
	struct buf b = { .oom = a->oom };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);

	const char *copy = arena_strdup(a, buf_str(&b)).p;
	buf_free(&b);
	return copy;
}

static void warn(const struct symx_load *l, const char *path, uint64_t offset, const char *what)
{
	struct cursor at = cursor_make((struct slice){ 0 }, path);

	at.base = offset;
	diag_warn(l->request.diag, &at, "%s", what);
}

const char *symx_beside(const char *path, struct arena *a)
{
	struct str stem = str_of(path);

	if (str_ends(stem, STR(".gz")))
		stem = str_first(stem, stem.n - 3);
	return arena_concat(a, PARTS(stem, STR("x"))).p;
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

/* A store is looked at with the rights of its owner: links in it may lead anywhere. */
static int open_regular(const char *path, struct symx_source *source)
{
	return take_regular(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), source);
}

/* Opens the .sym, else the .sym.gz, which rust-minidump does not know. */
static int open_source(struct symx_load *l, struct arena *a)
{
	const struct symx_request *q = &l->request;
	int fd;

	l->path = q->key == NULL ? q->root : text(a, "%s/%s", q->root, q->key);
	if (q->made != NULL)
		return take_regular(fileno(q->made), &l->build.source);
	fd = open_regular(l->path, &l->build.source);
	if (fd < 0 && errno == ENOENT && !q->compat && q->key != NULL) {
		l->path = text(a, "%s.gz", l->path);
		fd = open_regular(l->path, &l->build.source);
	}
	return fd;
}

/* FNV-1a of the real path of the store: two stores never share an index. */
static uint64_t root_key(const char *root)
{
	char real[PATH_MAX];
	uint64_t h = 0xcbf29ce484222325u;

	for (const char *p = realpath(root, real) == NULL ? root : real; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * 0x100000001b3u;
	return h;
}

/* Where the index is kept, without the final "x". */
static const char *cache_stem(const struct symx_load *l, struct arena *a)
{
	const struct symx_request *q = &l->request;
	const char *key = q->key;

	if (q->cache->folder == NULL || q->cache->failed || q->made != NULL)
		return NULL;
	if (key == NULL)
		key = text(a, "%.*s.sym", STR_ARGS(str_leaf(str_of(q->root))));
	return text(a, "%s/%016" PRIx64 "/%s", q->cache->folder, root_key(q->root), key);
}

/* Said once: the next file would fare no better. */
static void cache_failed(struct symx_load *l, const char *path, int errnum)
{
	struct symx_cache *cache = l->request.cache;

	if (!cache->failed)
		warn(l, path, 0, strerror(errnum));
	cache->failed = true;
}

static void save_index(struct symx_load *l)
{
	struct error err = { 0 };
	struct file_writer w;

	struct symx_cache *cache = l->request.cache;

	if (l->cache_path == NULL || cache->failed || (cache->size != 0 && l->made.n > cache->size))
		return;
	if (!file_make_folders(l->cache_path)) {
		cache_failed(l, l->cache_path, errno);
		return;
	}
	if (file_create(&w, l->cache_path, 0600, &err)) {
		w.no_sync = true;
		fwrite(l->made.p, 1, l->made.n, w.out);
		cache->added |= file_commit(&w, &err);
	}
	if (err.code != ERROR_NONE)
		cache_failed(l, l->cache_path, err.errnum);
}

/* Makes the index in memory. */
static bool make_index(struct symx_load *l)
{
	struct error err = { 0 };

	buf_free(&l->made);
	l->made.oom = l->request.oom;
	if (!symx_build(l->symx.text, &l->build, &l->made, &err)) {
		warn(l, l->path, 0, err.text);
		return false;
	}
	return symx_index_open(&l->state.index,
			       (struct slice){ (const uint8_t *)l->made.p, l->made.n });
}

static void repair(struct symx_state *s, void *context)
{
	struct symx_load *l = context;

	warn(l, l->kept_path, 0, "the index is damaged and is made again");
	if (make_index(l))
		save_index(l);
	s->repair = NULL;
}

static bool is_of(const struct symx_head *h, const struct symx_load *l, bool beside)
{
	const struct symx_source *made = &h->source, *is = &l->build.source;

	return made->size == is->size && made->mtime_ns == is->mtime_ns &&
	       (beside || made->inode == is->inode) && h->text_size == l->symx.text.n;
}

/* Maps an index that is kept, if it is there, whole, and of this .sym. Takes fd. */
static bool map_index(struct symx_load *l, int fd, const char *path, bool beside, struct arena *a)
{
	struct symx_index *x = &l->state.index;
	struct error err = { 0 };
	bool mapped = file_open_fd(&l->kept, fd, path, &err);

	close(fd);
	if (!mapped) {
		diag_error(l->request.diag, &err);
		return false;
	}
	if (!symx_index_open(x, l->kept.data)) {
		warn(l, path, 0, "the index is damaged or of another version; it is made again");
	} else if (is_of(&x->head, l, beside)) {
		x->checked = arena_new(a, uint8_t, symx_index_blocks(x));
		x->mapped = l->kept.mapped;
		l->kept_path = path;
		l->state.repair = repair;
		l->state.context = l;
		return true;
	}
	file_close(&l->kept);
	return false;
}

/* The index in the cache. */
static bool open_cached(struct symx_load *l, struct arena *a)
{
	int fd = l->cache_path == NULL ? -1
				       : open(l->cache_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || !map_index(l, fd, l->cache_path, false, a))
		return false;
	cache_mark_used(l->cache_path);
	return true;
}

/* The one that stands beside the .sym. */
static bool open_beside(struct symx_load *l, struct arena *a)
{
	struct symx_source ignored;
	const char *path;
	int fd;

	if (l->request.made != NULL || l->request.cache_only || l->symx.text.n < SMALLEST_KEPT)
		return false;
	path = symx_beside(l->path, a);
	fd = open_regular(path, &ignored);
	return fd >= 0 && map_index(l, fd, path, true, a);
}

static bool has_long_lines(const struct symx_load *l)
{
	return (l->state.index.head.flags & SYMX_LONG_LINES) != 0;
}

/* Opens the index that is kept, else makes one and keeps it. rust-minidump's view of a file with
 * long lines is another one, which is not kept. */
static bool find_index(struct symx_load *l, struct arena *a)
{
	l->state.budget = LIMIT_SYM_BODY_BYTES;
	l->state.known.keeps = true;
	if (!open_cached(l, a) && !open_beside(l, a)) {
		if (!make_index(l))
			return false;
		save_index(l);
	}
	if (!l->request.compat || !has_long_lines(l))
		return true;

	l->peer.offsets.oom = l->request.oom;
	peer_lines_find(&l->peer, l->symx.text);
	l->symx.peer = l->build.peer = &l->peer;
	l->cache_path = NULL;
	return make_index(l);
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
	cache_failed(l, path, err->errnum);
	*err = (struct error){ 0 };
	return expand_once(l, copy, err);
}

static bool expand(struct symx_load *l, const char *stem, struct arena *a, struct error *err)
{
	const struct symx_source *s = &l->build.source;
	struct file copy;
	const char *path = NULL;

	if (stem != NULL)
		path = text(a, "%s.%" PRIx64 "-%" PRIx64 "-%" PRIx64 ".sym", stem, s->size,
			    s->mtime_ns, s->inode);
	if (!expand_to(l, path, &copy, err))
		return false;
	file_close(&l->text);
	l->text = copy;
	return true;
}

/* Whether anything in the text could be used; rust-minidump wants all of it to be right. */
static bool is_usable(const struct symx_load *l)
{
	const struct symx_head *h = &l->state.index.head;

	if (l->request.compat)
		return (h->flags & SYMX_STRICT) != 0;
	return h->records != 0 || (l->symx.text.n != 0 && symx_skipped(&l->symx) == 0);
}

static void report(const struct symx_load *l)
{
	uint64_t skipped = symx_skipped(&l->symx);
	char what[80];

	if (skipped == 0)
		return;
	snprintf(what, sizeof(what), "malformed record; %" PRIu64 " in all were left out", skipped);
	warn(l, l->path, l->state.index.head.skipped_at, what);
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

enum sym_status symx_load(struct symx_load *l, const struct symx_request *q, struct arena *a)
{
	struct error err = { 0 };
	const char *stem;

	symx_unload(l);
	*l = (struct symx_load){ .request = *q };
	l->symx.state = &l->state;
	l->build.oom = q->oom;

	int fd = open_source(l, a);
	if (fd < 0) {
		error_errno(&err, "%s", l->path);
		symx_failed(&err, q->diag, &l->trouble);
		return SYM_MISSING;
	}
	bool opened = file_open_fd(&l->text, fd, l->path, &err);
	if (q->made == NULL)
		close(fd);
	stem = cache_stem(l, a);
	if (!opened || (!q->compat && gzip_is(l->text.data) && !expand(l, stem, a, &err))) {
		symx_failed(&err, q->diag, &l->trouble);
		return SYM_CORRUPT;
	}
	l->symx.text = (struct str){ (const char *)l->text.data.p, l->text.data.n };
	l->build.mapped = l->text.mapped;
	l->symx.mapped = l->text.mapped;
	if (stem != NULL && l->symx.text.n >= SMALLEST_KEPT)
		l->cache_path = text(a, "%sx", stem);
	if (!find_index(l, a))
		return SYM_CORRUPT;
	report(l);
	return is_usable(l) ? SYM_LOADED : SYM_CORRUPT;
}

void symx_unload(struct symx_load *l)
{
	if (l->state.exhausted)
		warn(l, l->path, 0,
		     "functions are too long: lines and inlined calls were left out");
	file_close(&l->text);
	file_close(&l->kept);
	buf_free(&l->made);
	buf_free(&l->peer.offsets);
	symx_known_free(&l->state.known);
	*l = (struct symx_load){ 0 };
}
