#include "walk/hints_find.h"

/* Only Windows says where the block of a thread is, to which these segments point. */
static bool segment_base(const struct hint_case *c, uint8_t segment, uint64_t *base)
{
	uint8_t of_thread = c->regs.cpu->kind == CPU_AMD64 ? INSN_GS : INSN_FS;

	*base = 0;
	if (segment == INSN_FLAT)
		return true;
	if (c->dump->system.os != MD_OS_WINDOWS || segment != of_thread || c->crash->thread == NULL)
		return false;
	*base = c->crash->thread->teb;
	return *base != 0;
}

static uint64_t cut(uint64_t v, unsigned bits)
{
	return bits < 64 ? v & ((UINT64_C(1) << bits) - 1) : v;
}

static uint64_t extended(uint64_t v, uint8_t extend)
{
	if (extend == INSN_SIGNED_32)
		return (uint64_t)(int64_t)(int32_t)(uint32_t)v;
	return extend == INSN_UNSIGNED_32 ? (uint32_t)v : v;
}

/* False when a register is not one of the context. */
static bool sum(const struct hint_case *c, const struct insn_access *a, struct hint_access *out)
{
	if (a->base == INSN_OTHER_REG || a->index == INSN_OTHER_REG)
		return false;
	if (a->base != INSN_NO_REG) {
		out->address = c->regs.value[a->base];
		out->from_null = cut(out->address, a->address_bits) == 0;
	}
	if (a->index != INSN_NO_REG)
		out->address += extended(c->regs.value[a->index], a->extend) * a->scale;
	out->address += (uint64_t)a->displacement;
	if (a->implied)
		out->from_null = out->address == 0;
	return true;
}

static bool locate(const struct hints *h, const struct hint_case *c, const struct insn_access *a,
		   struct hint_access *out)
{
	const struct cpu *cpu = c->regs.cpu;
	uint64_t segment;

	if (!sum(c, a, out) || !segment_base(c, a->segment, &segment))
		return false;
	if (a->base == cpu->ip)
		out->address += h->insn.length;
	out->from_null = out->from_null && a->segment == INSN_FLAT;
	out->address = cpu_pointer(cpu, cut(out->address, a->address_bits) + segment);
	return true;
}

/* As rust-minidump has it: no segments, registers by the names that they have in the text, and the
 * instruction pointer is that of the start. golden/probes/instructions.tsv pins it. */
static bool locate_compat(const struct hint_case *c, const struct insn_access *a,
			  struct hint_access *out)
{
	bool named = a->base != INSN_NO_REG || a->index != INSN_NO_REG;

	return (a->address_bits == 64 || !named) && sum(c, a, out);
}

/* Whether the peer lists the access. It thinks of the stack only where it knows what an instruction
 * does, and there not of what lea forms. */
static bool is_listed(const struct insn *i, const struct insn_access *a, bool compat)
{
	bool derivable = (i->kind & INSN_PEER_DERIVABLE) != 0;

	if (!compat)
		return !a->unreal;
	return a->implied ? derivable : !(a->unreal && derivable);
}

/* The peer has one size for all accesses of an instruction, of an operand or eight bytes, ten for a
 * far pointer, none for the state of the x87; and every push moves the stack pointer by eight. */
static void resize_compat(const struct insn *i, const struct insn_access *a,
			  struct hint_access *out)
{
	if ((i->kind & INSN_FAR) != 0)
		out->size = 10;
	else if (a->implied)
		out->size = i->accesses[0].implied ? 8 : i->accesses[0].size;
	else if (a->size > 64 || a->size % 14 == 0)
		out->size = 0;
	if (a->implied && a->write)
		out->address += a->size - UINT64_C(8);
}

static bool find_accesses(struct hints *h, const struct hint_case *c)
{
	for (unsigned k = 0; k < h->insn.n_accesses; k++) {
		const struct insn_access *a = &h->insn.accesses[k];
		struct hint_access found = { .size = a->size, .read = a->read, .write = a->write };

		if (!is_listed(&h->insn, a, c->compat))
			continue;
		if (c->compat ? !locate_compat(c, a, &found) : !locate(h, c, a, &found))
			return false;
		found.typed = !c->compat || (h->insn.kind & INSN_PEER_DERIVABLE) != 0;
		if (c->compat)
			resize_compat(&h->insn, a, &found);
		h->accesses[h->n_accesses++] = found;
	}
	return true;
}

/* The return address. By default wherever the stack pointer leads to, not on this stack only. */
static bool return_address(const struct hint_case *c, uint64_t *target)
{
	const struct md_thread *t = c->crash->thread;
	const struct md_memory *m = &c->dump->memory;
	const struct cpu *cpu = c->regs.cpu;
	uint64_t sp = c->regs.value[cpu->sp];

	if (t != NULL) {
		struct md_region own = { t->stack_start, t->stack };
		const struct md_region *stack = t->stack.n != 0 ? &own
								: md_memory_find(m, t->stack_start);

		if (stack != NULL && md_region_uint(stack, m->big, sp, cpu->pointer_size, target))
			return true;
	}
	return !c->compat && md_memory_uint(m, sp, cpu->pointer_size, target);
}

static enum hint_update known_if(bool known)
{
	return known ? HINT_UPDATE_KNOWN : HINT_UPDATE_UNKNOWN;
}

/* A word that an instruction jumps through; of a far pointer only the peer takes one. */
static bool pointed_target(const struct hints *h, const struct hint_case *c, uint64_t *target)
{
	struct hint_access at = { 0 };

	if (c->compat)
		return locate_compat(c, &h->insn.accesses[0], &at) &&
		       md_memory_uint(&c->dump->memory, at.address, 8, target);
	return (h->insn.kind & INSN_FAR) == 0 && locate(h, c, &h->insn.accesses[0], &at) &&
	       md_memory_uint(&c->dump->memory, at.address, c->regs.cpu->pointer_size, target);
}

static enum hint_update find_update(struct hints *h, const struct hint_case *c)
{
	const struct insn *i = &h->insn;

	switch (i->flow) {
	case INSN_NEXT:
		return HINT_UPDATE_NONE;
	case INSN_JUMP_TO:
		h->target = cpu_pointer(c->regs.cpu, c->regs.value[c->regs.cpu->ip] + i->length +
							     (uint64_t)i->flow_to);
		return known_if(!c->compat);
	case INSN_JUMP_REG:
		h->target = i->flow_reg < 0 ? 0 : c->regs.value[i->flow_reg];
		return known_if(i->flow_reg >= 0);
	case INSN_JUMP_MEMORY:
		return known_if(pointed_target(h, c, &h->target));
	case INSN_JUMP_STACK:
		return known_if(return_address(c, &h->target));
	case INSN_BRANCH:
	case INSN_ELSEWHERE:
		break;
	}
	/* the peer knows jumps on a flag, but neither loops nor system calls */
	return c->compat && (i->kind & INSN_PEER_DERIVABLE) == 0 ? HINT_UPDATE_NONE
								 : HINT_UPDATE_UNKNOWN;
}

void hint_decode(struct hints *h, const struct hint_case *c)
{
	uint64_t ip = c->regs.value[c->regs.cpu->ip];
	const struct md_region *code = md_memory_find(&c->dump->memory, ip);
	size_t off;

	if (code == NULL || (c->compat && c->regs.cpu->kind != CPU_AMD64))
		return;
	off = (size_t)(ip - code->base);
	h->decoded = insn_decode(&h->insn, c->regs.cpu,
				 (struct slice){ code->data.p + off, code->data.n - off });
	if (!h->decoded)
		return;
	h->has_accesses = find_accesses(h, c);
	if (!h->has_accesses)
		h->n_accesses = 0;
	h->update = find_update(h, c);
}
