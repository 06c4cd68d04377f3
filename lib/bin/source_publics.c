#include "bin/elf_plt.h"
#include "bin/source_impl.h"

enum {
	SHF_EXECINSTR = 4,
	MAX_UNDERSCORES = 15,
	MAX_SECTION_NAME = 255, /* many sections of a hostile file may share one long name */
};

/* Of several names of an address the least rank is printed: global before weak before local, then
 * without a version, then with fewer underscores at its start. */
static uint32_t rank_of(const struct symbol *s)
{
	uint32_t underscores = 0;

	while (underscores < s->name.n && underscores < MAX_UNDERSCORES &&
	       s->name.p[underscores] == '_')
		underscores++;
	return (uint32_t)s->bind << 8 | (uint32_t)(str_find_char(s->name, '@') != s->name.n) << 7 |
	       underscores;
}

/* Whether a demangler has work. Other names stay as they are, suffixes (".cold") included: what
 * was cut off a function has no other name. */
static bool is_mangled(struct str name)
{
	static const struct str beginnings[] = {
		STR_INIT("_Z"), STR_INIT("__Z"), STR_INIT("___Z"), STR_INIT("____Z"),
		STR_INIT("_R"), STR_INIT("_D"),  STR_INIT("?"),    STR_INIT("@?"),
		STR_INIT("$s"), STR_INIT("_$s"), STR_INIT("_T0"),
	};

	for (size_t i = 0; i < COUNT(beginnings); i++) {
		if (str_starts(name, beginnings[i]))
			return true;
	}
	return false;
}

static void add_symbols(const struct symtab *t, struct model *m)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct symbol *s = &t->v[i];

		/* What begins with a function has a name; compat drops functions at 0. */
		if (s->address != 0 && model_has_func(m, s->address, 0))
			continue;

		struct sym_name name = { .text = s->name, .readable = !is_mangled(s->name) };
		struct model_public p = {
			.address = s->address,
			.size = s->size,
			.name = model_name(m, name, true),
			.rank = rank_of(s),
		};

		model_public(m, &p);
	}
}

/* Where a section of code has no symbol at its start, one is made, so that a frame there has some
 * name at all. dump_syms forgets the bias: dump-sym-parse.md 15, error 1. */
static void add_section(const struct source *s, const struct elf *e, const struct elf_section *c,
			struct model *m)
{
	struct str file = str_leaf(str_of(e->file));
	struct str text = arena_concat(s->arena,
				       PARTS(STR("<"), str_first(c->name, MAX_SECTION_NAME),
					     STR(" ELF section in "), file, STR(">")));
	struct sym_name name = { .text = text, .readable = true };
	struct model_public p = {
		.address = c->address - (s->o->compat ? 0 : e->bias),
		.rank = UINT32_MAX,
		.synthetic = true,
		.name = model_name(m, name, true),
	};

	if (s->o->compat || c->address >= e->bias)
		model_public(m, &p);
}

/* Slots of the procedure linkage table, which dump_syms leaves nameless. */
static void add_slots(struct elf *e, struct model *m)
{
	struct symtab slots;

	elf_plt(e, &slots);
	add_symbols(&slots, m);
}

void source_publics(struct source *s, struct model *m)
{
	for (size_t i = 0; i < s->n_objects; i++)
		add_symbols(&s->objects[i].symbols, m);
	for (size_t i = 0; i < s->n_objects && !s->o->compat; i++)
		add_slots(s->objects[i].elf, m);
	for (size_t i = 0; i < s->n_objects; i++) {
		const struct elf *e = s->objects[i].elf;

		for (size_t k = 0; k < e->n_sections; k++) {
			if (e->sections[k].flags & SHF_EXECINSTR)
				add_section(s, e, &e->sections[k], m);
		}
	}
}
