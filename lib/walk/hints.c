#include "walk/hints_find.h"

/* By the whole text, or, where it ends in a blank, by its start. */
static const struct {
	struct str text;
	enum hint_reason reason;
} reasons[] = {
	{ STR_INIT("EXCEPTION_INT_DIVIDE_BY_ZERO"), HINT_DIVIDE },
	{ STR_INIT("SIGFPE / FPE_INTDIV"), HINT_DIVIDE },
	{ STR_INIT("EXC_ARITHMETIC / EXC_I386_DIV"), HINT_DIVIDE },
	{ STR_INIT("EXC_ARITHMETIC / EXC_PPC_ZERO_DIVIDE"), HINT_DIVIDE },
	{ STR_INIT("EXCEPTION_PRIV_INSTRUCTION"), HINT_PRIVILEGE },
	{ STR_INIT("STATUS_PRIVILEGED_INSTRUCTION"), HINT_PRIVILEGE },
	{ STR_INIT("EXCEPTION_STACK_OVERFLOW"), HINT_STACK_OVERFLOW },
	{ STR_INIT("EXCEPTION_ACCESS_VIOLATION_READ"), HINT_READ },
	{ STR_INIT("EXCEPTION_ACCESS_VIOLATION_WRITE"), HINT_WRITE },
	{ STR_INIT("EXCEPTION_ACCESS_VIOLATION_EXEC"), HINT_EXECUTE },
	{ STR_INIT("EXCEPTION_ACCESS_VIOLATION"), HINT_FAULT },
	{ STR_INIT("EXCEPTION_IN_PAGE_ERROR"), HINT_FAULT },
	{ STR_INIT("EXCEPTION_IN_PAGE_ERROR_READ "), HINT_FAULT },
	{ STR_INIT("EXCEPTION_IN_PAGE_ERROR_WRITE "), HINT_FAULT },
	{ STR_INIT("EXCEPTION_IN_PAGE_ERROR_EXEC "), HINT_FAULT },
	{ STR_INIT("SIGSEGV / SI_KERNEL"), HINT_FAULT_KERNEL },
	{ STR_INIT("SIGBUS / SI_KERNEL"), HINT_FAULT_KERNEL },
	{ STR_INIT("SIGSEGV"), HINT_FAULT },
	{ STR_INIT("SIGSEGV "), HINT_FAULT },
	{ STR_INIT("SIGBUS"), HINT_FAULT },
	{ STR_INIT("SIGBUS "), HINT_FAULT },
	{ STR_INIT("EXC_BAD_ACCESS / EXC_I386_GPFLT"), HINT_FAULT_GP },
	{ STR_INIT("EXC_BAD_ACCESS "), HINT_FAULT },
};

static enum hint_reason find_reason(struct str text)
{
	for (size_t i = 0; i < COUNT(reasons); i++) {
		struct str want = reasons[i].text;

		if (want.p[want.n - 1] == ' ' ? str_starts(text, want) : str_eq(text, want))
			return reasons[i].reason;
	}
	return HINT_OTHER_REASON;
}

unsigned hint_operation(enum hint_reason reason)
{
	if (reason == HINT_READ)
		return MD_READ;
	if (reason == HINT_WRITE)
		return MD_WRITE;
	return reason == HINT_EXECUTE ? MD_EXECUTE : 0;
}

/* How each system reports that the processor did not say which address was wrong. */
static bool is_protection_fault(const struct hint_case *c)
{
	uint64_t address = c->crash->address;
	enum md_os os = c->dump->system.os;

	if (!c->crash->has_address)
		return false;
	if (os == MD_OS_WINDOWS)
		return c->reason == HINT_READ && address == UINT64_MAX;
	if (os == MD_OS_MACOS)
		return c->reason == HINT_FAULT_GP && address == 0;
	return (os == MD_OS_LINUX || (os == MD_OS_ANDROID && !c->compat)) &&
	       c->reason == HINT_FAULT_KERNEL && address == 0;
}

bool hint_non_canonical(uint64_t address)
{
	return address >> 47 != 0 && address >> 47 != 0x1ffff;
}

bool hint_covers(const struct hint_access *a, uint64_t address)
{
	return address - a->address < a->size;
}

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

static void decode(struct hints *h, const struct hint_case *c)
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

static void adjust(struct hints *h, enum hint_adjusted how, uint64_t address)
{
	if (h->adjusted == HINT_AS_REPORTED) {
		h->adjusted = how;
		h->adjusted_address = address;
	}
}

/* A null pointer explains a crash by default only if the address of the crash is in that access:
 * the others of the instruction, and other kinds of crashes, have nothing to do with it. */
static void find_null(struct hints *h, const struct hint_case *c)
{
	const struct hint_crash *crash = c->crash;

	for (unsigned k = 0; k < h->n_accesses; k++) {
		const struct hint_access *a = &h->accesses[k];

		if (a->from_null && (c->compat || (crash->has_address && !c->protection &&
						   hint_covers(a, crash->address))))
			adjust(h, HINT_NULL_POINTER, a->address);
	}
	if (c->compat && h->update == HINT_UPDATE_KNOWN && h->target == 0)
		adjust(h, HINT_NULL_POINTER, 0);
}

/* A function called through a null pointer, or a member of a null table of functions: there is no
 * instruction at the address of the crash. The peer doesn't look. */
static void find_null_call(struct hints *h, const struct hint_case *c)
{
	enum { PAGE = 4096 };
	uint64_t ip = c->regs.value[c->regs.cpu->ip];

	if (!c->compat && !h->decoded && c->crash->has_address && c->crash->address == ip &&
	    ip < PAGE && c->reason >= HINT_READ && !c->protection)
		adjust(h, HINT_NULL_POINTER, ip);
}

static void find_non_canonical(struct hints *h, const struct hint_case *c)
{
	if (!c->protection || c->dump->system.cpu != CPU_AMD64)
		return;
	for (unsigned k = 0; k < h->n_accesses; k++) {
		if (hint_non_canonical(h->accesses[k].address))
			adjust(h, HINT_NON_CANONICAL, h->accesses[k].address);
	}
	if (h->update == HINT_UPDATE_KNOWN && hint_non_canonical(h->target))
		adjust(h, HINT_NON_CANONICAL, h->target);
}

/* Guard pages are small; so are the gaps between others that nobody may use. */
enum { GUARD_SIZE = 0x8000 };

static bool is_accessible(const struct md_mappings *m, const struct range *r)
{
	return m->v[r->item].access != 0;
}

static bool is_guard(const struct md_mappings *m, uint64_t address)
{
	const struct range *r = ranges_find(&m->by_address, address);

	if (r == NULL || is_accessible(m, r) || r->last - r->first >= GUARD_SIZE)
		return false;

	size_t i = (size_t)(r - m->by_address.v);
	return (i != 0 && r[-1].last + 1 == r->first && is_accessible(m, r - 1)) ||
	       (i + 1 < m->by_address.n && r->last + 1 == r[1].first && is_accessible(m, r + 1));
}

void hints_find(struct hints *h, const struct hint_crash *crash, struct arena *a)
{
	const struct dump *d = crash->dump;
	const struct cpu *cpu = cpu_find(d->system.cpu);
	struct hint_case c = { .crash = crash, .dump = d, .compat = crash->compat };

	*h = (struct hints){ 0 };
	if (!d->exception.present)
		return;
	c.reason = find_reason(crash->reason);
	c.protection = is_protection_fault(&c);
	c.has_regs = cpu != NULL && regs_read(&c.regs, cpu, d->exception.context, c.compat);
	if (c.has_regs) {
		decode(h, &c);
		find_null_call(h, &c);
	}
	if (h->has_accesses) {
		find_null(h, &c);
		find_non_canonical(h, &c);
	}
	hint_find_flips(h, &c, a);
	for (unsigned k = 0; k < h->n_accesses; k++)
		h->accesses[k].guard = is_guard(&d->mappings, h->accesses[k].address);
	hint_find_inconsistencies(h, &c);
}
