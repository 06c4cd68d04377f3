#include "bin/mapping.h"

#include <limits.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/js_in.h"
#include "base/regex_groups.h"

/* A rule is for all paths, or for those of a list. */
struct rule {
	struct rule *next;
	struct regex_groups *source;
	struct str destination;
	struct str *files;
	size_t n_files;
};

struct variable {
	struct variable *next;
	struct str name, value;
};

struct mapping {
	struct rule *rules, **end;
	struct variable *variables; /* those that decide first */
	struct buf text, path;
	bool canonicalize;
	struct diag *diag;
	struct arena *arena;
};

static void add_variable(struct mapping *m, struct str name, struct str value)
{
	struct variable **at = &m->variables;

	while (*at != NULL)
		at = &(*at)->next;
	*at = arena_new(m->arena, struct variable, 1);
	**at = (struct variable){ .name = name, .value = value };
}

static bool find_variable(const struct mapping *m, struct str name, struct str *value)
{
	const struct variable *v = m->variables;

	while (v != NULL && !str_eq(v->name, name))
		v = v->next;
	if (v != NULL)
		*value = v->value;
	return v != NULL;
}

/* The next piece of a template: text, or what stands between braces. */
static bool next_piece(struct str *rest, struct str *piece, bool *braces)
{
	size_t open = str_find_char(*rest, '{'), close;

	if (rest->n == 0)
		return false;
	close = str_find_char(*rest, '}');
	*braces = open == 0 && close != rest->n;
	if (*braces) {
		*piece = str_first(str_from(*rest, 1), close - 1);
		*rest = str_from(*rest, close + 1);
		return true;
	}
	if (open == 0) /* a brace that is not closed is text */
		open = rest->n;
	*piece = str_first(*rest, open);
	*rest = str_from(*rest, open);
	return true;
}

static bool is_digest(struct str piece, bool *upper)
{
	*upper = str_eq(piece, STR("DIGEST"));
	return *upper || str_eq(piece, STR("digest"));
}

/* Whether all that is between braces is known. */
static bool check_template(const struct mapping *m, const struct rule *r, struct error *err)
{
	struct str rest = r->destination, piece, value;
	uint64_t group;
	bool braces, upper;

	while (next_piece(&rest, &piece, &braces)) {
		if (!braces || is_digest(piece, &upper) || find_variable(m, piece, &value) ||
		    (str_to_u64(piece, &group) && group < regex_groups_n(r->source)))
			continue;
		return error_set(err, ERROR_INPUT, "%.*s: {%.*s} is not known",
				 STR_ARGS(r->destination), STR_ARGS(piece));
	}
	return true;
}

static bool add_rule(struct mapping *m, const struct rule *r, struct str source, struct error *err)
{
	struct rule *added = arena_new(m->arena, struct rule, 1);

	*added = *r;
	added->source = regex_groups_open(source, m->arena, err);
	if (added->source == NULL)
		return false;
	*m->end = added;
	m->end = &added->next;
	return check_template(m, added, err);
}

static void read_files(struct mapping *m, struct js_value list, struct rule *r)
{
	struct js_in_each each = js_in_over(list);

	r->files = arena_new(m->arena, struct str, js_in_count(list));
	while (js_in_next(&each))
		r->files[r->n_files++] = arena_strdup(m->arena, js_in_text(each.value, m->arena));
}

/* Rules with a list of files, or those without: the former come first. */
static bool read_rules(struct mapping *m, struct js_value rules, bool with_files, struct error *err)
{
	struct js_in_each each = js_in_over(rules);

	while (js_in_next(&each)) {
		struct js_value files = js_in_get(each.value, STR("files"));
		struct js_value source = js_in_get(each.value, STR("source"));
		struct js_value to = js_in_get(each.value, STR("destination"));
		struct rule r = { 0 };

		if (source.kind != JS_STRING || to.kind != JS_STRING)
			return error_set(err, ERROR_INPUT,
					 "a mapping needs a source and a destination");
		if ((js_in_count(files) != 0) != with_files)
			continue;
		r.destination = arena_strdup(m->arena, js_in_text(to, m->arena));
		read_files(m, files, &r);
		if (!add_rule(m, &r, js_in_text(source, m->arena), err))
			return false;
	}
	return true;
}

static bool read_document(struct mapping *m, struct js_value root, struct error *err)
{
	struct js_in_each each = js_in_over(js_in_get(root, STR("variables")));

	if (root.kind != JS_OBJECT)
		return error_set(err, ERROR_INPUT, "the mappings are no JSON object");
	while (js_in_next(&each))
		add_variable(m, arena_strdup(m->arena, js_in_text(each.key, m->arena)),
			     arena_strdup(m->arena, js_in_text(each.value, m->arena)));
	return read_rules(m, js_in_get(root, STR("mappings")), true, err) &&
	       read_rules(m, js_in_get(root, STR("mappings")), false, err);
}

static bool read_file(struct mapping *m, const char *path, struct error *err)
{
	struct file f;
	struct js_value root;
	bool ok;

	if (!file_open(&f, path, err))
		return false;

	struct js_in in = js_in_make((struct str){ (const char *)f.data.p, f.data.n }, path,
				     m->arena->oom);
	ok = js_in_more(&in) ? js_in_read(&in, &root, err)
			     : error_set(err, ERROR_INPUT, "%s: empty", path);
	ok = ok && read_document(m, root, err);
	js_in_free(&in);
	file_close(&f);
	return ok;
}

static bool read_options(struct mapping *m, const struct mapping_options *o, struct error *err)
{
	for (size_t i = 0; i < o->n_variables; i++) {
		struct str text = str_of(o->variables[i]);
		size_t equals = str_find_char(text, '=');

		if (equals == text.n)
			return error_set(err, ERROR_INPUT, "%s: no NAME=VALUE", o->variables[i]);
		add_variable(m, str_first(text, equals), str_from(text, equals + 1));
	}
	if (o->file != NULL && !read_file(m, o->file, err))
		return false;
	for (size_t i = 0; i < o->n_rules; i++) {
		struct rule r = { .destination = str_of(o->destinations[i]) };

		if (!add_rule(m, &r, str_of(o->sources[i]), err))
			return false;
	}
	return true;
}

struct mapping *mapping_open(const struct mapping_options *o, struct arena *a, struct error *err)
{
	struct mapping *m = arena_new(a, struct mapping, 1);

	m->arena = a;
	m->end = &m->rules;
	m->text.oom = m->path.oom = a->oom;
	m->canonicalize = o->canonicalize;
	m->diag = o->diag;
	if (read_options(m, o, err))
		return m;
	mapping_close(m);
	return NULL;
}

void mapping_close(struct mapping *m)
{
	for (struct rule *r = m->rules; r != NULL; r = r->next)
		regex_groups_close(r->source);
	buf_free(&m->text);
	buf_free(&m->path);
}

static bool is_for(const struct rule *r, struct str path)
{
	for (size_t i = 0; i < r->n_files; i++) {
		if (str_eq(r->files[i], path))
			return true;
	}
	return r->n_files == 0;
}

enum applied { APPLIES_NOT, APPLIES, STAYS };

static bool put_digest(struct mapping *m, bool upper)
{
	const char *path = m->path.p;
	struct cursor at = cursor_make((struct slice){ 0 }, path);
	struct error err = { 0 };
	struct file f = { 0 };
	bool ok = file_is_regular(path, &err) && file_open(&f, path, &err);

	if (ok) {
		uint8_t digest[HASH_SHA512_BYTES];

		hash_sha512(f.data, digest);
		for (size_t i = 0; i < sizeof(digest); i++)
			buf_printf(&m->text, upper ? "%02X" : "%02x", digest[i]);
	} else if (!error_is_lasting(&err)) {
		diag_trouble(m->diag, &err);
	} else {
		diag_warn(m->diag, &at, "a source file that cannot be read has no digest");
	}
	file_close(&f);
	return ok;
}

static bool put_value(struct mapping *m, const struct rule *r, struct str piece)
{
	struct str value;
	uint64_t group;

	if (!find_variable(m, piece, &value) &&
	    !(str_to_u64(piece, &group) && regex_groups_get(r->source, (size_t)group, &value)))
		return false;
	buf_put_str(&m->text, value);
	return true;
}

static enum applied apply(struct mapping *m, const struct rule *r, struct str path)
{
	struct str rest = r->destination, piece;
	bool braces, upper;

	if (!is_for(r, path) || !regex_groups_match(r->source, path))
		return APPLIES_NOT;
	buf_clear(&m->text);
	while (next_piece(&rest, &piece, &braces)) {
		if (!braces)
			buf_put_str(&m->text, piece);
		else if (is_digest(piece, &upper) && !put_digest(m, upper))
			return STAYS;
		else if (!is_digest(piece, &upper) && !put_value(m, r, piece))
			return APPLIES_NOT;
	}
	return APPLIES;
}

/* The path, or that of the same file without links, kept with a nul behind it. */
static struct str find_path(struct mapping *m, struct str path)
{
	char real[PATH_MAX];

	buf_clear(&m->path);
	buf_put_str(&m->path, path);
	buf_put_char(&m->path, '\0');
	if (m->canonicalize && realpath(m->path.p, real) != NULL) {
		buf_clear(&m->path);
		buf_put(&m->path, real, strlen(real) + 1);
	}
	return str_of(m->path.p);
}

struct str mapping_apply(void *context, struct str path)
{
	struct mapping *m = context;

	path = find_path(m, path);
	for (const struct rule *r = m->rules; r != NULL; r = r->next) {
		enum applied applied = apply(m, r, path);

		if (applied == APPLIES)
			return buf_str(&m->text);
		if (applied == STAYS)
			break;
	}
	return path;
}
