#include "dump/md_crashpad.h"

#include "base/limits.h"
#include "base/sort.h"
#include "base/utf.h"

enum { LIST_ENTRY = 4, SIMPLE_ENTRY = 8, OBJECT_ENTRY = 12, LINK_ENTRY = 12 };
enum { INFO_SIZE = 52, MODULE_SIZE = 28, GUID_SIZE = 16 };
enum { MASK_OFFSET = 56, MASK_SIZE = 8 }; /* newer writers have it */

/* Types of annotation objects: Crashpad's client/annotation.h. */
enum { TYPE_INVALID = 0, TYPE_STRING = 1, TYPE_USER_DEFINED = 0x8000 };

struct reader {
	const struct md *md;
	struct arena *a;
	bool compat;
	uint64_t budget;  /* bytes of tables and text */
	uint32_t entries; /* of tables that may still be read */
	uint32_t damaged; /* what could not be read */
};

/* Whether reading goes on without something. */
static bool lose(struct reader *r)
{
	r->damaged++;
	return !r->compat;
}

static bool take(struct reader *r, uint64_t n)
{
	if (n > r->budget)
		return false;
	r->budget -= n;
	return true;
}

/* A STRING8: u32 bytes, UTF-8, and behind a name or a simple value a nul. */
static bool read_text(struct reader *r, uint32_t rva, bool terminated, struct str *text)
{
	struct cursor head = cursor_sub(&r->md->file, rva, 4);
	uint32_t n = cursor_u32(&head);
	struct cursor c = cursor_sub(&r->md->file, (uint64_t)rva + 4,
				     (uint64_t)n + (terminated ? 1 : 0));
	struct slice bytes = cursor_bytes(&c, n);

	*text = (struct str){ (const char *)bytes.p, bytes.n };
	if (head.failed || c.failed || (terminated && cursor_u8(&c) != 0))
		return false;
	return take(r, n) && utf8_valid(*text);
}

/* What a location read from c names: a count and entries. No bytes at all are no entries. */
static bool open_table(struct reader *r, struct cursor *c, size_t entry_size, struct cursor *table,
		       uint32_t *n)
{
	uint64_t fit;

	*table = md_location(r->md, c);
	*n = 0;
	if (!table->failed && cursor_left(table) == 0)
		return true;
	*n = cursor_u32(table);
	fit = cursor_left(table) / entry_size;
	fit = fit < r->entries ? fit : r->entries;
	if (table->failed || *n > fit) {
		*n = table->failed ? 0 : (uint32_t)fit;
		if (!lose(r))
			return false;
	}
	r->entries -= *n;
	if (take(r, (uint64_t)*n * entry_size))
		return true;
	*n = 0;
	return lose(r);
}

/* A text of an annotation. */
static bool read_value(struct reader *r, uint32_t rva, bool terminated, struct md_annotation *out)
{
	if (read_text(r, rva, terminated, &out->text))
		return true;
	out->text = (struct str){ 0 };
	out->kind = MD_ANNOTATION_DAMAGED;
	return lose(r);
}

static bool read_list_entry(struct reader *r, struct cursor *c, struct md_annotation *out)
{
	return read_value(r, cursor_u32(c), true, out);
}

/* Without a name it is none. */
static bool read_name(struct reader *r, uint32_t rva, struct md_annotation *out)
{
	if (read_text(r, rva, true, &out->name))
		return true;
	lose(r);
	return false;
}

static bool read_simple_entry(struct reader *r, struct cursor *c, struct md_annotation *out)
{
	uint32_t name = cursor_u32(c), value = cursor_u32(c);

	return read_name(r, name, out) && read_value(r, value, true, out);
}

/* MinidumpAnnotation */
static bool read_object_entry(struct reader *r, struct cursor *c, struct md_annotation *out)
{
	uint32_t name = cursor_u32(c);
	uint16_t type = cursor_u16(c);

	cursor_skip(c, 2);
	uint32_t value = cursor_u32(c);
	if (!read_name(r, name, out))
		return false;
	if (type == TYPE_STRING)
		return read_value(r, value, false, out);
	out->kind = type == TYPE_INVALID        ? MD_ANNOTATION_INVALID
		    : type >= TYPE_USER_DEFINED ? MD_ANNOTATION_USER
						: MD_ANNOTATION_UNKNOWN;
	return true;
}

static int compare_names(const void *a, const void *b, const void *context)
{
	(void)context;
	return str_cmp(((const struct md_annotation *)a)->name,
		       ((const struct md_annotation *)b)->name);
}

static void sort_names(struct md_annotations *x, struct arena *a)
{
	size_t kept = 0;

	sort_stable(x->v, x->n, sizeof(*x->v), compare_names, NULL, a->oom);
	for (size_t i = 0; i < x->n; i++) {
		if (i + 1 == x->n || !str_eq(x->v[i].name, x->v[i + 1].name))
			x->v[kept++] = x->v[i];
	}
	x->n = kept;
}

/* The tables of annotations. */
enum shape { LIST, SIMPLE, OBJECTS };
static const struct {
	size_t entry_size;
	bool (*read)(struct reader *r, struct cursor *c, struct md_annotation *out); /* or none */
} shapes[] = {
	[LIST] = { LIST_ENTRY, read_list_entry },
	[SIMPLE] = { SIMPLE_ENTRY, read_simple_entry },
	[OBJECTS] = { OBJECT_ENTRY, read_object_entry },
};

static bool read_annotations(struct reader *r, struct cursor *c, enum shape shape,
			     struct md_annotations *x)
{
	struct cursor table;
	uint32_t n;

	*x = (struct md_annotations){ 0 };
	if (!open_table(r, c, shapes[shape].entry_size, &table, &n))
		return false;
	x->v = arena_new(r->a, struct md_annotation, n);
	for (uint32_t i = 0; i < n; i++) {
		struct md_annotation one = { 0 };

		if (shapes[shape].read(r, &table, &one))
			x->v[x->n++] = one;
		else if (r->compat)
			return false;
	}
	if (shape != LIST)
		sort_names(x, r->a);
	return true;
}

/* A MinidumpModuleCrashpadInfoLink, whose size is ignored, and the record that it names. */
static bool read_module(struct reader *r, struct cursor *link, struct md_crashpad_module *m)
{
	*m = (struct md_crashpad_module){ .index = cursor_u32(link) };
	cursor_skip(link, 4);
	struct cursor c = cursor_sub(&r->md->file, cursor_u32(link), MODULE_SIZE);

	if (c.failed)
		return lose(r);
	m->version = cursor_u32(&c);
	return read_annotations(r, &c, LIST, &m->list) &&
	       read_annotations(r, &c, SIMPLE, &m->simple) &&
	       read_annotations(r, &c, OBJECTS, &m->objects);
}

static bool read_modules(struct md_crashpad *x, struct reader *r, struct cursor *c)
{
	struct cursor links;
	uint32_t n;

	if (!open_table(r, c, LINK_ENTRY, &links, &n))
		return false;
	x->modules = arena_new(r->a, struct md_crashpad_module, n);
	for (; x->n_modules < n; x->n_modules++) {
		if (!read_module(r, &links, &x->modules[x->n_modules]))
			return false;
	}
	return true;
}

bool md_crashpad_read(struct md_crashpad *x, const struct md *md, struct arena *a, bool compat)
{
	struct reader r = {
		.md = md,
		.a = a,
		.compat = compat,
		.budget = 4 * (uint64_t)md->file.in.n,
		.entries = LIMIT_DUMP_ANNOTATIONS,
	};
	struct cursor c = md_stream(md, MD_CRASHPAD_INFO);
	struct cursor mask = cursor_sub(&c, MASK_OFFSET, MASK_SIZE);
	bool ok;

	*x = (struct md_crashpad){ .address_mask = cursor_u64(&mask) };
	if (cursor_left(&c) < INFO_SIZE)
		return false;
	x->version = cursor_u32(&c);
	x->report_id = cursor_sub(&c, 4, GUID_SIZE);
	x->client_id = cursor_sub(&c, 20, GUID_SIZE);
	cursor_skip(&c, 2 * (uint64_t)GUID_SIZE);
	ok = x->version != 0 && read_annotations(&r, &c, SIMPLE, &x->simple) &&
	     read_modules(x, &r, &c);
	x->n_damaged = r.damaged;
	return ok;
}

void md_guid_text(struct cursor at, char text[MD_GUID_TEXT])
{
	uint32_t data1 = cursor_u32(&at);
	uint16_t data2 = cursor_u16(&at), data3 = cursor_u16(&at);

	at.big = true;
	uint16_t data4 = cursor_u16(&at);
	uint16_t high = cursor_u16(&at);
	snprintf(text, MD_GUID_TEXT, "%08x-%04x-%04x-%04x-%04x%08x", data1, data2, data3, data4,
		 high, cursor_u32(&at));
}
