#include "base/sort.h"
#include "bin/source_impl.h"

static bool is_code(const void *context, uint64_t address)
{
	return elf_is_code(context, address);
}

static struct slice bytes_at(const void *context, uint64_t address, uint64_t n)
{
	return elf_bytes_at(context, address, n);
}

static struct dw_cfi_section section(struct elf *e, const char *name)
{
	const struct elf_section *s = elf_section(e, str_of(name));

	if (s == NULL)
		return (struct dw_cfi_section){ 0 };
	return (struct dw_cfi_section){ elf_contents(e, s), s->address };
}

static uint64_t address_of(const struct elf *e, const char *name)
{
	const struct elf_section *s = elf_section(e, str_of(name));

	return s == NULL ? 0 : s->address;
}

static void open_cfi(struct source *s, struct elf *e, struct dw_cfi *c)
{
	struct dw_cfi_input in = {
		.file = e->file,
		.debug_frame.data = elf_debug_section(e, "frame"),
		.eh_frame = section(e, ".eh_frame"),
		.text = address_of(e, ".text"),
		.got = address_of(e, ".got"),
		.bias = e->bias,
		.cpu = elf_cpu(e, s->o->compat),
		.address_size = e->is64 ? 8 : 4,
		.big = e->big,
		.compat = s->o->compat,
		.is_code = is_code,
		.bytes_at = bytes_at,
		.context = e,
	};

	dw_cfi_open(c, &in, s->arena, s->diag);
}

static void write_entry(const void *context, size_t i, struct buf *out)
{
	const struct unwind *u = context;
	const struct unwind_entry *e = &u->entries[i];

	dw_cfi_write(&u->cfis[e->object], e->entry, out);
}

/* Of several objects: by address, the first of those at one. */
static void merge(struct source *s, struct unwind *u, size_t total)
{
	struct sort_key *keys = arena_new(s->arena, struct sort_key, total);
	struct unwind_entry *all = u->entries;

	for (size_t i = 0; i < total; i++)
		keys[i] = (struct sort_key){ u->cfis[all[i].object].entries[all[i].entry].start,
					     (uint32_t)i };
	sort_keys(keys, total, s->o->oom);
	u->entries = arena_new(s->arena, struct unwind_entry, total);
	for (size_t i = 0; i < total; i++) {
		if (i == 0 || keys[i].key != keys[i - 1].key)
			u->entries[u->n++] = all[keys[i].index];
	}
}

struct model_range source_unwind_range(const struct unwind *u, size_t i)
{
	const struct unwind_entry *e = &u->entries[i];
	const struct dw_cfi_entry *found = &u->cfis[e->object].entries[e->entry];

	return (struct model_range){ found->start, found->size };
}

struct sym_stack source_unwind(struct source *s)
{
	struct unwind *u = arena_new(s->arena, struct unwind, 1);
	size_t total = 0, n = 0;

	s->unwind = u;
	u->cfis = arena_new(s->arena, struct dw_cfi, s->n_objects);
	for (size_t i = 0; i < s->n_objects; i++) {
		open_cfi(s, s->objects[i].elf, &u->cfis[i]);
		total += u->cfis[i].n;
	}
	u->entries = arena_new(s->arena, struct unwind_entry, total);
	for (size_t i = 0; i < s->n_objects; i++) {
		for (size_t k = 0; k < u->cfis[i].n; k++)
			u->entries[n++] = (struct unwind_entry){ (uint32_t)i, (uint32_t)k };
	}
	if (s->n_objects > 1 && !s->o->compat)
		merge(s, u, total);
	else
		u->n = total;
	return (struct sym_stack){ u->n, write_entry, u };
}
