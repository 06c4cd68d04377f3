#include "walk/step.h"

/*
 * The caller of what is no code: of a null pointer, or another bad one. Nothing of the callee has
 * run, so that the return address is where the call has left it, and all registers are the
 * caller's. The peers follow the frame pointer or scan, and lose the caller or its registers. Not
 * done when compatible.
 */

/* Whether the processor was about to execute what cannot be: memory that the dump describes, or
 * says nothing of though it describes others, and no code of a module of now or before. */
static bool is_bad_pointer(const struct walk *w)
{
	const struct names *n = w->names;
	const struct md_mapping *m = md_mappings_find(&n->dump->mappings, w->last.pc);
	struct names_unloaded *unused;

	if (w->last.module != MD_NO_MODULE || (m != NULL && (m->access & MD_EXECUTE) != 0))
		return false;
	if (m == NULL && n->dump->mappings.n == 0 && w->last.pc >= STEP_LOWEST_PC)
		return false;
	return names_unloaded(n, w->last.pc, w->scratch, &unused) == 0;
}

enum step_result step_by_call(struct walk *w, struct walk_frame *caller)
{
	const struct regs *regs = &w->last.regs;
	const struct cpu *cpu = regs->cpu;
	bool links = cpu->lr < cpu->n_regs;
	uint64_t pc, sp = step_sp(w);

	if (w->names->compat || w->last.trust != TRUST_CONTEXT || !is_bad_pointer(w))
		return STEP_NONE;
	if (links)
		pc = regs->value[cpu->lr] & w->pointer_mask;
	else if (!step_word(w, sp, &pc))
		return STEP_NONE;
	if (!step_is_return(w, pc))
		return STEP_NONE;

	*caller = (struct walk_frame){ .trust = TRUST_SCAN, .regs = *regs };
	caller->regs.valid &= w->saved;
	caller->regs.valid_alias = 0;
	step_set(w, caller, cpu->ip, pc);
	step_set(w, caller, cpu->sp, links ? sp : sp + cpu->pointer_size);
	return STEP_FOUND;
}
