#include "bin/companion.h"

#include <stdio.h>
#include <string.h>

#include "bin/dw_package.h"
#include "bin/elf_link.h"
#include "bin/source.h"

/* Where distributions put the debug information of their packages. */
static const char default_dir[] = "/usr/lib/debug";

static struct opened *find_opened(const struct companions *c, const char *path)
{
	struct opened *o = c->opened;

	while (o != NULL && strcmp(o->path, path) != 0)
		o = o->next;
	return o;
}

static bool open_file(struct opened *o, struct companions *c, struct error *err)
{
	enum source_kind kind;

	if (!file_open(&o->file, o->path, err))
		return false;
	kind = source_kind(o->file.data);
	if (kind != SOURCE_ELF)
		return error_set(err, kind == SOURCE_UNKNOWN ? ERROR_INPUT : ERROR_UNSUPPORTED,
				 "%s: %s%s", o->path, source_kind_name(kind),
				 kind == SOURCE_UNKNOWN ? "" : ": not supported yet");
	return elf_open(&o->elf, o->file.data, o->path, c->arena, c->diag, err);
}

struct elf *companion_must_open(struct companions *c, const char *path, struct error *err)
{
	struct opened *o = arena_new(c->arena, struct opened, 1);

	o->path = arena_strdup(c->arena, str_of(path)).p;
	o->next = c->opened;
	c->opened = o;
	o->good = open_file(o, c, err);
	return o->good ? &o->elf : NULL;
}

struct elf *companion_open(struct companions *c, const char *path)
{
	struct opened *o = find_opened(c, path);
	struct error err = { 0 };
	struct elf *e;

	if (o != NULL)
		return o->good ? &o->elf : NULL;
	e = file_is_regular(path, &err) ? companion_must_open(c, path, &err) : NULL;
	if (e != NULL)
		return e;
	if (error_is_lasting(&err))
		diag_info(c->diag, "%s", err.text);
	else
		diag_trouble(c->diag, &err);
	return NULL;
}

void companions_close(struct companions *c)
{
	for (struct opened *o = c->opened; o != NULL; o = o->next) {
		if (o->good)
			elf_close(&o->elf);
		file_close(&o->file);
	}
	c->opened = NULL;
}

static bool same_id(const struct elf *e, struct slice id)
{
	struct slice other = elf_build_id(e);

	return other.n == id.n && id.n != 0 && memcmp(other.p, id.p, id.n) == 0;
}

/* The i-th folder that is searched; NULL after the last. */
static const char *search_dir(const struct companions *c, size_t i)
{
	if (i < c->n_dirs)
		return c->dirs[i];
	return i == c->n_dirs && !c->only_dirs ? default_dir : NULL;
}

/* DIR/.build-id/ab/cdef....debug */
static struct elf *open_id(struct companions *c, const char *dir, struct slice id,
			   const char *suffix)
{
	struct buf path = { .oom = c->arena->oom };
	struct elf *e;

	buf_printf(&path, "%s/.build-id/%02x/", dir, id.p[0]);
	for (size_t i = 1; i < id.n; i++)
		buf_printf(&path, "%02x", id.p[i]);
	buf_put(&path, suffix, strlen(suffix) + 1);
	e = companion_open(c, path.p);
	buf_free(&path);
	return e != NULL && same_id(e, id) ? e : NULL;
}

struct elf *companion_by_id(struct companions *c, const struct elf *e, const char *suffix)
{
	struct slice id = elf_build_id(e);
	const char *dir;

	if (id.n < 2)
		return NULL;
	for (size_t i = 0; (dir = search_dir(c, i)) != NULL; i++) {
		struct elf *found = open_id(c, dir, id, suffix);

		if (found != NULL && found->data.p != e->data.p)
			return found;
	}
	return NULL;
}

/* The folder of a path, with the '/'; empty for one without. */
static struct str folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct str){ path, slash == NULL ? 0 : (size_t)(slash - path) + 1 };
}

/* Opens folder + middle + name. */
static struct elf *open_at(struct companions *c, struct str folder, const char *middle,
			   struct str name)
{
	struct str path = arena_concat(c->arena, PARTS(folder, str_of(middle), name));

	return companion_open(c, path.p);
}

struct elf *companion_by_link(struct companions *c, struct elf *e)
{
	struct str own = folder_of(e->file);
	struct elf_link link;
	struct elf *tried[2];
	const char *dir;

	if (!elf_debuglink(e, &link) || str_find_char(link.name, '/') != link.name.n)
		return NULL;
	tried[0] = open_at(c, own, "", link.name);
	tried[1] = open_at(c, own, ".debug/", link.name);
	for (size_t i = 0; i < COUNT(tried); i++) {
		if (tried[i] != NULL && tried[i]->data.p != e->data.p &&
		    elf_crc(tried[i]->data) == link.crc)
			return tried[i];
	}
	for (size_t i = 0; (dir = search_dir(c, i)) != NULL; i++) {
		struct elf *found = open_at(c, str_of(dir), "/", link.name);

		if (found != NULL && elf_crc(found->data) == link.crc)
			return found;
	}
	return NULL;
}

/* Beside the file, where the link says and by its last name alone. */
static struct elf *open_beside(struct companions *c, struct elf *e, struct str name)
{
	struct str own = folder_of(e->file);
	struct str folder = name.p[0] == '/' ? STR("") : own;
	struct elf *found = open_at(c, folder, "", name);

	return found != NULL ? found : open_at(c, own, "", str_leaf(name));
}

struct elf *companion_alt(struct companions *c, struct elf *e)
{
	struct elf_link link;
	struct elf *found;
	const char *dir;

	if (!elf_altlink(e, &link))
		return NULL;
	found = open_beside(c, e, link.name);
	if (found != NULL && elf_is_linked(found, &link))
		return found;
	for (size_t i = 0; link.id.n > 1 && (dir = search_dir(c, i)) != NULL; i++) {
		found = open_id(c, dir, link.id, ".debug");
		if (found != NULL)
			return found;
		found = open_at(c, str_of(dir), "/", str_leaf(link.name));
		if (found != NULL && elf_is_linked(found, &link))
			return found;
	}
	diag_info(c->diag, "%s: its common file, %.*s, was not found", e->file,
		  STR_ARGS(link.name));
	return NULL;
}

void companion_sections(struct elf *e, const char *suffix, struct dw_sections *s)
{
	static const struct {
		const char *name;
		size_t offset;
	} rows[] = {
		{ "info", offsetof(struct dw_sections, info) },
		{ "types", offsetof(struct dw_sections, types) },
		{ "abbrev", offsetof(struct dw_sections, abbrev) },
		{ "str", offsetof(struct dw_sections, str) },
		{ "line", offsetof(struct dw_sections, line) },
		{ "line_str", offsetof(struct dw_sections, line_str) },
		{ "ranges", offsetof(struct dw_sections, ranges) },
		{ "rnglists", offsetof(struct dw_sections, rnglists) },
		{ "addr", offsetof(struct dw_sections, addr) },
		{ "str_offsets", offsetof(struct dw_sections, str_offsets) },
	};

	*s = (struct dw_sections){
		.file = e->file,
		.big = e->big,
		.address_size = e->is64 ? 8 : 4,
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct slice *member = (void *)((char *)s + rows[i].offset);
		char name[32];

		snprintf(name, sizeof(name), "%s%s", rows[i].name, suffix);
		*member = elf_debug_section(e, name);
	}
}

void split_open(struct split_units *s, struct companions *c, struct elf *e)
{
	struct str path = arena_concat(c->arena, PARTS(str_of(e->file), STR(".dwp")));

	*s = (struct split_units){ .companions = c, .elf = e };
	s->package = companion_open(c, path.p);
	if (s->package == NULL)
		return;
	s->index = elf_debug_section(s->package, "cu_index");
	companion_sections(s->package, ".dwo", &s->whole);
}

/* As the compiler named it, below the folder it ran in, beside the binary, in the folders that are
 * searched. */
static struct elf *open_split(struct split_units *s, struct str name, struct str directory)
{
	struct companions *c = s->companions;
	struct elf *e = NULL;

	if (name.p[0] == '/')
		e = open_at(c, (struct str){ 0 }, "", name);
	else if (directory.n != 0)
		e = open_at(c, directory, "/", name);
	if (e == NULL)
		e = open_at(c, folder_of(s->elf->file), "", name);
	if (e == NULL)
		e = open_at(c, folder_of(s->elf->file), "", str_leaf(name));
	for (size_t i = 0; e == NULL && i < c->n_dirs; i++) {
		e = open_at(c, str_of(c->dirs[i]), "/", name);
		if (e == NULL)
			e = open_at(c, str_of(c->dirs[i]), "/", str_leaf(name));
	}
	return e;
}

bool split_find(void *context, struct str name, struct str directory, uint64_t id,
		struct dw_sections *found)
{
	struct split_units *s = context;
	struct elf *e;

	if (s->package != NULL && dw_package_find(s->index, &s->whole, id, found))
		return true;
	e = name.n == 0 ? NULL : open_split(s, name, directory);
	if (e == NULL)
		return false;
	if (s->worker != NULL)
		model_copy_all(s->worker);
	companion_sections(e, ".dwo", found);
	return found->info.n != 0;
}
