#include "bin/elf_link.h"
#include "bin/elf_plt.h"
#include "bin/elf_reloc.h"

/*
 * An ELF file, read in all ways: what came out is looked at byte by byte, so that a sanitizer sees
 * every view. Memory may not grow faster than the file: 16 bytes become a symbol of 48 and its
 * place in two orders.
 */
enum { MEMORY_BASE = 1 << 20, MEMORY_FACTOR = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void look(struct slice s)
{
	volatile unsigned sum = 0;

	for (size_t i = 0; i < s.n; i++)
		sum = sum + s.p[i];
}

static void look_at_text(struct str s)
{
	look((struct slice){ (const uint8_t *)s.p, s.n });
}

static void look_at_symbols(const struct elf *e, const struct symtab *t)
{
	uint64_t last = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct symbol *s = &t->v[t->by_address[i]];

		expect(s->address >= last);
		expect(symtab_at(t, s->address)->address == s->address);
		last = s->address;
		look_at_text(s->name);
		look(elf_bytes_at(e, s->address + e->bias, s->size < 64 ? s->size : 64));
	}
}

static void look_at_sections(struct elf *e)
{
	size_t bytes = 0;

	for (size_t i = 0; i < e->n_sections; i++) {
		const struct elf_section *s = &e->sections[i];

		look_at_text(s->name);
		elf_is_code(e, s->address);
		look(elf_bytes_at(e, s->address, 64));
		/* Many may be the whole file. */
		bytes += s->data.n;
		if (bytes < 16 * e->data.n)
			look(elf_contents(e, s));
	}
}

static void look_at_links(struct elf *e)
{
	struct elf_link l;

	if (elf_debuglink(e, &l))
		look_at_text(l.name);
	if (elf_altlink(e, &l)) {
		look_at_text(l.name);
		look(l.id);
		elf_is_linked(e, &l);
	}
}

static void read_once(struct slice data, bool compat)
{
	const struct elf_symbol_options o = { .compat = compat, .notype = !compat };
	struct diag quiet = { .tool = "fuzz_elf" };
	struct arena arena = { 0 };
	struct error err = { 0 };
	struct symtab t;
	struct elf e;

	if (elf_open(&e, data, "fuzz", &arena, &quiet, &err)) {
		if (!compat)
			elf_relocate(&e);
		elf_symbols(&e, &o, &t);
		look_at_symbols(&e, &t);
		elf_plt(&e, &t);
		look_at_symbols(&e, &t);
		look_at_sections(&e);
		look_at_links(&e);
		look_at_text(elf_soname(&e));
		look_at_text(elf_debug_id(&e));
		look_at_text(elf_code_id(&e));
		look(elf_debug_section(&e, "info"));
		expect(elf_cpu(&e, compat)[0] != '\0');
	} else {
		expect(err.code != ERROR_NONE);
	}
	elf_close(&e);
	/* LIMIT_UNPACK_MIB of .gnu_debugdata count, too. */
	expect(arena.used <=
	       MEMORY_FACTOR * ((size_t)2 << 20) + MEMORY_FACTOR * data.n + MEMORY_BASE);
	arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_once((struct slice){ data, size }, false);
	read_once((struct slice){ data, size }, true);
	return 0;
}
