#include "bin/elf_link.h"

#include <zlib.h>

#include "bin/elf_impl.h"

static struct cursor open_section(struct elf *e, struct str name)
{
	const struct elf_section *s = elf_section(e, name);
	struct slice none = { 0 };

	return elf_cursor(e, s == NULL ? none : elf_contents(e, s));
}

bool elf_debuglink(struct elf *e, struct elf_link *l)
{
	struct cursor c = open_section(e, STR(".gnu_debuglink"));

	*l = (struct elf_link){ .name = cursor_cstr(&c) };
	cursor_skip(&c, -c.pos & 3u);
	l->crc = cursor_u32(&c);
	return !c.failed && l->name.n != 0;
}

/* A .debug_sup section: in the file that is shared, or in one that shares it. */
static bool read_sup(struct elf *e, bool shared, struct elf_link *l)
{
	struct cursor c = open_section(e, STR(".debug_sup"));
	uint16_t version = cursor_u16(&c);
	uint8_t is_shared = cursor_u8(&c);

	*l = (struct elf_link){ .name = cursor_cstr(&c) };
	l->id = cursor_bytes(&c, cursor_uleb(&c));
	return !c.failed && version == 5 && (is_shared != 0) == shared;
}

bool elf_altlink(struct elf *e, struct elf_link *l)
{
	struct cursor c = open_section(e, STR(".gnu_debugaltlink"));

	*l = (struct elf_link){ .name = cursor_cstr(&c) };
	l->id = cursor_bytes(&c, cursor_left(&c));
	return (!c.failed && l->name.n != 0) || (read_sup(e, false, l) && l->name.n != 0);
}

static bool same(struct slice a, struct slice b)
{
	return a.n == b.n && a.n != 0 && memcmp(a.p, b.p, a.n) == 0;
}

bool elf_is_linked(struct elf *e, const struct elf_link *l)
{
	struct elf_link own;

	return same(elf_build_id(e), l->id) || (read_sup(e, true, &own) && same(own.id, l->id));
}

uint32_t elf_crc(struct slice file)
{
	return (uint32_t)crc32_z(0, file.p, file.n);
}
