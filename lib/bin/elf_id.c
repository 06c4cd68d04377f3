#include "bin/elf_impl.h"

#include <inttypes.h>

enum { NT_GNU_BUILD_ID = 3, GUID_SIZE = 16 };

/* The build id in a list of notes; empty when there is none. */
static struct slice find_note(struct cursor c)
{
	while (cursor_left(&c) >= 12) {
		uint32_t name_size = cursor_u32(&c), size = cursor_u32(&c), type = cursor_u32(&c);
		struct slice name = cursor_bytes(&c, name_size);

		cursor_skip(&c, -name_size & 3u);
		struct slice value = cursor_bytes(&c, size);
		if (!c.failed && type == NT_GNU_BUILD_ID && name.n == 4 &&
		    memcmp(name.p, "GNU", 4) == 0)
			return value;
		if (cursor_left(&c) != 0)
			cursor_skip(&c, -size & 3u);
	}
	return (struct slice){ 0 };
}

struct slice elf_build_id(const struct elf *e)
{
	struct cursor all = elf_cursor(e, e->data);
	uint64_t left = e->data.n; /* real segments don't lie over one another */

	for (size_t i = 0; i < e->n_segments; i++) {
		const struct elf_segment *s = &e->segments[i];

		if (s->type != PT_NOTE || s->file_size > left)
			continue;
		left -= s->file_size;
		struct slice id = find_note(cursor_sub(&all, s->offset, s->file_size));
		if (id.n != 0)
			return id;
	}

	const struct elf_section *s = elf_section(e, STR(".note.gnu.build-id"));
	if (s == NULL)
		return (struct slice){ 0 };
	return find_note(elf_cursor(e, s->data));
}

/* dump_syms' substitute for a build id. */
static void hash_text(struct elf *e, uint8_t guid[GUID_SIZE])
{
	enum { HASHED = 4096 };
	const struct elf_section *s = elf_section(e, STR(".text"));
	struct slice text = { 0 };

	if (s != NULL)
		text = elf_contents(e, s);
	for (size_t i = 0; i < text.n && i < HASHED; i++)
		guid[i % GUID_SIZE] ^= text.p[i];
}

struct str elf_debug_id(struct elf *e)
{
	struct slice id = elf_build_id(e);
	uint8_t guid[GUID_SIZE] = { 0 };

	if (id.n == 0)
		hash_text(e, guid);
	else
		memcpy(guid, id.p, id.n < GUID_SIZE ? id.n : GUID_SIZE);

	struct cursor c = cursor_make((struct slice){ guid, GUID_SIZE }, e->file);
	c.big = e->big;
	uint32_t first = cursor_u32(&c);
	uint16_t second = cursor_u16(&c), third = cursor_u16(&c);
	c.big = true;
	uint64_t rest = cursor_u64(&c);
	return arena_printf(e->arena, "%08" PRIX32 "%04X%04X%016" PRIX64 "0", first, second, third,
			    rest);
}

struct str elf_code_id(const struct elf *e)
{
	static const char digits[] = "0123456789ABCDEF";
	struct slice id = elf_build_id(e);
	char *p = arena_new(e->arena, char, 2 * id.n + 1);

	for (size_t i = 0; i < id.n; i++) {
		p[2 * i] = digits[id.p[i] >> 4];
		p[2 * i + 1] = digits[id.p[i] & 15];
	}
	return (struct str){ p, 2 * id.n };
}

/* sym-format.md 2. */
static const struct {
	uint16_t machine;
	const char *name32, *name64;
	bool peer; /* dump_syms knows it */
} cpus[] = {
	{ 2, "sparc", "sparc", false },
	{ EM_386, "x86", "x86", true },
	{ EM_MIPS, "mips", "mips64", true },
	{ 18, "sparc", "sparc", false }, /* EM_SPARC32PLUS */
	{ EM_PPC, "ppc", "ppc", true },
	{ EM_PPC64, "ppc64", "ppc64", true },
	{ 22, "s390", "s390x", false },
	{ EM_ARM, "arm", "arm", true },
	{ 43, "sparcv9", "sparcv9", false },
	{ EM_X86_64, "x86_64", "x86_64", true },
	{ EM_AARCH64, "arm64", "arm64", true },
	{ EM_RISCV, "riscv", "riscv64", false },
	{ 258, "loongarch32", "loongarch64", false },
};

/* EF_MIPS_ABI_O64 and EF_MIPS_ABI_EABI64: 64-bit registers, whatever the file's class. dump_syms
 * goes by them alone and takes the n64 ABI for 32 bits. */
static bool is_wide(const struct elf *e, bool compat)
{
	if (e->machine == EM_MIPS && (compat || !e->is64))
		return (e->flags & 0x6000) != 0;
	return e->is64;
}

const char *elf_cpu(const struct elf *e, bool compat)
{
	for (size_t i = 0; i < COUNT(cpus); i++) {
		if (cpus[i].machine != e->machine || (compat && !cpus[i].peer))
			continue;
		return is_wide(e, compat) ? cpus[i].name64 : cpus[i].name32;
	}
	return "unknown";
}
