#ifndef CRASH_BIN_DW_FORM_H
#define CRASH_BIN_DW_FORM_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What the forms of attributes look like in a unit and what their values mean: DWARF 5, 7.5.5 and
 * 7.5.6; GNU's four are of binutils' dwarf2.def.
 */
struct dw_encoding {
	uint8_t address_size; /* bytes */
	uint8_t offset_size;  /* 4, or 8 in the 64-bit format */
	uint8_t version;
};

/* How many bytes a value takes. */
enum dw_shape {
	DW_SHAPE_BAD, /* no form that is known: what follows it cannot be found */
	DW_SHAPE_FIXED,
	DW_SHAPE_CONSTANT, /* none: the value stands in the abbreviation */
	DW_SHAPE_LEB,
	DW_SHAPE_SIGNED, /* SLEB128 */
	DW_SHAPE_TEXT,
	DW_SHAPE_BLOCK, /* as many as a number in front of them says */
	DW_SHAPE_BLOCK_LEB,
	DW_SHAPE_INDIRECT,
};

/* What a number is. */
enum dw_class {
	DW_CLASS_NONE, /* a block, or more than 8 bytes */
	DW_CLASS_ADDRESS,
	DW_CLASS_ADDRESS_INDEX,
	DW_CLASS_CONSTANT,
	DW_CLASS_OFFSET, /* into another section */
	DW_CLASS_LIST_INDEX,
	DW_CLASS_TEXT, /* in place: the offset in its unit */
	DW_CLASS_TEXT_OFFSET,
	DW_CLASS_TEXT_LINE,       /* offset in .debug_line_str */
	DW_CLASS_TEXT_SUPPLEMENT, /* in .debug_str of dwz's common file */
	DW_CLASS_TEXT_INDEX,
	DW_CLASS_REF_UNIT, /* offset in the unit */
	DW_CLASS_REF_INFO, /* in .debug_info */
	DW_CLASS_REF_SUPPLEMENT,
	DW_CLASS_REF_SIGNATURE,
};

struct dw_form {
	uint8_t shape;
	uint8_t class;
	uint8_t size; /* of DW_SHAPE_FIXED, or of the number in front of a block */
};

struct dw_form dw_form_find(uint64_t form, struct dw_encoding e);

#endif
