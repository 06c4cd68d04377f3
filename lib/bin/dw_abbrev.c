#include "bin/dw_abbrev.h"

#include "base/sort.h"
#include "bin/dw_const.h"

static const struct {
	uint16_t tag;
	uint8_t kind;
} kinds[] = {
	{ DW_TAG_SUBPROGRAM, DW_KIND_FUNCTION },
	{ DW_TAG_INLINED_SUBROUTINE, DW_KIND_INLINED },
	{ DW_TAG_NAMESPACE, DW_KIND_SCOPE },
	{ DW_TAG_STRUCTURE_TYPE, DW_KIND_SCOPE },
	{ DW_TAG_CLASS_TYPE, DW_KIND_SCOPE },
	{ DW_TAG_UNION_TYPE, DW_KIND_SCOPE },
	{ DW_TAG_ENUMERATION_TYPE, DW_KIND_SCOPE }, /* of Rust: they have methods */
	{ DW_TAG_INTERFACE_TYPE, DW_KIND_SCOPE },
	{ DW_TAG_MODULE, DW_KIND_SCOPE },
	{ DW_TAG_COMPILE_UNIT, DW_KIND_UNIT },
	{ DW_TAG_PARTIAL_UNIT, DW_KIND_UNIT },
	{ DW_TAG_TYPE_UNIT, DW_KIND_UNIT },
	{ DW_TAG_SKELETON_UNIT, DW_KIND_UNIT },
	{ DW_TAG_CALL_SITE, DW_KIND_LEAF },
	{ DW_TAG_CALL_SITE_PARAMETER, DW_KIND_LEAF },
	{ DW_TAG_GNU_CALL_SITE, DW_KIND_LEAF },
	{ DW_TAG_GNU_CALL_SITE_PARAMETER, DW_KIND_LEAF },
	{ DW_TAG_ARRAY_TYPE, DW_KIND_LEAF },
	{ DW_TAG_SUBROUTINE_TYPE, DW_KIND_LEAF },
	{ DW_TAG_FORMAL_PARAMETER, DW_KIND_LEAF },
	{ DW_TAG_VARIABLE, DW_KIND_LEAF },
};

#define KIND(kind) (1U << (kind))

/* Whose values are asked for. */
enum {
	UNIT = KIND(DW_KIND_UNIT),
	FUNCTION = KIND(DW_KIND_FUNCTION),
	CODE = UNIT | FUNCTION | KIND(DW_KIND_INLINED),
	NAMED = FUNCTION | KIND(DW_KIND_SCOPE),
};

static const struct {
	uint16_t attribute;
	uint8_t slot;
	uint8_t kinds;
} slots[] = {
	{ DW_AT_NAME, DW_SLOT_NAME, NAMED | UNIT },
	{ DW_AT_LINKAGE_NAME, DW_SLOT_LINKAGE_NAME, FUNCTION },
	{ DW_AT_MIPS_LINKAGE_NAME, DW_SLOT_LINKAGE_NAME, FUNCTION },
	{ DW_AT_LOW_PC, DW_SLOT_LOW_PC, CODE },
	{ DW_AT_HIGH_PC, DW_SLOT_HIGH_PC, CODE },
	{ DW_AT_RANGES, DW_SLOT_RANGES, CODE },
	{ DW_AT_ABSTRACT_ORIGIN, DW_SLOT_ORIGIN, NAMED | KIND(DW_KIND_INLINED) },
	{ DW_AT_SPECIFICATION, DW_SLOT_SPECIFICATION, NAMED },
	{ DW_AT_DECLARATION, DW_SLOT_DECLARATION, FUNCTION },
	{ DW_AT_SIGNATURE, DW_SLOT_SIGNATURE, KIND(DW_KIND_SCOPE) },
	{ DW_AT_SIBLING, DW_SLOT_SIBLING, FUNCTION | KIND(DW_KIND_LEAF) },
	{ DW_AT_CALL_FILE, DW_SLOT_CALL_FILE, KIND(DW_KIND_INLINED) },
	{ DW_AT_CALL_LINE, DW_SLOT_CALL_LINE, KIND(DW_KIND_INLINED) },
	{ DW_AT_STMT_LIST, DW_SLOT_STMT_LIST, UNIT },
	{ DW_AT_LANGUAGE, DW_SLOT_LANGUAGE, UNIT },
	{ DW_AT_COMP_DIR, DW_SLOT_COMP_DIR, UNIT },
	{ DW_AT_PRODUCER, DW_SLOT_PRODUCER, UNIT },
	{ DW_AT_STR_OFFSETS_BASE, DW_SLOT_STR_OFFSETS_BASE, UNIT },
	{ DW_AT_ADDR_BASE, DW_SLOT_ADDR_BASE, UNIT },
	{ DW_AT_GNU_ADDR_BASE, DW_SLOT_ADDR_BASE, UNIT },
	{ DW_AT_RNGLISTS_BASE, DW_SLOT_RNGLISTS_BASE, UNIT },
	{ DW_AT_GNU_RANGES_BASE, DW_SLOT_GNU_RANGES_BASE, UNIT },
	{ DW_AT_DWO_NAME, DW_SLOT_DWO_NAME, UNIT },
	{ DW_AT_GNU_DWO_NAME, DW_SLOT_DWO_NAME, UNIT },
	{ DW_AT_GNU_DWO_ID, DW_SLOT_DWO_ID, UNIT },
};

static uint8_t kind_of(uint64_t tag)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (kinds[i].tag == tag)
			return kinds[i].kind;
	}
	return DW_KIND_OTHER;
}

static uint8_t slot_of(uint64_t attribute, uint8_t kind)
{
	if (kind == DW_KIND_OTHER)
		return DW_SLOT_NONE;
	for (size_t i = 0; i < COUNT(slots); i++) {
		if (slots[i].attribute == attribute)
			return (slots[i].kinds & KIND(kind)) != 0 ? slots[i].slot : DW_SLOT_NONE;
	}
	return DW_SLOT_NONE;
}

/* Joins a step that nobody asks for to the one before, if that is of its kind. */
static bool step_join(struct dw_abbrevs *t, const struct dw_abbrev *a, const struct dw_step *s)
{
	struct dw_step *last;

	if (s->slot != DW_SLOT_NONE || t->steps.n / sizeof(*last) == a->first_step ||
	    (s->shape != DW_SHAPE_FIXED && s->shape != DW_SHAPE_LEB))
		return false;
	last = (struct dw_step *)(void *)(t->steps.p + t->steps.n) - 1;
	if (last->slot != DW_SLOT_NONE || last->shape != s->shape)
		return false;
	last->value += s->value;
	return true;
}

static void step_add(struct dw_abbrevs *t, struct dw_abbrev *a, uint8_t slot, struct dw_form f,
		     int64_t constant)
{
	struct dw_step s = { f.shape, slot, f.class, f.size, (uint64_t)constant };

	if (f.shape == DW_SHAPE_FIXED)
		a->size += a->size == DW_NO_SIZE ? 0 : f.size;
	else if (f.shape != DW_SHAPE_CONSTANT)
		a->size = DW_NO_SIZE;

	/* A value that is given twice: the first one counts. */
	if (slot != DW_SLOT_NONE && (a->has & DW_HAS(slot)) != 0)
		s.slot = DW_SLOT_NONE;
	if (s.slot == DW_SLOT_NONE && f.shape == DW_SHAPE_CONSTANT)
		return;
	if (s.slot != DW_SLOT_NONE)
		a->has |= DW_HAS(slot);
	/* What skipping SLEB128 is, too. */
	if (s.slot == DW_SLOT_NONE && f.shape == DW_SHAPE_SIGNED)
		s.shape = DW_SHAPE_LEB;
	if (f.shape == DW_SHAPE_FIXED)
		s.value = f.size;
	else if (f.shape != DW_SHAPE_CONSTANT)
		s.value = 1;
	if (!step_join(t, a, &s))
		buf_put(&t->steps, &s, sizeof(s));
}

/* Whether DW_AT_sibling is an offset of 32 bits, at a place that is the same in each entry. */
static bool find_sibling(const struct dw_abbrevs *t, struct dw_abbrev *a)
{
	const struct dw_step *s = dw_abbrev_steps(t, a), *end = s + a->n_steps;
	uint64_t at = 0;

	for (; s < end && s->slot != DW_SLOT_SIBLING; s++)
		at += s->shape == DW_SHAPE_FIXED ? s->value : 0;
	if (s == end || s->class != DW_CLASS_REF_UNIT || s->size != 4)
		return false;
	a->sibling_at = (uint16_t)at;
	return true;
}

/* What a walk has to know of such entries. Children of types without members and of declarations
 * need no look. */
static void roles_set(const struct dw_abbrevs *t, struct dw_abbrev *a)
{
	const uint32_t code = DW_HAS(DW_SLOT_LOW_PC) | DW_HAS(DW_SLOT_RANGES);
	bool function = a->kind == DW_KIND_FUNCTION;

	a->has_code = a->kind == DW_KIND_INLINED || (function && (a->has & code) != 0);
	a->closed = a->children && (a->has & DW_HAS(DW_SLOT_SIBLING)) != 0 && !a->has_code &&
		    (a->kind == DW_KIND_LEAF || (a->has & DW_HAS(DW_SLOT_DECLARATION)) != 0);
	a->holds = (function || a->kind == DW_KIND_SCOPE) && a->children && !a->closed;
	if (a->has_code || a->holds || a->size == DW_NO_SIZE)
		return;
	if (!a->closed)
		a->pass = DW_PASS_SIZE;
	else if (find_sibling(t, a))
		a->pass = DW_PASS_SIBLING;
}

static bool attributes_read(struct dw_abbrevs *t, struct cursor *c, struct dw_abbrev *a)
{
	for (;;) {
		uint64_t attribute = cursor_uleb(c), form = cursor_uleb(c);
		int64_t constant = form == DW_FORM_IMPLICIT_CONST ? cursor_sleb(c) : 1;

		if (c->failed)
			return false;
		if (attribute == 0 && form == 0)
			break;
		step_add(t, a, slot_of(attribute, a->kind), dw_form_find(form, t->encoding),
			 constant);
		/* More bytes than a skip can have are no entry of any compiler. */
		if (a->size != DW_NO_SIZE && a->size > UINT16_MAX)
			a->size = DW_NO_SIZE;
	}
	a->n_steps = (uint32_t)(t->steps.n / sizeof(struct dw_step)) - a->first_step;
	roles_set(t, a);
	return true;
}

/* The next one; false at the end of the table or where it is damaged. */
static bool abbrev_read(struct dw_abbrevs *t, struct cursor *c)
{
	uint64_t code = cursor_uleb(c);

	if (code == 0 || code > UINT32_MAX || t->steps.n / sizeof(struct dw_step) > UINT32_MAX / 2)
		return false;

	uint64_t tag = cursor_uleb(c);
	struct dw_abbrev a = {
		.code = (uint32_t)code,
		.first_step = (uint32_t)(t->steps.n / sizeof(struct dw_step)),
		.tag = tag > UINT16_MAX ? 0 : (uint16_t)tag,
		.kind = kind_of(tag),
		.children = cursor_u8(c) != 0,
	};
	if (!attributes_read(t, c, &a))
		return false;
	t->dense = t->dense && code == t->abbrevs.n / sizeof(a) + 1;
	buf_put(&t->abbrevs, &a, sizeof(a));
	return true;
}

static int by_code(const void *a, const void *b, const void *context)
{
	const struct dw_abbrev *left = a, *right = b;

	(void)context;
	return (left->code > right->code) - (left->code < right->code);
}

bool dw_abbrevs_read(struct dw_abbrevs *t, struct cursor *c, struct dw_encoding e,
		     void (*oom)(size_t wanted))
{
	buf_clear(&t->abbrevs);
	buf_clear(&t->steps);
	t->abbrevs.oom = t->steps.oom = oom;
	/* Tables without any steps point somewhere, too. */
	buf_reserve(&t->steps, sizeof(struct dw_step));
	t->dense = true;
	t->encoding = e;
	while (abbrev_read(t, c))
		;
	if (!t->dense)
		sort_stable(t->abbrevs.p, t->abbrevs.n / sizeof(struct dw_abbrev),
			    sizeof(struct dw_abbrev), by_code, NULL, oom);
	return !c->failed;
}

const struct dw_abbrev *dw_abbrevs_search(const struct dw_abbrevs *t, uint64_t code)
{
	const struct dw_abbrev *v = (const void *)t->abbrevs.p;
	size_t low = 0, high = t->abbrevs.n / sizeof(*v);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].code < code)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->abbrevs.n / sizeof(*v) && v[low].code == code ? &v[low] : NULL;
}
