#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/gzip.h"
#include "base/limits.h"
#include "sym/cache.h"
#include "sym/symx_load_impl.h"

/* The index of a smaller .sym is made anew each time: that takes less than opening a file. */
enum { SMALLEST_KEPT = 64 * 1024 };

void symx_load_warn(const struct symx_load *l, const char *path, uint64_t offset, const char *what)
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
		key = arena_printf(a, "%.*s.sym", STR_ARGS(str_leaf(str_of(q->root)))).p;
	return arena_printf(a, "%s/%016" PRIx64 "/%s", q->cache->folder, root_key(q->root), key).p;
}

void symx_load_cache_failed(struct symx_load *l, const char *path, int errnum)
{
	struct symx_cache *cache = l->request.cache;

	if (!cache->failed)
		symx_load_warn(l, path, 0, strerror(errnum));
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
		symx_load_cache_failed(l, l->cache_path, errno);
		return;
	}
	if (file_create(&w, l->cache_path, 0600, &err)) {
		w.no_sync = true;
		fwrite(l->made.p, 1, l->made.n, w.out);
		cache->added |= file_commit(&w, &err);
	}
	if (err.code != ERROR_NONE)
		symx_load_cache_failed(l, l->cache_path, err.errnum);
}

/* Makes the index in memory. */
static bool make_index(struct symx_load *l)
{
	struct error err = { 0 };

	buf_free(&l->made);
	l->made.oom = l->request.oom;
	if (!symx_build(l->symx.text, &l->build, &l->made, &err)) {
		symx_load_warn(l, l->path, 0, err.text);
		return false;
	}
	return symx_index_open(&l->state.index,
			       (struct slice){ (const uint8_t *)l->made.p, l->made.n });
}

static void repair(struct symx_state *s, void *context)
{
	struct symx_load *l = context;

	symx_load_warn(l, l->kept_path, 0, "the index is damaged and is made again");
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
		symx_load_warn(l, path, 0,
			       "the index is damaged or of another version; it is made again");
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
	fd = symx_load_open_regular(path, &ignored);
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
	symx_load_warn(l, l->path, l->state.index.head.skipped_at, what);
}

enum sym_status symx_load(struct symx_load *l, const struct symx_request *q, struct arena *a)
{
	struct error err = { 0 };
	const char *stem;

	symx_unload(l);
	*l = (struct symx_load){ .request = *q };
	l->symx.state = &l->state;
	l->build.oom = q->oom;

	int fd = symx_load_open(l, a);
	if (fd < 0) {
		error_errno(&err, "%s", l->path);
		symx_failed(&err, q->diag, &l->trouble);
		return SYM_MISSING;
	}
	bool opened = file_open_fd(&l->text, fd, l->path, &err);
	if (q->made == NULL)
		close(fd);
	stem = cache_stem(l, a);
	if (!opened ||
	    (!q->compat && gzip_is(l->text.data) && !symx_load_expand(l, stem, a, &err))) {
		symx_failed(&err, q->diag, &l->trouble);
		return SYM_CORRUPT;
	}
	l->symx.text = (struct str){ (const char *)l->text.data.p, l->text.data.n };
	l->build.mapped = l->text.mapped;
	l->symx.mapped = l->text.mapped;
	if (stem != NULL && l->symx.text.n >= SMALLEST_KEPT)
		l->cache_path = arena_printf(a, "%sx", stem).p;
	if (!find_index(l, a))
		return SYM_CORRUPT;
	report(l);
	return is_usable(l) ? SYM_LOADED : SYM_CORRUPT;
}

void symx_unload(struct symx_load *l)
{
	if (l->state.exhausted)
		symx_load_warn(l, l->path, 0,
			       "functions are too long: lines and inlined calls were left out");
	file_close(&l->text);
	file_close(&l->kept);
	buf_free(&l->made);
	buf_free(&l->peer.offsets);
	symx_known_free(&l->state.known);
	*l = (struct symx_load){ 0 };
}
