#ifndef CRASH_TESTS_ELFS_H
#define CRASH_TESTS_ELFS_H

#include <check.h>

#include "bin/elf.h"

/*
 * ELF files made by hand: elf_make(), then elf_add() for each section and elf_load() for each
 * segment, then elf_made(). Contents stand one after the other, the tables behind them. Numbers
 * within contents are put() in the byte order of the file.
 */
enum { ELF_SECTIONS = 16, ELF_SEGMENTS = 4, ELF_MADE = 65536 };

struct elf_maker {
	uint8_t p[ELF_MADE];
	size_t n;
	bool is64, big;
	uint16_t type, machine;
	uint32_t flags;
	struct elf_section sections[ELF_SECTIONS]; /* names are STRs */
	unsigned n_sections;
	struct elf_segment segments[ELF_SEGMENTS];
	unsigned n_segments;
};

static inline void elf_set(struct elf_maker *m, size_t at, unsigned width, uint64_t v)
{
	for (unsigned i = 0; i < width; i++, v >>= 8)
		m->p[m->big ? at + width - 1 - i : at + i] = (uint8_t)v;
}

static inline void elf_put(struct elf_maker *m, unsigned width, uint64_t v)
{
	ck_assert_uint_le(m->n + width, ELF_MADE);
	m->n += width;
	elf_set(m, m->n - width, width, v);
}

static inline void elf_put_word(struct elf_maker *m, uint64_t v)
{
	elf_put(m, m->is64 ? 8 : 4, v);
}

static inline void elf_put_bytes(struct elf_maker *m, const void *bytes, size_t n)
{
	ck_assert_uint_le(m->n + n, ELF_MADE);
	if (n != 0)
		memcpy(m->p + m->n, bytes, n);
	m->n += n;
}

/* x86_64, ET_DYN; section 0 is there. */
static inline struct elf_maker elf_make(bool is64, bool big)
{
	struct elf_maker m = { .is64 = is64, .big = big, .type = 3, .machine = 62 };

	m.n = 64; /* the header comes last */
	m.n_sections = 1;
	return m;
}

/* A section whose contents are put next; elf_end() ends them. */
static inline struct elf_section *elf_begin(struct elf_maker *m, const char *name, uint32_t type,
					    uint64_t flags, uint64_t address)
{
	struct elf_section *s = &m->sections[m->n_sections++];

	ck_assert_uint_lt(m->n_sections, ELF_SECTIONS);
	*s = (struct elf_section){ .name = str_of(name),
				   .type = type,
				   .flags = flags,
				   .address = address,
				   .offset = m->n };
	return s;
}

static inline void elf_end(struct elf_maker *m)
{
	struct elf_section *s = &m->sections[m->n_sections - 1];

	s->size = m->n - s->offset;
}

static inline struct elf_section *elf_add(struct elf_maker *m, const char *name, uint32_t type,
					  uint64_t flags, uint64_t address, const void *bytes,
					  size_t n)
{
	struct elf_section *s = elf_begin(m, name, type, flags, address);

	elf_put_bytes(m, bytes, n);
	elf_end(m);
	return s;
}

static inline void elf_segment(struct elf_maker *m, uint32_t type, uint32_t flags, uint64_t offset,
			       uint64_t address, uint64_t size)
{
	m->segments[m->n_segments++] = (struct elf_segment){ type,    flags, offset,
							     address, size,  size };
	ck_assert_uint_le(m->n_segments, ELF_SEGMENTS);
}

/* An entry of a symbol table. */
static inline void elf_symbol(struct elf_maker *m, uint32_t name, uint8_t info, uint16_t section,
			      uint64_t value, uint64_t size)
{
	elf_put(m, 4, name);
	if (!m->is64) {
		elf_put(m, 4, value);
		elf_put(m, 4, size);
	}
	elf_put(m, 1, info);
	elf_put(m, 1, 0);
	elf_put(m, 2, section);
	if (m->is64) {
		elf_put(m, 8, value);
		elf_put(m, 8, size);
	}
}

static inline void elf_put_section(struct elf_maker *m, const struct elf_section *s, uint32_t name)
{
	elf_put(m, 4, name);
	elf_put(m, 4, s->type);
	elf_put_word(m, s->flags);
	elf_put_word(m, s->address);
	elf_put_word(m, s->offset);
	elf_put_word(m, s->size);
	elf_put(m, 4, s->link);
	elf_put(m, 4, s->info);
	elf_put_word(m, s->alignment);
	elf_put_word(m, s->entry_size);
}

static inline void elf_put_segment(struct elf_maker *m, const struct elf_segment *s)
{
	elf_put(m, 4, s->type);
	if (m->is64)
		elf_put(m, 4, s->flags);
	elf_put_word(m, s->offset);
	elf_put_word(m, s->address);
	elf_put_word(m, 0);
	elf_put_word(m, s->file_size);
	elf_put_word(m, s->memory_size);
	if (!m->is64)
		elf_put(m, 4, s->flags);
	elf_put_word(m, 0);
}

static inline void elf_put_header(struct elf_maker *m, uint64_t segments, uint64_t sections)
{
	size_t end = m->n;

	m->n = 0;
	elf_put_bytes(m,
		      "\x7f"
		      "ELF",
		      4);
	elf_put(m, 1, m->is64 ? 2 : 1);
	elf_put(m, 1, m->big ? 2 : 1);
	elf_put_bytes(m, "\1\0\0\0\0\0\0\0\0\0", 10);
	elf_put(m, 2, m->type);
	elf_put(m, 2, m->machine);
	elf_put(m, 4, 1);
	elf_put_word(m, 0x1234);
	elf_put_word(m, segments);
	elf_put_word(m, sections);
	elf_put(m, 4, m->flags);
	elf_put(m, 2, m->is64 ? 64 : 52);
	elf_put(m, 2, m->is64 ? 56 : 32);
	elf_put(m, 2, m->n_segments);
	elf_put(m, 2, m->is64 ? 64 : 40);
	elf_put(m, 2, m->n_sections);
	elf_put(m, 2, m->n_sections == 0 ? 0 : m->n_sections - 1u);
	m->n = end;
}

/* Adds the names and the tables; the file is complete. */
static inline struct slice elf_made(struct elf_maker *m)
{
	uint32_t names[ELF_SECTIONS];

	elf_begin(m, ".shstrtab", 3, 0, 0);
	for (unsigned i = 0; i < m->n_sections; i++) {
		names[i] = (uint32_t)(m->n - m->sections[m->n_sections - 1].offset);
		elf_put_bytes(m, m->sections[i].name.p, m->sections[i].name.n);
		elf_put(m, 1, 0);
	}
	elf_end(m);

	size_t sections = m->n;
	for (unsigned i = 0; i < m->n_sections; i++)
		elf_put_section(m, &m->sections[i], names[i]);
	size_t segments = m->n;
	for (unsigned i = 0; i < m->n_segments; i++)
		elf_put_segment(m, &m->segments[i]);
	elf_put_header(m, segments, sections);
	return (struct slice){ m->p, m->n };
}

static inline bool elf_open_quiet(struct elf *e, struct slice data, struct arena *a, struct diag *d)
{
	struct error err = { 0 };

	*d = (struct diag){ .tool = "test" };
	return elf_open(e, data, "test.elf", a, d, &err);
}

#endif
