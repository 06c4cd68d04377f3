#include <inttypes.h>

#include "dump/print_impl.h"

enum { HANDLE2_SIZE = 40, INFO_SIZE = 12, INFO_AT = 32, INFO_TEXT = 160 };

/* MINIDUMP_HANDLE_DESCRIPTOR and its second version, minidumpapiset.h. */
static const struct print_field handle_fields[] = {
	{ "handle            ", 0, 8, PRINT_HEX, 0 },
	{ "type_name_rva     ", 8, 4, PRINT_HEX, 0 },
	{ "object_name_rva   ", 12, 4, PRINT_HEX, 0 },
	{ "attributes        ", 16, 4, PRINT_HEX, 0 },
	{ "granted_access    ", 20, 4, PRINT_HEX, 0 },
	{ "handle_count      ", 24, 4, PRINT_DEC, 0 },
	{ "pointer_count     ", 28, 4, PRINT_DEC, 0 },
};
static const struct print_field handle2_fields[] = {
	{ "object_info_rva   ", INFO_AT, 4, PRINT_HEX, 0 },
};

/* MINIDUMP_HANDLE_OBJECT_INFORMATION_TYPE of the same header, from 0 on. */
static const char *const info_types[] = {
	"MiniHandleObjectInformationNone", "MiniThreadInformation1",
	"MiniMutantInformation1",          "MiniMutantInformation2",
	"MiniProcessInformation1",         "MiniProcessInformation2",
	"MiniEventInformation1",           "MiniSectionInformation1",
	"MiniSemaphoreInformation1",       "MiniHandleObjectInformationTypeMax",
};

/* A chain of object information. It may be a circle: each link costs of the budget. */
static void print_infos(struct printer *p, uint32_t next)
{
	bool any = false;

	while (next != 0) {
		struct cursor c = cursor_sub(&p->md->file, next, INFO_SIZE);
		uint32_t after = cursor_u32(&c), type = cursor_u32(&c), size = cursor_u32(&c);

		if (c.failed || type >= COUNT(info_types))
			break;
		fputs("  (object_info)     = ", p->out);
		any = true;
		if (!print_take(p, INFO_TEXT)) {
			putc('\n', p->out);
			return;
		}
		fprintf(p->out,
			"{raw: MINIDUMP_HANDLE_OBJECT_INFORMATION { next_info_rva: %" PRIu32
			", info_type: %" PRIu32 ", size_of_info: %" PRIu32 " }, type: %s}\n",
			after, type, size, info_types[type]);
		next = after;
	}
	if (!any)
		fputs("  (object_info)     = (null)\n", p->out);
}

static void print_name(struct printer *p, const char *label, bool present, struct str name)
{
	fprintf(p->out, "  %s= ", label);
	print_line(p, present ? name : STR("(null)"));
}

static void print_handle(struct printer *p, const struct cursor *record, const struct md_handle *h)
{
	bool has_infos = cursor_left(record) >= HANDLE2_SIZE;
	struct cursor infos = cursor_sub(record, INFO_AT, 4);

	fputs("MINIDUMP_HANDLE_DESCRIPTOR\n", p->out);
	print_fields(p, record, handle_fields, COUNT(handle_fields));
	if (has_infos)
		print_fields(p, record, handle2_fields, COUNT(handle2_fields));
	else
		fputs("  object_info_rva   = (invalid)\n", p->out);
	print_name(p, "(type_name)       ", h->has_type, h->type);
	print_name(p, "(object_name)     ", h->has_object, h->object);
	print_infos(p, has_infos ? cursor_u32(&infos) : 0);
	putc('\n', p->out);
}

void print_handles(struct printer *p)
{
	struct cursor c = md_stream(p->md, MD_HANDLE_DATA);
	uint32_t header = cursor_u32(&c), size = cursor_u32(&c);

	if (!p->extra.has_handles)
		return;
	fprintf(p->out, "MinidumpHandleDataStream\n  handle_count = %zu\n\n", p->extra.n_handles);
	for (size_t i = 0; i < p->extra.n_handles; i++) {
		struct cursor record = cursor_sub(&c, header + (uint64_t)i * size, size);

		fprintf(p->out, "handle[%zu]\n", i);
		print_handle(p, &record, &p->extra.handles[i]);
	}
}
