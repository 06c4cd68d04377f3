#include "walk/step.h"

/*
 * RISC-V of 32 and 64 bits, which rust-minidump doesn't read. The registers that calls keep are
 * those of Breakpad (src/processor/stackwalker_riscv.cc, _riscv64.cc). Not its frame pointers: it
 * looks for the record at s0, as on ARM, while the ABI has it below (RISC-V ELF psABI, "Frame
 * Pointer Convention").
 */

/*
 * The record ends at s0, which is the caller's stack pointer. A leaf function saves no return
 * address: the last word is the caller's frame pointer then, and points up the stack.
 */
static bool read_record(const struct walk *w, uint64_t fp, struct step_record *r)
{
	const struct regs *regs = &w->last.regs;
	uint64_t word = regs->cpu->pointer_size;

	if (fp < 2 * word || !step_record(w, fp - 2 * word, r))
		return false;
	if (w->last.trust == TRUST_CONTEXT && r->pc - w->stack.base < w->stack.data.n) {
		r->fp = r->pc;
		r->pc = regs->value[regs->cpu->lr];
	}
	return true;
}

/* A frame pointer of 0 ends a chain; without one before it, s0 may be any register. */
static enum step_result by_fp(struct walk *w, uint64_t fp, struct walk_frame *caller)
{
	struct step_record r;

	if (fp == 0 && w->last.trust == TRUST_FRAME_POINTER)
		return STEP_END;
	if (!read_record(w, fp, &r) || (r.fp != 0 && r.fp <= fp))
		return STEP_NONE;
	step_from_record(w, &r, caller);
	return STEP_FOUND;
}

/* A leaf function need not touch the stack. */
static bool keeps_sp(const struct walk_frame *callee, const struct walk_frame *caller)
{
	(void)caller;
	return callee->trust == TRUST_CONTEXT;
}

/* Two bytes before the return address are inside the call, compressed or not. */
const struct step_cpu step_riscv = {
	.only_ours = true,
	.adjust = 2,
	.saved = "s0 s1 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11",
	.by_fp = by_fp,
	.keeps_sp = keeps_sp,
};
