#include "dump/regs.h"

enum { NONE = 0xff };

/* CONTEXT of winnt.h for x86. */
static const struct reg x86_regs[] = {
	{ "eip", NULL, 184, 4 },    { "esp", NULL, 196, 4 }, { "ebp", NULL, 180, 4 },
	{ "ebx", NULL, 164, 4 },    { "esi", NULL, 160, 4 }, { "edi", NULL, 156, 4 },
	{ "eax", NULL, 176, 4 },    { "ecx", NULL, 172, 4 }, { "edx", NULL, 168, 4 },
	{ "eflags", NULL, 192, 4 },
};

/* CONTEXT of winnt.h for amd64. */
static const struct reg amd64_regs[] = {
	{ "rax", NULL, 120, 8 }, { "rdx", NULL, 136, 8 }, { "rcx", NULL, 128, 8 },
	{ "rbx", NULL, 144, 8 }, { "rsi", NULL, 168, 8 }, { "rdi", NULL, 176, 8 },
	{ "rbp", NULL, 160, 8 }, { "rsp", NULL, 152, 8 }, { "r8", NULL, 184, 8 },
	{ "r9", NULL, 192, 8 },  { "r10", NULL, 200, 8 }, { "r11", NULL, 208, 8 },
	{ "r12", NULL, 216, 8 }, { "r13", NULL, 224, 8 }, { "r14", NULL, 232, 8 },
	{ "r15", NULL, 240, 8 }, { "rip", NULL, 248, 8 },
};

/* MDRawContextARM, minidump_cpu_arm.h. */
static const struct reg arm_regs[] = {
	{ "r0", NULL, 4, 4 },   { "r1", NULL, 8, 4 },   { "r2", NULL, 12, 4 },
	{ "r3", NULL, 16, 4 },  { "r4", NULL, 20, 4 },  { "r5", NULL, 24, 4 },
	{ "r6", NULL, 28, 4 },  { "r7", NULL, 32, 4 },  { "r8", NULL, 36, 4 },
	{ "r9", NULL, 40, 4 },  { "r10", NULL, 44, 4 }, { "r12", NULL, 52, 4 },
	{ "fp", "r11", 48, 4 }, { "sp", "r13", 56, 4 }, { "lr", "r14", 60, 4 },
	{ "pc", "r15", 64, 4 },
};

/* MDRawContextARM64 and MDRawContextARM64_Old, minidump_cpu_arm64.h: the registers stand at the
 * same places, only flags and vectors differ. */
static const struct reg arm64_regs[] = {
	{ "x0", NULL, 8, 8 },    { "x1", NULL, 16, 8 },   { "x2", NULL, 24, 8 },
	{ "x3", NULL, 32, 8 },   { "x4", NULL, 40, 8 },   { "x5", NULL, 48, 8 },
	{ "x6", NULL, 56, 8 },   { "x7", NULL, 64, 8 },   { "x8", NULL, 72, 8 },
	{ "x9", NULL, 80, 8 },   { "x10", NULL, 88, 8 },  { "x11", NULL, 96, 8 },
	{ "x12", NULL, 104, 8 }, { "x13", NULL, 112, 8 }, { "x14", NULL, 120, 8 },
	{ "x15", NULL, 128, 8 }, { "x16", NULL, 136, 8 }, { "x17", NULL, 144, 8 },
	{ "x18", NULL, 152, 8 }, { "x19", NULL, 160, 8 }, { "x20", NULL, 168, 8 },
	{ "x21", NULL, 176, 8 }, { "x22", NULL, 184, 8 }, { "x23", NULL, 192, 8 },
	{ "x24", NULL, 200, 8 }, { "x25", NULL, 208, 8 }, { "x26", NULL, 216, 8 },
	{ "x27", NULL, 224, 8 }, { "x28", NULL, 232, 8 }, { "fp", "x29", 240, 8 },
	{ "lr", "x30", 248, 8 }, { "sp", NULL, 256, 8 },  { "pc", NULL, 264, 8 },
};

/* MDRawContextMIPS, minidump_cpu_mips.h, of 32 and of 64 bits. pc is the epc. */
static const struct reg mips_regs[] = {
	{ "gp", NULL, 232, 8 }, { "sp", NULL, 240, 8 }, { "fp", NULL, 248, 8 },
	{ "ra", NULL, 256, 8 }, { "pc", NULL, 312, 8 }, { "s0", NULL, 136, 8 },
	{ "s1", NULL, 144, 8 }, { "s2", NULL, 152, 8 }, { "s3", NULL, 160, 8 },
	{ "s4", NULL, 168, 8 }, { "s5", NULL, 176, 8 }, { "s6", NULL, 184, 8 },
	{ "s7", NULL, 192, 8 },
};

/* MDRawContextPPC, minidump_cpu_ppc.h. */
static const struct reg ppc_regs[] = {
	{ "srr0", NULL, 4, 4 },     { "srr1", NULL, 8, 4 },  { "r0", NULL, 12, 4 },
	{ "r1", NULL, 16, 4 },      { "r2", NULL, 20, 4 },   { "r3", NULL, 24, 4 },
	{ "r4", NULL, 28, 4 },      { "r5", NULL, 32, 4 },   { "r6", NULL, 36, 4 },
	{ "r7", NULL, 40, 4 },      { "r8", NULL, 44, 4 },   { "r9", NULL, 48, 4 },
	{ "r10", NULL, 52, 4 },     { "r11", NULL, 56, 4 },  { "r12", NULL, 60, 4 },
	{ "r13", NULL, 64, 4 },     { "r14", NULL, 68, 4 },  { "r15", NULL, 72, 4 },
	{ "r16", NULL, 76, 4 },     { "r17", NULL, 80, 4 },  { "r18", NULL, 84, 4 },
	{ "r19", NULL, 88, 4 },     { "r20", NULL, 92, 4 },  { "r21", NULL, 96, 4 },
	{ "r22", NULL, 100, 4 },    { "r23", NULL, 104, 4 }, { "r24", NULL, 108, 4 },
	{ "r25", NULL, 112, 4 },    { "r26", NULL, 116, 4 }, { "r27", NULL, 120, 4 },
	{ "r28", NULL, 124, 4 },    { "r29", NULL, 128, 4 }, { "r30", NULL, 132, 4 },
	{ "r31", NULL, 136, 4 },    { "cr", NULL, 140, 4 },  { "xer", NULL, 144, 4 },
	{ "lr", NULL, 148, 4 },     { "ctr", NULL, 152, 4 }, { "mq", NULL, 156, 4 },
	{ "vrsave", NULL, 160, 4 },
};

/* MDRawContextPPC64, minidump_cpu_ppc64.h. */
static const struct reg ppc64_regs[] = {
	{ "srr0", NULL, 8, 8 },  { "srr1", NULL, 16, 8 }, { "r0", NULL, 24, 8 },
	{ "r1", NULL, 32, 8 },   { "r2", NULL, 40, 8 },   { "r3", NULL, 48, 8 },
	{ "r4", NULL, 56, 8 },   { "r5", NULL, 64, 8 },   { "r6", NULL, 72, 8 },
	{ "r7", NULL, 80, 8 },   { "r8", NULL, 88, 8 },   { "r9", NULL, 96, 8 },
	{ "r10", NULL, 104, 8 }, { "r11", NULL, 112, 8 }, { "r12", NULL, 120, 8 },
	{ "r13", NULL, 128, 8 }, { "r14", NULL, 136, 8 }, { "r15", NULL, 144, 8 },
	{ "r16", NULL, 152, 8 }, { "r17", NULL, 160, 8 }, { "r18", NULL, 168, 8 },
	{ "r19", NULL, 176, 8 }, { "r20", NULL, 184, 8 }, { "r21", NULL, 192, 8 },
	{ "r22", NULL, 200, 8 }, { "r23", NULL, 208, 8 }, { "r24", NULL, 216, 8 },
	{ "r25", NULL, 224, 8 }, { "r26", NULL, 232, 8 }, { "r27", NULL, 240, 8 },
	{ "r28", NULL, 248, 8 }, { "r29", NULL, 256, 8 }, { "r30", NULL, 264, 8 },
	{ "r31", NULL, 272, 8 }, { "cr", NULL, 280, 8 },  { "xer", NULL, 288, 8 },
	{ "lr", NULL, 296, 8 },  { "ctr", NULL, 304, 8 }, { "vrsave", NULL, 312, 8 },
};

/* MDRawContextSPARC, minidump_cpu_sparc.h. g_r14 is o6, g_r30 is i6. */
static const struct reg sparc_regs[] = {
	{ "g_r0", NULL, 8, 8 },    { "g_r1", NULL, 16, 8 },   { "g_r2", NULL, 24, 8 },
	{ "g_r3", NULL, 32, 8 },   { "g_r4", NULL, 40, 8 },   { "g_r5", NULL, 48, 8 },
	{ "g_r6", NULL, 56, 8 },   { "g_r7", NULL, 64, 8 },   { "g_r8", NULL, 72, 8 },
	{ "g_r9", NULL, 80, 8 },   { "g_r10", NULL, 88, 8 },  { "g_r11", NULL, 96, 8 },
	{ "g_r12", NULL, 104, 8 }, { "g_r13", NULL, 112, 8 }, { "g_r14", NULL, 120, 8 },
	{ "g_r15", NULL, 128, 8 }, { "g_r16", NULL, 136, 8 }, { "g_r17", NULL, 144, 8 },
	{ "g_r18", NULL, 152, 8 }, { "g_r19", NULL, 160, 8 }, { "g_r20", NULL, 168, 8 },
	{ "g_r21", NULL, 176, 8 }, { "g_r22", NULL, 184, 8 }, { "g_r23", NULL, 192, 8 },
	{ "g_r24", NULL, 200, 8 }, { "g_r25", NULL, 208, 8 }, { "g_r26", NULL, 216, 8 },
	{ "g_r27", NULL, 224, 8 }, { "g_r28", NULL, 232, 8 }, { "g_r29", NULL, 240, 8 },
	{ "g_r30", NULL, 248, 8 }, { "g_r31", NULL, 256, 8 }, { "ccr", NULL, 264, 8 },
	{ "pc", NULL, 272, 8 },    { "npc", NULL, 280, 8 },   { "y", NULL, 288, 8 },
	{ "asi", NULL, 296, 8 },   { "fprs", NULL, 304, 8 },
};

/* MDRawContextRISCV, minidump_cpu_riscv.h. */
static const struct reg riscv_regs[] = {
	{ "pc", NULL, 8, 4 },    { "ra", NULL, 12, 4 },  { "sp", NULL, 16, 4 },
	{ "gp", NULL, 20, 4 },   { "tp", NULL, 24, 4 },  { "t0", NULL, 28, 4 },
	{ "t1", NULL, 32, 4 },   { "t2", NULL, 36, 4 },  { "s0", "fp", 40, 4 },
	{ "s1", NULL, 44, 4 },   { "a0", NULL, 48, 4 },  { "a1", NULL, 52, 4 },
	{ "a2", NULL, 56, 4 },   { "a3", NULL, 60, 4 },  { "a4", NULL, 64, 4 },
	{ "a5", NULL, 68, 4 },   { "a6", NULL, 72, 4 },  { "a7", NULL, 76, 4 },
	{ "s2", NULL, 80, 4 },   { "s3", NULL, 84, 4 },  { "s4", NULL, 88, 4 },
	{ "s5", NULL, 92, 4 },   { "s6", NULL, 96, 4 },  { "s7", NULL, 100, 4 },
	{ "s8", NULL, 104, 4 },  { "s9", NULL, 108, 4 }, { "s10", NULL, 112, 4 },
	{ "s11", NULL, 116, 4 }, { "t3", NULL, 120, 4 }, { "t4", NULL, 124, 4 },
	{ "t5", NULL, 128, 4 },  { "t6", NULL, 132, 4 },
};

/* MDRawContextRISCV64, minidump_cpu_riscv.h. */
static const struct reg riscv64_regs[] = {
	{ "pc", NULL, 8, 8 },    { "ra", NULL, 16, 8 },  { "sp", NULL, 24, 8 },
	{ "gp", NULL, 32, 8 },   { "tp", NULL, 40, 8 },  { "t0", NULL, 48, 8 },
	{ "t1", NULL, 56, 8 },   { "t2", NULL, 64, 8 },  { "s0", "fp", 72, 8 },
	{ "s1", NULL, 80, 8 },   { "a0", NULL, 88, 8 },  { "a1", NULL, 96, 8 },
	{ "a2", NULL, 104, 8 },  { "a3", NULL, 112, 8 }, { "a4", NULL, 120, 8 },
	{ "a5", NULL, 128, 8 },  { "a6", NULL, 136, 8 }, { "a7", NULL, 144, 8 },
	{ "s2", NULL, 152, 8 },  { "s3", NULL, 160, 8 }, { "s4", NULL, 168, 8 },
	{ "s5", NULL, 176, 8 },  { "s6", NULL, 184, 8 }, { "s7", NULL, 192, 8 },
	{ "s8", NULL, 200, 8 },  { "s9", NULL, 208, 8 }, { "s10", NULL, 216, 8 },
	{ "s11", NULL, 224, 8 }, { "t3", NULL, 232, 8 }, { "t4", NULL, 240, 8 },
	{ "t5", NULL, 248, 8 },  { "t6", NULL, 256, 8 },
};

/* Sizes and flags: the same headers. MIPS has one layout for both widths; the frames of PowerPC are
 * a chain that begins at the stack pointer. */
static const struct cpu cpus[] = {
	/* kind, pointer, digits, registers, ip, sp, fp, lr, size, flags at, wide, flag */
	{ CPU_X86, 4, 8, COUNT(x86_regs), 0, 1, 2, NONE, 716, 0, 4, 0x10000, false, x86_regs },
	{ CPU_AMD64, 8, 16, COUNT(amd64_regs), 16, 7, 6, NONE, 1232, 48, 4, 0x100000, false,
	  amd64_regs },
	{ CPU_ARM, 4, 8, COUNT(arm_regs), 15, 13, 12, 14, 368, 0, 4, 0x40000000, false, arm_regs },
	{ CPU_ARM64, 8, 16, COUNT(arm64_regs), 32, 31, 29, 30, 912, 0, 4, 0x400000, false,
	  arm64_regs },
	{ CPU_ARM64_OLD, 8, 16, COUNT(arm64_regs), 32, 31, 29, 30, 796, 0, 8, 0x80000000, false,
	  arm64_regs },
	{ CPU_MIPS, 4, 16, COUNT(mips_regs), 4, 1, 2, 3, 600, 0, 4, 0x40000, false, mips_regs },
	{ CPU_MIPS64, 8, 16, COUNT(mips_regs), 4, 1, 2, 3, 600, 0, 4, 0x80000, true, mips_regs },
	{ CPU_PPC, 4, 8, COUNT(ppc_regs), 0, 3, 3, 36, 1004, 0, 4, 0x20000000, false, ppc_regs },
	{ CPU_PPC64, 8, 16, COUNT(ppc64_regs), 0, 3, 3, 36, 1160, 0, 8, 0x1000000, false,
	  ppc64_regs },
	{ CPU_SPARC, 8, 16, COUNT(sparc_regs), 33, 14, 30, NONE, 584, 0, 4, 0x10000000, false,
	  sparc_regs },
	{ CPU_RISCV, 4, 8, COUNT(riscv_regs), 0, 2, 8, 1, 268, 0, 4, 0x800000, true, riscv_regs },
	{ CPU_RISCV64, 8, 16, COUNT(riscv64_regs), 0, 2, 8, 1, 528, 0, 4, 0x8000000, true,
	  riscv64_regs },
};

/* CONTEXT_EXCEPTION_ACTIVE, _SERVICE_ACTIVE, _EXCEPTION_REQUEST and _EXCEPTION_REPORTING of
 * winnt.h: they take the bits of RISC-V 64, SPARC, ARM and old ARM64. */
static const uint32_t flags_of_windows = 0xd8000000;

/* The low byte says which parts of the record are filled in. All of them are read. */
static const uint32_t flags_of_parts = 0xff;

/* Every bit that rust-minidump takes for a CPU: minidump-common/src/format.rs, ContextFlagsCpu. */
static const uint32_t flags_of_cpus = 0xf15f0000;

const struct cpu *cpu_find(enum cpu_kind kind)
{
	for (size_t i = 0; i < COUNT(cpus); i++) {
		if (cpus[i].kind == kind)
			return &cpus[i];
	}
	return NULL;
}

static bool flags_agree(const struct cpu *cpu, const struct cursor *context, bool compat)
{
	struct cursor at = cursor_sub(context, cpu->flags_offset, cpu->flags_size);
	uint32_t flags = (uint32_t)cursor_uint(&at, cpu->flags_size) & ~flags_of_parts;
	bool of_windows = cpu->kind == CPU_X86 || cpu->kind == CPU_AMD64 || cpu->kind == CPU_ARM64;

	if (of_windows && !compat)
		flags &= ~flags_of_windows;
	return !at.failed && (flags & (flags_of_cpus | cpu->flag)) == cpu->flag;
}

bool regs_read(struct regs *r, const struct cpu *cpu, struct cursor context, bool compat)
{
	*r = (struct regs){ .cpu = cpu };
	if (cursor_left(&context) < cpu->context_size || (compat && cpu->only_ours) ||
	    !flags_agree(cpu, &context, compat))
		return false;

	for (unsigned i = 0; i < cpu->n_regs; i++) {
		struct cursor at = cursor_sub(&context, cpu->regs[i].offset, cpu->regs[i].size);

		r->value[i] = cursor_uint(&at, cpu->regs[i].size);
		/* MIPS of 32 bits has slots of 64, whose upper halves mean nothing. */
		if (!compat)
			r->value[i] = cpu_pointer(cpu, r->value[i]);
	}
	r->valid = r->valid_alias = ((uint64_t)1 << cpu->n_regs) - 1;
	return true;
}

int regs_index(const struct cpu *cpu, struct str name)
{
	for (unsigned i = 0; name.n != 0 && i < cpu->n_regs; i++) {
		if (str_eq(name, str_of(cpu->regs[i].name)) ||
		    str_eq(name, str_of(cpu->regs[i].alias)))
			return (int)i;
	}
	return -1;
}
