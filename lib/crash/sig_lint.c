#include "crash/sig_lint.h"

#include <stdarg.h>

#include "base/regex_py.h"
#include "crash/sig_frame.h"
#include "crash/sig_own.h"

/* A line of a list, and what of it is plain. */
struct entry {
	struct str line;
	unsigned number;
	struct str prefix; /* every match begins with it */
	bool literal;      /* it is all: open at the end */
	bool exact;        /* the prefix and '$' are all */
};

struct list {
	enum siglist_kind kind;
	const char *path;
	struct regex_list *patterns;
	struct entry *v;
	size_t n;
};

struct lint {
	struct siglists lists;
	struct list of[SIGLIST_KINDS];
	FILE *out;
	struct arena *arena;
	struct arena scratch; /* of one comparison */
	size_t n;
};

/* line is a line of a list that the finding is about. */
static void say(struct lint *t, const struct list *l, unsigned number, const char *what,
		struct str line)
{
	struct buf safe = { .oom = t->arena->oom };

	siglists_put_line(&safe, line);
	fprintf(t->out, "%s:%u: %s%.*s\n", l->path, number, what, STR_ARGS(buf_str(&safe)));
	buf_free(&safe);
	t->n++;
}

static const char *text(struct lint *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static const char *text(struct lint *t, const char *fmt, ...)
{
	struct buf b = { .oom = t->arena->oom };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);

	struct str copy = arena_strdup(&t->scratch, buf_str(&b));
	buf_free(&b);
	return copy.p;
}

/* The plain start of an expression; whether that is all of it. */
static bool plain(struct lint *t, struct str line, struct str *prefix)
{
	struct regex_py py;
	bool all = regex_py_read(&py, line, t->arena->oom) && py.plain;

	*prefix = arena_strdup(t->arena, buf_str(&py.prefix));
	regex_py_free(&py);
	return all;
}

static void take_entries(struct lint *t, struct list *l)
{
	l->n = l->patterns->n;
	l->v = arena_new(t->arena, struct entry, l->n);
	for (size_t i = 0; i < l->n; i++) {
		struct entry *e = &l->v[i];
		struct str all;

		e->line = regex_list_line(l->patterns, i, &e->number);
		e->literal = plain(t, e->line, &e->prefix);
		if (!e->literal && str_ends(e->line, STR("$")) && !str_ends(e->line, STR("\\$")))
			e->exact = plain(t, str_first(e->line, e->line.n - 1), &all) &&
				   str_eq(all, e->prefix);
	}
}

static bool matches(const struct list *l, size_t i, struct str text)
{
	return regex_list_match_one(l->patterns, i, text);
}

/* Tails that a frame may have behind a plain start: an expression that matches with each of them
 * doesn't look behind the start. */
static const char *const tails[] = { "", "x", "_1", "::x", "<T>", " x", "/.-$" };

/* Whether every frame that e matches is matched by the i-th of l. Sure of plain ones, and of
 * others only where a plain one is their beginning. */
static bool covers(struct lint *t, const struct list *l, size_t i, const struct entry *e)
{
	const struct entry *by = &l->v[i];

	if (by->literal)
		return str_starts(e->prefix, by->prefix);
	if (e->exact)
		return matches(l, i, e->prefix);
	if (!e->literal)
		return false;
	arena_reset(&t->scratch);
	for (size_t k = 0; k < sizeof(tails) / sizeof(tails[0]); k++) {
		if (!matches(l, i, arena_concat(&t->scratch, PARTS(e->prefix, str_of(tails[k])))))
			return false;
	}
	return true;
}

/* Of two that match the same, the later one is said to be too much. */
static void check_covered(struct lint *t, const struct list *l, size_t i)
{
	const struct entry *e = &l->v[i];

	for (size_t k = 0; k < l->n; k++) {
		const struct entry *by = &l->v[k];

		if (k == i)
			continue;
		if (str_eq(by->line, e->line)) {
			if (k < i) {
				say(t, l, e->number, text(t, "the same as line %u", by->number),
				    STR(""));
				return;
			}
		} else if (l->kind != SIGLIST_SENTINELS && covers(t, l, k, e) &&
			   (k < i || !covers(t, l, i, by))) {
			say(t, l, e->number, text(t, "covered by line %u: ", by->number), by->line);
			return;
		}
	}
}

/* Irrelevant wins over prefix. */
static void check_hidden(struct lint *t, const struct list *l, const struct entry *e)
{
	const struct list *irrelevant = &t->of[SIGLIST_IRRELEVANT];

	if (l->kind != SIGLIST_PREFIX)
		return;
	for (size_t k = 0; k < irrelevant->n; k++) {
		if (covers(t, irrelevant, k, e)) {
			say(t, l, e->number,
			    text(t, "never acts: %s:%u is irrelevant and covers it: ",
				 siglists_file_name(SIGLIST_IRRELEVANT), irrelevant->v[k].number),
			    irrelevant->v[k].line);
			return;
		}
	}
}

/* Whether a normaliser makes a text that begins so (or, whole, is so) of one that does. */
static bool can_be(struct lint *t, struct str text, bool whole)
{
	for (size_t k = 0; k < sizeof(tails) / sizeof(tails[0]) * 2; k++) {
		struct str name = arena_concat(t->arena,
					       PARTS(text, whole ? STR("") : str_of(tails[k / 2])));
		struct str out;

		if (sig_frame_trace(name, k % 2 == 1, STR(""), &t->lists, &t->scratch, NULL,
				    &out) &&
		    (whole ? str_eq(out, text) : str_starts(out, text)))
			return true;
		out = sig_own_name(name, k % 2 == 1, STR(""), &t->lists, &t->scratch, NULL);
		if (whole ? str_eq(out, text) : str_starts(out, text))
			return true;
	}
	return str_starts(text, STR("(unloaded"));
}

/* Names have no blanks and arguments any more when they are compared. */
static void check_possible(struct lint *t, const struct list *l, const struct entry *e)
{
	bool sentinel = l->kind == SIGLIST_SENTINELS;
	struct str text = sentinel ? e->line : e->prefix;

	if (!sentinel && !e->literal && !e->exact)
		return;
	if (str_find_char(text, ' ') == text.n && str_find_char(text, '(') == text.n &&
	    str_find_char(text, '<') == text.n)
		return;
	if (!can_be(t, text, sentinel || e->exact))
		say(t, l, e->number, "no normalised frame is like that: ", e->line);
}

static void check_looks(struct lint *t, const struct list *l, size_t i)
{
	const struct entry *e = &l->v[i];

	if (l->kind == SIGLIST_SENTINELS)
		return;
	if (matches(l, i, STR("")) && matches(l, i, STR("x")))
		say(t, l, e->number, "matches every frame: ", e->line);
	else if (str_ends(e->line, STR(".*")) && !str_ends(e->line, STR("\\.*")))
		say(t, l, e->number, "needs no \".*\" at its end: ", e->line);
	if (str_find(e->line, STR("()")) != e->line.n)
		say(t, l, e->number,
		    "\"()\" is an empty group, brackets are \"\\(\\)\": ", e->line);
}

/* All lines that are expressions; those that are none are reported. */
static bool read_list(struct lint *t, struct list *l, const char *dir, struct error *err)
{
	struct siglist_problem p = { 0 };

	l->path = arena_concat(t->arena,
			       PARTS(str_of(dir), STR("/"), str_of(siglists_file_name(l->kind))))
			  .p;
	if (!siglists_read_file(&t->lists, l->kind, dir, t->arena, &p, err))
		return false;
	for (const struct siglist_bad *b = p.first; b != NULL; b = b->next)
		say(t, l, b->line, "", b->why);
	l->patterns = &t->lists.of[l->kind].patterns;
	take_entries(t, l);
	return true;
}

static void check_list(struct lint *t, const struct list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		check_covered(t, l, i);
		check_hidden(t, l, &l->v[i]);
		check_possible(t, l, &l->v[i]);
		check_looks(t, l, i);
		arena_reset(&t->scratch);
	}
}

bool sig_lint(const char *dir, FILE *out, size_t *n, struct arena *a, struct error *err)
{
	struct lint t = { .out = out, .arena = a, .scratch = { .oom = a->oom } };
	bool ok = true;

	for (int kind = 0; ok && kind < SIGLIST_KINDS; kind++) {
		t.of[kind].kind = (enum siglist_kind)kind;
		ok = read_list(&t, &t.of[kind], dir, err);
	}
	for (int kind = 0; ok && kind < SIGLIST_KINDS; kind++)
		check_list(&t, &t.of[kind]);
	siglists_free(&t.lists);
	arena_free(&t.scratch);
	*n = t.n;
	return ok;
}
