#include "walk/step.h"

/*
 * SPARC of 32 bits: a call that has moved the register window leaves the caller's i6 (its frame
 * pointer) and i7 (the address of its call) in the window's save area, SPARC ABI, 3rd edition,
 * figure 3-16. rust-minidump does not walk it; the rules are Breakpad's
 * (src/processor/stackwalker_sparc.cc).
 */
enum { SAVED_FP = 56, SAVED_CALL = 60 };

/* A call returns behind itself and its delay slot. */
enum { CALL_SIZE = 8 };

static bool saved(const struct walk *w, uint64_t at, uint64_t *value)
{
	return md_region_uint(&w->stack, w->names->dump->memory.big, at, 4, value) && *value > 1;
}

static enum step_result by_fp(struct walk *w, uint64_t fp, struct walk_frame *caller)
{
	const struct cpu *cpu = w->last.regs.cpu;
	uint64_t call, above;

	if (fp <= step_sp(w) || !saved(w, fp + SAVED_CALL, &call) ||
	    !saved(w, fp + SAVED_FP, &above))
		return STEP_END;
	step_caller(w, TRUST_FRAME_POINTER, caller);
	step_set(w, caller, cpu->ip, call + CALL_SIZE);
	step_set(w, caller, cpu->sp, fp);
	step_set(w, caller, cpu->fp, above);
	return STEP_FOUND;
}

const struct step_cpu step_sparc = {
	.only_ours = true,
	.adjust = CALL_SIZE,
	.saved = "g_r16 g_r17 g_r18 g_r19 g_r20 g_r21 g_r22 g_r23",
	.by_fp = by_fp,
};
