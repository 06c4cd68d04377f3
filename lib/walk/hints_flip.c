#include <string.h>

#include "walk/hints_find.h"

/* Flipped bits: stackwalk.md 10.4. */

enum {
	NEAR = 4096,
	LOW = 2 * NEAR, /* addresses up to here come from small numbers, too */
};

/* A search: which bits of an address are tried, and what may be found. */
struct search {
	const struct hint_case *c;
	const struct md_mappings *mappings;
	unsigned first, last; /* bits */
	unsigned operation;   /* MD_*, or 0 */
	uint16_t size;        /* of the access that failed, or 0 */
	bool non_canonical;
};

static bool is_allowed(const struct search *s, const struct md_mapping *m)
{
	return m != NULL && (s->operation == 0 || (m->access & s->operation) != 0);
}

/* Whether the address is right behind or before memory: off by one, rather than by a bit. */
static bool is_beside(const struct search *s, uint64_t address)
{
	for (size_t i = 0; s->size != 0 && i < s->mappings->by_address.n; i++) {
		const struct range *r = &s->mappings->by_address.v[i];
		uint64_t distance = address < r->first  ? r->first - address
				    : address > r->last ? address - r->last
							: 0;

		if (distance < s->size && is_allowed(s, &s->mappings->v[r->item]))
			return true;
	}
	return false;
}

/* Fillings of freed memory: Firefox's js/src/util/Poison.h, jemalloc, mozjemalloc. */
static const uint8_t poisons[] = {
	0x2b, 0x2d, 0x2f, 0x49, 0x4b, 0x4d, 0x4f, 0x6b, 0x8b,
	0x9b, 0x9f, 0xa5, 0xbb, 0xcc, 0xcd, 0xce, 0xdb, 0xe5,
};

static bool is_poison(uint64_t v)
{
	uint8_t byte = (uint8_t)v;

	return v == byte * UINT64_C(0x0101010101010101) &&
	       memchr(poisons, byte, sizeof(poisons)) != NULL;
}

/* 1 - (1 - a) * (1 - b) * ..., of single precision, as rust-minidump counts it. */
static float confidence(const struct hint_flip *f)
{
	static const float nearby[] = { 0.0F, 0.5F, 0.5F + 0.05F, 0.5F + 0.1F, 0.5F + 0.15F };
	enum { MOST = sizeof(nearby) / sizeof(nearby[0]) - 1 };
	float doubt = 1.0F - 0.25F;

	if (f->was_non_canonical)
		doubt *= 1.0F - 0.9F;
	if (f->is_null)
		doubt *= 1.0F - (f->was_low ? 0.25F : 0.5F);
	doubt *= 1.0F - nearby[f->n_nearby < MOST ? f->n_nearby : MOST];
	return (1.0F - doubt) * (f->poison ? 0.5F : 1.0F);
}

static void add(struct hints *h, const struct search *s, uint64_t address, uint64_t was,
		const char *reg)
{
	const struct regs *regs = &s->c->regs;
	struct hint_flip *f = &h->flips[h->n_flips++];

	*f = (struct hint_flip){
		.address = address,
		.reg = reg,
		.was_non_canonical = s->non_canonical,
		.is_null = address == 0,
		.was_low = address == 0 && was <= LOW,
	};
	for (unsigned i = 0; s->c->has_regs && i < regs->cpu->n_regs; i++) {
		uint64_t v = regs->value[i];

		f->n_nearby += address > LOW && (v < address ? address - v : v - address) <= NEAR;
		f->poison |= is_poison(v);
	}
	f->confidence = confidence(f);
}

static void try_bits(struct hints *h, const struct search *s, uint64_t address, const char *reg)
{
	if (is_allowed(s, md_mappings_find(s->mappings, address)) || is_beside(s, address))
		return;
	for (unsigned bit = s->first; bit <= s->last; bit++) {
		uint64_t one = address ^ UINT64_C(1) << bit;

		if (one == 0)
			add(h, s, one, address, reg);
		if (is_allowed(s, md_mappings_find(s->mappings, one)))
			add(h, s, one, address, reg);
	}
}

/* The registers that the operands in memory name, as bits. By default only those that can hold an
 * address: a power of two as index is no flipped null. */
static uint64_t address_registers(const struct hints *h, const struct hint_case *c)
{
	uint64_t set = 0;

	for (unsigned k = 0; h->decoded && k < h->insn.n_accesses; k++) {
		const struct insn_access *a = &h->insn.accesses[k];

		if (a->implied || (c->compat ? a->address_bits != 64 : a->unreal))
			continue;
		set |= a->base >= 0 ? UINT64_C(1) << a->base : 0;
		if (c->compat || (a->base == INSN_NO_REG && a->scale == 1))
			set |= a->index >= 0 ? UINT64_C(1) << a->index : 0;
	}
	if (!c->compat && c->has_regs)
		set &= ~(UINT64_C(1) << c->regs.cpu->ip); /* fetched the instruction */
	return set;
}

/* Index of the first of a set by name; the set is not empty. */
static unsigned first_by_name(const struct cpu *cpu, uint64_t set)
{
	unsigned first = REGS_MAX;

	for (unsigned i = 0; i < cpu->n_regs; i++) {
		if ((set >> i & 1) != 0 &&
		    (first == REGS_MAX || strcmp(cpu->regs[i].name, cpu->regs[first].name) < 0))
			first = i;
	}
	return first;
}

static const struct hint_access *failed_access(const struct hints *h, uint64_t address)
{
	for (unsigned k = 0; k < h->n_accesses; k++) {
		const struct hint_access *a = &h->accesses[k];

		/* as the peer: an access that wraps holds nothing */
		if (address >= a->address && hint_covers(a, address))
			return a;
	}
	return NULL;
}

/* By default only crashes about memory, at an address that is known. A null pointer is no flipped
 * bit; on arm64 nobody looks at the instruction, so near-null addresses would seem to be flipped.
 */
static bool is_candidate(const struct hints *h, const struct hint_case *c)
{
	const struct md_system *s = &c->dump->system;

	return c->crash->has_address && h->adjusted != HINT_NULL_POINTER && s->pointer_bits == 64 &&
	       s->cpu != CPU_ARM64 && s->cpu != CPU_ARM64_OLD &&
	       (c->compat ||
		(c->reason >= HINT_READ && (!c->protection || h->adjusted == HINT_NON_CANONICAL)));
}

void hint_find_flips(struct hints *h, const struct hint_case *c, struct arena *a)
{
	bool amd64 = c->dump->system.cpu == CPU_AMD64;
	bool moved = h->adjusted == HINT_NON_CANONICAL;
	uint64_t set = address_registers(h, c);
	const struct hint_access *failed;
	struct search s = { .c = c, .mappings = &c->dump->mappings, .last = 63 };

	if (!is_candidate(h, c))
		return;
	s.operation = hint_operation(c->reason);
	s.non_canonical = moved;
	if (amd64 && moved)
		s.first = 48;
	else if (amd64)
		s.last = 47;
	failed = failed_access(h, c->crash->address);
	s.size = failed == NULL ? 0 : failed->size;

	size_t tries = 1 + (size_t)__builtin_popcountll(set);
	h->flips = arena_new(a, struct hint_flip, tries * (64 + 1));
	try_bits(h, &s,
		 failed != NULL ? failed->address
		 : moved        ? h->adjusted_address
				: c->crash->address,
		 NULL);
	for (; set != 0;) {
		unsigned i = first_by_name(c->regs.cpu, set);

		try_bits(h, &s, c->regs.value[i], c->regs.cpu->regs[i].name);
		set &= ~(UINT64_C(1) << i);
	}
}
