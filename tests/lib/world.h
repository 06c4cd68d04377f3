#ifndef CRASH_TESTS_WORLD_H
#define CRASH_TESTS_WORLD_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "walk/state.h"

/*
 * A dead process for tests of the walk: one thread, up to two stacks of words, modules at 0x400000
 * and 0x500000 with symbols from text, all of it put together by hand.
 */
enum { WORLD_STACK = 0x7000, WORLD_OTHER = 0x20000, WORLD_BYTES = 0x800, WORLD_MODULE = 0x400000 };

struct world {
	struct arena arena, scratch;
	struct dump dump;
	struct symbols *symbols;
	struct diag quiet;
	struct names names;
	struct walk_budget budget;
	struct walk walk;
	const struct cpu *cpu;
	struct md_module modules[2];
	struct md_region regions[3]; /* two stacks, and code if world_code() gave it */
	struct md_mapping mappings[4];
	struct md_thread thread;
	uint8_t stack[WORLD_BYTES], other[WORLD_BYTES], context[1232];
};

static inline void world_put(uint8_t *to, unsigned width, uint64_t v)
{
	for (unsigned i = 0; i < width; i++)
		to[i] = (uint8_t)(v >> 8 * i);
}

/* Writes a word of either stack. */
static inline void world_word(struct world *w, uint64_t address, uint64_t v)
{
	if (address >= WORLD_OTHER)
		world_put(w->other + (address - WORLD_OTHER), w->cpu->pointer_size, v);
	else
		world_put(w->stack + (address - WORLD_STACK), w->cpu->pointer_size, v);
}

static inline void world_reg(struct world *w, const char *name, uint64_t v)
{
	int i = regs_index(w->cpu, str_of(name));

	ck_assert_int_ge(i, 0);
	world_put(w->context + w->cpu->regs[i].offset, w->cpu->regs[i].size, v);
}

static inline void world_modules(struct world *w)
{
	struct md_modules *m = &w->dump.modules;

	*m = (struct md_modules){ .v = w->modules, .n = 2 };
	m->by_address = ranges_make(&w->arena, 2);
	for (size_t i = 0; i < 2; i++) {
		w->modules[i] = (struct md_module){
			.base = WORLD_MODULE + i * 0x100000,
			.size = 0x10000,
			.code_file = i == 0 ? STR("/bin/app") : STR("/lib/none"),
			.has_debug_file = true,
			.debug_file = i == 0 ? STR("app") : STR("none"),
			.debug_id = i == 0 ? STR("A0") : STR("B0"),
		};
		ranges_add(&m->by_address, w->modules[i].base, w->modules[i].size, i);
	}
	ranges_sort(&m->by_address, NULL);
}

static inline void world_memory(struct world *w)
{
	struct md_memory *m = &w->dump.memory;

	w->regions[0] = (struct md_region){ WORLD_STACK, { w->stack, WORLD_BYTES } };
	w->regions[1] = (struct md_region){ WORLD_OTHER, { w->other, WORLD_BYTES } };
	*m = (struct md_memory){ .v = w->regions, .n = 2 };
	m->by_address = ranges_make(&w->arena, COUNT(w->regions));
	for (size_t i = 0; i < 2; i++)
		ranges_add(&m->by_address, w->regions[i].base, WORLD_BYTES, i);
	ranges_sort(&m->by_address, NULL);
	w->thread = (struct md_thread){ .id = 1,
					.stack_start = WORLD_STACK,
					.stack = { w->stack, WORLD_BYTES } };
	w->dump.threads = (struct md_threads){ .v = &w->thread, .n = 1 };
}

/* The dump has these bytes at an address, too. Once a world. */
static inline void world_code(struct world *w, uint64_t address, const uint8_t *bytes, size_t n)
{
	struct md_memory *m = &w->dump.memory;

	w->regions[m->n] = (struct md_region){ address, { bytes, n } };
	ranges_add(&m->by_address, address, n, m->n++);
	ranges_sort(&m->by_address, NULL);
}

/* The dump says what an address range may be used for. */
static inline void world_mapping(struct world *w, uint64_t base, uint64_t size, unsigned access)
{
	struct md_mappings *m = &w->dump.mappings;

	if (m->n == 0) {
		m->v = w->mappings;
		m->by_address = ranges_make(&w->arena, COUNT(w->mappings));
	}
	w->mappings[m->n] = (struct md_mapping){ .base = base, .size = size, .access = access };
	ranges_add(&m->by_address, base, size, m->n++);
	ranges_sort(&m->by_address, NULL);
}

/* symbols: the records of app, without MODULE, whose id is given. */
static inline void world_symbols(struct world *w, const char *id, const char *symbols)
{
	static const char *const path[] = { "app.sym" };
	struct symbols_options o = { 0 };
	FILE *f = fopen(path[0], "w");

	ck_assert_ptr_nonnull(f);
	fprintf(f, "MODULE Linux x86_64 %s app\n%s", id, symbols);
	ck_assert_int_eq(fclose(f), 0);
	w->symbols = symbols_open(path, 1, &o, &w->quiet);
}

/* symbols: as above, NULL for no store at all. */
static inline void world_make(struct world *w, enum cpu_kind cpu, enum md_os os,
			      const char *symbols)
{
	*w = (struct world){ .cpu = cpu_find(cpu) };
	w->dump.system = (struct md_system){ .cpu = cpu, .os = os };
	world_modules(w);
	world_memory(w);
	world_put(w->context + w->cpu->flags_offset, w->cpu->flags_size, w->cpu->flag);
	w->budget = (struct walk_budget){ .steps = 1000 };
	if (symbols != NULL)
		world_symbols(w, "A0", symbols);
}

static inline void world_begin(struct world *w, bool compat)
{
	struct cursor context = cursor_make((struct slice){ w->context, w->cpu->context_size }, "");

	names_init(&w->names, &w->dump, w->symbols, compat, &w->arena);
	walk_begin(&w->walk, &w->names, &w->budget, &w->scratch, &w->thread, context);
}

/* The whole walk as text: trust and instruction of each frame, offsets in app as "+1f". binaries:
 * struct names has it. */
static inline const char *world_walk_with(struct world *w, bool compat, struct binaries *binaries)
{
	static char text[8192];
	struct walk_frame f;
	char *end = text;

	world_begin(w, compat);
	w->names.binaries = binaries;
	for (text[0] = '\0'; walk_next(&w->walk, &f) && end < text + sizeof(text) - 64;)
		end += sprintf(end, f.module == 0 ? "%s%s +%llx" : "%s%s %llx",
			       end == text ? "" : ", ", trust_name(f.trust),
			       (unsigned long long)(f.instruction -
						    (f.module == 0 ? (uint64_t)WORLD_MODULE : 0)));
	return text;
}

static inline const char *world_walk(struct world *w, bool compat)
{
	return world_walk_with(w, compat, NULL);
}

static inline void world_free(struct world *w)
{
	if (w->symbols != NULL)
		symbols_close(w->symbols);
	arena_free(&w->arena);
	arena_free(&w->scratch);
}

#endif
