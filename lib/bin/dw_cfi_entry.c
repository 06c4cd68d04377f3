#include "bin/dw_cfi_entry.h"

#include "base/limits.h"

/* DW_EH_PE_*: the low four bits are the form of a number, the next three what it is relative to. */
enum {
	PE_FORM = 0x0f,
	PE_BASE = 0x70,
	PE_PCREL = 0x10,
	PE_TEXTREL = 0x20,
	PE_DATAREL = 0x30,
	PE_ALIGNED = 0x50,
	PE_INDIRECT = 0x80,
	PE_OMIT = 0xff,
};

enum form { FORM_NONE, FORM_UNSIGNED, FORM_SIGNED, FORM_ULEB, FORM_SLEB };

/* Width 0: that of an address. */
static const struct {
	enum form form;
	unsigned width;
} forms[PE_FORM + 1] = {
	[0x0] = { FORM_UNSIGNED, 0 }, [0x1] = { FORM_ULEB, 0 },     [0x2] = { FORM_UNSIGNED, 2 },
	[0x3] = { FORM_UNSIGNED, 4 }, [0x4] = { FORM_UNSIGNED, 8 }, [0x8] = { FORM_SIGNED, 0 },
	[0x9] = { FORM_SLEB, 0 },     [0xa] = { FORM_SIGNED, 2 },   [0xb] = { FORM_SIGNED, 4 },
	[0xc] = { FORM_SIGNED, 8 },
};

static uint64_t sign_extend(uint64_t v, unsigned width)
{
	unsigned shift = 64 - 8 * width;

	return (uint64_t)((int64_t)(v << shift) >> shift);
}

static uint64_t number(struct cursor *c, uint8_t encoding, unsigned address_size)
{
	unsigned width = forms[encoding & PE_FORM].width;

	if (width == 0)
		width = address_size;
	switch (forms[encoding & PE_FORM].form) {
	case FORM_UNSIGNED:
		return cursor_uint(c, width);
	case FORM_SIGNED:
		return sign_extend(cursor_uint(c, width), width);
	case FORM_ULEB:
		return cursor_uleb(c);
	case FORM_SLEB:
		return (uint64_t)cursor_sleb(c);
	case FORM_NONE:
		break;
	}
	cursor_fail(c);
	return 0;
}

/* What a number at the link address here is relative to. DW_EH_PE_funcrel would be relative to the
 * start of the function, which is never known where an FDE gives it. */
static uint64_t base_of(const struct dw_cfi_reader *r, struct cursor *c, uint8_t encoding,
			uint64_t here)
{
	switch (encoding & PE_BASE) {
	case 0:
	case PE_ALIGNED:
		return 0;
	case PE_PCREL:
		return here;
	case PE_TEXTREL:
		return r->in->text;
	case PE_DATAREL:
		return r->in->got;
	default:
		cursor_fail(c);
		return 0;
	}
}

static uint64_t in_width(uint64_t address, unsigned width)
{
	return width == 4 ? address & UINT32_MAX : address;
}

/* The address that stands at an address. */
static uint64_t load(const struct dw_cfi_reader *r, struct cursor *c, uint64_t address,
		     unsigned address_size)
{
	struct slice bytes = { 0 };

	if (r->in->bytes_at != NULL)
		bytes = r->in->bytes_at(r->in->context, address, address_size);

	struct cursor at = cursor_make(bytes, r->in->file);
	at.big = r->in->big;
	uint64_t v = cursor_uint(&at, address_size);
	if (at.failed)
		cursor_fail(c);
	return v;
}

uint64_t dw_cfi_pointer(const struct dw_cfi_reader *r, struct cursor *c, uint8_t encoding,
			unsigned address_size)
{
	uint64_t here = r->section->address + c->base + c->pos;

	if (encoding == PE_OMIT)
		cursor_fail(c);
	if ((encoding & PE_BASE) == PE_ALIGNED) {
		uint64_t padding = -here & (address_size - 1);

		cursor_skip(c, padding);
		here += padding;
	}

	uint64_t v = number(c, encoding, address_size);
	v = in_width(v + base_of(r, c, encoding, here), address_size);
	return (encoding & PE_INDIRECT) != 0 && !c->failed ? load(r, c, v, address_size) : v;
}

struct dw_cfi_reader dw_cfi_reader_make(const struct dw_cfi_input *in, bool eh)
{
	struct dw_cfi_reader r = { .in = in, .eh = eh };

	r.section = eh ? &in->eh_frame : &in->debug_frame;
	r.c = cursor_make(r.section->data, in->file);
	r.c.big = in->big;
	return r;
}

/* In .eh_frame a CIE has the id 0 and an FDE the distance back to its CIE, of 4 bytes in 64-bit
 * DWARF too; in .debug_frame a CIE has all ones and an FDE the offset of its CIE. */
static void read_id(const struct dw_cfi_reader *r, struct dw_cfi_head *head)
{
	uint64_t here = head->body.base;

	if (r->eh) {
		head->cie = cursor_u32(&head->body);
		head->is_cie = head->cie == 0;
		head->cie = here - head->cie;
	} else {
		head->cie = cursor_uint(&head->body, head->wide ? 8 : 4);
		head->is_cie = head->cie == (head->wide ? UINT64_MAX : UINT32_MAX);
	}
}

bool dw_cfi_next(struct dw_cfi_reader *r, struct dw_cfi_head *head)
{
	struct cursor *c = &r->c;
	uint64_t length = 0;

	while (length == 0) {
		if (cursor_left(c) == 0)
			return false;
		head->offset = c->pos;
		length = cursor_u32(c);
		head->wide = length == UINT32_MAX;
		if (head->wide)
			length = cursor_u64(c);
		if (length == 0 && r->eh && r->in->compat)
			return false;
	}

	head->body = cursor_sub(c, c->pos, length);
	cursor_skip(c, length);
	read_id(r, head);
	return !c->failed;
}

/* The augmentation's data, a letter after the other. What follows a letter that is not known
 * cannot be read but is of no use either: its size is known. */
static void augmentation(const struct dw_cfi_reader *r, struct str letters, struct cursor data,
			 struct dw_cie *cie)
{
	for (size_t i = 1; i < letters.n && !data.failed; i++) {
		switch (letters.p[i]) {
		case 'R':
			cie->encoding = cursor_u8(&data);
			break;
		case 'P': {
			uint8_t encoding = cursor_u8(&data) & (uint8_t)~PE_INDIRECT;

			if (encoding != (PE_OMIT & ~PE_INDIRECT))
				dw_cfi_pointer(r, &data, encoding, cie->address_size);
			break;
		}
		case 'L':
			cursor_u8(&data);
			break;
		case 'S': /* of a signal handler's frame */
		case 'B': /* arm64: pointers are signed with key B */
		case 'G': /* arm64: the stack is tagged */
			break;
		default:
			return;
		}
	}
}

static bool width_is_known(unsigned address_size)
{
	return address_size == 4 || address_size == 8;
}

/* DWARF 4 and 5, but not in .eh_frame: the size of addresses, and of segments. */
static bool read_sizes(struct cursor *c, struct dw_cie *cie)
{
	cie->address_size = cursor_u8(c);
	return cursor_u8(c) == 0 && width_is_known(cie->address_size);
}

/* What stands behind the augmentation's letters. */
static const char *read_factors(const struct dw_cfi_reader *r, struct cursor *c, unsigned version,
				struct str letters, struct dw_cie *cie)
{
	if (version >= 4 && !r->eh && !read_sizes(c, cie))
		return "CIE with segments, or addresses that are not of 4 or 8 bytes";
	cie->code_factor = cursor_uleb(c);
	cie->data_factor = cursor_sleb(c);
	cie->return_column = version == 1 ? cursor_u8(c) : cursor_uleb(c);
	if (letters.n != 0 && letters.p[0] != 'z')
		return "CIE with an unknown augmentation";
	if (letters.n != 0) {
		uint64_t n = cursor_uleb(c);

		cie->sized = true;
		augmentation(r, letters, cursor_sub(c, c->pos, n), cie);
		cursor_skip(c, n);
	}
	return NULL;
}

const char *dw_cie_read(const struct dw_cfi_reader *r, uint64_t offset, struct dw_cie *cie)
{
	struct dw_cfi_reader at = dw_cfi_reader_make(r->in, r->eh);
	struct dw_cfi_head head;

	if (!cursor_seek(&at.c, offset) || !dw_cfi_next(&at, &head) || head.offset != offset ||
	    !head.is_cie)
		return "there is no CIE where an FDE has one";
	if (cursor_left(&head.body) > LIMIT_CFI_CIE_BYTES)
		return "CIE is larger than any real one";

	struct cursor *c = &head.body;
	unsigned version = cursor_u8(c);
	struct str letters = cursor_cstr(c);

	*cie = (struct dw_cie){ .address_size = r->in->address_size };
	if (version != 1 && version != 3 && version != 4)
		return "CIE of an unknown version";

	const char *wrong = read_factors(r, c, version, letters, cie);
	cie->program_at = c->base + c->pos;
	cie->program = cursor_bytes(c, cursor_left(c));
	return wrong == NULL && c->failed ? "CIE is cut short" : wrong;
}

const char *dw_fde_read(const struct dw_cfi_reader *r, const struct dw_cie *cie,
			const struct dw_cfi_head *head, struct dw_fde *fde)
{
	struct cursor c = head->body;

	fde->start = dw_cfi_pointer(r, &c, cie->encoding, cie->address_size);
	fde->size = number(&c, cie->encoding, cie->address_size);
	if (cie->sized)
		cursor_skip(&c, cursor_uleb(&c));
	fde->program_at = c.base + c.pos;
	fde->program = cursor_bytes(&c, cursor_left(&c));
	if (c.failed)
		return "FDE is cut short, or its addresses cannot be read";
	if (fde->size > in_width(UINT64_MAX, cie->address_size) - fde->start)
		return "FDE ends behind the last address";
	return NULL;
}
