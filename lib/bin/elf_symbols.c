#include "base/limits.h"
#include "bin/elf_impl.h"

/* Types and bindings: gABI 4.1, "Symbol Table". */
enum { STT_NOTYPE = 0, STT_FUNC = 2, STT_GNU_IFUNC = 10 };
enum { STB_LOCAL = 0, STB_GLOBAL = 1, STB_WEAK = 2 };

struct table {
	const struct elf *elf; /* whose sections the symbols are in */
	struct slice entries, strings;
	struct slice sections; /* of SHT_SYMTAB_SHNDX: for numbers that need more than 16 bits */
	bool dynamic;
};
enum { MAX_TABLES = 3 };

struct reader {
	struct elf *elf; /* what was opened */
	const struct elf_symbol_options *options;
	const struct elf_section *descriptors; /* .opd of ELFv1 on ppc64, else NULL */
	struct symtab *out;
};

struct elf_entry elf_entry_read(const struct elf *e, struct cursor *c)
{
	struct elf_entry s = { .name = cursor_u32(c) };

	if (!e->is64) {
		s.value = cursor_u32(c);
		s.size = cursor_u32(c);
	}
	s.info = cursor_u8(c);
	s.other = cursor_u8(c);
	s.section = cursor_u16(c);
	if (e->is64) {
		s.value = cursor_u64(c);
		s.size = cursor_u64(c);
	}
	return s;
}

static bool wanted_type(const struct elf_symbol_options *o, const struct elf_entry *s)
{
	unsigned type = s->info & 15, bind = s->info >> 4;

	if (type == STT_FUNC)
		return true;
	if (type == STT_GNU_IFUNC)
		return !o->compat;
	return type == STT_NOTYPE && bind != STB_LOCAL && o->notype;
}

/* The section that a symbol is in; SHN_UNDEF for none. */
static uint32_t section_of(const struct table *t, const struct elf_entry *s, size_t index,
			   bool compat)
{
	if (s->section == SHN_XINDEX && !compat) {
		struct cursor c = elf_cursor(t->elf, t->sections);

		cursor_skip(&c, 4 * (uint64_t)index);
		return cursor_u32(&c);
	}
	return s->section < SHN_LORESERVE ? s->section : SHN_UNDEF;
}

/*
 * ppc64 before ELFv2: a function's symbol points to a descriptor, whose first word is the address
 * of the code (64-bit PowerPC ELF ABI 1.9, 3.2.5). dump_syms leaves them out.
 */
static bool follow_descriptor(const struct reader *r, uint64_t *address)
{
	const struct elf_section *s = r->descriptors;

	if (s == NULL || *address < s->address || *address - s->address >= s->size)
		return false;

	struct cursor c = elf_cursor(r->elf, s->data);
	cursor_seek(&c, *address - s->address);
	*address = cursor_u64(&c);
	return !c.failed && elf_is_code(r->elf, *address);
}

static bool in_code(const struct reader *r, const struct table *t, uint32_t section,
		    uint64_t *address)
{
	const struct elf *e = t->elf;

	if (section == SHN_UNDEF)
		return false;
	if (e->n_sections == 0)
		return elf_is_code(e, *address);
	if (section >= e->n_sections)
		return false;
	return (e->sections[section].flags & SHF_EXECINSTR) != 0 || follow_descriptor(r, address);
}

static void take(const struct reader *r, const struct table *t, const struct elf_entry *s,
		 size_t index, uint64_t *names)
{
	static const enum symbol_bind binds[] = {
		[STB_LOCAL] = SYMBOL_LOCAL, [STB_GLOBAL] = SYMBOL_GLOBAL, [STB_WEAK] = SYMBOL_WEAK
	};
	bool compat = r->options->compat;
	unsigned bind = s->info >> 4;
	uint32_t section = section_of(t, s, index, compat);
	uint64_t address = s->value;

	if (!wanted_type(r->options, s) || !in_code(r, t, section, &address))
		return;
	/* There it is an offset; elf_relocate() gives the section an address. */
	if (r->elf->type == ET_REL && section < t->elf->n_sections)
		address += t->elf->sections[section].address;
	/* Bit 0 of a function says that its code is Thumb (ELF for the Arm Architecture, 5.5.3). */
	if (r->elf->machine == EM_ARM && !compat)
		address &= ~(uint64_t)1;
	if (address < r->elf->bias)
		return;

	struct str name = { 0 };
	if (*names != 0)
		name = elf_string(t->strings, s->name);
	*names -= name.n < *names ? name.n : *names;
	if (name.n == 0 || *names == 0)
		return;
	r->out->v[r->out->n++] = (struct symbol){
		.address = address - r->elf->bias,
		.size = s->size,
		.name = name,
		.bind = bind < COUNT(binds) ? binds[bind] : SYMBOL_GLOBAL,
		.dynamic = t->dynamic,
	};
}

static size_t entry_size(const struct table *t)
{
	return t->elf->is64 ? ELF64_SYMBOL : ELF32_SYMBOL;
}

static void read_table(const struct reader *r, const struct table *t)
{
	struct cursor c = elf_cursor(t->elf, t->entries);
	size_t n = t->entries.n / entry_size(t);
	uint64_t names = LIMIT_ELF_NAMES_TIMES * (uint64_t)t->strings.n + 1;

	for (size_t i = 0; i < n; i++) {
		struct elf_entry s = elf_entry_read(t->elf, &c);

		/* Most of a table are variables and undefined symbols: those cost no more. */
		if (s.section != SHN_UNDEF)
			take(r, t, &s, i, &names);
	}
	if (names == 0)
		elf_warn(r->elf, c.base,
			 "names of symbols lie over one another: some are left out");
}

static struct table static_table(struct elf *e)
{
	const struct elf_section *s = elf_section_of_type(e, SHT_SYMTAB);
	struct table t = { .elf = e };

	if (s == NULL)
		return t;
	t.entries = elf_contents(e, s);
	if (s->link < e->n_sections)
		t.strings = elf_contents(e, &e->sections[s->link]);

	const struct elf_section *x = elf_section_of_type(e, SHT_SYMTAB_SHNDX);
	if (x != NULL)
		t.sections = x->data;
	return t;
}

/* Mini debug info: an ELF file with nothing but a symbol table, for Fedora's backtraces. */
static struct table packed_table(struct elf *e)
{
	const struct elf_section *s = elf_section(e, STR(".gnu_debugdata"));
	struct elf *inner = arena_new(e->arena, struct elf, 1);
	struct table none = { .elf = e };
	struct error err = { 0 };

	if (s == NULL)
		return none;

	struct slice data = elf_unpack_xz(e, s);
	if (data.n == 0)
		return none;
	if (!elf_open(inner, data, e->file, e->arena, e->diag, &err)) {
		elf_warn(e, s->offset, ".gnu_debugdata holds no ELF file");
		return none;
	}
	return static_table(inner);
}

static const struct elf_section *find_descriptors(const struct elf *e, bool compat)
{
	return e->machine == EM_PPC64 && !compat ? elf_section(e, STR(".opd")) : NULL;
}

void elf_symbols(struct elf *e, const struct elf_symbol_options *o, struct symtab *t)
{
	struct reader r = { e, o, find_descriptors(e, o->compat), t };
	struct table tables[MAX_TABLES] = { static_table(e),
					    { .elf = e, .dynamic = true },
					    packed_table(e) };
	size_t n = 0;

	tables[1].entries = elf_dynamic_symbols(e, &tables[1].strings);
	for (size_t i = 0; i < MAX_TABLES; i++)
		n += tables[i].entries.n / entry_size(&tables[i]);
	/* Places that stay unused are never touched, and cost nothing. */
	*t = (struct symtab){ .v = arena_new(e->arena, struct symbol, n) };
	for (size_t i = 0; i < MAX_TABLES; i++)
		read_table(&r, &tables[i]);
	symtab_sort(t, e->arena);
}
