#include "walk/step.h"

/* amd64: System V and Windows. rust-minidump: minidump-unwind/src/amd64.rs. */

/* Larger frames are taken for accidents. */
enum { GAP_MAX = 128 * 1024 };

/* Outside the hole of addresses whose bits 47 to 63 differ. */
static bool is_canonical(uint64_t pc)
{
	uint64_t half = (uint64_t)1 << 47;

	return pc + half < 2 * half;
}

/* Whether a record can be one; *readable is false when the chain leaves the stack, which no other
 * record mends. */
static bool is_record(const struct walk *w, uint64_t fp, const struct step_record *r,
		      bool *readable)
{
	uint64_t unused;

	if (r->sp <= fp || r->fp < r->sp)
		return false;
	*readable = step_word(w, r->fp, &unused);
	return *readable && is_canonical(r->pc) && r->sp > step_sp(w) &&
	       step_word(w, r->sp, &unused);
}

/* On Windows the frame register may point up to 240 bytes into the frame, in steps of 16. */
static enum step_result by_fp(struct walk *w, uint64_t fp, struct walk_frame *caller)
{
	uint64_t last = w->names->dump->system.os == MD_OS_WINDOWS ? 240 : 0;

	for (uint64_t offset = 0; offset <= last; offset += 16) {
		struct step_record r;
		bool readable = true;

		if (!step_record(w, fp + offset, &r))
			return STEP_NONE;
		if (is_record(w, fp, &r, &readable)) {
			step_from_record(w, &r, caller);
			return STEP_FOUND;
		}
		if (!readable)
			return STEP_NONE;
	}
	return STEP_NONE;
}

/* The caller's rbp stands below the return address if rbp points there; else the callee may have
 * left rbp alone. */
static void scan_fp(struct walk *w, uint64_t at, struct walk_frame *caller)
{
	const struct cpu *cpu = w->last.regs.cpu;
	uint64_t below = at - 8, fp = step_fp(w), saved, unused;

	if (!regs_has(&w->last.regs, cpu->fp) || !step_word(w, below, &saved))
		return;
	if (fp == below && saved > at && saved - below <= GAP_MAX) {
		if (step_word(w, saved, &unused))
			step_set(w, caller, cpu->fp, saved);
	} else if (fp >= at + 8) {
		step_set(w, caller, cpu->fp, fp);
	}
}

const struct step_cpu step_amd64 = {
	.adjust = 1,
	.saved = "rbx rbp r12 r13 r14 r15",
	.is_code = is_canonical,
	.by_fp = by_fp,
	.scan_fp = scan_fp,
};
