#include "bin/src_path.h"

static bool is_separator(char c, bool windows)
{
	return c == '/' || (windows && c == '\\');
}

/* "/x", and on Windows "\x" and "C:x" too. */
static bool is_absolute(struct str path, bool windows)
{
	return path.n != 0 &&
	       (is_separator(path.p[0], windows) || (windows && path.n >= 2 && path.p[1] == ':'));
}

/* Appends a part behind one separator, which a path of Windows has in its own form. */
static void join(struct buf *out, size_t start, struct str part, bool windows)
{
	bool unix_form = !windows || (out->n > start && out->p[start] == '/');

	if (out->n == start) {
		buf_put_str(out, part);
		return;
	}
	while (out->n > start && is_separator(out->p[out->n - 1], windows))
		out->n--;
	while (part.n != 0 && is_separator(part.p[0], windows)) {
		part.p++;
		part.n--;
	}
	buf_put_char(out, unix_form ? '/' : '\\');
	buf_put_str(out, part);
}

/* Drops the last component, unless there is none to drop: "/", "", "../..". */
static size_t without_last(const char *path, size_t n, size_t root)
{
	size_t last = n;

	while (last > root && path[last - 1] != '/')
		last--;
	if (n - last == 2 && path[last] == '.' && path[last + 1] == '.')
		return n;
	return last > root ? last - 1 : last;
}

/* In place, which never grows: "/a/./b//../c" is "/a/c". */
static size_t clean(char *path, size_t n)
{
	size_t root = n != 0 && path[0] == '/', to = root, at = root;

	while (at < n) {
		size_t end = at, length, shorter;

		while (end < n && path[end] != '/')
			end++;
		length = end - at;
		shorter = without_last(path, to, root);
		if (length == 2 && path[at] == '.' && path[at + 1] == '.' &&
		    (root || shorter != to)) {
			to = shorter;
		} else if (length != 0 && !(length == 1 && path[at] == '.')) {
			if (to > root)
				path[to++] = '/';
			for (size_t i = 0; i < length; i++)
				path[to++] = path[at + i];
		}
		at = end + 1;
	}
	return to;
}

void src_path_put(struct buf *out, const struct src_path *p)
{
	size_t start = out->n;
	bool alone = is_absolute(p->name, p->windows) && !(p->compat && p->directory.n != 0);

	if (!alone && !is_absolute(p->directory, p->windows))
		buf_put_str(out, p->compat && p->base.n == 0 ? STR("/") : p->base);
	if (!alone && p->directory.n != 0)
		join(out, start, p->directory, p->windows);
	join(out, start, p->name, p->windows);
	if (!p->windows && out->n > start)
		out->n = start + clean(out->p + start, out->n - start);
}
