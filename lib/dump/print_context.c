#include <inttypes.h>

#include "dump/print_impl.h"

/* CONTEXT of winnt.h for x86. */
static const struct print_field x86_fields[] = {
	{ "context_flags                ", 0, 4, PRINT_HEX, 0 },
	{ "dr0                          ", 4, 4, PRINT_HEX, 0 },
	{ "dr1                          ", 8, 4, PRINT_HEX, 0 },
	{ "dr2                          ", 12, 4, PRINT_HEX, 0 },
	{ "dr3                          ", 16, 4, PRINT_HEX, 0 },
	{ "dr6                          ", 20, 4, PRINT_HEX, 0 },
	{ "dr7                          ", 24, 4, PRINT_HEX, 0 },
	{ "float_save.control_word      ", 28, 4, PRINT_HEX, 0 },
	{ "float_save.status_word       ", 32, 4, PRINT_HEX, 0 },
	{ "float_save.tag_word          ", 36, 4, PRINT_HEX, 0 },
	{ "float_save.error_offset      ", 40, 4, PRINT_HEX, 0 },
	{ "float_save.error_selector    ", 44, 4, PRINT_HEX, 0 },
	{ "float_save.data_offset       ", 48, 4, PRINT_HEX, 0 },
	{ "float_save.data_selector     ", 52, 4, PRINT_HEX, 0 },
	{ "float_save.register_area[80] ", 56, 1, PRINT_BYTES, 80 },
	{ "float_save.cr0_npx_state     ", 136, 4, PRINT_HEX, 0 },
	{ "gs                           ", 140, 4, PRINT_HEX, 0 },
	{ "fs                           ", 144, 4, PRINT_HEX, 0 },
	{ "es                           ", 148, 4, PRINT_HEX, 0 },
	{ "ds                           ", 152, 4, PRINT_HEX, 0 },
	{ "edi                          ", 156, 4, PRINT_HEX, 0 },
	{ "esi                          ", 160, 4, PRINT_HEX, 0 },
	{ "ebx                          ", 164, 4, PRINT_HEX, 0 },
	{ "edx                          ", 168, 4, PRINT_HEX, 0 },
	{ "ecx                          ", 172, 4, PRINT_HEX, 0 },
	{ "eax                          ", 176, 4, PRINT_HEX, 0 },
	{ "ebp                          ", 180, 4, PRINT_HEX, 0 },
	{ "eip                          ", 184, 4, PRINT_HEX, 0 },
	{ "cs                           ", 188, 4, PRINT_HEX, 0 },
	{ "eflags                       ", 192, 4, PRINT_HEX, 0 },
	{ "esp                          ", 196, 4, PRINT_HEX, 0 },
	{ "ss                           ", 200, 4, PRINT_HEX, 0 },
	{ "extended_registers[512]      ", 204, 1, PRINT_BYTES, 512 },
};

/* CONTEXT of winnt.h for amd64; the floating-point part is not printed. */
static const struct print_field amd64_fields[] = {
	{ "p1_home       ", 0, 8, PRINT_HEX, 0 },   { "p2_home       ", 8, 8, PRINT_HEX, 0 },
	{ "p3_home       ", 16, 8, PRINT_HEX, 0 },  { "p4_home       ", 24, 8, PRINT_HEX, 0 },
	{ "p5_home       ", 32, 8, PRINT_HEX, 0 },  { "p6_home       ", 40, 8, PRINT_HEX, 0 },
	{ "context_flags ", 48, 4, PRINT_HEX, 0 },  { "mx_csr        ", 52, 4, PRINT_HEX, 0 },
	{ "cs            ", 56, 2, PRINT_HEX, 0 },  { "ds            ", 58, 2, PRINT_HEX, 0 },
	{ "es            ", 60, 2, PRINT_HEX, 0 },  { "fs            ", 62, 2, PRINT_HEX, 0 },
	{ "gs            ", 64, 2, PRINT_HEX, 0 },  { "ss            ", 66, 2, PRINT_HEX, 0 },
	{ "eflags        ", 68, 4, PRINT_HEX, 0 },  { "dr0           ", 72, 8, PRINT_HEX, 0 },
	{ "dr1           ", 80, 8, PRINT_HEX, 0 },  { "dr2           ", 88, 8, PRINT_HEX, 0 },
	{ "dr3           ", 96, 8, PRINT_HEX, 0 },  { "dr6           ", 104, 8, PRINT_HEX, 0 },
	{ "dr7           ", 112, 8, PRINT_HEX, 0 }, { "rax           ", 120, 8, PRINT_HEX, 0 },
	{ "rcx           ", 128, 8, PRINT_HEX, 0 }, { "rdx           ", 136, 8, PRINT_HEX, 0 },
	{ "rbx           ", 144, 8, PRINT_HEX, 0 }, { "rsp           ", 152, 8, PRINT_HEX, 0 },
	{ "rbp           ", 160, 8, PRINT_HEX, 0 }, { "rsi           ", 168, 8, PRINT_HEX, 0 },
	{ "rdi           ", 176, 8, PRINT_HEX, 0 }, { "r8            ", 184, 8, PRINT_HEX, 0 },
	{ "r9            ", 192, 8, PRINT_HEX, 0 }, { "r10           ", 200, 8, PRINT_HEX, 0 },
	{ "r11           ", 208, 8, PRINT_HEX, 0 }, { "r12           ", 216, 8, PRINT_HEX, 0 },
	{ "r13           ", 224, 8, PRINT_HEX, 0 }, { "r14           ", 232, 8, PRINT_HEX, 0 },
	{ "r15           ", 240, 8, PRINT_HEX, 0 }, { "rip           ", 248, 8, PRINT_HEX, 0 },
};

/* MDRawContextARM, minidump_cpu_arm.h. The labels of arrays are not in line with the peer's others
 * either. */
static const struct print_field arm_fields[] = {
	{ "context_flags       ", 0, 4, PRINT_HEX, 0 },
	{ "iregs[##]            ", 4, 4, PRINT_HEX, 16 },
	{ "cpsr                ", 68, 4, PRINT_HEX, 0 },
	{ "float_save.fpscr     ", 72, 8, PRINT_HEX, 0 },
	{ "float_save.regs[##] ", 80, 8, PRINT_HEX, 32 },
	{ "float_save.extra[##] ", 336, 4, PRINT_HEX, 8 },
};

/* MDRawContextARM64, minidump_cpu_arm64.h. */
static const struct print_field arm64_fields[] = {
	{ "context_flags        ", 0, 4, PRINT_HEX, 0 },
	{ "x@@                  ", 8, 8, PRINT_HEX, 29 },
	{ "x29 (fp)             ", 240, 8, PRINT_HEX, 0 },
	{ "x30 (lr)             ", 248, 8, PRINT_HEX, 0 },
	{ "sp                   ", 256, 8, PRINT_HEX, 0 },
	{ "pc                   ", 264, 8, PRINT_HEX, 0 },
	{ "cpsr                 ", 4, 4, PRINT_HEX, 0 },
	{ "fpsr                 ", 788, 4, PRINT_HEX, 0 },
	{ "fpcr                 ", 784, 4, PRINT_HEX, 0 },
	{ "d@@ ", 272, 16, PRINT_HEX, 32 },
	{ "bcr[##] ", 792, 4, PRINT_HEX, 8 },
	{ "bvr[##] ", 824, 8, PRINT_HEX, 8 },
	{ "wcr[##] ", 888, 4, PRINT_HEX, 2 },
	{ "wvr[##] ", 896, 8, PRINT_HEX, 2 },
};

/* MDRawContextARM64_Old, the same header. */
static const struct print_field arm64_old_fields[] = {
	{ "context_flags        ", 0, 8, PRINT_HEX, 0 },
	{ "x@@                  ", 8, 8, PRINT_HEX, 29 },
	{ "x29 (fp)             ", 240, 8, PRINT_HEX, 0 },
	{ "x30 (lr)             ", 248, 8, PRINT_HEX, 0 },
	{ "sp                   ", 256, 8, PRINT_HEX, 0 },
	{ "pc                   ", 264, 8, PRINT_HEX, 0 },
	{ "cpsr                 ", 272, 4, PRINT_HEX, 0 },
	{ "fpsr                 ", 276, 4, PRINT_HEX, 0 },
	{ "fpcr                 ", 280, 4, PRINT_HEX, 0 },
	{ "d@@ ", 284, 16, PRINT_HEX, 32 },
};

/* MDRawContextMIPS, minidump_cpu_mips.h: what a callee saves. */
static const struct print_field mips_fields[] = {
	{ "context_flags       ", 0, 4, PRINT_HEX, 0 },
	{ "s0                ", 136, 8, PRINT_HEX, 0 },
	{ "s1                ", 144, 8, PRINT_HEX, 0 },
	{ "s2                ", 152, 8, PRINT_HEX, 0 },
	{ "s3                ", 160, 8, PRINT_HEX, 0 },
	{ "s4                ", 168, 8, PRINT_HEX, 0 },
	{ "s5                ", 176, 8, PRINT_HEX, 0 },
	{ "s6                ", 184, 8, PRINT_HEX, 0 },
	{ "s7                ", 192, 8, PRINT_HEX, 0 },
	{ "gp                ", 232, 8, PRINT_HEX, 0 },
	{ "sp                ", 240, 8, PRINT_HEX, 0 },
	{ "fp                ", 248, 8, PRINT_HEX, 0 },
	{ "ra                ", 256, 8, PRINT_HEX, 0 },
};

/* What is printed of a CONTEXT; without fields, the registers of regs.c. */
static const struct layout {
	enum cpu_kind cpu;
	bool blank; /* an empty line follows */
	const char *name;
	const struct print_field *fields;
	size_t n;
} layouts[] = {
	{ CPU_X86, true, "CONTEXT_X86", x86_fields, COUNT(x86_fields) },
	{ CPU_AMD64, true, "CONTEXT_AMD64", amd64_fields, COUNT(amd64_fields) },
	{ CPU_ARM, false, "CONTEXT_ARM", arm_fields, COUNT(arm_fields) },
	{ CPU_ARM64, false, "CONTEXT_ARM64", arm64_fields, COUNT(arm64_fields) },
	{ CPU_ARM64_OLD, false, "CONTEXT_ARM64_OLD", arm64_old_fields, COUNT(arm64_old_fields) },
	{ CPU_MIPS, false, "CONTEXT_MIPS", mips_fields, COUNT(mips_fields) },
	{ CPU_MIPS64, true, "CONTEXT_MIPS64", NULL, 0 },
	{ CPU_PPC, true, "CONTEXT_PPC", NULL, 0 },
	{ CPU_PPC64, true, "CONTEXT_PPC64", NULL, 0 },
	{ CPU_SPARC, true, "CONTEXT_SPARC", NULL, 0 },
	{ CPU_RISCV, true, "CONTEXT_RISCV", NULL, 0 },
	{ CPU_RISCV64, true, "CONTEXT_RISCV64", NULL, 0 },
};

/* CPUs at which the peer ends itself (context.rs, "unimplemented"), or whose contexts it doesn't
 * read. */
static void print_registers(struct printer *p, const struct regs *r, const struct cursor *context)
{
	const struct cpu *cpu = r->cpu;
	struct cursor flags = cursor_sub(context, cpu->flags_offset, cpu->flags_size);

	fprintf(p->out, "  context_flags = 0x%" PRIx64 "\n", cursor_uint(&flags, cpu->flags_size));
	for (unsigned i = 0; i < cpu->n_regs; i++)
		fprintf(p->out, "  %-13s = 0x%" PRIx64 "\n", cpu->regs[i].name, r->value[i]);
}

bool print_context(struct printer *p, struct cursor context, const char *before)
{
	const struct cpu *cpu = p->has_system ? cpu_find(p->system.cpu) : NULL;
	struct regs regs;

	if (cpu == NULL || context.failed || !regs_read(&regs, cpu, context, p->compat))
		return false;
	fputs(before, p->out);
	if (!print_take(p, cpu->context_size)) {
		putc('\n', p->out);
		return true;
	}
	for (size_t i = 0; i < COUNT(layouts); i++) {
		const struct layout *l = &layouts[i];

		if (l->cpu != cpu->kind)
			continue;
		fprintf(p->out, "%s\n", l->name);
		if (l->n == 0)
			print_registers(p, &regs, &context);
		print_fields(p, &context, l->fields, l->n);
		if (l->blank)
			putc('\n', p->out);
	}
	return true;
}
