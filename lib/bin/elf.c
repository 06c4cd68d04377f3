#include "bin/elf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/limits.h"
#include "bin/elf_impl.h"

enum { CLASS32 = 1, CLASS64 = 2, LITTLE = 1, BIG = 2 };
enum { IDENT_SIZE = 16, SECTION32 = 40, SECTION64 = 64, SEGMENT32 = 32, SEGMENT64 = 56 };

/* Numbers of the header that mean "see section 0". */
enum { PN_XNUM = 0xffff };

/* Where the tables are. */
struct header {
	uint64_t segments, sections;
	uint16_t segment_size, section_size;
	uint64_t n_segments, n_sections, names;
};

bool elf_is(struct slice data)
{
	return data.n >= 4 && memcmp(data.p,
				     "\x7f"
				     "ELF",
				     4) == 0;
}

struct cursor elf_cursor(const struct elf *e, struct slice part)
{
	struct cursor c = cursor_make(part, e->file);
	uintptr_t start = (uintptr_t)e->data.p, at = (uintptr_t)part.p;

	c.big = e->big;
	if (at >= start && at - start <= e->data.n)
		c.base = at - start;
	return c;
}

uint64_t elf_word(const struct elf *e, struct cursor *c)
{
	return e->is64 ? cursor_u64(c) : cursor_u32(c);
}

void elf_warn(const struct elf *e, uint64_t offset, const char *fmt, ...)
{
	struct cursor at = cursor_make((struct slice){ 0 }, e->file);
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	at.base = offset;
	diag_warn(e->diag, &at, "%s", text);
}

static bool read_ident(struct elf *e, struct cursor *c, struct error *err)
{
	cursor_skip(c, 4);
	uint8_t width = cursor_u8(c), order = cursor_u8(c);

	if (!cursor_skip(c, IDENT_SIZE - 6))
		return cursor_error(c, err, "ELF header is cut short");
	if ((width != CLASS32 && width != CLASS64) || (order != LITTLE && order != BIG))
		return error_set(err, ERROR_INPUT, "%s: ELF class %u, byte order %u", e->file,
				 width, order);
	e->is64 = width == CLASS64;
	e->big = c->big = order == BIG;
	return true;
}

static bool read_header(struct elf *e, struct header *h, struct error *err)
{
	struct cursor c = cursor_make(e->data, e->file);

	if (!read_ident(e, &c, err))
		return false;
	e->type = cursor_u16(&c);
	e->machine = cursor_u16(&c);
	cursor_skip(&c, 4); /* version */
	e->entry = elf_word(e, &c);
	h->segments = elf_word(e, &c);
	h->sections = elf_word(e, &c);
	e->flags = cursor_u32(&c);
	cursor_skip(&c, 2); /* size of this header */
	h->segment_size = cursor_u16(&c);
	h->n_segments = cursor_u16(&c);
	h->section_size = cursor_u16(&c);
	h->n_sections = cursor_u16(&c);
	h->names = cursor_u16(&c);
	if (c.failed)
		return cursor_error(&c, err, "ELF header is cut short");
	return true;
}

/* Without its name and contents. */
static struct elf_section read_section(const struct elf *e, struct cursor *c, uint32_t *name)
{
	struct elf_section s = { 0 };

	*name = cursor_u32(c);
	s.type = cursor_u32(c);
	s.flags = elf_word(e, c);
	s.address = elf_word(e, c);
	s.offset = elf_word(e, c);
	s.size = elf_word(e, c);
	s.link = cursor_u32(c);
	s.info = cursor_u32(c);
	s.alignment = elf_word(e, c);
	s.entry_size = elf_word(e, c);
	return s;
}

/* A table of n entries at an offset; failed, with a warning, when it is none. */
static struct cursor table(const struct elf *e, uint64_t offset, uint64_t n, unsigned size,
			   unsigned least, const char *what)
{
	struct cursor all = elf_cursor(e, e->data);
	uint64_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes))
		bytes = UINT64_MAX;

	struct cursor c = cursor_sub(&all, offset, bytes);
	if (size < least || c.failed) {
		elf_warn(e, offset, "%" PRIu64 " %s of %u bytes are none", n, what, size);
		cursor_fail(&c);
	}
	return c;
}

/* gABI 4.1, "ELF Header": what does not fit into the header stands in section 0. */
static void read_extended(const struct elf *e, struct header *h)
{
	struct cursor all = elf_cursor(e, e->data);
	struct cursor c = cursor_sub(&all, h->sections, e->is64 ? SECTION64 : SECTION32);
	uint32_t name;
	struct elf_section zero = read_section(e, &c, &name);

	if (c.failed)
		return;
	if (h->n_sections == 0)
		h->n_sections = zero.size;
	if (h->names == SHN_XINDEX)
		h->names = zero.link;
	if (h->n_segments == PN_XNUM)
		h->n_segments = zero.info;
}

static struct slice section_data(const struct elf *e, const struct elf_section *s)
{
	if (s->type == SHT_NOBITS || s->offset == 0 || s->size == 0)
		return (struct slice){ 0 };
	if (s->offset > e->data.n || s->size > e->data.n - s->offset) {
		elf_warn(e, s->offset, "a section of 0x%" PRIx64 " bytes lies outside the file",
			 s->size);
		return (struct slice){ 0 };
	}
	return (struct slice){ e->data.p + s->offset, (size_t)s->size };
}

static void name_sections(struct elf *e, const uint32_t *names, uint64_t strings)
{
	struct slice table = { 0 };

	if (strings < e->n_sections)
		table = e->sections[strings].data;
	for (size_t i = 0; i < e->n_sections; i++) {
		struct str rest = str_from((struct str){ (const char *)table.p, table.n },
					   names[i]);

		rest = str_first(rest, LIMIT_ELF_SECTION_NAME);
		e->sections[i].name = str_first(rest, str_find_char(rest, '\0'));
	}
}

static void read_sections(struct elf *e, const struct header *h)
{
	struct cursor c = table(e, h->sections, h->n_sections, h->section_size,
				e->is64 ? SECTION64 : SECTION32, "section headers");

	if (c.failed)
		return;
	e->n_sections = (size_t)h->n_sections;
	e->sections = arena_new(e->arena, struct elf_section, e->n_sections);

	uint32_t *names = arena_new(e->arena, uint32_t, e->n_sections);
	for (size_t i = 0; i < e->n_sections; i++) {
		struct cursor entry = cursor_sub(&c, i * h->section_size, h->section_size);

		e->sections[i] = read_section(e, &entry, &names[i]);
		e->sections[i].data = section_data(e, &e->sections[i]);
	}
	name_sections(e, names, h->names);
}

static struct elf_segment read_segment(const struct elf *e, struct cursor *c)
{
	struct elf_segment s = { .type = cursor_u32(c) };

	if (e->is64)
		s.flags = cursor_u32(c);
	s.offset = elf_word(e, c);
	s.address = elf_word(e, c);
	elf_word(e, c); /* physical address */
	s.file_size = elf_word(e, c);
	s.memory_size = elf_word(e, c);
	if (!e->is64)
		s.flags = cursor_u32(c);
	return s;
}

static void read_segments(struct elf *e, const struct header *h)
{
	struct cursor c = table(e, h->segments, h->n_segments, h->segment_size,
				e->is64 ? SEGMENT64 : SEGMENT32, "program headers");

	if (c.failed)
		return;
	e->n_segments = (size_t)h->n_segments;
	e->segments = arena_new(e->arena, struct elf_segment, e->n_segments);
	for (size_t i = 0; i < e->n_segments; i++) {
		struct cursor entry = cursor_sub(&c, i * h->segment_size, h->segment_size);

		e->segments[i] = read_segment(e, &entry);
	}
}

static uint64_t find_bias(const struct elf *e)
{
	for (size_t i = 0; i < e->n_segments; i++) {
		if (e->segments[i].type == PT_LOAD)
			return e->segments[i].address;
	}
	return 0;
}

static void map_sections(struct elf *e)
{
	for (size_t i = 0; i < e->n_sections; i++) {
		const struct elf_section *s = &e->sections[i];

		/* Variables of threads have no address of their own. */
		if ((s->flags & SHF_ALLOC) == 0 || (s->flags & SHF_TLS) != 0)
			continue;
		ranges_add(&e->memory, s->address, s->size, i);
		if ((s->flags & SHF_EXECINSTR) != 0)
			ranges_add(&e->code, s->address, s->size, i);
	}
}

void elf_map(struct elf *e)
{
	e->memory = ranges_make(e->arena, e->n_sections);
	e->code = ranges_make(e->arena, e->n_sections + e->n_segments);
	e->loads = ranges_make(e->arena, e->n_segments);
	map_sections(e);
	for (size_t i = 0; i < e->n_segments; i++) {
		const struct elf_segment *s = &e->segments[i];

		if (s->type != PT_LOAD)
			continue;
		ranges_add(&e->loads, s->address, s->file_size, i);
		if (e->n_sections == 0 && (s->flags & PF_X) != 0)
			ranges_add(&e->code, s->address, s->memory_size, i);
	}
	ranges_sort(&e->memory, e->arena->oom);
	ranges_sort(&e->code, e->arena->oom);
	ranges_sort(&e->loads, e->arena->oom);
}

bool elf_open(struct elf *e, struct slice data, const char *file, struct arena *a, struct diag *d,
	      struct error *err)
{
	struct header h = { 0 };

	*e = (struct elf){ .file = file, .data = data, .arena = a, .diag = d };
	if (!elf_is(data))
		return error_set(err, ERROR_UNSUPPORTED, "%s: not an ELF file", file);
	if (!read_header(e, &h, err))
		return false;
	if (h.sections != 0)
		read_extended(e, &h);
	if (h.n_sections != 0)
		read_sections(e, &h);
	if (h.n_segments != 0)
		read_segments(e, &h);
	e->bias = find_bias(e);
	elf_map(e);
	return true;
}

const struct elf_section *elf_section(const struct elf *e, struct str name)
{
	for (size_t i = 0; i < e->n_sections; i++) {
		if (e->sections[i].data.n != 0 && str_eq(e->sections[i].name, name))
			return &e->sections[i];
	}
	return NULL;
}

const struct elf_section *elf_section_of_type(const struct elf *e, uint32_t type)
{
	for (size_t i = 0; i < e->n_sections; i++) {
		if (e->sections[i].type == type)
			return &e->sections[i];
	}
	return NULL;
}

/* At most n bytes from a place of a part on. */
static struct slice part_of(struct slice part, uint64_t at, uint64_t n)
{
	if (at >= part.n)
		return (struct slice){ 0 };
	return (struct slice){ part.p + at, n < part.n - at ? (size_t)n : part.n - (size_t)at };
}

struct slice elf_bytes_at(const struct elf *e, uint64_t address, uint64_t n)
{
	const struct range *r = ranges_find(&e->memory, address);

	if (r != NULL)
		return part_of(e->sections[r->item].data, address - r->first, n);
	r = ranges_find(&e->loads, address);
	if (r == NULL)
		return (struct slice){ 0 };

	struct slice part = part_of(e->data, e->segments[r->item].offset, r->last - r->first + 1);
	return part_of(part, address - r->first, n);
}

bool elf_is_code(const struct elf *e, uint64_t address)
{
	return ranges_find(&e->code, address) != NULL;
}
