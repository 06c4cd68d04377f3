#include "walk/step.h"

#include "sym/cfi_rule.h"

/*
 * The caller by STACK WIN records: x86 only. rust-minidump means to forward no registers here, but
 * does: what the record does not set keeps the callee's value if that is known (stackwalk.md 5.3).
 */

static bool callee_load(void *context, uint64_t address, uint64_t *value)
{
	return step_load((struct walk *)context, address, value);
}

static bool callee_reg(void *context, struct str name, uint64_t *value)
{
	const struct regs *regs = &((struct walk *)context)->last.regs;
	int i = regs_index(regs->cpu, name);

	if (i < 0 || !regs_has(regs, (unsigned)i))
		return false;
	*value = regs->value[i];
	return true;
}

/* Bytes of arguments that the callee's callee takes off the stack; 0 when there is none. */
static uint32_t callee_parameters(struct walk *w)
{
	struct sym_frame frame;

	if (!names_find(w->names, w->callee_module, w->callee_instruction, w->scratch, &frame))
		return 0;
	return frame.parameter_size;
}

static void forward(const struct walk *w, struct walk_frame *caller)
{
	*caller = (struct walk_frame){ .trust = TRUST_CFI, .regs = w->last.regs };
	caller->regs.valid &= w->saved;
	caller->regs.valid_alias = 0;
}

/* A value that does not fit in 32 bits fails the step. */
static bool set(struct walk_frame *caller, const char *name, uint64_t value)
{
	int i = regs_index(caller->regs.cpu, str_of(name));

	if (i < 0 || value > UINT32_MAX)
		return false;
	caller->regs.value[i] = value;
	caller->regs.valid |= (uint64_t)1 << i;
	return true;
}

static bool by_program(struct walk *w, const struct sym_win *win, struct walk_frame *caller)
{
	static const char *const names[WIN_REGISTERS] = {
		"eip", "esp", "ebp", "ebx", "esi", "edi"
	};
	struct cfi_frame frame = { w, callee_load, callee_reg };
	struct win_sizes sizes = { win->parameter_size, win->saved_register_size, win->local_size,
				   callee_parameters(w) };
	struct win_result result;

	if (!win_eval(win->program, &frame, &sizes, &result))
		return false;
	/* Without a return address of its own, the caller would be the callee once more. */
	if (!w->names->compat && !(result.set[WIN_EIP] && result.set[WIN_ESP]))
		return false;
	forward(w, caller);
	for (size_t i = 0; i < WIN_REGISTERS; i++)
		if (result.set[i])
			set(caller, names[i], result.value[i]);
	return true;
}

/* The return address, from the top of the callee's frame; *at is where it stands. */
static bool fpo_return(struct walk *w, uint64_t *at, uint64_t *eip)
{
	uint64_t callee_eip;

	if (!step_load(w, *at, eip))
		return false;
	/* A system call may leave its own return address above: Breakpad, stackwalker_x86.cc. */
	if (w->n_frames == 1 && callee_reg(w, STR("eip"), &callee_eip) && *eip == callee_eip) {
		*at += 4;
		return step_load(w, *at, eip);
	}
	return true;
}

static bool by_fpo(struct walk *w, const struct sym_win *win, struct walk_frame *caller)
{
	uint32_t parameters = callee_parameters(w);
	uint32_t frame_size = win->local_size + win->saved_register_size + parameters;
	uint64_t esp, at, eip, ebp;

	if (!callee_reg(w, STR("esp"), &esp))
		return false;
	at = esp + frame_size;
	if (!fpo_return(w, &at, &eip))
		return false;
	if (win->allocates_base_pointer
		    ? !step_load(w, esp + parameters + win->saved_register_size - 8, &ebp)
		    : !callee_reg(w, STR("ebp"), &ebp))
		return false;

	forward(w, caller);
	return set(caller, "eip", eip) && set(caller, "esp", at + 4) && set(caller, "ebp", ebp);
}

enum step_result step_by_win(struct walk *w, struct walk_frame *caller)
{
	const struct walk_frame *callee = &w->last;
	const struct symx *symx = names_symx(w->names, callee->module);
	struct sym_win win;
	uint64_t offset;
	bool found;

	if (callee->regs.cpu->kind != CPU_X86 || symx == NULL)
		return STEP_NONE;
	offset = names_offset(w->names, callee->module, callee->instruction);
	if (symx_win(symx, offset, SYM_WIN_FRAME_DATA, w->scratch, &win))
		found = by_program(w, &win, caller);
	else
		found = symx_win(symx, offset, SYM_WIN_FPO, w->scratch, &win) &&
			by_fpo(w, &win, caller);
	return found ? STEP_FOUND : STEP_NONE;
}
