#include "walk/step.h"

/*
 * MIPS of 32 and 64 bits: call frame information and scanning, no frame pointers. rust-minidump:
 * minidump-unwind/src/mips.rs; it cannot read contexts of 64 bits, so that their walk is Breakpad's
 * (src/processor/stackwalker_mips.cc).
 */

static bool is_code(uint64_t pc)
{
	return pc >= 0x1000;
}

/* A leaf function need not touch the stack. */
static bool keeps_sp(const struct walk_frame *callee, const struct walk_frame *caller)
{
	(void)caller;
	return callee->trust == TRUST_CONTEXT;
}

/* Every caller begins with room for the four arguments in registers. */
const struct step_cpu step_mips = {
	.adjust = 8,
	.scan_words = 256,
	.scan_skip = 4,
	.saved = "s0 s1 s2 s3 s4 s5 s6 s7 gp sp fp",
	.is_code = is_code,
	.keeps_sp = keeps_sp,
};

const struct step_cpu step_mips64 = {
	.adjust = 8,
	.scan_words = 128,
	.saved = "s0 s1 s2 s3 s4 s5 s6 s7 gp sp fp",
	.is_code = is_code,
	.keeps_sp = keeps_sp,
};
