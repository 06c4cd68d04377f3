#include "base/limits.h"
#include "bin/elf_impl.h"

/* Tags of gABI 4.1, "Dynamic Section", and DT_GNU_HASH of the Linux Standard Base. */
enum { DT_NULL = 0, DT_PLTREL = 20, DT_SONAME = 14, DT_RELA = 7 };

static const struct {
	uint32_t tag;
	size_t offset; /* in struct elf_dynamic */
} tags[] = {
	{ 2, offsetof(struct elf_dynamic, plt_relocations_size) },
	{ 3, offsetof(struct elf_dynamic, plt_got) },
	{ 4, offsetof(struct elf_dynamic, hash) },
	{ 5, offsetof(struct elf_dynamic, strings) },
	{ 6, offsetof(struct elf_dynamic, symbols) },
	{ 7, offsetof(struct elf_dynamic, rela) },
	{ 8, offsetof(struct elf_dynamic, rela_size) },
	{ 10, offsetof(struct elf_dynamic, strings_size) },
	{ 14, offsetof(struct elf_dynamic, soname) },
	{ 17, offsetof(struct elf_dynamic, rel) },
	{ 18, offsetof(struct elf_dynamic, rel_size) },
	{ 23, offsetof(struct elf_dynamic, plt_relocations) },
	{ 0x6ffffef5, offsetof(struct elf_dynamic, gnu_hash) },
};

static void set(struct elf_dynamic *d, uint64_t tag, uint64_t value)
{
	if (tag == DT_PLTREL)
		d->plt_rela = value == DT_RELA;
	if (tag == DT_SONAME)
		d->has_soname = true;
	for (size_t i = 0; i < COUNT(tags); i++) {
		if (tags[i].tag == tag)
			memcpy((char *)d + tags[i].offset, &value, sizeof(value));
	}
}

static const struct elf_segment *dynamic_segment(const struct elf *e)
{
	for (size_t i = 0; i < e->n_segments; i++) {
		if (e->segments[i].type == PT_DYNAMIC)
			return &e->segments[i];
	}
	return NULL;
}

bool elf_dynamic(const struct elf *e, struct elf_dynamic *d)
{
	const struct elf_segment *s = dynamic_segment(e);

	*d = (struct elf_dynamic){ 0 };
	if (s == NULL)
		return false;

	struct cursor c = elf_cursor(e, elf_bytes_at(e, s->address, s->file_size));
	bool any = false;
	for (;;) {
		uint64_t tag = elf_word(e, &c), value = elf_word(e, &c);

		if (c.failed || tag == DT_NULL)
			return any;
		set(d, tag, value);
		any = true;
	}
}

struct str elf_string(struct slice strings, uint64_t offset)
{
	if (offset >= strings.n)
		return (struct str){ 0 };

	struct str s = { (const char *)strings.p + offset, strings.n - (size_t)offset };
	s = str_first(s, LIMIT_NAME_BYTES);
	return str_first(s, str_find_char(s, '\0'));
}

/* How many symbols the table of DT_GNU_HASH reaches: the last one of the last chain. 0: it is none.
 */
static uint64_t gnu_hash_count(const struct elf *e, uint64_t address)
{
	struct cursor c = elf_cursor(e, elf_bytes_at(e, address, UINT64_MAX));
	uint32_t n_buckets = cursor_u32(&c), first = cursor_u32(&c), n_words = cursor_u32(&c);
	uint32_t last = 0;

	cursor_skip(&c, 4); /* shift of the Bloom filter */
	cursor_skip(&c, (uint64_t)n_words * (e->is64 ? 8 : 4));
	for (uint32_t i = 0; i < n_buckets && !c.failed; i++) {
		uint32_t bucket = cursor_u32(&c);

		last = bucket > last ? bucket : last;
	}
	if (c.failed)
		return 0;
	if (last < first)
		return first;
	cursor_skip(&c, 4 * ((uint64_t)last - first));
	for (uint64_t n = last + 1; !c.failed; n++) {
		if ((cursor_u32(&c) & 1) != 0)
			return n;
	}
	return 0;
}

static uint64_t hash_count(const struct elf *e, uint64_t address)
{
	struct cursor c = elf_cursor(e, elf_bytes_at(e, address, 8));

	cursor_skip(&c, 4); /* buckets */
	return cursor_u32(&c);
}

static uint64_t count_symbols(const struct elf *e, const struct elf_dynamic *d)
{
	uint64_t n = d->gnu_hash != 0 ? gnu_hash_count(e, d->gnu_hash) : 0;

	return n == 0 && d->hash != 0 ? hash_count(e, d->hash) : n;
}

struct slice elf_dynamic_symbols(const struct elf *e, struct slice *strings)
{
	const struct elf_section *s = elf_section_of_type(e, SHT_DYNSYM);
	struct elf_dynamic d;

	*strings = (struct slice){ 0 };
	if (elf_dynamic(e, &d) && d.symbols != 0) {
		uint64_t n = count_symbols(e, &d);

		*strings = elf_bytes_at(e, d.strings, d.strings_size);
		if (n != 0 && n <= UINT32_MAX)
			return elf_bytes_at(e, d.symbols,
					    n * (e->is64 ? ELF64_SYMBOL : ELF32_SYMBOL));
	}
	if (s == NULL)
		return (struct slice){ 0 };
	if (s->link < e->n_sections)
		*strings = e->sections[s->link].data;
	return s->data;
}

struct str elf_soname(const struct elf *e)
{
	struct elf_dynamic d;

	if (!elf_dynamic(e, &d) || !d.has_soname)
		return (struct str){ 0 };
	return elf_string(elf_bytes_at(e, d.strings, d.strings_size), d.soname);
}
