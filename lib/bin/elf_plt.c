#include "bin/elf_plt.h"

#include "base/limits.h"
#include "base/sort.h"
#include "bin/elf_impl.h"

/* A word of the global offset table and the symbol that it is for. */
struct got {
	uint64_t address;
	uint32_t symbol;
};

struct plt {
	struct elf *elf;
	const struct machine *machine;
	uint64_t base; /* DT_PLTGOT: what x86 code has in ebx */
	struct slice symbols, strings;
	struct got *got; /* by address */
	size_t n_got;
	uint64_t names; /* bytes that names may still have: slots could share a long one */
	struct symtab *out;
};

/* What is at the start of a slot. */
struct slot {
	uint64_t got;  /* address of the word that it loads */
	unsigned size; /* bytes of its instructions up to the jump */
};

/* System V psABI i386 and x86-64, "Procedure Linkage Table": jmp *address, after an endbr (CET) and
 * a bnd prefix (MPX). */
static bool read_x86(const struct plt *p, struct slice code, uint64_t address, struct slot *s)
{
	struct cursor c = cursor_make(code, p->elf->file);

	if (code.n >= 4 && (memcmp(code.p, "\xf3\x0f\x1e\xfa", 4) == 0 ||
			    memcmp(code.p, "\xf3\x0f\x1e\xfb", 4) == 0))
		cursor_skip(&c, 4);
	if (cursor_left(&c) != 0 && c.in.p[c.pos] == 0xf2)
		cursor_skip(&c, 1);

	uint8_t opcode = cursor_u8(&c), form = cursor_u8(&c);
	uint64_t offset = cursor_u32(&c);
	if (c.failed || opcode != 0xff)
		return false;
	s->size = (unsigned)c.pos;
	s->got = offset;
	if (p->elf->machine == EM_X86_64) {
		/* Relative to the next instruction, with a sign. */
		s->got = address + c.pos + offset - ((offset & 0x80000000u) << 1);
		return form == 0x25;
	}
	if (form == 0xa3)
		s->got = (uint32_t)(p->base + offset);
	return form == 0x25 || form == 0xa3;
}

/* ELF for the Arm 64-bit Architecture: adrp x16, page; ldr x17, [x16, offset]; after a bti. */
static bool read_arm64(const struct plt *p, struct slice code, uint64_t address, struct slot *s)
{
	const uint32_t bti_c = 0xd503245f;
	struct cursor c = cursor_make(code, p->elf->file);
	uint32_t first = cursor_u32(&c);

	if (first == bti_c)
		first = cursor_u32(&c);

	uint32_t second = cursor_u32(&c);
	if (c.failed || (first & 0x9f00001f) != 0x90000010 || (second & 0xffc003ff) != 0xf9400211)
		return false;

	uint64_t pages = (first >> 3 & 0x1ffffc) | (first >> 29 & 3);
	pages -= (pages & 0x100000) << 1;
	s->got = ((address + c.pos - 8) & ~(uint64_t)0xfff) + (pages << 12) +
		 (uint64_t)(second >> 10 & 0xfff) * 8;
	s->size = (unsigned)c.pos;
	return true;
}

/* A constant of an instruction: 8 bits, rotated right by twice 4 bits (A32, "modified immediate
 * constants"). */
static uint32_t arm_constant(uint32_t instruction)
{
	unsigned rotation = (instruction >> 8 & 15) * 2;
	uint32_t value = instruction & 0xff;

	return rotation == 0 ? value : value >> rotation | value << (32 - rotation);
}

/* ELF for the Arm Architecture: add ip, pc, a; add ip, ip, b; ldr pc, [ip, c]!; after "bx pc; nop"
 * in Thumb. */
static bool read_arm(const struct plt *p, struct slice code, uint64_t address, struct slot *s)
{
	enum { BX_PC_NOP = 0x46c04778, BE8 = 0x00800000 };
	struct cursor c = cursor_make(code, p->elf->file);

	c.big = p->elf->big && (p->elf->flags & BE8) == 0;
	uint32_t word = cursor_u32(&c);
	if (word == BX_PC_NOP)
		word = cursor_u32(&c);
	if ((word & 0xfffff000) != 0xe28fc000)
		return false;

	/* Its program counter is two instructions ahead. */
	uint32_t ip = (uint32_t)(address + c.pos + 4) + arm_constant(word);
	for (word = cursor_u32(&c); (word & 0xfffff000) == 0xe28cc000; word = cursor_u32(&c))
		ip += arm_constant(word);
	s->got = ip + (word & 0xfff);
	s->size = (unsigned)c.pos;
	return !c.failed && (word & 0xfffff000) == 0xe5bcf000;
}

static const struct machine {
	uint16_t number;
	uint16_t jump_slot, glob_dat; /* types of relocations of the GOT */
	unsigned step;                /* slots begin at multiples of it */
	bool (*read)(const struct plt *p, struct slice code, uint64_t address, struct slot *s);
} machines[] = {
	{ EM_386, 7, 6, 8, read_x86 },
	{ EM_ARM, 22, 21, 4, read_arm },
	{ EM_X86_64, 7, 6, 8, read_x86 },
	{ EM_AARCH64, 1026, 1025, 4, read_arm64 },
};

static const struct machine *find_machine(uint16_t number)
{
	for (size_t i = 0; i < COUNT(machines); i++) {
		if (machines[i].number == number)
			return &machines[i];
	}
	return NULL;
}

static int by_address(const void *a, const void *b, const void *context)
{
	const struct got *x = a, *y = b;

	(void)context;
	return (x->address > y->address) - (x->address < y->address);
}

static void read_relocations(struct plt *p, struct slice data, bool rela)
{
	const struct elf *e = p->elf;
	struct cursor c = elf_cursor(e, data);

	while (!c.failed) {
		uint64_t address = elf_word(e, &c), info = elf_word(e, &c);

		if (rela)
			elf_word(e, &c); /* addend */

		uint64_t type = e->is64 ? info & 0xffffffff : info & 0xff;
		uint64_t symbol = e->is64 ? info >> 32 : info >> 8;
		if (!c.failed && symbol != 0 &&
		    (type == p->machine->jump_slot || type == p->machine->glob_dat))
			p->got[p->n_got++] = (struct got){ address, (uint32_t)symbol };
	}
}

/* The relocations of the GOT, of both kinds of tables. */
static void read_got(struct plt *p)
{
	struct elf *e = p->elf;
	struct elf_dynamic d;

	if (!elf_dynamic(e, &d))
		return;
	p->base = d.plt_got;

	struct slice tables[] = {
		elf_bytes_at(e, d.plt_relocations, d.plt_relocations_size),
		elf_bytes_at(e, d.rela, d.rela_size),
		elf_bytes_at(e, d.rel, d.rel_size),
	};
	bool rela[] = { d.plt_rela, true, false };
	size_t n = 0;
	for (size_t i = 0; i < COUNT(tables); i++)
		n += tables[i].n / (e->is64 ? 16 : 8);
	p->got = arena_new(e->arena, struct got, n);
	for (size_t i = 0; i < COUNT(tables); i++)
		read_relocations(p, tables[i], rela[i]);
	sort_stable(p->got, p->n_got, sizeof(*p->got), by_address, NULL, e->arena->oom);
}

static const struct got *find_got(const struct plt *p, uint64_t address)
{
	size_t low = 0, high = p->n_got;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->got[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->n_got && p->got[low].address == address ? &p->got[low] : NULL;
}

/* Name of the symbol whose address a word of the GOT is; empty when it has none. */
static struct str slot_name(struct plt *p, uint64_t got)
{
	const struct got *g = find_got(p, got);
	size_t size = p->elf->is64 ? ELF64_SYMBOL : ELF32_SYMBOL;

	if (g == NULL || p->names == 0)
		return (struct str){ 0 };

	struct cursor c = elf_cursor(p->elf, p->symbols);
	cursor_seek(&c, g->symbol * (uint64_t)size);
	struct elf_entry entry = elf_entry_read(p->elf, &c);
	struct str name = { 0 };
	if (!c.failed)
		name = elf_string(p->strings, entry.name);
	p->names -= name.n < p->names ? name.n : p->names;
	return name;
}

/* Ends the slot before, if that has no end yet. */
static void end_slot(struct plt *p, uint64_t address)
{
	struct symbol *last = p->out->n == 0 ? NULL : &p->out->v[p->out->n - 1];

	if (last != NULL && last->size == 0)
		last->size = address - p->elf->bias - last->address;
}

static void add_slot(struct plt *p, uint64_t address, struct str name)
{
	p->out->v[p->out->n++] = (struct symbol){
		.address = address - p->elf->bias,
		.name = arena_concat(p->elf->arena, PARTS(name, STR("@plt"))),
		.bind = SYMBOL_LOCAL,
		.dynamic = true,
	};
}

static void read_section(struct plt *p, const struct elf_section *s)
{
	size_t step = p->machine->step, at = 0;

	while (at < s->data.n) {
		struct slice rest = { s->data.p + at, s->data.n - at };
		struct slot slot;

		if (!p->machine->read(p, rest, s->address + at, &slot)) {
			at += step;
			continue;
		}
		end_slot(p, s->address + at);

		struct str name = slot_name(p, slot.got);
		if (name.n != 0)
			add_slot(p, s->address + at, name);
		/* To the first place behind its instructions where one may begin. */
		at += (slot.size + step - 1) / step * step;
	}
	end_slot(p, s->address + s->data.n);
}

void elf_plt(struct elf *e, struct symtab *t)
{
	static const struct str sections[] = { STR_INIT(".plt"), STR_INIT(".plt.sec"),
					       STR_INIT(".plt.got") };
	struct plt p = { .elf = e, .machine = find_machine(e->machine), .out = t };
	const struct elf_section *found[COUNT(sections)];
	size_t n = 0;

	*t = (struct symtab){ 0 };
	if (p.machine == NULL)
		return;
	read_got(&p);
	p.symbols = elf_dynamic_symbols(e, &p.strings);
	p.names = LIMIT_ELF_NAMES_TIMES * (uint64_t)p.strings.n + 1;
	for (size_t i = 0; i < COUNT(sections); i++) {
		found[i] = elf_section(e, sections[i]);
		n += found[i] == NULL ? 0 : found[i]->data.n / p.machine->step + 1;
	}
	t->v = arena_new(e->arena, struct symbol, n);
	for (size_t i = 0; i < COUNT(sections); i++) {
		if (found[i] != NULL)
			read_section(&p, found[i]);
	}
	symtab_sort(t, e->arena);
}
