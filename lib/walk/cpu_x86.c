#include "walk/step.h"

/* x86. rust-minidump: minidump-unwind/src/x86.rs. */

/* Larger frames are taken for accidents. */
enum { GAP_MAX = 128 * 1024 };

/* No test of what the record says: Breakpad found that every one of them loses stacks. */
static enum step_result by_fp(struct walk *w, uint64_t fp, struct walk_frame *caller)
{
	struct step_record r;

	if (!step_record(w, fp, &r))
		return STEP_NONE;
	step_from_record(w, &r, caller);
	return STEP_FOUND;
}

/* The word below the return address is the caller's ebp if it points up the stack and not far; else
 * the callee may have left ebp alone. */
static void scan_fp(struct walk *w, uint64_t at, struct walk_frame *caller)
{
	const struct cpu *cpu = w->last.regs.cpu;
	uint64_t below = at - 4, fp = step_fp(w), saved, unused;

	if (!step_word(w, below, &saved))
		return;
	if (saved > at && saved - below <= GAP_MAX) {
		if (step_word(w, saved, &unused))
			step_set(w, caller, cpu->fp, saved);
	} else if (regs_has(&w->last.regs, cpu->fp) && fp >= at + 4 && step_word(w, fp, &unused)) {
		step_set(w, caller, cpu->fp, fp);
	}
}

const struct step_cpu step_x86 = {
	.adjust = 1,
	.saved = "ebp ebx edi esi",
	.by_fp = by_fp,
	.scan_fp = scan_fp,
};
