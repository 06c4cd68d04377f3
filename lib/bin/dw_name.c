#include "bin/dw_name.h"

#include "base/limits.h"

static bool step(struct dw *dw, struct dw_die *d)
{
	struct dw_die next;

	if (!dw_die_follow(dw, d, DW_SLOT_ORIGIN, &next) &&
	    !dw_die_follow(dw, d, DW_SLOT_SPECIFICATION, &next))
		return false;
	*d = next;
	return true;
}

enum sym_language dw_name_language(struct dw *dw, const struct dw_die *d,
				   enum sym_language language)
{
	struct dw_die at = *d, next;

	for (unsigned hop = 0; hop < LIMIT_DWARF_CHAIN; hop++) {
		const struct dw_part *part = at.unit->part;
		uint64_t offset = at.unit->offset;

		if (!dw_die_follow(dw, &at, DW_SLOT_ORIGIN, &next))
			break;
		if ((next.unit->part != part || next.unit->offset != offset) &&
		    (next.unit->has & DW_HAS(DW_SLOT_LANGUAGE)) != 0)
			language = next.unit->language;
		at = next;
	}
	return language;
}

/* Whether names without a mangled form lack their scopes in that language. */
static bool has_scopes(enum sym_language language)
{
	return language == LANGUAGE_CPP || language == LANGUAGE_OBJCPP ||
	       language == LANGUAGE_RUST || language == LANGUAGE_D;
}

/* A text in what is forgotten must be copied. */
static bool is_lasting(const struct dw *dw, struct str text)
{
	struct slice info = dw->main.s.info;

	return !dw_forgets(dw) || (uintptr_t)text.p - (uintptr_t)info.p >= info.n;
}

static uint32_t name_of(struct dw *dw, const struct dw_die *d, enum sym_language language,
			struct model *m)
{
	struct sym_name name = { .language = language };
	struct dw_die at = *d;
	unsigned hop = 0;

	do {
		name.readable = !dw_die_has(&at, DW_SLOT_LINKAGE_NAME);
		name.text = dw_die_text(dw, &at,
					name.readable ? DW_SLOT_NAME : DW_SLOT_LINKAGE_NAME);
	} while (name.text.n == 0 && hop++ < LIMIT_DWARF_CHAIN && step(dw, &at));

	if (!name.readable || name.text.n == 0 || dw->in.compat || !has_scopes(language))
		return model_name(m, name, is_lasting(dw, name.text));
	while (hop++ < LIMIT_DWARF_CHAIN && step(dw, &at))
		;
	dw_scope_put(dw, &at, language, name.text);
	if (dw->text.n == 0)
		return model_name(m, name, is_lasting(dw, name.text));
	name.text = buf_str(&dw->text);
	return model_name(m, name, false);
}

static struct dw_known_name *known_name(struct dw *dw, const struct dw_part *part, uint64_t offset,
					enum sym_language language)
{
	uint64_t mixed = (offset ^ (uint64_t)part->serial << 40) * UINT64_C(0x9e3779b97f4a7c15);

	return &dw->names[(mixed >> 40 ^ (uint64_t)language) % DW_N_NAMES];
}

/* Names are asked for again and again: a function is inlined at many places. What an entry without
 * a name of its own refers to is the key. */
uint32_t dw_name(struct dw *dw, const struct dw_die *d, enum sym_language *language,
		 struct model *m)
{
	enum sym_language found = *language;
	struct dw_part *part;
	uint64_t offset;

	if (dw_die_has(d, DW_SLOT_NAME) || dw_die_has(d, DW_SLOT_LINKAGE_NAME) ||
	    (!dw_die_target(dw, d, DW_SLOT_ORIGIN, &part, &offset) &&
	     !dw_die_target(dw, d, DW_SLOT_SPECIFICATION, &part, &offset))) {
		*language = dw_name_language(dw, d, found);
		return name_of(dw, d, *language, m);
	}

	struct dw_known_name *k = known_name(dw, part, offset, found);
	if (k->serial != part->serial || k->offset != offset || k->around != found) {
		k->serial = part->serial;
		k->offset = offset;
		k->around = found;
		k->language = dw_name_language(dw, d, found);
		k->name = name_of(dw, d, k->language, m);
	}
	*language = k->language;
	return k->name;
}
