#include "walk/step.h"

void step_charge(struct walk *w, uint64_t steps)
{
	w->budget->steps -= steps < w->budget->steps ? steps : w->budget->steps;
}

bool step_word(const struct walk *w, uint64_t address, uint64_t *value)
{
	return md_region_uint(&w->stack, w->names->dump->memory.big, address,
			      w->last.regs.cpu->pointer_size, value);
}

bool step_load_part(const struct walk *w, uint64_t address, unsigned width, uint64_t *value)
{
	const struct md_memory *memory = &w->names->dump->memory;

	return md_region_uint(&w->stack, memory->big, address, width, value) ||
	       (!w->names->compat && md_memory_uint(memory, address, width, value));
}

bool step_load(const struct walk *w, uint64_t address, uint64_t *value)
{
	return step_load_part(w, address, w->last.regs.cpu->pointer_size, value);
}

void step_caller(const struct walk *w, enum trust trust, struct walk_frame *caller)
{
	*caller = (struct walk_frame){ .trust = trust, .regs.cpu = w->last.regs.cpu };
}

void step_set(const struct walk *w, struct walk_frame *caller, unsigned reg, uint64_t value)
{
	struct regs *regs = &caller->regs;

	regs->value[reg] = value;
	if (w->names->compat && regs->cpu->regs[reg].alias != NULL)
		regs->valid_alias |= (uint64_t)1 << reg;
	else
		regs->valid |= (uint64_t)1 << reg;
}

bool step_record(const struct walk *w, uint64_t at, struct step_record *r)
{
	uint64_t word = w->last.regs.cpu->pointer_size;

	r->sp = at + 2 * word;
	return step_word(w, at, &r->fp) && step_word(w, at + word, &r->pc);
}

void step_from_record(const struct walk *w, const struct step_record *r, struct walk_frame *caller)
{
	const struct cpu *cpu = w->last.regs.cpu;

	step_caller(w, TRUST_FRAME_POINTER, caller);
	step_set(w, caller, cpu->ip, r->pc);
	step_set(w, caller, cpu->sp, r->sp);
	step_set(w, caller, cpu->fp, r->fp);
}
