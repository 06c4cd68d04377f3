#include "walk/hints_find.h"

/* Whether the reason can be true: stackwalk.md 10.5. */

static bool has_kind(const struct hints *h, unsigned kind)
{
	return h->decoded && (h->insn.kind & kind) != 0;
}

/* Whether the list has every access, each with its direction. */
static bool knows_all(const struct hints *h, const struct hint_case *c)
{
	return h->has_accesses && has_kind(h, c->compat ? INSN_PEER_DERIVABLE : INSN_COMPLETE);
}

static bool is_accessed(const struct hints *h, uint64_t address, bool write)
{
	for (unsigned k = 0; k < h->n_accesses; k++) {
		const struct hint_access *a = &h->accesses[k];

		if (hint_covers(a, address) && (write ? a->write : a->read))
			return true;
	}
	return false;
}

/* Whether the instruction surely does not do what the reason says. */
static bool is_not_accessed(const struct hints *h, const struct hint_case *c)
{
	uint64_t address = c->crash->address;

	if (!h->has_accesses)
		return false;
	if (c->reason == HINT_READ || c->reason == HINT_WRITE)
		return knows_all(h, c) && !is_accessed(h, address, c->reason == HINT_WRITE);
	if (c->reason == HINT_EXECUTE)
		return c->regs.value[c->regs.cpu->ip] != address;
	return c->reason == HINT_STACK_OVERFLOW && knows_all(h, c) && h->n_accesses == 0;
}

static bool is_allowed(const struct hint_case *c)
{
	const struct md_mapping *m = md_mappings_find(&c->dump->mappings, c->crash->address);

	return m != NULL && (m->access & hint_operation(c->reason)) != 0;
}

/* Whether the instruction can fail in this way only with an address that is not canonical, and has
 * none. */
static bool is_canonical(const struct hints *h, const struct hint_case *c)
{
	unsigned other = INSN_PEER_ALIGNED | (c->compat ? 0 : INSN_PRIVILEGED | INSN_FAR);

	if (!knows_all(h, c) || !has_kind(h, INSN_PEER_DERIVABLE) || has_kind(h, other) ||
	    h->update == HINT_UPDATE_UNKNOWN)
		return false;
	for (unsigned k = 0; k < h->n_accesses; k++) {
		if (hint_non_canonical(h->accesses[k].address))
			return false;
	}
	return h->update == HINT_UPDATE_NONE || !hint_non_canonical(h->target);
}

static unsigned access_inconsistencies(const struct hints *h, const struct hint_case *c)
{
	bool missing = is_not_accessed(h, c);

	if (c->protection && missing)
		return is_canonical(h, c) ? HINT_CANONICAL : 0;
	return (missing ? HINT_NOT_ACCESSED : 0u) | (is_allowed(c) ? HINT_ALLOWED : 0u);
}

void hint_find_inconsistencies(struct hints *h, const struct hint_case *c)
{
	unsigned privileged = c->compat ? INSN_PEER_PRIVILEGED : INSN_PRIVILEGED;

	if (c->reason == HINT_DIVIDE && h->decoded && !has_kind(h, INSN_DIVIDES))
		h->inconsistencies = HINT_NO_DIVISION;
	else if (c->reason == HINT_PRIVILEGE && h->decoded && !has_kind(h, privileged))
		h->inconsistencies = HINT_NOT_PRIVILEGED;
	else if (c->reason >= HINT_STACK_OVERFLOW && c->reason <= HINT_EXECUTE)
		h->inconsistencies = access_inconsistencies(h, c);
}
