#include "walk/step.h"

#include "base/limits.h"

/*
 * The code that a signal interrupted, from the registers that the kernel left on the stack for
 * sigreturn(). The trampoline that a handler returns to has call frame information, but with DWARF
 * expressions, which dump_syms drops; so the peers lose the stack there. Not done when compatible.
 */

static void restore(struct walk *w, uint64_t sp, struct walk_frame *caller)
{
	const struct cpu *cpu = w->last.regs.cpu;
	uint64_t value;

	step_caller(w, TRUST_CFI, caller);
	for (const struct step_saved *s = w->cpu->signal; s->reg != NULL; s++) {
		int i = regs_index(cpu, str_of(s->reg));

		if (i >= 0 && step_load(w, sp + s->offset, &value))
			step_set(w, caller, (unsigned)i, value);
	}
}

enum step_result step_by_signal(struct walk *w, struct walk_frame *caller)
{
	const struct regs *regs = &w->last.regs;
	enum md_os os = w->names->dump->system.os;

	if (w->names->compat || w->cpu->is_signal == NULL || w->last.trust == TRUST_CONTEXT ||
	    (os != MD_OS_LINUX && os != MD_OS_ANDROID) || !regs_has(regs, regs->cpu->sp) ||
	    w->n_signals == LIMIT_WALK_SIGNALS || !w->cpu->is_signal(w, step_sp(w)))
		return STEP_NONE;
	restore(w, step_sp(w), caller);
	return STEP_SIGNAL;
}
