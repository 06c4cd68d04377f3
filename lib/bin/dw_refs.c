#include "bin/dw_refs.h"

#include "base/cursor.h"
#include "bin/dw_const.h"
#include "bin/dw_form.h"

/* Those that names and languages are looked for through. */
static bool is_followed(uint64_t attribute)
{
	return attribute == DW_AT_ABSTRACT_ORIGIN || attribute == DW_AT_SPECIFICATION ||
	       attribute == DW_AT_SIGNATURE;
}

static bool is_inside(uint64_t form)
{
	return dw_form_find(form, (struct dw_encoding){ 0 }).class == DW_CLASS_REF_UNIT;
}

/* The attributes of one entry. */
static bool attributes_stay(struct cursor *c)
{
	while (!c->failed) {
		uint64_t attribute = cursor_uleb(c), form = cursor_uleb(c);

		if (form == DW_FORM_IMPLICIT_CONST)
			cursor_sleb(c);
		if (attribute == 0 && form == 0)
			break;
		if (is_followed(attribute) && !is_inside(form))
			return false;
	}
	return !c->failed;
}

bool dw_refs_stay(struct slice abbrev)
{
	struct cursor c = cursor_make(abbrev, "");

	while (cursor_left(&c) != 0) {
		/* 0 ends a table, or fills up. */
		if (cursor_uleb(&c) == 0)
			continue;
		cursor_uleb(&c); /* tag */
		cursor_u8(&c);   /* children */
		if (!attributes_stay(&c))
			return false;
	}
	return !c.failed;
}
