#include "base/limits.h"
#include "sym/symx_impl.h"
#include "walk/walk.h"

/*
 * The walk of one thread with made registers, stack and symbols. The input: a byte for CPU, system
 * and kind of walk, a byte for the number of words on the stack, two bytes for each register and
 * each of these words (see expand()), then the records of the module's symbols. The walk must go up
 * or stay within its budget, and be the same the second time.
 */
enum { STACK = 0x7000, OTHER = 0x9000, MODULE = 0x400000, REGION = 2048, STEPS = 2000 };

#define FOREIGN ((uint64_t)0x4004 << 32) /* code of no module */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	struct arena arena, scratch;
	struct dump dump;
	struct md_module modules[2];
	struct md_region regions[3];
	struct md_mapping mappings[3];
	struct md_thread thread;
	struct symx symx;
	struct symx_state state;
	struct buf index;
	struct sym_module symbols[2];
	const struct sym_module *of[2];
	uint8_t stacks[2][REGION], context[1232];
};

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

/* Numbers that mean something are near: addresses on the stacks, in the module, at both ends. */
static uint64_t expand(struct cursor *c)
{
	static const uint64_t bases[] = { 0,          STACK, OTHER, MODULE,     0x7fff, 0x500000,
					  UINT64_MAX, 0x33,  STACK, UINT32_MAX, MODULE, FOREIGN };
	uint16_t v = cursor_u16(c);

	return bases[v >> 12 < 12 ? v >> 12 : 1] + (v & 0xfff) - (v >> 12 == 6 ? 0xfff : 0);
}

static void put(uint8_t *to, unsigned width, uint64_t v)
{
	for (unsigned i = 0; i < width; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

static void make_modules(struct world *w)
{
	struct md_modules *m = &w->dump.modules;

	*m = (struct md_modules){ .v = w->modules, .n = 2 };
	m->by_address = ranges_make(&w->arena, 2);
	for (size_t i = 0; i < 2; i++) {
		w->modules[i].base = MODULE + i * 0x100000;
		w->modules[i].size = 0x1000;
		ranges_add(&m->by_address, w->modules[i].base, w->modules[i].size, i);
	}
	ranges_sort(&m->by_address, NULL);
}

static void make_memory(struct world *w)
{
	struct md_memory *m = &w->dump.memory;

	*m = (struct md_memory){ .v = w->regions, .n = 3 };
	m->by_address = ranges_make(&w->arena, 3);
	for (size_t i = 0; i < 3; i++) {
		static const uint64_t bases[] = { STACK, OTHER, MODULE + 0x800 };

		/* The second stack is the code of the module's upper half, too. */
		w->regions[i] = (struct md_region){ bases[i], { w->stacks[i != 0], REGION } };
		ranges_add(&m->by_address, w->regions[i].base, REGION, i);
	}
	ranges_sort(&m->by_address, NULL);
	w->thread = (struct md_thread){ .stack_start = STACK, .stack = w->regions[0].data };
}

/* Code and data of the second module, and code of none. */
static void make_mappings(struct world *w)
{
	static const struct md_mapping all[] = {
		{ .base = MODULE + 0x100000, .size = 0x800, .access = MD_READ | MD_EXECUTE },
		{ .base = MODULE + 0x100800, .size = 0x800, .access = MD_READ },
		{ .base = FOREIGN, .size = 0x1000, .access = MD_EXECUTE },
	};
	struct md_mappings *m = &w->dump.mappings;

	memcpy(w->mappings, all, sizeof(all));
	*m = (struct md_mappings){ .v = w->mappings, .n = COUNT(all) };
	m->by_address = ranges_make(&w->arena, COUNT(all));
	for (size_t i = 0; i < COUNT(all); i++)
		ranges_add(&m->by_address, all[i].base, all[i].size, i);
	ranges_sort(&m->by_address, NULL);
}

static void make_values(struct world *w, const struct cpu *cpu, unsigned words, struct cursor *c)
{
	put(w->context + cpu->flags_offset, cpu->flags_size, cpu->flag);
	for (unsigned i = 0; i < cpu->n_regs; i++)
		put(w->context + cpu->regs[i].offset, cpu->regs[i].size, expand(c));
	for (unsigned i = 0; i < words; i++)
		put(w->stacks[i * 8 / REGION] + i * 8 % REGION, 8, expand(c));
}

static void make_symbols(struct world *w, struct str text)
{
	struct symx_build_options o = { 0 };
	struct error err = { 0 };

	if (!symx_build(text, &o, &w->index, &err) ||
	    !symx_index_open(&w->state.index,
			     (struct slice){ (const uint8_t *)w->index.p, w->index.n }))
		return;
	w->symx = (struct symx){ .text = text, .state = &w->state };
	w->symbols[0] = (struct sym_module){ .status = SYM_LOADED, .symx = &w->symx };
	w->of[0] = &w->symbols[0];
}

/* A sum over all frames, to compare two walks. */
static uint64_t walk(struct world *w, const struct cpu *cpu, bool compat)
{
	struct cursor context = cursor_make((struct slice){ w->context, cpu->context_size },
					    "fuzz");
	struct walk_budget budget = { .steps = STEPS };
	struct names names = {
		.dump = &w->dump,
		.of = w->of,
		.compat = compat,
		.foreign_from = FOREIGN,
		.foreign_last = FOREIGN + 0xfff,
	};
	struct walk_frame f, before = { 0 };
	uint64_t sum = 0, frames = 0;
	struct walk walk;

	/* Never asked: both modules have their answer. */
	names.symbols = (struct symbols *)w;
	w->symbols[1].status = SYM_MISSING;
	w->of[1] = &w->symbols[1];
	if (w->of[0] == NULL)
		w->of[0] = &w->symbols[1];

	w->state.budget = LIMIT_SYM_BODY_BYTES;
	walk_begin(&walk, &names, &budget, &w->scratch, &w->thread, context);
	for (unsigned signals = 0; walk_next(&walk, &f); signals = walk.n_signals, before = f) {
		expect(++frames <= STEPS + 1);
		expect(frames == 1 || signals != walk.n_signals ||
		       f.regs.value[cpu->sp] >= before.regs.value[cpu->sp]);
		sum = sum * 31 + f.pc + f.instruction + (uint64_t)f.trust + (uint64_t)f.module +
		      f.regs.valid;
	}
	expect(walk.n_signals <= LIMIT_WALK_SIGNALS);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum cpu_kind kinds[3][4] = {
		{ CPU_AMD64, CPU_X86, CPU_ARM, CPU_ARM64 },
		{ CPU_MIPS, CPU_MIPS64, CPU_PPC, CPU_PPC64 },
		{ CPU_SPARC, CPU_RISCV, CPU_RISCV64, CPU_ARM64_OLD },
	};
	static const enum md_os systems[] = { MD_OS_LINUX, MD_OS_WINDOWS, MD_OS_IOS, MD_OS_MACOS };
	struct cursor c = cursor_make((struct slice){ data, size }, "fuzz");
	unsigned kind = cursor_u8(&c), words = cursor_u8(&c) * 2u;
	const struct cpu *cpu = cpu_find(kinds[(kind >> 5) % 3][kind & 3]);
	bool compat = (kind >> 4 & 1) != 0;
	struct world w = { 0 };
	struct str text;

	w.dump.system = (struct md_system){ .cpu = cpu->kind, .os = systems[kind >> 2 & 3] };
	make_modules(&w);
	make_memory(&w);
	make_mappings(&w);
	make_values(&w, cpu, words, &c);
	text = (struct str){ (const char *)c.in.p + c.pos, cursor_left(&c) };
	make_symbols(&w, text);

	uint64_t first = walk(&w, cpu, compat);
	expect(walk(&w, cpu, compat) == first);
	buf_free(&w.index);
	arena_free(&w.arena);
	arena_free(&w.scratch);
	return 0;
}
