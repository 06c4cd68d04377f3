#include <inttypes.h>

#include "dump/reason_os.h"

/* EXC_* of mach/exception_types.h; Crashpad's code for a dump without a crash. */
enum { RESOURCE = 11, GUARD = 12, SIMULATED = 0x43507378 };

static const char *const types[] = {
	[1] = "EXC_BAD_ACCESS",      [2] = "EXC_BAD_INSTRUCTION", [3] = "EXC_ARITHMETIC",
	[4] = "EXC_EMULATION",       [5] = "EXC_SOFTWARE",        [6] = "EXC_BREAKPOINT",
	[7] = "EXC_SYSCALL",         [8] = "EXC_MACH_SYSCALL",    [9] = "EXC_RPC_ALERT",
	[RESOURCE] = "EXC_RESOURCE", [GUARD] = "EXC_GUARD",
};

/* The codes of a type differ by CPU; 32-bit ARM and 64-bit PowerPC have none of their own here, as
 * in rust-minidump. */
enum cpu_codes { ANY, ARM64, PPC, X86 };

/* mach/kern_return.h; mach/ARCH/exception.h of arm, i386 and (long ago) ppc. EXC_SOFTWARE: codes of
 * the BSD layer and of Breakpad. */
static const struct {
	uint32_t type;
	enum cpu_codes cpu;
	uint32_t code;
	const char *name;
} codes[] = {
	{ 1, ANY, 0x1, "KERN_INVALID_ADDRESS" },
	{ 1, ANY, 0x2, "KERN_PROTECTION_FAILURE" },
	{ 1, ANY, 0x5, "KERN_FAILURE" },
	{ 1, ANY, 0x8, "KERN_NO_ACCESS" },
	{ 1, ANY, 0x9, "KERN_MEMORY_FAILURE" },
	{ 1, ANY, 0xa, "KERN_MEMORY_ERROR" },
	{ 1, ANY, 0x32, "KERN_CODESIGN_ERROR" },
	{ 1, ARM64, 0x101, "EXC_ARM_DA_ALIGN" },
	{ 1, ARM64, 0x102, "EXC_ARM_DA_DEBUG" },
	{ 1, ARM64, 0x103, "EXC_ARM_SP_ALIGN" },
	{ 1, ARM64, 0x104, "EXC_ARM_SWP" },
	{ 1, ARM64, 0x105, "EXC_ARM_PAC_FAIL" },
	{ 1, PPC, 0x101, "EXC_PPC_VM_PROT_READ" },
	{ 1, PPC, 0x102, "EXC_PPC_BADSPACE" },
	{ 1, PPC, 0x103, "EXC_PPC_UNALIGNED" },
	{ 1, X86, 0xd, "EXC_I386_GPFLT" },
	{ 2, ARM64, 0x1, "EXC_ARM_UNDEFINED" },
	{ 2, PPC, 0x1, "EXC_PPC_INVALID_SYSCALL" },
	{ 2, PPC, 0x2, "EXC_PPC_UNIPL_INST" },
	{ 2, PPC, 0x3, "EXC_PPC_PRIVINST" },
	{ 2, PPC, 0x4, "EXC_PPC_PRIVREG" },
	{ 2, PPC, 0x5, "EXC_PPC_TRACE" },
	{ 2, PPC, 0x6, "EXC_PPC_PERFMON" },
	{ 2, X86, 0x1, "EXC_I386_INVOP" },
	{ 2, X86, 0xa, "EXC_I386_INVTSSFLT" },
	{ 2, X86, 0xb, "EXC_I386_SEGNPFLT" },
	{ 2, X86, 0xc, "EXC_I386_STKFLT" },
	{ 2, X86, 0xd, "EXC_I386_GPFLT" },
	{ 2, X86, 0x11, "EXC_I386_ALIGNFLT" },
	{ 3, ARM64, 0x1, "EXC_ARM_FP_IO" },
	{ 3, ARM64, 0x2, "EXC_ARM_FP_DZ" },
	{ 3, ARM64, 0x3, "EXC_ARM_FP_OF" },
	{ 3, ARM64, 0x4, "EXC_ARM_FP_UF" },
	{ 3, ARM64, 0x5, "EXC_ARM_FP_IX" },
	{ 3, ARM64, 0x6, "EXC_ARM_FP_ID" },
	{ 3, PPC, 0x1, "EXC_PPC_OVERFLOW" },
	{ 3, PPC, 0x2, "EXC_PPC_ZERO_DIVIDE" },
	{ 3, PPC, 0x3, "EXC_FLT_INEXACT" },
	{ 3, PPC, 0x4, "EXC_PPC_FLT_ZERO_DIVIDE" },
	{ 3, PPC, 0x5, "EXC_PPC_FLT_UNDERFLOW" },
	{ 3, PPC, 0x6, "EXC_PPC_FLT_OVERFLOW" },
	{ 3, PPC, 0x7, "EXC_PPC_FLT_NOT_A_NUMBER" },
	{ 3, PPC, 0x8, "EXC_PPC_NOEMULATION" },
	{ 3, PPC, 0x9, "EXC_PPC_ALTIVECASSIST" },
	{ 3, X86, 0x1, "EXC_I386_DIV" },
	{ 3, X86, 0x2, "EXC_I386_INTO" },
	{ 3, X86, 0x3, "EXC_I386_NOEXT" },
	{ 3, X86, 0x4, "EXC_I386_EXTOVR" },
	{ 3, X86, 0x5, "EXC_I386_EXTERR" },
	{ 3, X86, 0x6, "EXC_I386_EMERR" },
	{ 3, X86, 0x7, "EXC_I386_BOUND" },
	{ 3, X86, 0x8, "EXC_I386_SSEEXTERR" },
	{ 5, ANY, 0x1, "EXC_PPC_TRAP" },
	{ 5, ANY, 0x10002, "SIGABRT" },
	{ 5, ANY, 0x10100, "EXC_PPC_MIGRATE" },
	{ 5, ANY, 0xdeadc0de, "UNCAUGHT_NS_EXCEPTION" },
	{ 6, ARM64, 0x1, "EXC_ARM_BREAKPOINT" },
	{ 6, PPC, 0x1, "EXC_PPC_BREAKPOINT" },
	{ 6, X86, 0x1, "EXC_I386_SGL" },
	{ 6, X86, 0x2, "EXC_I386_BPT" },
};

enum { FLAVORS = 2 };

/* kern/exc_resource.h: how the fields lie in code and subcode; fields of 0 bits are not there. */
struct field {
	uint8_t word; /* 1 code, 2 subcode */
	uint8_t shift;
	uint32_t mask;
};

static const struct resource {
	const char *type;
	const char *flavors[FLAVORS]; /* from 1 */
	struct field fields[3];
	const char *form[4]; /* before, between and behind the fields */
} resources[] = {
	/* The masks of CPU are rust-minidump's; percents need more than three bits. */
	[1] = { "RESOURCE_TYPE_CPU",
		{ "FLAVOR_CPU_MONITOR", "FLAVOR_CPU_MONITOR_FATAL" },
		{ { 1, 7, 0x1ffffff }, { 1, 0, 7 }, { 2, 0, 7 } },
		{ "interval: ", "s CPU limit: ", "% CPU consumed: ", "%" } },
	[2] = { "RESOURCE_TYPE_WAKEUPS",
		{ "FLAVOR_WAKEUPS_MONITOR" },
		{ { 1, 20, 0xfffff }, { 1, 0, 0xfff }, { 2, 0, 0xfff } },
		{ "interval: ", "s wakeups permitted: ", " wakeups observed: ", "" } },
	[3] = { "RESOURCE_TYPE_MEMORY",
		{ "FLAVOR_HIGH_WATERMARK" },
		{ { 1, 0, 0x1fff } },
		{ "high watermark limit: ", "MiB" } },
	[4] = { "RESOURCE_TYPE_IO",
		{ "FLAVOR_IO_PHYSICAL_WRITES", "FLAVOR_IO_LOGICAL_WRITES" },
		{ { 1, 15, 0x1ffff }, { 1, 0, 0x7fff }, { 2, 0, 0x7fff } },
		{ "interval: ", "s I/O limit: ", "% I/O observed: ", "%" } },
	[5] = { "RESOURCE_TYPE_THREADS",
		{ "FLAVOR_THREADS_HIGH_WATERMARK" },
		{ { 1, 0, 0x7fff } },
		{ "high watermark limit: ", "" } },
};

/* kern/exc_guard.h: what stands behind the flavor. A NULL: this guard has no such number. */
static const struct guard {
	const char *type;
	const char *target;     /* before the low 28 bits of code */
	const char *identifier; /* before subcode */
} guards[] = {
	{ "GUARD_TYPE_NONE", NULL, NULL },
	{ "GUARD_TYPE_MACH_PORT", " port name: ", " subcode: " },
	{ "GUARD_TYPE_FD", " file descriptor: ", " guard identifier: " },
	{ "GUARD_TYPE_USER", NULL, NULL },
	{ "GUARD_TYPE_VN", " pid: ", " guard identifier: " },
	{ "GUARD_TYPE_VIRT_MEMORY", NULL, " offset: " },
	{ "GUARD_TYPE_REJECTED_SC", NULL, " syscall: " },
};
enum { GUARD_NONE = 0, GUARD_MACH_PORT = 1, GUARD_USER = 3 };

/* kern/exc_guard.h, mach/port.h, sys/guarded.h. */
static const struct {
	uint32_t guard, flavor;
	const char *name;
} guard_flavors[] = {
	{ 1, 0x1, "GUARD_EXC_DESTROY" },
	{ 1, 0x2, "GUARD_EXC_MOD_REFS" },
	{ 1, 0x3, "GUARD_EXC_INVALID_OPTIONS" },
	{ 1, 0x4, "GUARD_EXC_SET_CONTEXT" },
	{ 1, 0x5, "GUARD_EXC_THREAD_SET_STATE" },
	{ 1, 0x8, "GUARD_EXC_UNGUARDED" },
	{ 1, 0x10, "GUARD_EXC_INCORRECT_GUARD" },
	{ 1, 0x20, "GUARD_EXC_IMMOVABLE" },
	{ 1, 0x40, "GUARD_EXC_STRICT_REPLY" },
	{ 1, 0x80, "GUARD_EXC_MSG_FILTERED" },
	{ 1, 0x100, "GUARD_EXC_INVALID_RIGHT" },
	{ 1, 0x200, "GUARD_EXC_INVALID_NAME" },
	{ 1, 0x400, "GUARD_EXC_INVALID_VALUE" },
	{ 1, 0x800, "GUARD_EXC_INVALID_ARGUMENT" },
	{ 1, 0x1000, "GUARD_EXC_RIGHT_EXISTS" },
	{ 1, 0x2000, "GUARD_EXC_KERN_NO_SPACE" },
	{ 1, 0x4000, "GUARD_EXC_KERN_FAILURE" },
	{ 1, 0x8000, "GUARD_EXC_KERN_RESOURCE" },
	{ 1, 0x10000, "GUARD_EXC_SEND_INVALID_REPLY" },
	{ 1, 0x20000, "GUARD_EXC_SEND_INVALID_VOUCHER" },
	{ 1, 0x40000, "GUARD_EXC_SEND_INVALID_RIGHT" },
	{ 1, 0x80000, "GUARD_EXC_RCV_INVALID_NAME" },
	{ 1, 0x100000, "GUARD_EXC_RCV_GUARDED_DESC" },
	{ 1, 0x200000, "GUARD_EXC_MOD_REFS_NON_FATAL" },
	{ 1, 0x400000, "GUARD_EXC_IMMOVABLE_NON_FATAL" },
	{ 1, 0x800000, "GUARD_EXC_REQUIRE_REPLY_PORT_SEMANTICS" },
	{ 1, 0x1000000, "GUARD_EXC_EXCEPTION_BEHAVIOR_ENFORCE" },
	{ 2, 0x1, "GUARD_EXC_CLOSE" },
	{ 2, 0x2, "GUARD_EXC_DUP" },
	{ 2, 0x4, "GUARD_EXC_NOCLOEXEC" },
	{ 2, 0x8, "GUARD_EXC_SOCKET_IPC" },
	{ 2, 0x10, "GUARD_EXC_FILEPORT" },
	{ 2, 0x20, "GUARD_EXC_MISMATCH" },
	{ 2, 0x40, "GUARD_EXC_WRITE" },
	{ 4, 0x1, "GUARD_EXC_RENAME_TO" },
	{ 4, 0x2, "GUARD_EXC_RENAME_FROM" },
	{ 4, 0x4, "GUARD_EXC_UNLINK" },
	{ 4, 0x8, "GUARD_EXC_WRITE_OTHER" },
	{ 4, 0x10, "GUARD_EXC_TRUNC_OTHER" },
	{ 4, 0x20, "GUARD_EXC_LINK" },
	{ 4, 0x40, "GUARD_EXC_EXCHDATA" },
	{ 5, 0x1, "GUARD_EXC_DEALLOC_GAP" },
	{ 6, 0x0, "GUARD_EXC_MACH_TRAP" },
};

static enum cpu_codes codes_of(enum cpu_kind cpu)
{
	if (cpu == CPU_X86 || cpu == CPU_AMD64)
		return X86;
	if (cpu == CPU_ARM64 || cpu == CPU_ARM64_OLD)
		return ARM64;
	return cpu == CPU_PPC ? PPC : ANY;
}

static const char *code_name(uint32_t type, uint32_t code, enum cpu_kind cpu)
{
	enum cpu_codes own = codes_of(cpu);

	for (size_t i = 0; i < COUNT(codes); i++) {
		if (codes[i].type == type && codes[i].code == code &&
		    (codes[i].cpu == ANY || codes[i].cpu == own))
			return codes[i].name;
	}
	return NULL;
}

static struct str unknown_flavor(const char *exception, const char *type,
				 const struct md_exception *e, struct arena *a)
{
	return arena_printf(a, "%s / %s / 0x%016" PRIx64 " / 0x%016" PRIx64, exception, type,
			    e->parameters[1], e->parameters[2]);
}

static struct str resource_text(const struct md_exception *e, struct arena *a)
{
	uint32_t kind = e->flags >> 29;
	uint64_t flavor = e->parameters[1] >> 58 & 7;

	if (kind == 0 || kind >= COUNT(resources))
		return (struct str){ 0 };

	const struct resource *r = &resources[kind];
	if (flavor == 0 || flavor > FLAVORS || r->flavors[flavor - 1] == NULL)
		return unknown_flavor("EXC_RESOURCE", r->type, e, a);

	struct str text = arena_printf(a, "EXC_RESOURCE / %s / %s %s", r->type,
				       r->flavors[flavor - 1], r->form[0]);
	for (size_t i = 0; i < COUNT(r->fields) && r->fields[i].word != 0; i++) {
		const struct field *f = &r->fields[i];
		uint64_t value = e->parameters[f->word] >> f->shift & f->mask;

		text = arena_printf(a, "%s%" PRIu64 "%s", text.p, value, r->form[i + 1]);
	}
	return text;
}

static const char *guard_flavor(uint32_t guard, uint32_t flavor)
{
	for (size_t i = 0; i < COUNT(guard_flavors); i++) {
		if (guard_flavors[i].guard == guard && guard_flavors[i].flavor == flavor)
			return guard_flavors[i].name;
	}
	return NULL;
}

static struct str guard_text(const struct md_exception *e, struct arena *a)
{
	uint32_t kind = e->flags >> 29;
	uint64_t code = e->parameters[1], subcode = e->parameters[2];

	if (kind >= COUNT(guards))
		return (struct str){ 0 };

	const struct guard *g = &guards[kind];
	const char *flavor = guard_flavor(kind, code >> 32 & 0x1fffffff);
	if (kind == GUARD_NONE)
		return arena_printf(a, "EXC_GUARD / %s", g->type);
	if (kind == GUARD_USER) /* no blank before the slash: rust-minidump's text */
		return arena_printf(
			a, "EXC_GUARD / %s/ namespace: %" PRIu32 " guard identifier: %" PRIu64,
			g->type, (uint32_t)code, subcode);
	if (flavor == NULL)
		return unknown_flavor("EXC_GUARD", g->type, e, a);

	struct str text = arena_printf(a, "EXC_GUARD / %s / %s", g->type, flavor);
	if (g->target != NULL)
		text = arena_printf(a, "%s%s%" PRIu64, text.p, g->target, code & 0xfffffff);
	if (kind != GUARD_MACH_PORT || subcode != 0)
		text = arena_printf(a, "%s%s%" PRIu64, text.p, g->identifier, subcode);
	return text;
}

struct str reason_of_mac(const struct md_exception *e, enum cpu_kind cpu, struct arena *a)
{
	const char *type = e->code < COUNT(types) ? types[e->code] : NULL;
	struct str text = { 0 };

	if (e->code == SIMULATED)
		return STR("Simulated Exception");
	if (e->code == RESOURCE)
		text = resource_text(e, a);
	else if (e->code == GUARD)
		text = guard_text(e, a);
	if (text.n != 0 || type == NULL)
		return text;

	const char *name = code_name(e->code, e->flags, cpu);
	if (name == NULL)
		return arena_printf(a, "%s / 0x%08" PRIx32, type, e->flags);
	return arena_printf(a, "%s / %s", type, name);
}
