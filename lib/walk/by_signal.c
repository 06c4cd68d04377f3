#include "walk/step.h"

#include "base/limits.h"
#include "walk/code.h"

/*
 * The code that a signal interrupted, from the registers that Linux left on the stack for
 * sigreturn(). The trampoline that a handler returns to has call frame information, but with DWARF
 * expressions, which dump_syms drops; so the peers lose the stack there. Not done when compatible.
 *
 * A frame is one of a signal if what stands at its stack pointer has the form that the kernel gives
 * it; where the code or its name says that it is a trampoline, some of the form is enough.
 */

/* Where a register is, from the start of a frame. */
struct saved {
	char reg[6]; /* "" ends a list */
	uint16_t offset;
};

/* What a value of a frame must be: after masking, in [low, high]. */
struct form {
	uint8_t width; /* 0 ends a list */
	uint16_t offset;
	enum { ALWAYS, UNLESS_NAMED, FROM_START } when; /* FROM_START: less the frame's address */
	uint64_t mask, low, high;
};

enum { FORMS_MAX = 7, SIGNALS = 64, MIPS_SIGNALS = 128 };

/* clang-format off */

/* struct rt_sigframe without the return address: struct ucontext. linux: arch/x86/include/asm/
 * sigframe.h, arch/x86/include/uapi/asm/{ucontext,sigcontext}.h. Segment 0x33 is that of code. */
static const struct saved amd64_saved[] = {
	{ "r8", 40 },   { "r9", 48 },   { "r10", 56 },  { "r11", 64 },  { "r12", 72 },
	{ "r13", 80 },  { "r14", 88 },  { "r15", 96 },  { "rdi", 104 }, { "rsi", 112 },
	{ "rbp", 120 }, { "rbx", 128 }, { "rdx", 136 }, { "rax", 144 }, { "rcx", 152 },
	{ "rsp", 160 }, { "rip", 168 }, { "", 0 },
};

/* struct sigcontext_32, behind the number of the signal in struct sigframe_ia32 without its return
 * address; or, in rt_sigframe_ia32, behind the number, pointers to siginfo and ucontext, and these. */
static const struct saved x86_saved[] = {
	{ "edi", 16 }, { "esi", 20 }, { "ebp", 24 }, { "esp", 28 }, { "ebx", 32 },
	{ "edx", 36 }, { "ecx", 40 }, { "eax", 44 }, { "eip", 56 }, { "", 0 },
};

/* struct ucontext, with which struct sigframe begins; in struct rt_sigframe behind siginfo. linux:
 * arch/arm/kernel/signal.h, arch/arm/include/uapi/asm/sigcontext.h; signal.c: setup_frame() marks
 * the first in uc_flags. */
static const struct saved arm_saved[] = {
	{ "r0", 32 },  { "r1", 36 }, { "r2", 40 }, { "r3", 44 }, { "r4", 48 },  { "r5", 52 },
	{ "r6", 56 },  { "r7", 60 }, { "r8", 64 }, { "r9", 68 }, { "r10", 72 }, { "fp", 76 },
	{ "r12", 80 }, { "sp", 84 }, { "lr", 88 }, { "pc", 92 }, { "", 0 },
};

/* struct rt_sigframe: siginfo, ucontext. linux: arch/arm64/kernel/signal.c,
 * arch/arm64/include/uapi/asm/{ucontext,sigcontext}.h. */
static const struct saved arm64_saved[] = {
	{ "x0", 312 },  { "x1", 320 },  { "x2", 328 },  { "x3", 336 },  { "x4", 344 },
	{ "x5", 352 },  { "x6", 360 },  { "x7", 368 },  { "x8", 376 },  { "x9", 384 },
	{ "x10", 392 }, { "x11", 400 }, { "x12", 408 }, { "x13", 416 }, { "x14", 424 },
	{ "x15", 432 }, { "x16", 440 }, { "x17", 448 }, { "x18", 456 }, { "x19", 464 },
	{ "x20", 472 }, { "x21", 480 }, { "x22", 488 }, { "x23", 496 }, { "x24", 504 },
	{ "x25", 512 }, { "x26", 520 }, { "x27", 528 }, { "x28", 536 }, { "fp", 544 },
	{ "lr", 552 },  { "sp", 560 },  { "pc", 568 },  { "", 0 },
};

/* struct rt_sigframe: siginfo, ucontext. linux: arch/riscv/kernel/signal.c,
 * arch/riscv/include/uapi/asm/{ucontext,ptrace}.h. */
static const struct saved riscv64_saved[] = {
	{ "pc", 304 },  { "ra", 312 }, { "sp", 320 }, { "gp", 328 }, { "tp", 336 },  { "t0", 344 },
	{ "t1", 352 },  { "t2", 360 }, { "s0", 368 }, { "s1", 376 }, { "a0", 384 },  { "a1", 392 },
	{ "a2", 400 },  { "a3", 408 }, { "a4", 416 }, { "a5", 424 }, { "a6", 432 },  { "a7", 440 },
	{ "s2", 448 },  { "s3", 456 }, { "s4", 464 }, { "s5", 472 }, { "s6", 480 },  { "s7", 488 },
	{ "s8", 496 },  { "s9", 504 }, { "s10", 512 }, { "s11", 520 }, { "t3", 528 }, { "t4", 536 },
	{ "t5", 544 },  { "t6", 552 }, { "", 0 },
};

/* struct sigcontext of o32; in struct sigframe behind 24 bytes, in rt_sigframe behind siginfo and the
 * beginning of ucontext, too. Its registers have 64 bits. linux: arch/mips/kernel/signal.c,
 * arch/mips/include/uapi/asm/{ucontext,sigcontext}.h. */
static const struct saved mips_saved[] = {
	{ "pc", 8 },   { "s0", 144 }, { "s1", 152 }, { "s2", 160 }, { "s3", 168 }, { "s4", 176 },
	{ "s5", 184 }, { "s6", 192 }, { "s7", 200 }, { "gp", 240 }, { "sp", 248 }, { "fp", 256 },
	{ "ra", 264 }, { "", 0 },
};

/* That of n64. */
static const struct saved mips64_saved[] = {
	{ "s0", 128 }, { "s1", 136 }, { "s2", 144 }, { "s3", 152 }, { "s4", 160 }, { "s5", 168 },
	{ "s6", 176 }, { "s7", 184 }, { "gp", 224 }, { "sp", 232 }, { "fp", 240 }, { "ra", 248 },
	{ "pc", 576 }, { "", 0 },
};

/* On x86, segments are those of 32-bit processes on 32-bit and 64-bit kernels; on ARM, user mode is
 * 16, and no interrupt is off; on ARM64, it is 0, and the floating-point registers (their magic
 * number) follow. Bit 1 of the flags of x86 is always set. MIPS saves register 0, too. */
#define ARM64_FORM {                                                  \
	{ 4,   0, ALWAYS,       UINT32_MAX, 1, SIGNALS },             \
	{ 8, 128, ALWAYS,       UINT64_MAX, 0, 0 },                   \
	{ 8, 136, ALWAYS,       UINT64_MAX, 0, 0 },                   \
	{ 8, 576, ALWAYS,       0xffffffff0000001f, 0, 0 },           \
	{ 4, 592, UNLESS_NAMED, UINT32_MAX, 0x46508001, 0x46508001 }, \
}

static const struct step_layout {
	enum cpu_kind cpu;
	uint16_t below_fp; /* the frame begins so far below the frame pointer; 0: at the stack's */
	uint16_t behind;   /* what saved counts from, from the start of the frame */
	const struct saved *saved;
	struct form form[FORMS_MAX];
} layouts[] = {
	{ CPU_AMD64, 0, 0, amd64_saved, {
		{ 8,   0, ALWAYS,       UINT64_MAX, 0, 7 },           /* flags */
		{ 8,   8, ALWAYS,       UINT64_MAX, 0, 0 },           /* link */
		{ 8, 176, ALWAYS,       0xffffffff00000002, 2, 2 },   /* flags of the CPU */
		{ 2, 184, ALWAYS,       UINT16_MAX, 0x33, 0x33 },     /* cs */
	} },
	{ CPU_X86, 0, 160, x86_saved, {
		{ 4,   0, ALWAYS,       UINT32_MAX, 1, SIGNALS },
		{ 4,   4, FROM_START,   UINT32_MAX, 12, 12 },
		{ 4,   8, FROM_START,   UINT32_MAX, 140, 140 },
		{ 2, 220, UNLESS_NAMED, 0xffaf, 0x23, 0x23 },         /* cs */
		{ 4, 224, ALWAYS,       2, 2, 2 },                    /* flags of the CPU */
	} },
	{ CPU_X86, 0, 4, x86_saved, {
		{ 4,   0, ALWAYS,       UINT32_MAX, 1, SIGNALS },
		{ 2,  64, ALWAYS,       0xffaf, 0x23, 0x23 },         /* cs */
		{ 4,  68, ALWAYS,       2, 2, 2 },                    /* flags of the CPU */
		{ 2,  76, ALWAYS,       0xffaf, 0x2b, 0x2b },         /* ss */
	} },
	{ CPU_ARM, 0, 0, arm_saved, {
		{ 4,   0, ALWAYS,       UINT32_MAX, 0x5ac3c35a, 0x5ac3c35a },
		{ 4,  96, ALWAYS,       0x1f, 0x10, 0x10 },           /* cpsr */
	} },
	{ CPU_ARM, 0, 128, arm_saved, {
		{ 4,   0, ALWAYS,       UINT32_MAX, 1, SIGNALS },
		{ 4, 128, ALWAYS,       UINT32_MAX, 0, 0 },           /* flags */
		{ 4, 132, ALWAYS,       UINT32_MAX, 0, 0 },           /* link */
		{ 4, 212, UNLESS_NAMED, 7, 0, 0 },                    /* sp */
		{ 4, 220, UNLESS_NAMED, 0xfffff000, 4096, UINT32_MAX }, /* pc */
		{ 4, 224, ALWAYS,       0x017001df, 0x10, 0x10 },     /* cpsr */
	} },
	{ CPU_ARM64, 0, 0, arm64_saved, ARM64_FORM },
	/* The record that frame pointers lead to stands behind the frame, whose size is 4688 unless
	 * there are registers of SVE or SME. */
	{ CPU_ARM64, 4688, 0, arm64_saved, ARM64_FORM },
	{ CPU_RISCV64, 0, 0, riscv64_saved, {
		{ 4,   0, ALWAYS,       UINT32_MAX, 1, SIGNALS },
		{ 8, 128, ALWAYS,       UINT64_MAX, 0, 0 },           /* flags */
		{ 8, 136, ALWAYS,       UINT64_MAX, 0, 0 },           /* link */
		{ 8, 304, UNLESS_NAMED, UINT64_MAX, 4096, 0xffffffffffffff },  /* pc */
		{ 8, 320, UNLESS_NAMED, 15, 0, 0 },                   /* sp */
		{ 4, 1076, UNLESS_NAMED, UINT32_MAX, 0, 0 },          /* reserved */
	} },
	{ CPU_MIPS, 0, 176, mips_saved, {
		{ 4,  24, ALWAYS,       UINT32_MAX, 1, MIPS_SIGNALS },
		{ 4, 152, ALWAYS,       UINT32_MAX, 0, 0 },           /* flags */
		{ 4, 156, ALWAYS,       UINT32_MAX, 0, 0 },           /* link */
		{ 8, 192, ALWAYS,       UINT64_MAX, 0, 0 },           /* register 0 */
		{ 8, 184, UNLESS_NAMED, UINT64_MAX, 4096, INT32_MAX }, /* pc */
		{ 8, 424, UNLESS_NAMED, 7, 0, 0 },                    /* sp */
	} },
	/* Too little form to be known by it alone. */
	{ CPU_MIPS, 0, 24, mips_saved, {
		{ 8,  40, ALWAYS,       UINT64_MAX, 0, 0 },           /* register 0 */
		{ 8,  32, ALWAYS,       UINT64_MAX, 0, INT32_MAX },   /* pc */
		{ 4,   0, UNLESS_NAMED, 0, 1, 1 },
	} },
	{ CPU_MIPS64, 0, 192, mips64_saved, {
		{ 4,  24, ALWAYS,       UINT32_MAX, 1, MIPS_SIGNALS },
		{ 8, 152, ALWAYS,       UINT64_MAX, 0, 0 },           /* flags */
		{ 8, 160, ALWAYS,       UINT64_MAX, 0, 0 },           /* link */
		{ 8, 192, ALWAYS,       UINT64_MAX, 0, 0 },           /* register 0 */
		{ 8, 768, UNLESS_NAMED, UINT64_MAX, 4096, 0xffffffffffffff },  /* pc */
		{ 8, 424, UNLESS_NAMED, 15, 0, 0 },                   /* sp */
	} },
};

/* What libraries call their trampolines: glibc, musl and bionic; the vdso of x86, arm64, RISC-V and
 * MIPS. */
static const struct str trampolines[] = {
	STR_INIT("__restore_rt"), STR_INIT("__restore"), STR_INIT("__default_rt_sa_restorer"),
	STR_INIT("__default_sa_restorer"), STR_INIT("__kernel_rt_sigreturn"),
	STR_INIT("__kernel_sigreturn"), STR_INIT("__kernel_sigreturn_arm"),
	STR_INIT("__kernel_rt_sigreturn_arm"), STR_INIT("__kernel_sigreturn_thumb"),
	STR_INIT("__kernel_rt_sigreturn_thumb"), STR_INIT("__vdso_rt_sigreturn"),
	STR_INIT("__vdso_sigreturn"),
};
/* clang-format on */

static bool has_form(const struct walk *w, const struct step_layout *l, uint64_t start, bool named)
{
	for (const struct form *f = l->form; f < l->form + FORMS_MAX && f->width != 0; f++) {
		uint64_t value;

		if (named && f->when == UNLESS_NAMED)
			continue;
		if (!step_load_part(w, start + f->offset, f->width, &value))
			return false;
		value = (f->when == FROM_START ? value - start : value) & f->mask;
		if (value < f->low || value > f->high)
			return false;
	}
	return true;
}

/* Whether the last frame is known for a trampoline by its code or by its name. */
static bool is_trampoline(struct walk *w)
{
	struct names *n = w->names;
	uint64_t pc = w->last.pc;
	ptrdiff_t module = md_modules_find(&n->dump->modules, pc);
	struct sym_frame f;

	if (code_is_sigreturn(n, pc))
		return true;
	if (!names_find(n, module, pc, w->scratch, &f) || f.base != names_offset(n, module, pc))
		return false;
	for (size_t i = 0; i < COUNT(trampolines); i++) {
		if (str_eq(f.function, trampolines[i]))
			return true;
	}
	return false;
}

/* Where the frame of that layout begins, if the last frame is one. */
static bool find_start(struct walk *w, const struct step_layout *l, uint64_t *start)
{
	const struct regs *regs = &w->last.regs;
	unsigned reg = l->below_fp == 0 ? regs->cpu->sp : regs->cpu->fp;

	if (!regs_has(regs, reg) || regs->value[reg] < l->below_fp)
		return false;
	*start = regs->value[reg] - l->below_fp;
	return has_form(w, l, *start, false) || (has_form(w, l, *start, true) && is_trampoline(w));
}

static const struct step_layout *find_layout(struct walk *w, uint64_t *start)
{
	enum cpu_kind kind = w->last.regs.cpu->kind;

	kind = kind == CPU_ARM64_OLD ? CPU_ARM64 : kind;
	for (size_t i = 0; i < COUNT(layouts); i++) {
		if (layouts[i].cpu == kind && find_start(w, &layouts[i], start))
			return &layouts[i];
	}
	return NULL;
}

bool step_is_signal(struct walk *w)
{
	enum md_os os = w->names->dump->system.os;
	uint64_t start = 0;

	w->signal = NULL;
	if (!w->names->compat && w->last.trust != TRUST_CONTEXT &&
	    (os == MD_OS_LINUX || os == MD_OS_ANDROID) && w->n_signals < LIMIT_WALK_SIGNALS)
		w->signal = find_layout(w, &start);
	if (start == w->signal_at) /* none, or the last one again, which makes a circle */
		w->signal = NULL;
	w->signal_at = w->signal == NULL ? w->signal_at : start;
	return w->signal != NULL;
}

enum step_result step_by_signal(struct walk *w, struct walk_frame *caller)
{
	const struct step_layout *l = w->signal;
	const struct cpu *cpu = w->last.regs.cpu;
	/* The kernel saves registers of 64 bits on all kinds of MIPS. */
	unsigned width = cpu->kind == CPU_MIPS ? 8 : cpu->pointer_size;
	uint64_t value;

	if (l == NULL)
		return STEP_NONE;
	step_caller(w, TRUST_CFI, caller);
	for (const struct saved *s = l->saved; s->reg[0] != '\0'; s++) {
		int i = regs_index(cpu, str_of(s->reg));
		uint64_t at = w->signal_at + l->behind + s->offset;

		if (i >= 0 && step_load_part(w, at, width, &value))
			step_set(w, caller, (unsigned)i, cpu_pointer(cpu, value));
	}
	return STEP_SIGNAL;
}
