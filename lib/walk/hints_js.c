#include "base/number.h"
#include "walk/hints.h"

void hints_js_adjusted(const struct hints *h, unsigned digits, struct js *j)
{
	bool null = h->adjusted == HINT_NULL_POINTER;

	js_key(j, "adjusted_address");
	if (h->adjusted == HINT_AS_REPORTED) {
		js_null(j);
		return;
	}
	js_object(j);
	if (!null)
		js_key_hex(j, "address", h->adjusted_address, digits);
	js_key_text(j, "kind", null ? "null-pointer" : "non-canonical");
	if (null)
		js_key_hex(j, "offset", h->adjusted_address, digits);
	js_end(j, '}');
}

/* By bit. */
static const char *const names[] = {
	"int_div_by_zero_not_possible",           "priv_instruction_crash_without_priv_instruction",
	"non_canonical_address_falsely_reported", "crashing_access_not_found_in_memory_accesses",
	"access_violation_when_access_allowed",
};

void hints_js_inconsistencies(const struct hints *h, struct js *j)
{
	js_array(j);
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((h->inconsistencies >> i & 1) != 0)
			js_text(j, names[i]);
	}
	js_end(j, ']');
}

static void put_access(const struct hint_access *a, unsigned digits, struct js *j)
{
	js_object(j);
	if (a->typed)
		js_key_text(j, "access_type", !a->write ? "read" : a->read ? "readwrite" : "write");
	js_key_hex(j, "address", a->address, digits);
	if (a->guard)
		js_key_bool(j, "is_likely_guard_page", true);
	if (a->size != 0)
		js_key_u64(j, "size", a->size);
	else
		js_key_null(j, "size");
	js_end(j, '}');
}

static void put_flip(const struct hint_flip *f, unsigned digits, struct js *j)
{
	char number[NUMBER_TEXT_SIZE];

	js_object(j);
	js_key_hex(j, "address", f->address, digits);
	number_text(number, (double)f->confidence, NUMBER_RUST);
	js_key(j, "confidence");
	js_raw(j, str_of(number));
	js_key(j, "details");
	js_object(j);
	js_key_bool(j, "is_null", f->is_null);
	js_key_u64(j, "nearby_registers", f->n_nearby);
	js_key_bool(j, "poison_registers", f->poison);
	js_key_bool(j, "was_low", f->was_low);
	js_key_bool(j, "was_non_canonical", f->was_non_canonical);
	js_end(j, '}');
	js_key_text(j, "source_register", f->reg);
	js_end(j, '}');
}

void hints_js_instruction(const struct hints *h, unsigned digits, struct js *j)
{
	js_key_text(j, "instruction", h->insn.text[0] != '\0' ? h->insn.text : NULL);
	js_key(j, "instruction_pointer_update");
	if (h->update == HINT_UPDATE_KNOWN) {
		js_object(j);
		js_key_hex(j, "address", h->target, digits);
		js_end(j, '}');
	} else {
		js_null(j);
	}

	js_key(j, "memory_accesses");
	if (h->has_accesses) {
		js_array(j);
		for (unsigned i = 0; i < h->n_accesses; i++)
			put_access(&h->accesses[i], digits, j);
		js_end(j, ']');
	} else {
		js_null(j);
	}

	js_key(j, "possible_bit_flips");
	if (h->n_flips != 0) {
		js_array(j);
		for (size_t i = 0; i < h->n_flips; i++)
			put_flip(&h->flips[i], digits, j);
		js_end(j, ']');
	} else {
		js_null(j);
	}
}
