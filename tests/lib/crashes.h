#ifndef CRASH_TESTS_CRASHES_H
#define CRASH_TESTS_CRASHES_H

#include <stdlib.h>
#include <string.h>

#include "walk/hints.h"

/*
 * Crashes made by hand, as data: crash_make(), then registers, memory, mappings, the code at the
 * instruction pointer, and crash_hints(). The struct must stay where it is.
 */
enum { CRASH_REGIONS = 4, CRASH_MAPPINGS = 8, CRASH_CODE = 32 };

struct crash {
	struct dump d;
	struct md_thread thread;
	struct md_region regions[CRASH_REGIONS];
	struct md_mapping mappings[CRASH_MAPPINGS];
	uint8_t context[2048], code[CRASH_CODE];
	struct arena a;
	struct hint_crash crash;
	struct hints hints;
};

static inline void crash_set(struct crash *c, size_t at, unsigned width, uint64_t v)
{
	for (unsigned i = 0; i < width; i++, v >>= 8)
		c->context[at + i] = (uint8_t)v;
}

static inline void crash_make(struct crash *c, enum md_os os, enum cpu_kind kind)
{
	const struct cpu *cpu = cpu_find(kind);

	*c = (struct crash){ 0 };
	c->d.system.os = os;
	c->d.system.cpu = kind;
	c->d.system.pointer_bits = cpu->pointer_size * 8u;
	c->d.exception.present = true;
	c->d.exception.context = cursor_make((struct slice){ c->context, sizeof(c->context) },
					     "test");
	crash_set(c, cpu->flags_offset, cpu->flags_size, cpu->flag);
	c->d.memory.v = c->regions;
	c->d.mappings.v = c->mappings;
	c->crash.dump = &c->d;
	c->crash.thread = &c->thread;
	c->crash.has_address = true;
}

static inline void crash_reg(struct crash *c, const char *name, uint64_t v)
{
	const struct cpu *cpu = cpu_find(c->d.system.cpu);
	const struct reg *reg = &cpu->regs[regs_index(cpu, str_of(name))];

	crash_set(c, reg->offset, reg->size, v);
}

/* By address. The bytes are borrowed. */
static inline void crash_memory(struct crash *c, uint64_t base, const void *bytes, size_t n)
{
	c->regions[c->d.memory.n++] = (struct md_region){ base, { bytes, n } };
}

/* The same; access: MD_* bits. */
static inline void crash_mapping(struct crash *c, uint64_t base, uint64_t size, unsigned access)
{
	c->mappings[c->d.mappings.n++] = (struct md_mapping){ .base = base,
							      .size = size,
							      .access = access };
}

/* The instruction at ip, which is set; hex digits. */
static inline void crash_code(struct crash *c, uint64_t ip, struct str hex)
{
	const struct cpu *cpu = cpu_find(c->d.system.cpu);
	size_t n = 0;

	for (; 2 * n + 1 < hex.n && n < CRASH_CODE; n++) {
		char byte[3] = { hex.p[2 * n], hex.p[2 * n + 1], '\0' };

		c->code[n] = (uint8_t)strtoul(byte, NULL, 16);
	}
	crash_memory(c, ip, c->code, n);
	crash_reg(c, cpu->regs[cpu->ip].name, ip);
}

/* Fills c->hints. */
static inline void crash_hints(struct crash *c)
{
	c->d.memory.by_address = ranges_make(&c->a, c->d.memory.n);
	c->d.mappings.by_address = ranges_make(&c->a, c->d.mappings.n);
	for (size_t i = 0; i < c->d.memory.n; i++)
		ranges_add(&c->d.memory.by_address, c->regions[i].base, c->regions[i].data.n, i);
	for (size_t i = 0; i < c->d.mappings.n; i++)
		ranges_add(&c->d.mappings.by_address, c->mappings[i].base, c->mappings[i].size, i);
	ranges_sort(&c->d.memory.by_address, NULL);
	ranges_sort(&c->d.mappings.by_address, NULL);
	hints_find(&c->hints, &c->crash, &c->a);
}

#endif
