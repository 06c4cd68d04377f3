#include "bin/elf_reloc.h"

#include <inttypes.h>

#include "base/limits.h"
#include "bin/elf_impl.h"

/* What becomes of the bits at a place: S + A and P of the ABIs' tables of relocations. */
enum operation { SET, SET_RELATIVE, ADD, SUBTRACT, NOTHING };

/*
 * The relocations that compilers use for debug and unwind information, from the psABI of each
 * machine, "Relocation Types". bits 6: the lower bits of a byte, for advances in call frame
 * information of RISC-V.
 */
static const struct kind {
	uint16_t machine, type;
	uint8_t bits;
	enum operation operation;
} kinds[] = {
	{ EM_386, 1, 32, SET },
	{ EM_386, 2, 32, SET_RELATIVE },
	{ EM_386, 32, 32, NOTHING }, /* R_386_TLS_LDO_32: where variables of threads are */
	{ EM_MIPS, 2, 32, SET },
	{ EM_MIPS, 18, 64, SET },
	{ EM_MIPS, 248, 32, SET_RELATIVE },
	{ EM_PPC, 1, 32, SET },
	{ EM_PPC, 26, 32, SET_RELATIVE },
	{ EM_PPC64, 1, 32, SET },
	{ EM_PPC64, 26, 32, SET_RELATIVE },
	{ EM_PPC64, 38, 64, SET },
	{ EM_PPC64, 44, 64, SET_RELATIVE },
	{ EM_ARM, 2, 32, SET },
	{ EM_ARM, 3, 32, SET_RELATIVE },
	{ EM_ARM, 38, 32, SET }, /* R_ARM_TARGET1 */
	{ EM_X86_64, 1, 64, SET },
	{ EM_X86_64, 2, 32, SET_RELATIVE },
	{ EM_X86_64, 4, 32, SET_RELATIVE }, /* R_X86_64_PLT32 */
	{ EM_X86_64, 10, 32, SET },
	{ EM_X86_64, 11, 32, SET },
	{ EM_X86_64, 17, 64, NOTHING }, /* R_X86_64_DTPOFF64, DTPOFF32 */
	{ EM_X86_64, 21, 32, NOTHING },
	{ EM_X86_64, 24, 64, SET_RELATIVE },
	{ EM_AARCH64, 257, 64, SET },
	{ EM_AARCH64, 258, 32, SET },
	{ EM_AARCH64, 260, 64, SET_RELATIVE },
	{ EM_AARCH64, 261, 32, SET_RELATIVE },
	{ EM_RISCV, 1, 32, SET },
	{ EM_RISCV, 2, 64, SET },
	{ EM_RISCV, 33, 8, ADD },
	{ EM_RISCV, 34, 16, ADD },
	{ EM_RISCV, 35, 32, ADD },
	{ EM_RISCV, 36, 64, ADD },
	{ EM_RISCV, 37, 8, SUBTRACT },
	{ EM_RISCV, 38, 16, SUBTRACT },
	{ EM_RISCV, 39, 32, SUBTRACT },
	{ EM_RISCV, 40, 64, SUBTRACT },
	{ EM_RISCV, 51, 0, NOTHING }, /* R_RISCV_RELAX */
	{ EM_RISCV, 52, 6, SUBTRACT },
	{ EM_RISCV, 53, 6, SET },
	{ EM_RISCV, 54, 8, SET },
	{ EM_RISCV, 55, 16, SET },
	{ EM_RISCV, 56, 32, SET },
	{ EM_RISCV, 57, 32, SET_RELATIVE },
};

struct relocation {
	uint64_t offset; /* in the section */
	uint64_t addend;
	uint32_t type, symbol;
};

/* One table of relocations and what it is applied to. */
struct job {
	struct elf *elf;
	const struct elf_section *target;
	uint8_t *p; /* the copy of its contents, n bytes */
	size_t n;
	struct slice symbols;
	bool rela;
	uint64_t unknown; /* relocations of types that are not in the table */
};

static const struct kind *find_kind(uint16_t machine, uint32_t type)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].machine == machine && kinds[i].type == type)
			return &kinds[i];
	}
	return NULL;
}

/* r_info of mips64 is a number of 4 bytes and four types, whatever the byte order. */
static void split_info(const struct elf *e, uint64_t info, struct relocation *r)
{
	if (!e->is64) {
		r->symbol = (uint32_t)(info >> 8);
		r->type = info & 0xff;
	} else if (e->machine == EM_MIPS && !e->big) {
		r->symbol = (uint32_t)info;
		r->type = (uint32_t)(info >> 56);
	} else {
		r->symbol = (uint32_t)(info >> 32);
		r->type = (uint32_t)info & (e->machine == EM_MIPS ? 0xff : UINT32_MAX);
	}
}

static struct relocation read_relocation(const struct job *j, struct cursor *c)
{
	struct relocation r = { .offset = elf_word(j->elf, c) };
	uint64_t info = elf_word(j->elf, c);

	split_info(j->elf, info, &r);
	if (j->rela)
		r.addend = elf_word(j->elf, c);
	return r;
}

/* The address of a symbol: of its section, since its value is an offset in that. 0 for one that is
 * defined elsewhere. */
static uint64_t symbol_address(const struct job *j, uint32_t symbol)
{
	struct cursor c = elf_cursor(j->elf, j->symbols);

	cursor_seek(&c, symbol * (uint64_t)(j->elf->is64 ? ELF64_SYMBOL : ELF32_SYMBOL));
	struct elf_entry s = elf_entry_read(j->elf, &c);
	if (c.failed || s.section == SHN_UNDEF || s.section >= SHN_LORESERVE ||
	    s.section >= j->elf->n_sections)
		return 0;
	return s.value + j->elf->sections[s.section].address;
}

static uint64_t load(const struct job *j, uint64_t offset, unsigned width)
{
	struct cursor c = elf_cursor(j->elf, (struct slice){ j->p, j->n });

	cursor_seek(&c, offset);
	return cursor_uint(&c, width);
}

static void store(const struct job *j, uint64_t offset, unsigned width, uint64_t value)
{
	for (unsigned i = 0; i < width; i++)
		j->p[offset + (j->elf->big ? width - 1 - i : i)] = (uint8_t)(value >> 8 * i);
}

static void apply(struct job *j, const struct relocation *r)
{
	const struct kind *k = find_kind(j->elf->machine, r->type);
	unsigned width = k == NULL ? 0 : (k->bits + 7u) / 8;

	if (k == NULL)
		j->unknown += r->type != 0;
	if (k == NULL || k->operation == NOTHING || r->offset > j->n || j->n - r->offset < width)
		return;

	uint64_t old = load(j, r->offset, width), value = symbol_address(j, r->symbol);
	uint64_t kept = k->bits == 6 ? old & 0xc0 : 0;
	old -= kept;
	value += j->rela ? r->addend : old;
	if (k->operation == SET_RELATIVE)
		value -= j->target->address + r->offset;
	else if (k->operation == ADD)
		value += old;
	else if (k->operation == SUBTRACT)
		value = old - value;
	store(j, r->offset, width, k->bits == 6 ? kept | (value & 0x3f) : value);
}

static void apply_all(struct job *j, const struct elf_section *s)
{
	size_t size = (j->elf->is64 ? 16u : 8u) + (j->rela ? (j->elf->is64 ? 8u : 4u) : 0u);
	struct cursor c = elf_cursor(j->elf, s->data);

	for (size_t n = s->data.n / size; n != 0; n--) {
		struct relocation r = read_relocation(j, &c);

		apply(j, &r);
	}
	if (j->unknown != 0)
		elf_warn(j->elf, s->offset, "%" PRIu64 " relocations of unknown types", j->unknown);
}

static bool is_wanted(const struct elf_section *s)
{
	return str_starts(s->name, STR(".debug_")) || str_starts(s->name, STR(".zdebug_")) ||
	       str_eq(s->name, STR(".eh_frame"));
}

/* Work that is left, in bytes: real sections don't lie over one another. */
struct budget {
	uint64_t copies, relocations;
};

static bool pay(uint64_t *left, uint64_t n)
{
	bool ok = n <= *left;

	*left = ok ? *left - n : 0;
	return ok;
}

/* Makes a section's contents a copy that may be written to. */
static void copy_section(struct elf *e, struct elf_section *s, struct slice data)
{
	uint8_t *p = arena_new(e->arena, uint8_t, data.n);

	if (data.n != 0)
		memcpy(p, data.p, data.n);
	s->data = (struct slice){ p, data.n };
	s->flags &= ~(uint64_t)SHF_COMPRESSED;
	/* The old form says by its name alone that it is compressed. */
	if (str_starts(s->name, STR(".z")))
		s->name = arena_concat(e->arena, PARTS(STR("."), str_from(s->name, 2)));
}

static bool relocate_section(struct elf *e, const struct elf_section *s, bool *copied,
			     struct budget *left)
{
	if ((s->type != SHT_RELA && s->type != SHT_REL) || s->info >= e->n_sections ||
	    s->link >= e->n_sections || !is_wanted(&e->sections[s->info]))
		return true;

	struct elf_section *target = &e->sections[s->info];
	struct job j = { .elf = e, .target = target, .rela = s->type == SHT_RELA };
	if (!copied[s->info]) {
		struct slice data = elf_contents(e, target);

		if (!pay(&left->copies, data.n))
			return false;
		copy_section(e, target, data);
		copied[s->info] = true;
	}
	j.p = (uint8_t *)(uintptr_t)target->data.p;
	j.n = target->data.n;
	j.symbols = elf_contents(e, &e->sections[s->link]);
	if (!pay(&left->relocations, s->data.n))
		return false;
	apply_all(&j, s);
	return true;
}

/* Addresses for what will be in memory; sections of no size are where the next one is. */
static void lay_out(struct elf *e)
{
	enum { LARGEST_ALIGNMENT = 1 << 16 };
	uint64_t address = 0;

	for (size_t i = 0; i < e->n_sections; i++) {
		struct elf_section *s = &e->sections[i];
		uint64_t alignment = s->alignment;

		if ((s->flags & SHF_ALLOC) == 0 || (s->flags & SHF_TLS) != 0)
			continue;
		if (alignment == 0 || alignment > LARGEST_ALIGNMENT ||
		    (alignment & (alignment - 1)) != 0)
			alignment = 1;
		address = (address + alignment - 1) & ~(alignment - 1);
		s->address = address;
		address += s->size;
	}
}

void elf_relocate(struct elf *e)
{
	struct budget left = { LIMIT_ELF_COPIES_TIMES * (uint64_t)e->data.n, e->data.n };
	bool *copied = arena_new(e->arena, bool, e->n_sections);
	bool ok = true;

	if (e->type != ET_REL)
		return;
	lay_out(e);
	elf_map(e);
	for (size_t i = 0; i < e->n_sections && ok; i++)
		ok = relocate_section(e, &e->sections[i], copied, &left);
	if (!ok)
		elf_warn(e, 0, "relocations lie over one another: some are left out");
}
