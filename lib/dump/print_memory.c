#include <inttypes.h>

#include "dump/print_impl.h"

enum { INFO_SIZE = 48 };

/* Bits that have a name in winnt.h: MEM_COMMIT, _RESERVE and _FREE; PAGE_*; MEM_PRIVATE, _MAPPED
 * and _IMAGE. The peer prints no others. */
static const uint32_t known_states = 0x13000, known_protections = 0x7ff, known_types = 0x1060000;

/* MINIDUMP_MEMORY_INFO, minidumpapiset.h. */
static const struct info_field {
	const char *label;
	uint16_t at;
	uint8_t size;
	const uint32_t *known; /* NULL: all bits */
} info_fields[] = {
	{ "base_address          ", 0, 8, NULL },
	{ "allocation_base       ", 8, 8, NULL },
	{ "allocation_protection ", 16, 4, &known_protections },
	{ "region_size           ", 24, 8, NULL },
	{ "state                 ", 32, 4, &known_states },
	{ "protection            ", 36, 4, &known_protections },
	{ "_type                 ", 40, 4, &known_types },
};

static void print_region(struct printer *p, const struct md_region *r, bool wide)
{
	fprintf(p->out, "MINIDUMP_MEMORY_DESCRIPTOR%s\n", wide ? "64" : "");
	fprintf(p->out, "  start_of_memory_range = 0x%" PRIx64 "\n", r->base);
	fprintf(p->out, "  memory.data_size      = 0x%zx\n", r->data.n);
	if (!wide)
		fprintf(p->out, "  memory.rva            = 0x%tx\n", r->data.p - p->md->file.in.p);
	if (!p->brief) {
		fputs("Memory\n", p->out);
		print_contents(p, r->data);
	}
	putc('\n', p->out);
}

void print_memory(struct printer *p, const struct md_memory *m, bool wide)
{
	fprintf(p->out, "MinidumpMemory%sList\n  region_count = %zu\n\n", wide ? "64" : "", m->n);
	for (size_t i = 0; i < m->n; i++) {
		fprintf(p->out, "region[%zu]\n", i);
		print_region(p, &m->v[i], wide);
	}
}

static void print_info(struct printer *p, const struct cursor *record)
{
	fputs("MINIDUMP_MEMORY_INFO\n", p->out);
	for (size_t i = 0; i < COUNT(info_fields); i++) {
		const struct info_field *f = &info_fields[i];
		struct cursor at = cursor_sub(record, f->at, f->size);
		uint64_t v = cursor_uint(&at, f->size);

		if (p->compat && f->known != NULL)
			v &= *f->known;
		fprintf(p->out, "  %s= 0x%" PRIx64 "\n", f->label, v);
	}
	putc('\n', p->out);
}

void print_memory_infos(struct printer *p)
{
	/* As in md_mappings_read(). */
	uint64_t n;
	struct cursor c = md_ex_list(p->md, MD_MEMORY_INFO_LIST, INFO_SIZE, p->compat ? 4 : 8, &n);

	if (c.failed)
		return;
	fprintf(p->out, "MinidumpMemoryInfoList\n  region_count = %" PRIu64 "\n\n", n);
	for (uint64_t i = 0; i < n; i++) {
		struct cursor record = cursor_sub(&c, c.pos + i * INFO_SIZE, INFO_SIZE);

		fprintf(p->out, "region[%" PRIu64 "]\n", i);
		print_info(p, &record);
	}
}
