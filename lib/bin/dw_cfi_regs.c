#include "bin/dw_cfi_regs.h"

#include <string.h>

#include "base/slice.h"

/* clang-format off */
/* Rows are in the order of the DWARF numbers. Names that a .sym has for numbers without a meaning
 * ("$unused1") are the peers'. */

/* System V psABI i386, table 2.14. */
static const char x86[][DW_CFI_NAME] = {
	"$eax", "$ecx", "$edx", "$ebx", "$esp", "$ebp", "$esi", "$edi", "$eip", "$eflags",
	"$unused1", "$st0", "$st1", "$st2", "$st3", "$st4", "$st5", "$st6", "$st7", "", "",
	"$xmm0", "$xmm1", "$xmm2", "$xmm3", "$xmm4", "$xmm5", "$xmm6", "$xmm7", "$mm0", "$mm1",
	"$mm2", "$mm3", "$mm4", "$mm5", "$mm6", "$mm7", "$fcw", "$fsw", "$mxcsr", "$es", "$cs",
	"$ss", "$ds", "$fs", "$gs", "", "", "$tr", "$ldtr",
};

/* System V psABI x86-64, figure 3.36. */
static const char x86_64[][DW_CFI_NAME] = {
	"$rax", "$rdx", "$rcx", "$rbx", "$rsi", "$rdi", "$rbp", "$rsp", "$r8", "$r9", "$r10",
	"$r11", "$r12", "$r13", "$r14", "$r15", "$rip", "$xmm0", "$xmm1", "$xmm2", "$xmm3",
	"$xmm4", "$xmm5", "$xmm6", "$xmm7", "$xmm8", "$xmm9", "$xmm10", "$xmm11", "$xmm12",
	"$xmm13", "$xmm14", "$xmm15", "$st0", "$st1", "$st2", "$st3", "$st4", "$st5", "$st6",
	"$st7", "$mm0", "$mm1", "$mm2", "$mm3", "$mm4", "$mm5", "$mm6", "$mm7", "$rflags", "$es",
	"$cs", "$ss", "$ds", "$fs", "$gs", "", "", "$fs.base", "$gs.base", "", "", "$tr",
	"$ldtr", "$mxcsr", "$fcw", "$fsw",
};

/* DWARF for the Arm Architecture (aadwarf32), 4.1. */
static const char arm[][DW_CFI_NAME] = {
	"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp",
	"lr", "pc", "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "fps", "cpsr", "", "",
	"", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
	"", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
	"", "", "", "", "", "", "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8",
	"s9", "s10", "s11", "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19", "s20", "s21",
	"s22", "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30", "s31", "f0", "f1", "f2",
	"f3", "f4", "f5", "f6", "f7",
};

/* DWARF for the Arm 64-bit Architecture (aadwarf64), 4.1. 34, RA_SIGN_STATE, is no register. */
static const char arm64[][DW_CFI_NAME] = {
	"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
	"x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26",
	"x27", "x28", "x29", "x30", "sp", "", "", "", "", "", "", "", "", "",
	"", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
	"", "", "", "", "", "", "", "", "v0", "v1", "v2", "v3", "v4", "v5", "v6",
	"v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19",
	"v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31",
};

/* Power Architecture 64-Bit ELF V2 ABI, 2.4; gdb: rs6000-tdep.c. */
static const char ppc[][DW_CFI_NAME] = {
	"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r13",
	"r14", "r15", "r16", "r17", "r18", "r19", "r20", "r21", "r22", "r23", "r24", "r25", "r26",
	"r27", "r28", "r29", "r30", "r31", "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8",
	"f9", "f10", "f11", "f12", "f13", "f14", "f15", "f16", "f17", "f18", "f19", "f20", "f21",
	"f22", "f23", "f24", "f25", "f26", "f27", "f28", "f29", "f30", "f31", "", "lr", "ctr",
	"", "cr0", "cr1", "cr2", "cr3", "cr4", "cr5", "cr6", "cr7", "xer", "vr0", "vr1", "vr2",
	"vr3", "vr4", "vr5", "vr6", "vr7", "vr8", "vr9", "vr10", "vr11", "vr12", "vr13", "vr14",
	"vr15", "vr16", "vr17", "vr18", "vr19", "vr20", "vr21", "vr22", "vr23", "vr24", "vr25",
	"vr26", "vr27", "vr28", "vr29", "vr30", "vr31", "", "vscr", "", "", "", "tfhar",
	"tfiar", "texasr",
};

/* gcc: config/mips/mips.h, DWARF_FRAME_REGNUM. */
static const char mips[][DW_CFI_NAME] = {
	"$zero", "$at", "$v0", "$v1", "$a0", "$a1", "$a2", "$a3", "$t0", "$t1", "$t2", "$t3",
	"$t4", "$t5", "$t6", "$t7", "$s0", "$s1", "$s2", "$s3", "$s4", "$s5", "$s6", "$s7", "$t8",
	"$t9", "$k0", "$k1", "$gp", "$sp", "$fp", "$ra", "$f0", "$f1", "$f2", "$f3", "$f4", "$f5",
	"$f6", "$f7", "$f8", "$f9", "$f10", "$f11", "$f12", "$f13", "$f14", "$f15", "$f16", "$f17",
	"$f18", "$f19", "$f20", "$f21", "$f22", "$f23", "$f24", "$f25", "$f26", "$f27", "$f28",
	"$f29", "$f30", "$f31", "$hi", "$lo",
};

/* dump_syms numbers what follows $ra as gdb does, and leaves out $f1. */
static const char mips_peer[][DW_CFI_NAME] = {
	"$zero", "$at", "$v0", "$v1", "$a0", "$a1", "$a2", "$a3", "$t0", "$t1", "$t2", "$t3",
	"$t4", "$t5", "$t6", "$t7", "$s0", "$s1", "$s2", "$s3", "$s4", "$s5", "$s6", "$s7", "$t8",
	"$t9", "$k0", "$k1", "$gp", "$sp", "$fp", "$ra", "$lo", "$hi", "$pc", "$f0", "$f2", "$f3",
	"$f4", "$f5", "$f6", "$f7", "$f8", "$f9", "$f10", "$f11", "$f12", "$f13", "$f14", "$f15",
	"$f16", "$f17", "$f18", "$f19", "$f20", "$f21", "$f22", "$f23", "$f24", "$f25", "$f26",
	"$f27", "$f28", "$f29", "$f30", "$f31", "$fcsr", "$fir",
};

/* RISC-V psABI, DWARF register numbers. Vector registers are 96 to 127. */
static const char riscv[][DW_CFI_NAME] = {
	"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4",
	"a5", "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4",
	"t5", "t6", "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11",
	"f12", "f13", "f14", "f15", "f16", "f17", "f18", "f19", "f20", "f21", "f22", "f23", "f24",
	"f25", "f26", "f27", "f28", "f29", "f30", "f31", "", "", "", "", "", "", "",
	"", "", "", "", "", "", "", "", "", "", "", "", "", "", "",
	"", "", "", "", "", "", "", "", "", "", "v0", "v1", "v2", "v3", "v4",
	"v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17",
	"v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30",
	"v31",
};

/* LoongArch ELF psABI, DWARF register numbers. */
static const char loongarch[][DW_CFI_NAME] = {
	"zero", "ra", "tp", "sp", "a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7", "t0", "t1", "t2",
	"t3", "t4", "t5", "t6", "t7", "t8", "r21", "fp", "s0", "s1", "s2", "s3", "s4", "s5", "s6",
	"s7", "s8", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fa6", "fa7", "ft0", "ft1", "ft2",
	"ft3", "ft4", "ft5", "ft6", "ft7", "ft8", "ft9", "ft10", "ft11", "ft12", "ft13", "ft14",
	"ft15", "fs0", "fs1", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7",
};

/* s390x ELF ABI, 1.6.1. */
static const char s390x[][DW_CFI_NAME] = {
	"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "r13",
	"r14", "r15", "f0", "f2", "f4", "f6", "f1", "f3", "f5", "f7", "f8", "f10", "f12", "f14",
	"f9", "f11", "f13", "f15", "cr0", "cr1", "cr2", "cr3", "cr4", "cr5", "cr6", "cr7", "cr8",
	"cr9", "cr10", "cr11", "cr12", "cr13", "cr14", "cr15", "a0", "a1", "a2", "a3", "a4", "a5",
	"a6", "a7", "a8", "a9", "a10", "a11", "a12", "a13", "a14", "a15", "pswm", "pswa", "",
	"", "v16", "v18", "v20", "v22", "v17", "v19", "v21", "v23", "v24", "v26", "v28", "v30",
	"v25", "v27", "v29", "v31",
};

static const struct dw_cfi_cpu cpus[] = {
	{ "x86", false, false, x86, COUNT(x86) },
	{ "x86_64", false, false, x86_64, COUNT(x86_64) },
	{ "arm", true, false, arm, COUNT(arm) },
	{ "arm64", true, false, arm64, COUNT(arm64) },
	{ "ppc", true, false, ppc, COUNT(ppc) },
	{ "ppc64", true, false, ppc, COUNT(ppc) },
	{ "mips", true, false, mips, COUNT(mips) },
	{ "mips64", true, false, mips, COUNT(mips) },
	{ "riscv", true, true, riscv, COUNT(riscv) },
	{ "riscv64", true, true, riscv, COUNT(riscv) },
	{ "loongarch64", true, true, loongarch, COUNT(loongarch) },
	{ "s390x", true, true, s390x, COUNT(s390x) },
};

/* What dump_syms has instead; the last one is of every machine that it does not know. */
static const struct dw_cfi_cpu peer_cpus[] = {
	{ "mips", true, false, mips_peer, COUNT(mips_peer) },
	{ "mips64", true, false, mips_peer, COUNT(mips_peer) },
	{ "", false, true, NULL, 0 },
};
/* clang-format on */

static const struct dw_cfi_cpu *find(const struct dw_cfi_cpu *v, size_t n, const char *cpu)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].cpu, cpu) == 0)
			return &v[i];
	}
	return NULL;
}

const struct dw_cfi_cpu *dw_cfi_cpu_find(const char *cpu, bool compat)
{
	const struct dw_cfi_cpu *unknown = &peer_cpus[COUNT(peer_cpus) - 1];
	const struct dw_cfi_cpu *ours = find(cpus, COUNT(cpus), cpu);
	const struct dw_cfi_cpu *peer = find(peer_cpus, COUNT(peer_cpus), cpu);

	if (compat && peer != NULL)
		return peer;
	return ours == NULL || (compat && ours->not_peer) ? unknown : ours;
}
