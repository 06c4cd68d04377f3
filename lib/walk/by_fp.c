#include "walk/step.h"

/* The caller by the frame pointer. What makes a record believable differs by CPU. */
enum step_result step_by_fp(struct walk *w, struct walk_frame *caller)
{
	const struct regs *regs = &w->last.regs;
	const struct cpu *cpu = regs->cpu;
	uint64_t most = cpu_pointer(cpu, UINT64_MAX);

	if (w->cpu->by_fp == NULL || !regs_has(regs, cpu->fp) || !regs_has(regs, cpu->sp) ||
	    regs->value[cpu->fp] >= most - 2u * cpu->pointer_size)
		return STEP_NONE;
	return w->cpu->by_fp(w, regs->value[cpu->fp], caller);
}
