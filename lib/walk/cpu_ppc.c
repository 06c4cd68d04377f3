#include "walk/step.h"

/*
 * PowerPC of 32 and 64 bits: no frame pointer, but every frame begins with the address of the one
 * above it, so that the stack pointer is the head of a chain. rust-minidump does not walk it; the
 * rules are Breakpad's (src/processor/stackwalker_ppc.cc, _ppc64.cc), which knows macOS only.
 */

/* Where a function saves its return address in its caller's frame: the second word on System V
 * (Power Architecture 32-bit ABI, 2.2.2.1), the third on macOS and on all of 64 bits (ELF V2 ABI,
 * 2.2.2). */
static uint64_t saved_lr(const struct walk *w)
{
	uint64_t word = w->last.regs.cpu->pointer_size;

	return word == 8 || w->names->dump->system.os == MD_OS_MACOS ? 2 * word : word;
}

/* The outermost frame has 0 above it, or returns to 1. */
static enum step_result by_fp(struct walk *w, uint64_t sp, struct walk_frame *caller)
{
	const struct cpu *cpu = w->last.regs.cpu;
	uint64_t above, pc;

	if (!step_word(w, sp, &above) || above <= sp || !step_word(w, above + saved_lr(w), &pc) ||
	    pc <= 1)
		return STEP_END;
	step_caller(w, TRUST_FRAME_POINTER, caller);
	step_set(w, caller, cpu->ip, pc);
	step_set(w, caller, cpu->sp, above);
	return STEP_FOUND;
}

const struct step_cpu step_ppc = {
	.only_ours = true,
	.adjust = 4,
	.saved = "r14 r15 r16 r17 r18 r19 r20 r21 r22 r23 r24 r25 r26 r27 r28 r29 r30 r31",
	.by_fp = by_fp,
};
