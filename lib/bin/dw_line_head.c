#include "bin/dw_line_head.h"

#include "base/limits.h"

/* DWARF 5, 7.22 and 7.5.6. */
enum {
	CONTENT_PATH = 1,
	CONTENT_DIRECTORY = 2,
	FORM_BLOCK2 = 0x03,
	FORM_BLOCK4 = 0x04,
	FORM_DATA2 = 0x05,
	FORM_DATA4 = 0x06,
	FORM_DATA8 = 0x07,
	FORM_STRING = 0x08,
	FORM_BLOCK = 0x09,
	FORM_BLOCK1 = 0x0a,
	FORM_DATA1 = 0x0b,
	FORM_FLAG = 0x0c,
	FORM_SDATA = 0x0d,
	FORM_STRP = 0x0e,
	FORM_UDATA = 0x0f,
	FORM_SEC_OFFSET = 0x17,
	FORM_STRX = 0x1a,
	FORM_STRP_SUP = 0x1d,
	FORM_DATA16 = 0x1e,
	FORM_LINE_STRP = 0x1f,
	FORM_STRX1 = 0x25,
	FORM_STRX2 = 0x26,
	FORM_STRX3 = 0x27,
	FORM_STRX4 = 0x28,
};

/* A field of an entry, whatever its form: a number or a text. */
struct field {
	uint64_t number;
	struct str text;
};

static struct str text_at(struct slice section, uint64_t offset)
{
	struct cursor c = cursor_make(section, "");

	cursor_seek(&c, offset);
	return cursor_cstr(&c);
}

/* Forms that are numbers of a fixed size. */
static unsigned width_of(uint64_t form)
{
	static const uint8_t widths[] = {
		[FORM_DATA1] = 1, [FORM_FLAG] = 1,  [FORM_STRX1] = 1,
		[FORM_DATA2] = 2, [FORM_STRX2] = 2, [FORM_STRX3] = 3,
		[FORM_DATA4] = 4, [FORM_STRX4] = 4, [FORM_DATA8] = 8,
	};

	return form < COUNT(widths) ? widths[form] : 0;
}

/* How many bytes a block has; UINT64_MAX: the form is no block. */
static uint64_t block_size(struct cursor *c, uint64_t form)
{
	switch (form) {
	case FORM_BLOCK1:
		return cursor_u8(c);
	case FORM_BLOCK2:
		return cursor_u16(c);
	case FORM_BLOCK4:
		return cursor_u32(c);
	case FORM_BLOCK:
		return cursor_uleb(c);
	case FORM_DATA16:
		return 16;
	default:
		return UINT64_MAX;
	}
}

static void read_text(const struct dw_line_input *in, const struct dw_line_head *h,
		      struct cursor *c, uint64_t form, struct field *f)
{
	struct slice section = form == FORM_LINE_STRP  ? in->line_str
			       : form == FORM_STRP_SUP ? in->str_sup
						       : in->str;

	f->text = text_at(section, cursor_uint(c, h->offset_size));
}

/* Forms that no producer uses here fail the cursor: their size is not known. Texts by index need
 * the unit's table of offsets; producers write line tables without. */
static void read_field(const struct dw_line_input *in, const struct dw_line_head *h,
		       struct cursor *c, uint64_t form, struct field *f)
{
	uint64_t size;

	if (form == FORM_LINE_STRP || form == FORM_STRP || form == FORM_STRP_SUP)
		read_text(in, h, c, form, f);
	else if (form == FORM_STRING)
		f->text = cursor_cstr(c);
	else if (width_of(form) != 0)
		f->number = cursor_uint(c, width_of(form));
	else if (form == FORM_SEC_OFFSET)
		f->number = cursor_uint(c, h->offset_size);
	else if (form == FORM_UDATA || form == FORM_SDATA || form == FORM_STRX)
		f->number = cursor_uleb(c);
	else if ((size = block_size(c, form)) != UINT64_MAX)
		cursor_skip(c, size);
	else
		cursor_fail(c);
}

/* A table of DWARF 5: the formats of its fields, then its entries. */
static void read_table(const struct dw_line_input *in, const struct dw_line_head *h,
		       struct cursor *c, struct buf *table, bool directories)
{
	uint8_t n_formats = cursor_u8(c);
	struct cursor formats = *c;

	for (unsigned i = 0; i < 2u * n_formats; i++)
		cursor_uleb(c);

	uint64_t count = cursor_uleb(c);
	if (count > LIMIT_DWARF_FILES || (count != 0 && n_formats == 0))
		cursor_fail(c);
	for (uint64_t i = 0; i < count && !c->failed; i++) {
		struct dw_line_file entry = { 0 };
		struct cursor at = formats;

		for (unsigned j = 0; j < n_formats; j++) {
			uint64_t content = cursor_uleb(&at), form = cursor_uleb(&at);
			struct field f = { 0 };

			read_field(in, h, c, form, &f);
			if (content == CONTENT_PATH)
				entry.name = f.text;
			else if (content == CONTENT_DIRECTORY)
				entry.directory = f.number;
		}
		if (directories)
			buf_put(table, &entry.name, sizeof(entry.name));
		else
			buf_put(table, &entry, sizeof(entry));
	}
}

void dw_line_head_add(struct dw_line_head *h, struct str name, struct cursor *c)
{
	struct dw_line_file entry = { name, cursor_uleb(c) };

	cursor_uleb(c); /* time of the last change */
	cursor_uleb(c); /* bytes */
	if (!c->failed && h->files.n / sizeof(entry) < LIMIT_DWARF_FILES)
		buf_put(&h->files, &entry, sizeof(entry));
}

/* The tables before DWARF 5, each ended by an empty name. */
static void read_old_tables(struct dw_line_head *h, struct cursor *c)
{
	struct str name;

	while ((name = cursor_cstr(c)).n != 0 &&
	       h->directories.n / sizeof(name) < LIMIT_DWARF_FILES)
		buf_put(&h->directories, &name, sizeof(name));
	while ((name = cursor_cstr(c)).n != 0)
		dw_line_head_add(h, name, c);
}

/* The length of what follows (DWARF 5, 7.4), which is cut at the section's end. */
static struct cursor read_length(struct dw_line_head *h, struct cursor *c)
{
	uint64_t length = cursor_u32(c);

	h->offset_size = 4;
	if (length == 0xffffffff) {
		h->offset_size = 8;
		length = cursor_u64(c);
	}
	if (length > cursor_left(c))
		length = cursor_left(c);
	return cursor_sub(c, c->pos, length);
}

static void read_counts(struct dw_line_head *h, struct cursor *c)
{
	h->min_length = cursor_u8(c);
	h->max_operations = h->version >= 4 ? cursor_u8(c) : 1;
	cursor_u8(c); /* default_is_stmt */
	h->base = (int8_t)cursor_u8(c);
	h->range = cursor_u8(c);
	h->opcode_base = cursor_u8(c);
	h->lengths = cursor_bytes(c, h->opcode_base != 0 ? h->opcode_base - 1u : 0);
	if (h->max_operations == 0)
		h->max_operations = 1;
}

bool dw_line_head_read(struct dw_line_head *h, const struct dw_line_input *in, struct cursor *c,
		       struct cursor *program, const char **what)
{
	struct cursor unit = read_length(h, c), tables;
	uint64_t length;

	buf_clear(&h->directories);
	buf_clear(&h->files);
	h->version = cursor_u16(&unit);
	*what = "line table of an unknown version";
	if (h->version < 2 || h->version > 5)
		return false;
	h->address_size = in->address_size;
	if (h->version == 5) {
		h->address_size = cursor_u8(&unit);
		cursor_u8(&unit); /* segment_selector_size */
	}
	length = cursor_uint(&unit, h->offset_size);
	*what = "line table whose header is cut short";
	if (unit.failed || length > cursor_left(&unit))
		return false;
	*program = cursor_sub(&unit, unit.pos + length, cursor_left(&unit) - length);
	tables = cursor_sub(&unit, unit.pos, length);
	read_counts(h, &tables);
	if (tables.failed || h->opcode_base == 0)
		return false;
	if (h->version == 5) {
		read_table(in, h, &tables, &h->directories, true);
		read_table(in, h, &tables, &h->files, false);
	} else {
		read_old_tables(h, &tables);
	}
	return true; /* what is lost of the files costs their names, not the lines */
}

bool dw_line_head_file(const struct dw_line_head *h, uint64_t index, struct str *directory,
		       struct str *name)
{
	const struct dw_line_file *files = (const void *)h->files.p;
	const struct str *directories = (const void *)h->directories.p;
	size_t n = h->directories.n / sizeof(*directories);
	uint64_t first = h->version >= 5 ? 0 : 1, in;

	if (index < first || index - first >= h->files.n / sizeof(*files))
		return false;
	*name = files[index - first].name;
	in = files[index - first].directory;
	*directory = in >= first && in - first < n ? directories[in - first] : (struct str){ 0 };
	return name->n != 0;
}
