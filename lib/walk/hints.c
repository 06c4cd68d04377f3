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
		hint_decode(h, &c);
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
