#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/limits.h"
#include "base/regex_py.h"
#include "base/sort.h"

struct regex {
	struct str line;   /* as it was added */
	struct str prefix; /* every match begins with it */
	pcre2_code *code;  /* NULL: the prefix is all */
	unsigned id;
	bool stuck; /* it hit a limit */
};

struct regex_engine {
	pcre2_compile_context *compile;
	pcre2_match_context *match;
	pcre2_match_data *data;
};

static void check(const struct arena *a, const void *p)
{
	if (p == NULL && a->oom != NULL)
		a->oom(sizeof(struct regex_engine));
}

void regex_list_init(struct regex_list *l, size_t n, struct arena *a)
{
	struct regex_engine *e = arena_new(a, struct regex_engine, 1);

	*l = (struct regex_list){
		.v = arena_new(a, struct regex, n),
		.literals = arena_new(a, struct str, n),
		.others = arena_new(a, struct regex *, n),
		.engine = e,
		.arena = a,
	};
	e->compile = pcre2_compile_context_create(NULL);
	check(a, e->compile);
	e->match = pcre2_match_context_create(NULL);
	check(a, e->match);
	e->data = pcre2_match_data_create(1, NULL);
	check(a, e->data);
	pcre2_set_newline(e->compile, PCRE2_NEWLINE_LF);
	pcre2_set_match_limit(e->match, LIMIT_REGEX_MATCH);
	pcre2_set_depth_limit(e->match, LIMIT_REGEX_DEPTH);
	pcre2_set_heap_limit(e->match, LIMIT_REGEX_HEAP_KIB);
}

void regex_list_free(struct regex_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		pcre2_code_free(l->v[i].code);
	if (l->engine != NULL) {
		pcre2_match_data_free(l->engine->data);
		pcre2_match_context_free(l->engine->match);
		pcre2_compile_context_free(l->engine->compile);
	}
	*l = (struct regex_list){ 0 };
}

static bool compile(struct regex_list *l, struct str pattern, pcre2_code **code, struct error *err)
{
	char why[128];
	int number;
	size_t at;

	*code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n,
			      PCRE2_ANCHORED | PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C,
			      &number, &at, l->engine->compile);
	if (*code != NULL)
		return true;
	if (number == PCRE2_ERROR_HEAP_FAILED)
		check(l->arena, NULL);
	pcre2_get_error_message(number, (PCRE2_UCHAR *)why, sizeof(why));
	return error_set(err, ERROR_INPUT, "%s", why);
}

bool regex_list_add(struct regex_list *l, struct str line, unsigned id, struct error *err)
{
	struct regex_py py;
	pcre2_code *code = NULL;
	bool ok = regex_py_read(&py, line, l->arena->oom);

	if (!ok)
		error_set(err, ERROR_INPUT, "%s", py.why);
	else if (!py.plain)
		ok = compile(l, buf_str(&py.pattern), &code, err);
	if (ok)
		l->v[l->n++] = (struct regex){
			.line = arena_strdup(l->arena, line),
			.prefix = arena_strdup(l->arena, buf_str(&py.prefix)),
			.code = code,
			.id = id,
		};
	regex_py_free(&py);
	return ok;
}

static int compare(const void *a, const void *b, const void *context)
{
	(void)context;
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Sorted, a text comes right behind its own beginnings, so that only those need to be kept: what
 * begins with one of them is matched by it. */
void regex_list_seal(struct regex_list *l)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].code == NULL)
			l->literals[n++] = l->v[i].prefix;
		else
			l->others[l->n_others++] = &l->v[i];
	}
	sort_stable(l->literals, n, sizeof(*l->literals), compare, NULL, l->arena->oom);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || !str_starts(l->literals[i], l->literals[kept - 1]))
			l->literals[kept++] = l->literals[i];
	}
	l->n_literals = kept;
}

/* If a literal is a beginning of text, it is the last one that doesn't sort behind text. */
static bool match_literal(const struct regex_list *l, struct str text)
{
	size_t low = 0, high = l->n_literals;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (str_cmp(l->literals[middle], text) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low != 0 && str_starts(text, l->literals[low - 1]);
}

static bool match_one(struct regex_list *l, struct regex *r, struct str text)
{
	if (r->stuck || !str_starts(text, r->prefix))
		return false;
	if (r->code == NULL)
		return true;

	int rc = pcre2_match(r->code, (PCRE2_SPTR)text.p, text.n, 0, 0, l->engine->data,
			     l->engine->match);
	if (rc == PCRE2_ERROR_NOMEMORY)
		check(l->arena, NULL);
	if (rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
	    rc == PCRE2_ERROR_HEAPLIMIT) {
		r->stuck = true;
		l->stuck++;
	}
	return rc >= 0;
}

unsigned regex_list_stuck(struct regex_list *l)
{
	unsigned first = 0;

	for (size_t i = 0; l->stuck != 0; i++) {
		if (!l->v[i].stuck)
			continue;
		first = first == 0 ? l->v[i].id : first;
		l->v[i].stuck = false;
		l->stuck--;
	}
	return first;
}

bool regex_list_match(struct regex_list *l, struct str text)
{
	if (match_literal(l, text))
		return true;
	for (size_t i = 0; i < l->n_others; i++) {
		if (match_one(l, l->others[i], text))
			return true;
	}
	return false;
}

struct str regex_list_line(const struct regex_list *l, size_t i, unsigned *id)
{
	*id = l->v[i].id;
	return l->v[i].line;
}

bool regex_list_match_one(struct regex_list *l, size_t i, struct str text)
{
	return match_one(l, &l->v[i], text);
}

unsigned regex_list_first(struct regex_list *l, struct str text, unsigned *n_matches)
{
	unsigned first = 0, n = 0;

	for (size_t i = 0; i < l->n; i++) {
		if (match_one(l, &l->v[i], text) && n++ == 0)
			first = l->v[i].id;
	}
	if (n_matches != NULL)
		*n_matches = n;
	return first;
}
