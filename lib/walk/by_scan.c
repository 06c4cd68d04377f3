#include "walk/step.h"

#include "base/limits.h"
#include "walk/code.h"

/*
 * The caller by the first word of the stack that looks like a return address: it points behind an
 * instruction in a module and, where the module has symbols, they know that instruction. By default
 * it also stands behind a call, in memory that can be executed, as far as the dump tells; and if
 * there is none, code of no module will do (stackwalk.md 16, row 10).
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

/* A module begins with a header in all formats. Stacks of Linux hold its address, for the dynamic
 * linker. */
enum { HEADER_SIZE = 64 };

/* What the dump tells against a return address. */
static bool is_refuted(const struct walk *w, ptrdiff_t module, uint64_t pc)
{
	const struct names *n = w->names;

	if (n->compat)
		return false;
	if (module != MD_NO_MODULE && names_offset(n, module, pc - 1) < HEADER_SIZE)
		return true;
	return !(code_may_run(n, pc - 1) && (code_may_return(n, pc) || code_is_sigreturn(n, pc)));
}

/* What a scan met on its way. */
struct search {
	unsigned asked; /* questions that symbols had to answer */
	bool refuted;   /* the last word would have been a frame, if the dump did not know better */
};

static bool is_return_address(struct walk *w, uint64_t pc, struct search *s)
{
	const struct symx *symx;
	ptrdiff_t module;

	if (pc <= 1 || (w->cpu->is_code != NULL && !w->cpu->is_code(pc)))
		return false;
	module = md_modules_find(&w->names->dump->modules, pc - 1);
	if (module == MD_NO_MODULE)
		return false;
	symx = names_symx(w->names, module);
	if (is_refuted(w, module, pc)) {
		s->refuted = symx == NULL;
		return false;
	}
	s->asked += symx != NULL;
	if (symx != NULL && !symbols_know(w, symx, module, pc - 1))
		return false;
	return w->start == START_NO || start_of(w->names, module, pc - 1, w->scratch) != START_NO;
}

bool step_is_return(struct walk *w, uint64_t pc)
{
	struct search s = { 0 };

	return is_return_address(w, pc, &s);
}

/*
 * Code of no module, where the dump describes executable memory. Pointers to whole functions are
 * more common on stacks than return addresses into them, and compilers begin functions at multiples
 * of 16: such an address does not count.
 */
static bool is_foreign(struct walk *w, uint64_t pc, struct search *s)
{
	const struct names *n = w->names;
	const struct md_mapping *m;

	if (pc <= n->foreign_from || pc - 1 > n->foreign_last || pc % 16 == 0 ||
	    (w->cpu->is_code != NULL && !w->cpu->is_code(pc)))
		return false;
	m = md_mappings_find(&n->dump->mappings, pc - 1);
	s->asked += m != NULL;
	return m != NULL && names_is_foreign(m) &&
	       md_modules_find(&n->dump->modules, pc - 1) == MD_NO_MODULE &&
	       !is_refuted(w, MD_NO_MODULE, pc) && pc - w->stack.base >= w->stack.data.n;
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

/*
 * The next word of a window from sp on that passes a test; *at is where it stands. The window
 * begins anew at a word that was refuted: for the peers that is a frame, and they find the true one
 * behind it.
 */
typedef bool (*test)(struct walk *w, uint64_t pc, struct search *s);
static bool find(struct walk *w, struct window words, test is_wanted, uint64_t sp, uint64_t *at,
		 uint64_t *pc)
{
	const struct cpu *cpu = w->last.regs.cpu;
	struct search s = { 0 };
	bool found = false;

	for (unsigned i = words.first; i < words.end && !found; i++) {
		*at = sp + (uint64_t)i * cpu->pointer_size;
		if (*at < sp || cpu_pointer(cpu, *at) != *at || !step_word(w, *at, pc))
			break;
		s.refuted = false;
		found = is_wanted(w, *pc, &s);
		if (s.refuted && words.end < i + 1 + LIMIT_WALK_SCAN_WORDS)
			words.end = i + 1 + LIMIT_WALK_SCAN_WORDS;
		if (words.end > LIMIT_WALK_SCAN_WORDS_MOST)
			words.end = LIMIT_WALK_SCAN_WORDS_MOST;
	}
	step_charge(w, s.asked / LIMIT_WALK_STEP_ASKED);
	return found;
}

/* Code of modules wins over code of none, however near. */
static bool find_any(struct walk *w, uint64_t sp, uint64_t *at, uint64_t *pc)
{
	struct window foreign = { 0, LIMIT_WALK_SCAN_WORDS_MOST };

	if (find(w, window(w), is_return_address, sp, at, pc))
		return true;
	return !w->names->compat && w->start == START_NO && w->names->foreign_last != 0 &&
	       find(w, foreign, is_foreign, sp, at, pc);
}

enum step_result step_by_scan(struct walk *w, struct walk_frame *caller)
{
	const struct regs *regs = &w->last.regs;
	const struct cpu *cpu = regs->cpu;
	uint64_t sp = cpu_pointer(cpu, regs->value[cpu->sp]), at, pc, above;

	if (!regs_has(regs, cpu->sp) || !find_any(w, sp, &at, &pc))
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
