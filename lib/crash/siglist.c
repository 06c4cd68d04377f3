#include "crash/siglist.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/sort.h"
#include "base/unicode.h"
#include "base/utf.h"

static const char *const names[SIGLIST_KINDS] = {
	[SIGLIST_IRRELEVANT] = "irrelevant_signature_re.txt",
	[SIGLIST_PREFIX] = "prefix_signature_re.txt",
	[SIGLIST_NUMBERS] = "signatures_with_line_numbers_re.txt",
	[SIGLIST_SENTINELS] = "signature_sentinels.txt",
};

static size_t count_lines(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next_line(&text, &line))
		n++;
	return n;
}

static void put_bad(struct siglist_problem *p, unsigned line, const char *why, struct arena *a)
{
	struct siglist_bad *bad = arena_new(a, struct siglist_bad, 1);

	*bad = (struct siglist_bad){ .line = line, .why = arena_strdup(a, str_of(why)) };
	if (p->last == NULL)
		p->first = bad;
	else
		p->last->next = bad;
	p->last = bad;
}

static bool add_lines(struct siglist *l, struct str rest, struct siglist_problem *p,
		      struct error *err)
{
	struct str line;

	for (unsigned number = 1; str_next_line(&rest, &line); number++) {
		struct error why = { 0 };
		bool good = utf8_valid(line) || error_set(&why, ERROR_INPUT, "not UTF-8");

		line = good ? unicode_trim(line) : line;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (good && regex_list_add(&l->patterns, line, number, &why))
			continue;
		if (p == NULL)
			return error_set(err, why.code, "%s:%u: %s", l->path, number, why.text);
		put_bad(p, number, why.text, l->patterns.arena);
	}
	regex_list_seal(&l->patterns);
	return true;
}

static int compare(const void *a, const void *b, const void *context)
{
	const struct str *x = a, *y = b;

	(void)context;
	return str_cmp(*x, *y);
}

/* The sentinels are compared as they stand, though they must be expressions too. */
static void keep_sentinels(struct siglists *s, struct str rest, struct arena *a)
{
	struct str line;

	s->sentinels = arena_new(a, struct str, s->of[SIGLIST_SENTINELS].patterns.n);
	while (str_next_line(&rest, &line)) {
		line = unicode_trim(line);
		if (line.n != 0 && line.p[0] != '#')
			s->sentinels[s->n_sentinels++] = arena_strdup(a, line);
	}
	sort_stable(s->sentinels, s->n_sentinels, sizeof(*s->sentinels), compare, NULL, a->oom);
}

static bool read_text(struct siglists *s, enum siglist_kind kind, struct str text, const char *path,
		      struct arena *a, struct siglist_problem *p, struct error *err)
{
	static const struct str mark = { "\xef\xbb\xbf", 3 };
	struct siglist *l = &s->of[kind];

	snprintf(l->path, sizeof(l->path), "%s", path);
	if (str_starts(text, mark))
		text = str_from(text, mark.n);
	regex_list_init(&l->patterns, count_lines(text), a);
	if (!add_lines(l, text, p, err))
		return false;
	if (kind == SIGLIST_SENTINELS)
		keep_sentinels(s, text, a);
	return true;
}

bool siglists_read(struct siglists *s, enum siglist_kind kind, struct str text, const char *path,
		   struct arena *a, struct error *err)
{
	return read_text(s, kind, text, path, a, NULL, err);
}

bool siglists_read_file(struct siglists *s, enum siglist_kind kind, const char *dir,
			struct arena *a, struct siglist_problem *p, struct error *err)
{
	char path[sizeof(s->of[kind].path)];
	struct file f;

	int n = snprintf(path, sizeof(path), "%s/%s", dir, names[kind]);
	if (n < 0 || (size_t)n >= sizeof(path))
		return error_set(err, ERROR_INPUT, "%.100s...: name is too long", dir);
	if (!file_open(&f, path, err))
		return false;

	bool ok = read_text(s, kind, (struct str){ (const char *)f.data.p, f.data.n }, path, a, p,
			    err);
	file_close(&f);
	return ok;
}

bool siglists_load(struct siglists *s, const char *dir, struct arena *a, struct error *err)
{
	bool ok = true;

	*s = (struct siglists){ 0 };
	for (int kind = 0; ok && kind < SIGLIST_KINDS; kind++)
		ok = siglists_read_file(s, (enum siglist_kind)kind, dir, a, NULL, err);
	return ok;
}

void siglists_free(struct siglists *s)
{
	for (int kind = 0; kind < SIGLIST_KINDS; kind++)
		regex_list_free(&s->of[kind].patterns);
}

static bool is_sentinel(const struct siglists *s, struct str frame)
{
	size_t low = 0, high = s->n_sentinels;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = str_cmp(s->sentinels[middle], frame);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool siglists_match(struct siglists *s, enum siglist_kind kind, struct str frame)
{
	if (kind == SIGLIST_SENTINELS)
		return is_sentinel(s, frame);
	return regex_list_match(&s->of[kind].patterns, frame);
}

const char *siglists_file_name(enum siglist_kind kind)
{
	return names[kind];
}

void siglists_put_line(struct buf *b, struct str line)
{
	for (;;) {
		size_t at = str_find_char(line, '\\');

		text_printable(b, str_first(line, at));
		if (at == line.n)
			return;
		buf_put_char(b, '\\');
		line = str_from(line, at + 1);
	}
}

unsigned siglists_line(struct siglists *s, enum siglist_kind kind, struct str frame,
		       struct str *text)
{
	struct regex_list *l = &s->of[kind].patterns;

	for (size_t i = 0; i < l->n; i++) {
		unsigned line;

		*text = regex_list_line(l, i, &line);
		if (kind == SIGLIST_SENTINELS ? str_eq(*text, frame)
					      : regex_list_match_one(l, i, frame))
			return line;
	}
	return 0;
}

struct str siglists_stuck(struct siglists *s, struct arena *a)
{
	for (int kind = 0; kind < SIGLIST_KINDS; kind++) {
		struct regex_list *l = &s->of[kind].patterns;
		char line[16];

		unsigned stuck = regex_list_stuck(l);

		if (stuck == 0)
			continue;
		snprintf(line, sizeof(line), ":%u", stuck);
		return arena_concat(a, PARTS(str_of(names[kind]), str_of(line)));
	}
	return (struct str){ "", 0 };
}

bool siglists_default(const char *program, char *path, size_t size, struct error *err)
{
	static const char *const places[] = { "/../share/crash-tools/siglists", "/../siglists",
					      "/../../siglists" };
	const char *slash = strrchr(program, '/');
	int folder = slash == NULL ? 0 : (int)(slash - program);
	struct stat st;

	error_set(err, ERROR_INPUT, "no signature lists found: use --lists");
	if (slash == NULL)
		return false;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int length = snprintf(path, size, "%.*s%s", folder, program, places[i]);

		if (length <= 0 || (size_t)length >= size)
			continue;
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			return true;
		if (errno != ENOENT && errno != ENOTDIR)
			error_errno(err, "%s", path);
	}
	return false;
}
