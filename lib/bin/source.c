#include "bin/source.h"

#include "bin/elf_reloc.h"
#include "bin/source_impl.h"

/* Room for what is found beside the files given: for each its debug information or its binary. */
enum { OBJECTS_EACH = 2 };

static bool has_dwarf(struct elf *e)
{
	return elf_section(e, STR(".debug_info")) != NULL ||
	       elf_section(e, STR(".zdebug_info")) != NULL;
}

static void add_object(struct source *s, struct elf *e)
{
	for (size_t i = 0; e != NULL && i < s->n_objects; i++) {
		if (s->objects[i].elf->data.p == e->data.p)
			return;
	}
	if (e != NULL)
		s->objects[s->n_objects++] = (struct object){ .elf = e, .has_dwarf = has_dwarf(e) };
}

/* Whether the section is there in name only: its contents are in the file that this one was
 * taken from (objcopy --only-keep-debug). */
static bool is_emptied(const struct elf *e, struct str name)
{
	for (size_t i = 0; i < e->n_sections; i++) {
		if (str_eq(e->sections[i].name, name))
			return elf_section(e, name) == NULL;
	}
	return false;
}

/* What the given files lack. dump_syms follows no link. */
static void add_companions(struct source *s)
{
	size_t given = s->n_objects;
	bool dwarf = false, unwind = false;

	if (s->o->compat)
		return;
	for (size_t i = 0; i < given; i++) {
		dwarf |= s->objects[i].has_dwarf;
		unwind |= !is_emptied(s->objects[i].elf, STR(".eh_frame"));
	}
	for (size_t i = 0; i < given; i++) {
		struct elf *e = s->objects[i].elf, *debug = NULL;

		if (!dwarf)
			debug = companion_by_id(&s->companions, e, ".debug");
		if (!dwarf && debug == NULL)
			debug = companion_by_link(&s->companions, e);
		add_object(s, debug);
		if (!unwind)
			add_object(s, companion_by_id(&s->companions, e, ""));
	}
}

/* The symbols of all, as one table: functions of a debug file are named by the binary's dynamic
 * symbols, too. */
static void read_symbols(struct source *s)
{
	const struct elf_symbol_options o = { .compat = s->o->compat, .notype = s->o->notype };
	size_t n = 0;

	for (size_t i = 0; i < s->n_objects; i++) {
		elf_symbols(s->objects[i].elf, &o, &s->objects[i].symbols);
		n += s->objects[i].symbols.n;
	}
	s->all_symbols = s->objects[0].symbols;
	if (s->n_objects == 1)
		return;
	s->all_symbols = (struct symtab){ .v = arena_new(s->arena, struct symbol, n) };
	for (size_t i = 0; i < s->n_objects; i++) {
		const struct symtab *t = &s->objects[i].symbols;

		if (t->n != 0)
			memcpy(s->all_symbols.v + s->all_symbols.n, t->v, t->n * sizeof(*t->v));
		s->all_symbols.n += t->n;
	}
	symtab_sort(&s->all_symbols, s->arena);
}

/* The name is that of the binary, not of the file that its debug information was moved to. */
static struct str module_name(const struct source *s, size_t given)
{
	struct str name = { 0 };

	for (size_t i = 0; i < given; i++) {
		struct str soname = elf_soname(s->objects[i].elf);

		if (soname.n != 0)
			return str_leaf(soname);
		if (name.n == 0 || !s->objects[i].has_dwarf)
			name = str_leaf(str_of(s->objects[i].elf->file));
	}
	return name;
}

static void read_head(struct source *s, size_t given)
{
	const struct source_options *o = s->o;
	struct elf *e = s->objects[0].elf;
	struct sym_head *h = &s->head;

	h->os = str_of(o->os != NULL ? o->os : "Linux");
	h->cpu = str_of(elf_cpu(e, o->compat));
	h->id = o->id != NULL ? str_of(o->id) : elf_debug_id(e);
	h->name = o->name != NULL ? str_of(o->name) : module_name(s, given);
	h->code_id = elf_code_id(e);
	h->info = o->extra_info;
	h->n_info = o->n_extra_info;
	if (!o->no_generator)
		h->generator = o->compat ? "mozilla/dump_syms 2.3.9" : "crash-tools";
}

/* One of the files given. */
static bool open_given(struct source *s, const char *path, struct error *err)
{
	struct elf *e = companion_must_open(&s->companions, path, err);
	struct cursor start;

	if (e == NULL)
		return false;
	if (e->type == ET_CORE)
		return error_set(err, ERROR_UNSUPPORTED,
				 "%s: a core file: its symbols are in the files that were mapped",
				 path);
	start = cursor_make(e->data, path);
	if (s->o->relocatable)
		elf_relocate(e);
	else if (e->type == ET_REL && !s->o->compat)
		diag_warn(s->diag, &start,
			  "an object file: its addresses are offsets in sections (--relocatable)");
	add_object(s, e);
	return true;
}

struct source *source_open(const char *const *paths, size_t n, const struct source_options *o,
			   struct arena *a, struct diag *d, struct error *err)
{
	struct source *s = arena_new(a, struct source, 1);

	s->o = o;
	s->arena = a;
	s->diag = d;
	s->companions = (struct companions){
		.dirs = o->debug_dirs,
		.n_dirs = o->n_debug_dirs,
		.only_dirs = o->only_debug_dirs,
		.arena = a,
		.diag = d,
	};
	s->objects = arena_new(a, struct object, n * (1 + OBJECTS_EACH));
	for (size_t i = 0; i < n; i++) {
		if (!open_given(s, paths[i], err)) {
			source_close(s);
			return NULL;
		}
	}
	s->n_given = s->n_objects;
	read_head(s, s->n_objects);
	return s;
}

const struct sym_head *source_head(const struct source *s)
{
	return &s->head;
}

void source_close(struct source *s)
{
	for (size_t i = 0; i < s->n_objects; i++)
		file_close(&s->objects[i].received);
	companions_close(&s->companions);
}

static void list_arch(const struct source *s, FILE *out)
{
	const struct elf *e = s->objects[0].elf;

	fprintf(out, "%s contains the following architecture:\n%s\n", e->file,
		elf_cpu(e, s->o->compat));
}

static void write_model(struct source *s, const struct model *m, FILE *out)
{
	const struct source_options *o = s->o;
	struct sym_write w = {
		.head = &s->head,
		.model = m,
		.map_path = o->map_path,
		.map_context = o->map_context,
		.style = o->name_style ? DEMANGLE_NAME : DEMANGLE_FULL,
		.no_lines = o->no_lines,
		.jobs = o->jobs,
		.oom = o->oom,
	};
	struct error err = { 0 };

	if (!o->no_cfi)
		w.stack = source_unwind(s);
	if (o->check_cfi && w.stack.n == 0) {
		error_set(&err, ERROR_INPUT, "%s: no CFI data", s->objects[0].elf->file);
		diag_error(s->diag, &err);
		exit_worsen(&s->code, EXIT_INPUT);
	} else if (out != NULL) {
		exit_worsen(&s->code, sym_write(&w, out, s->diag));
	}
}

int source_write(struct source *s, FILE *out, FILE *report)
{
	const struct source_options *o = s->o;
	struct model_options mo = { .compat = o->compat, .inlines = !o->no_inlines, .oom = o->oom };
	struct model *m;

	if (o->list_arch) {
		list_arch(s, out != NULL ? out : report);
		return EXIT_DONE;
	}
	m = model_open(&mo);
	add_companions(s);
	read_symbols(s);
	source_functions(s, m);
	if (!o->no_publics)
		source_publics(s, m);
	model_finish(m);
	write_model(s, m, out);
	if (report != NULL || o->warn_bare)
		source_coverage(s, m, report);
	model_close(m);
	if (s->diag->trouble)
		exit_worsen(&s->code, EXIT_TROUBLE);
	return s->code;
}
