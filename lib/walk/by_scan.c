#include "walk/step.h"

#include "base/limits.h"

/*
 * The caller by the first word of the stack that looks like a return address: it points behind an
 * instruction in a module and, where the module has symbols, they know that instruction.
 */

static bool symbols_know(struct walk *w, const struct symx *symx, ptrdiff_t module,
			 uint64_t instruction)
{
	uint64_t start, size;

	/* Code without a name of its own, which rust-minidump would know by its neighbour's. */
	if (!w->names->compat &&
	    symx_cfi_range(symx, names_offset(w->names, module, instruction), &start, &size))
		return true;
	return names_has(w->names, module, instruction, w->scratch);
}

/* *asked counts the questions that symbols had to answer. */
static bool is_return_address(struct walk *w, uint64_t pc, unsigned *asked)
{
	const struct symx *symx;
	ptrdiff_t module;

	if (pc <= 1 || (w->cpu->is_code != NULL && !w->cpu->is_code(pc)))
		return false;
	module = md_modules_find(&w->names->dump->modules, pc - 1);
	if (module == MD_NO_MODULE)
		return false;
	symx = names_symx(w->names, module);
	*asked += symx != NULL;
	return symx == NULL || symbols_know(w, symx, module, pc - 1);
}

/* Which words are looked at, from the stack pointer on: [first, end). */
struct window {
	unsigned first, end;
};

static struct window window(const struct walk *w)
{
	bool sure = w->last.trust == TRUST_CONTEXT || w->last.trust == TRUST_CFI;

	if (w->cpu->scan_words != 0)
		return (struct window){ w->last.trust == TRUST_CONTEXT ? 0 : w->cpu->scan_skip,
					w->cpu->scan_words };
	return (struct window){ 0, sure ? LIMIT_WALK_SCAN_WORDS_FIRST : LIMIT_WALK_SCAN_WORDS };
}

/* The next return address from sp on; *at is where it stands. */
static bool find(struct walk *w, uint64_t sp, uint64_t *at, uint64_t *pc)
{
	const struct cpu *cpu = w->last.regs.cpu;
	struct window words = window(w);
	unsigned asked = 0;
	bool found = false;

	for (unsigned i = words.first; i < words.end && !found; i++) {
		*at = sp + (uint64_t)i * cpu->pointer_size;
		if (*at < sp || cpu_pointer(cpu, *at) != *at || !step_word(w, *at, pc))
			break;
		found = is_return_address(w, *pc, &asked);
	}
	step_charge(w, asked / LIMIT_WALK_STEP_ASKED);
	return found;
}

enum step_result step_by_scan(struct walk *w, struct walk_frame *caller)
{
	const struct regs *regs = &w->last.regs;
	const struct cpu *cpu = regs->cpu;
	uint64_t sp = cpu_pointer(cpu, regs->value[cpu->sp]), at, pc, above;

	if (!regs_has(regs, cpu->sp) || !find(w, sp, &at, &pc))
		return STEP_NONE;
	above = at + cpu->pointer_size;
	if (above < at || cpu_pointer(cpu, above) != above)
		return STEP_NONE;

	step_caller(w, TRUST_SCAN, caller);
	step_set(w, caller, cpu->ip, pc);
	step_set(w, caller, cpu->sp, above);
	if (at != sp && w->cpu->scan_fp != NULL)
		w->cpu->scan_fp(w, at, caller);
	return STEP_FOUND;
}
