#include "walk/step.h"

/* 64-bit ARM, both context layouts. rust-minidump: minidump-unwind/src/arm64.rs. */

static bool is_code(uint64_t pc)
{
	return pc >= 0x1000 && pc <= 0xfffffffffffff;
}

/* lr of the caller, as it was when the caller was entered: the word that its own record keeps. */
static void guess_lr(struct walk *w, uint64_t fp, struct walk_frame *caller)
{
	uint64_t lr;

	if (fp != 0 && fp <= UINT64_MAX - 8 && step_word(w, fp + 8, &lr))
		step_set(w, caller, w->last.regs.cpu->lr, lr & w->pointer_mask);
}

/*
 * A frame pointer of 0 ends the chain. rust-minidump means to stop there, but goes on to scan
 * (synth/arm64-fp0). By default it is the end, unless this is the context frame, where the code may
 * be one that keeps no frame pointers.
 */
static enum step_result by_fp(struct walk *w, uint64_t fp, struct walk_frame *caller)
{
	struct step_record r;

	if (fp == 0)
		return w->names->compat || w->last.trust == TRUST_CONTEXT ? STEP_NONE : STEP_END;
	if (!step_record(w, fp, &r))
		return STEP_NONE;
	r.fp &= w->pointer_mask;
	r.pc &= w->pointer_mask;
	if (!is_code(r.pc))
		return STEP_NONE;
	step_from_record(w, &r, caller);
	guess_lr(w, r.fp, caller);
	return STEP_FOUND;
}

/* Leaf functions, and functions that have just been entered, have not moved the stack pointer. */
static bool keeps_sp(const struct walk_frame *callee, const struct walk_frame *caller)
{
	const struct cpu *cpu = callee->regs.cpu;

	return caller->regs.value[cpu->ip] != callee->regs.value[cpu->ip] &&
	       (callee->trust == TRUST_CONTEXT || caller->trust == TRUST_CFI);
}

const struct step_cpu step_arm64 = {
	.adjust = 4,
	.signs_pointers = true,
	.fp_guesses_lr = true,
	.saved = "x19 x20 x21 x22 x23 x24 x25 x26 x27 x28 fp",
	.is_code = is_code,
	.by_fp = by_fp,
	.keeps_sp = keeps_sp,
};
