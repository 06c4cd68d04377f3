#include "walk/walk.h"

#include "base/limits.h"
#include "walk/step.h"

/* rust-minidump: minidump-unwind/src/lib.rs, FrameTrust. */
static const struct {
	const char *name, *text;
} trusts[] = {
	[TRUST_CONTEXT] = { "context", "given as instruction pointer in context" },
	[TRUST_CFI] = { "cfi", "call frame info" },
	[TRUST_CFI_SCAN] = { "cfi_scan", "call frame info with scanning" },
	[TRUST_FRAME_POINTER] = { "frame_pointer", "previous frame's frame pointer" },
	[TRUST_SCAN] = { "scan", "stack scanning" },
	[TRUST_PREWALKED] = { "prewalked", "recovered by external stack walker" },
	[TRUST_TAIL_CALL] = { "none", "jump at the end of a function" },
	[TRUST_NONE] = { "non", "unknown" },
};

static const struct {
	enum cpu_kind kind;
	const struct step_cpu *step;
} cpus[] = {
	{ CPU_X86, &step_x86 },       { CPU_AMD64, &step_amd64 },     { CPU_ARM, &step_arm },
	{ CPU_ARM64, &step_arm64 },   { CPU_ARM64_OLD, &step_arm64 }, { CPU_MIPS, &step_mips },
	{ CPU_MIPS64, &step_mips64 }, { CPU_PPC, &step_ppc },         { CPU_PPC64, &step_ppc },
	{ CPU_SPARC, &step_sparc },   { CPU_RISCV, &step_riscv },     { CPU_RISCV64, &step_riscv },
};

/* The first that finds the caller, or the end, decides. */
static const struct technique {
	enum step_result (*find)(struct walk *w, struct walk_frame *caller);
	bool sure; /* what it says is so: if that is no caller, there is none */
} techniques[] = {
	{ step_by_signal, true }, { step_by_call, false }, { step_by_win, false },
	{ step_by_cfi, true },    { step_by_start, true }, { step_by_fp, false },
	{ step_by_scan, false },
};

const char *trust_name(enum trust t)
{
	return trusts[t].name;
}

const char *trust_text(enum trust t)
{
	return trusts[t].text;
}

struct walk_budget walk_budget_make(const struct dump *d)
{
	uint64_t steps = LIMIT_WALK_STEPS_BASE + d->md.file.in.n / LIMIT_WALK_STEP_BYTES;

	return (struct walk_budget){
		.steps = steps < LIMIT_WALK_STEPS_DUMP ? steps : LIMIT_WALK_STEPS_DUMP,
	};
}

static const struct step_cpu *find_cpu(enum cpu_kind kind)
{
	for (size_t i = 0; i < COUNT(cpus); i++)
		if (cpus[i].kind == kind)
			return cpus[i].step;
	return NULL;
}

/*
 * The memory that the walk reads: the thread's own, else the region at its start; but if 8 bytes at
 * the stack pointer are not in there (on every CPU: rust-minidump), the region at the stack
 * pointer.
 */
static struct md_region find_stack(const struct md_memory *memory, const struct md_thread *thread,
				   uint64_t sp)
{
	struct md_region stack = { thread->stack_start, thread->stack };
	const struct md_region *other;
	uint64_t end, unused;

	if (stack.data.n == 0 && (other = md_memory_find(memory, stack.base)) != NULL)
		stack = *other;
	if (!md_region_uint(&stack, memory->big, sp, 8, &unused) &&
	    (other = md_memory_find(memory, sp)) != NULL)
		stack = *other;
	if (__builtin_add_overflow(stack.base, (uint64_t)stack.data.n, &end))
		stack.data.n = 0;
	return stack;
}

static uint64_t saved_mask(const struct cpu *cpu, const char *saved)
{
	struct str names = str_of(saved), name;
	uint64_t mask = 0;

	while (str_next_word(&names, &name))
		mask |= (uint64_t)1 << regs_index(cpu, name);
	return mask;
}

/*
 * Addresses of user space have 47 bits at least; modules above that show how many more. The bits
 * above them may be a signature. rust-minidump: minidump-unwind/src/arm64.rs, ptr_auth_strip.
 */
static uint64_t guess_mask(uint64_t highest)
{
	uint64_t mask;

	for (mask = 1; mask < highest - 1; mask = mask << 1 | 1)
		;
	return mask;
}

/* Better than to guess is what Crashpad asked the system, unless it is no mask of low bits or
 * modules lie outside. */
static uint64_t pointer_mask(const struct dump *d)
{
	const struct ranges *modules = &d->modules.by_address;
	uint64_t last = modules->n == 0 ? 0 : modules->v[modules->n - 1].last;
	uint64_t least = ((uint64_t)1 << 47) - 1, mask = ~d->crashpad.address_mask;

	if (mask != UINT64_MAX && (mask & (mask + 1)) == 0 && mask >= UINT32_MAX && mask >= last)
		return mask;
	return guess_mask(last >= least ? last + 1 : least);
}

static void find_module(struct walk *w, struct walk_frame *frame)
{
	frame->module = md_modules_find(&w->names->dump->modules, frame->instruction);
	/* Which modules are asked for is part of the result: a frame asks. */
	names_symx(w->names, frame->module);
}

void walk_begin(struct walk *w, struct names *names, struct walk_budget *budget,
		struct arena *scratch, const struct md_thread *thread, struct cursor context)
{
	const struct dump *d = names->dump;
	const struct cpu *cpu = cpu_find(d->system.cpu);
	struct walk_frame *first = &w->last;

	*w = (struct walk){ .names = names, .budget = budget, .scratch = scratch };
	if (cpu == NULL || !regs_read(&first->regs, cpu, context, names->compat)) {
		w->done = true;
		return;
	}
	first->trust = TRUST_CONTEXT;
	first->pc = first->instruction = first->regs.value[cpu->ip];
	w->callee_module = MD_NO_MODULE;
	w->cpu = find_cpu(cpu->kind);
	if (w->cpu != NULL && names->compat && w->cpu->only_ours)
		w->cpu = NULL;
	if (w->cpu == NULL)
		return;
	w->stack = find_stack(&d->memory, thread, first->regs.value[cpu->sp]);
	w->saved = saved_mask(cpu, w->cpu->saved);
	w->pointer_mask = w->cpu->signs_pointers ? pointer_mask(d) : UINT64_MAX;
}

/* Walking must go up the stack, so that it ends. */
static bool goes_up(const struct walk *w, const struct walk_frame *caller)
{
	const struct cpu *cpu = caller->regs.cpu;
	uint64_t from = step_sp(w), to = caller->regs.value[cpu->sp];

	if (to == from)
		return w->cpu->keeps_sp != NULL && w->cpu->keeps_sp(&w->last, caller);
	return to > from;
}

/* By default a signal frame leads on to the stack that was interrupted, wherever it is. */
static void follow_stack(struct walk *w)
{
	const struct md_memory *memory = &w->names->dump->memory;
	const struct md_region *other;
	uint64_t unused;

	if (w->names->compat || step_word(w, step_sp(w), &unused))
		return;
	other = md_memory_find(memory, step_sp(w));
	if (other != NULL)
		w->stack = *other;
}

/* Makes the caller the last frame. */
static void advance(struct walk *w, const struct walk_frame *caller)
{
	w->callee_instruction = w->last.instruction;
	w->callee_module = w->last.module;
	w->last = *caller;
	w->start = START_NO;
	follow_stack(w);
	/* What a handler returns to follows no call: the address is that of the trampoline. */
	if (step_is_signal(w))
		w->last.instruction = w->last.pc;
	find_module(w, &w->last);
}

/* By default, no return address points to the stack that it stands on. */
static enum step_result try(struct walk *w, const struct technique *t, struct walk_frame *caller)
{
	enum step_result result = t->find(w, caller);

	if (result == STEP_NONE || result == STEP_END)
		return result;
	caller->pc = caller->regs.value[caller->regs.cpu->ip];
	if (!w->names->compat && caller->pc - w->stack.base < w->stack.data.n)
		return t->sure ? STEP_END : STEP_NONE;
	return result;
}

/* A frame that is none: the end of the stack, if what found it is right. Signals may come while a
 * null pointer is called, and on any stack. */
static bool is_frame(const struct walk *w, const struct walk_frame *caller, enum step_result result)
{
	return result == STEP_SIGNAL || (caller->pc >= STEP_LOWEST_PC && goes_up(w, caller));
}

/*
 * Whether the stack seems to go on where call frame information says that it ends, or leads down:
 * then that was wrong, or the frame before (rust-minidump issue 739). Frame pointers end stacks
 * with a null on purpose.
 */
static bool goes_on(const struct walk *w, const struct walk_frame *caller)
{
	uint64_t left = w->stack.base + w->stack.data.n - step_sp(w);

	return !w->names->compat && left >= LIMIT_WALK_STACK_END && left <= w->stack.data.n &&
	       (caller->trust == TRUST_CFI || caller->pc >= STEP_LOWEST_PC);
}

static bool find_caller(struct walk *w, struct walk_frame *caller, enum step_result *result)
{
	for (size_t i = 0; i < COUNT(techniques); i++) {
		*result = try(w, &techniques[i], caller);
		if (*result == STEP_END)
			return false;
		if (*result != STEP_NONE && is_frame(w, caller, *result))
			return true;
		if (*result != STEP_NONE && !goes_on(w, caller))
			return false;
	}
	return false;
}

static bool step(struct walk *w)
{
	enum step_result result;
	struct walk_frame caller, callee;

	arena_reset(w->scratch);
	if (!find_caller(w, &caller, &result))
		return false;
	w->n_signals += result == STEP_SIGNAL;
	caller.instruction = caller.pc - (result == STEP_SIGNAL ? 0 : w->cpu->adjust);
	callee = w->last;
	advance(w, &caller);
	if (w->names->binaries != NULL && result != STEP_SIGNAL) {
		tails_find(&w->tails, w->names, &callee, &w->last, w->scratch);
		step_charge(w, w->tails.bytes / LIMIT_WALK_STEP_CODE);
	}
	return true;
}

static bool take_step(struct walk *w)
{
	if (w->cpu == NULL || w->stack.data.n == 0)
		return false;
	if (w->budget->steps == 0) {
		w->budget->hit = true;
		return false;
	}
	w->budget->steps--;
	return step(w);
}

/* A frame of a function that jumped to the next one, before the last frame's turn comes. */
static bool next_tail(struct walk *w, struct walk_frame *frame)
{
	uint64_t jump;

	if (w->tails.next == w->tails.n) {
		w->tails = (struct tails){ 0 };
		return false;
	}
	jump = w->tails.jumps[w->tails.next++];
	*frame = (struct walk_frame){
		.instruction = jump,
		.pc = jump,
		.trust = TRUST_TAIL_CALL,
		.module = w->last.module,
		.regs.cpu = w->last.regs.cpu,
	};
	return true;
}

bool walk_next(struct walk *w, struct walk_frame *frame)
{
	if (w->done)
		return false;
	if (w->n_frames == 0) {
		find_module(w, &w->last);
	} else if (w->tails.n == 0 && !take_step(w)) {
		w->done = true;
		return false;
	}
	w->n_frames++;
	if (!next_tail(w, frame))
		*frame = w->last;
	return true;
}
