#include "bin/dw_form.h"

#include "base/slice.h"
#include "bin/dw_const.h"

/* Sizes that depend on the unit. */
enum { SIZE_ADDRESS = 0xf0, SIZE_OFFSET, SIZE_REF_ADDR };

/* clang-format off */
#define FIXED(size, class) { DW_SHAPE_FIXED, (class), (size) }
#define LEB(class) { DW_SHAPE_LEB, (class), 0 }

static const struct dw_form forms[] = {
	[DW_FORM_ADDR]           = FIXED(SIZE_ADDRESS, DW_CLASS_ADDRESS),
	[DW_FORM_BLOCK2]         = { DW_SHAPE_BLOCK, DW_CLASS_NONE, 2 },
	[DW_FORM_BLOCK4]         = { DW_SHAPE_BLOCK, DW_CLASS_NONE, 4 },
	[DW_FORM_DATA2]          = FIXED(2, DW_CLASS_CONSTANT),
	[DW_FORM_DATA4]          = FIXED(4, DW_CLASS_CONSTANT),
	[DW_FORM_DATA8]          = FIXED(8, DW_CLASS_CONSTANT),
	[DW_FORM_STRING]         = { DW_SHAPE_TEXT, DW_CLASS_TEXT, 0 },
	[DW_FORM_BLOCK]          = { DW_SHAPE_BLOCK_LEB, DW_CLASS_NONE, 0 },
	[DW_FORM_BLOCK1]         = { DW_SHAPE_BLOCK, DW_CLASS_NONE, 1 },
	[DW_FORM_DATA1]          = FIXED(1, DW_CLASS_CONSTANT),
	[DW_FORM_FLAG]           = FIXED(1, DW_CLASS_CONSTANT),
	[DW_FORM_SDATA]          = { DW_SHAPE_SIGNED, DW_CLASS_CONSTANT, 0 },
	[DW_FORM_STRP]           = FIXED(SIZE_OFFSET, DW_CLASS_TEXT_OFFSET),
	[DW_FORM_UDATA]          = LEB(DW_CLASS_CONSTANT),
	[DW_FORM_REF_ADDR]       = FIXED(SIZE_REF_ADDR, DW_CLASS_REF_INFO),
	[DW_FORM_REF1]           = FIXED(1, DW_CLASS_REF_UNIT),
	[DW_FORM_REF2]           = FIXED(2, DW_CLASS_REF_UNIT),
	[DW_FORM_REF4]           = FIXED(4, DW_CLASS_REF_UNIT),
	[DW_FORM_REF8]           = FIXED(8, DW_CLASS_REF_UNIT),
	[DW_FORM_REF_UDATA]      = LEB(DW_CLASS_REF_UNIT),
	[DW_FORM_INDIRECT]       = { DW_SHAPE_INDIRECT, DW_CLASS_NONE, 0 },
	[DW_FORM_SEC_OFFSET]     = FIXED(SIZE_OFFSET, DW_CLASS_OFFSET),
	[DW_FORM_EXPRLOC]        = { DW_SHAPE_BLOCK_LEB, DW_CLASS_NONE, 0 },
	[DW_FORM_FLAG_PRESENT]   = { DW_SHAPE_CONSTANT, DW_CLASS_CONSTANT, 0 },
	[DW_FORM_STRX]           = LEB(DW_CLASS_TEXT_INDEX),
	[DW_FORM_ADDRX]          = LEB(DW_CLASS_ADDRESS_INDEX),
	[DW_FORM_REF_SUP4]       = FIXED(4, DW_CLASS_REF_SUPPLEMENT),
	[DW_FORM_STRP_SUP]       = FIXED(SIZE_OFFSET, DW_CLASS_TEXT_SUPPLEMENT),
	[DW_FORM_DATA16]         = FIXED(16, DW_CLASS_NONE),
	[DW_FORM_LINE_STRP]      = FIXED(SIZE_OFFSET, DW_CLASS_TEXT_LINE),
	[DW_FORM_REF_SIG8]       = FIXED(8, DW_CLASS_REF_SIGNATURE),
	[DW_FORM_IMPLICIT_CONST] = { DW_SHAPE_CONSTANT, DW_CLASS_CONSTANT, 0 },
	[DW_FORM_LOCLISTX]       = LEB(DW_CLASS_LIST_INDEX),
	[DW_FORM_RNGLISTX]       = LEB(DW_CLASS_LIST_INDEX),
	[DW_FORM_REF_SUP8]       = FIXED(8, DW_CLASS_REF_SUPPLEMENT),
	[DW_FORM_STRX1]          = FIXED(1, DW_CLASS_TEXT_INDEX),
	[DW_FORM_STRX2]          = FIXED(2, DW_CLASS_TEXT_INDEX),
	[DW_FORM_STRX3]          = FIXED(3, DW_CLASS_TEXT_INDEX),
	[DW_FORM_STRX4]          = FIXED(4, DW_CLASS_TEXT_INDEX),
	[DW_FORM_ADDRX1]         = FIXED(1, DW_CLASS_ADDRESS_INDEX),
	[DW_FORM_ADDRX2]         = FIXED(2, DW_CLASS_ADDRESS_INDEX),
	[DW_FORM_ADDRX3]         = FIXED(3, DW_CLASS_ADDRESS_INDEX),
	[DW_FORM_ADDRX4]         = FIXED(4, DW_CLASS_ADDRESS_INDEX),
};
/* clang-format on */

static const struct {
	uint64_t form;
	struct dw_form is;
} gnu_forms[] = {
	{ DW_FORM_GNU_ADDR_INDEX, LEB(DW_CLASS_ADDRESS_INDEX) },
	{ DW_FORM_GNU_STR_INDEX, LEB(DW_CLASS_TEXT_INDEX) },
	{ DW_FORM_GNU_REF_ALT, FIXED(SIZE_OFFSET, DW_CLASS_REF_SUPPLEMENT) },
	{ DW_FORM_GNU_STRP_ALT, FIXED(SIZE_OFFSET, DW_CLASS_TEXT_SUPPLEMENT) },
};

static struct dw_form form_row(uint64_t form)
{
	if (form < COUNT(forms))
		return forms[form];
	for (size_t i = 0; i < COUNT(gnu_forms); i++) {
		if (gnu_forms[i].form == form)
			return gnu_forms[i].is;
	}
	return (struct dw_form){ 0 };
}

struct dw_form dw_form_find(uint64_t form, struct dw_encoding e)
{
	struct dw_form f = form_row(form);

	/* DWARF 2 has addresses here: DWARF 3, 7.4, says why it changed. */
	if (f.size == SIZE_REF_ADDR)
		f.size = e.version <= 2 ? e.address_size : e.offset_size;
	else if (f.size == SIZE_ADDRESS)
		f.size = e.address_size;
	else if (f.size == SIZE_OFFSET)
		f.size = e.offset_size;
	return f;
}
