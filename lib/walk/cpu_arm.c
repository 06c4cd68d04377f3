#include "walk/step.h"

/* 32-bit ARM. rust-minidump: minidump-unwind/src/arm.rs. */

/* Only Apple's ABI keeps a chain of frame pointers; 0 ends it. */
static enum step_result by_fp(struct walk *w, uint64_t fp, struct walk_frame *caller)
{
	struct step_record r;

	if (w->names->dump->system.os != MD_OS_IOS)
		return STEP_NONE;
	if (fp == 0)
		return STEP_END;
	if (!step_record(w, fp, &r))
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

const struct step_cpu step_arm = {
	.adjust = 2,
	.saved = "r4 r5 r6 r7 r8 r9 r10 fp",
	.by_fp = by_fp,
	.keeps_sp = keeps_sp,
};
