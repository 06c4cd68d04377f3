#include "bin/elf.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/unpack.h"
#include "bin/elf_impl.h"

/* A section that was unpacked, or could not be: then there is no data. */
struct elf_unpacked {
	struct elf_unpacked *next;
	const struct elf_section *section;
	struct slice data;
};

/* How a section is packed. */
struct packing {
	enum unpack_format format;
	uint64_t size; /* of what comes out */
	struct slice data;
};

/* ch_type of gABI 4.1, "Section Compression". */
static bool read_compression(const struct elf *e, const struct elf_section *s, struct packing *p)
{
	struct cursor c = elf_cursor(e, s->data);
	uint32_t type = cursor_u32(&c);

	if (e->is64)
		cursor_skip(&c, 4); /* reserved */
	p->size = elf_word(e, &c);
	elf_word(e, &c); /* alignment */
	p->format = type == 2 ? UNPACK_ZSTD : UNPACK_ZLIB;
	p->data = cursor_bytes(&c, cursor_left(&c));
	if (!c.failed && (type == 1 || type == 2))
		return true;
	elf_warn(e, s->offset, "compression %" PRIu32 " of section %.*s is not known", type,
		 STR_ARGS(str_first(s->name, 64)));
	return false;
}

/* binutils before 2.26: "ZLIB" and the size, big-endian whatever the file is. */
static bool read_zdebug(const struct elf *e, const struct elf_section *s, struct packing *p)
{
	struct cursor c = elf_cursor(e, s->data);

	c.big = true;
	struct slice magic = cursor_bytes(&c, 4);
	p->size = cursor_u64(&c);
	p->format = UNPACK_ZLIB;
	p->data = cursor_bytes(&c, cursor_left(&c));
	return !c.failed && memcmp(magic.p, "ZLIB", 4) == 0;
}

/* Unpacks as much as the limit leaves. */
static struct slice unpack_section(const struct elf *e, const struct packing *p)
{
	uint64_t left = (uint64_t)LIMIT_UNPACK_MIB << 20;
	struct error err = { 0 };
	struct slice out;

	for (const struct elf_unpacked *u = e->unpacked; u != NULL; u = u->next)
		left -= u->data.n;
	if (p->format != UNPACK_XZ && p->size > left)
		error_set(&err, ERROR_LIMIT, "more than %d MiB of compressed sections",
			  LIMIT_UNPACK_MIB);
	else if (unpack(p->data, p->format, p->format == UNPACK_XZ ? left : p->size, "section",
			&out, &err))
		return out;
	elf_warn(e, (uint64_t)(p->data.p - e->data.p), "%s", err.text);
	return (struct slice){ 0 };
}

static struct slice keep(struct elf *e, const struct elf_section *s, struct slice data)
{
	struct elf_unpacked *u = arena_new(e->arena, struct elf_unpacked, 1);

	*u = (struct elf_unpacked){ e->unpacked, s, data };
	e->unpacked = u;
	return data;
}

static const struct elf_unpacked *find_unpacked(const struct elf *e, const struct elf_section *s)
{
	const struct elf_unpacked *u = e->unpacked;

	while (u != NULL && u->section != s)
		u = u->next;
	return u;
}

struct slice elf_contents(struct elf *e, const struct elf_section *s)
{
	bool packed = (s->flags & SHF_COMPRESSED) != 0;
	struct packing p = { 0 };

	if (s->data.n == 0 || (!packed && !str_starts(s->name, STR(".zdebug_"))))
		return s->data;

	const struct elf_unpacked *u = find_unpacked(e, s);
	if (u != NULL)
		return u->data;
	if (packed ? !read_compression(e, s, &p) : !read_zdebug(e, s, &p))
		return keep(e, s, (struct slice){ 0 });
	return keep(e, s, unpack_section(e, &p));
}

struct slice elf_unpack_xz(struct elf *e, const struct elf_section *s)
{
	struct packing p = { .format = UNPACK_XZ, .data = s->data };
	const struct elf_unpacked *u = find_unpacked(e, s);

	return u != NULL ? u->data : keep(e, s, unpack_section(e, &p));
}

struct slice elf_debug_section(struct elf *e, const char *name)
{
	char full[64];

	for (int old = 0; old < 2; old++) {
		snprintf(full, sizeof(full), ".%sdebug_%s", old ? "z" : "", name);

		const struct elf_section *s = elf_section(e, str_of(full));
		if (s != NULL)
			return elf_contents(e, s);
	}
	return (struct slice){ 0 };
}

void elf_close(struct elf *e)
{
	for (struct elf_unpacked *u = e->unpacked; u != NULL; u = u->next)
		unpack_free(u->data);
	e->unpacked = NULL;
}
