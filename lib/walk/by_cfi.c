#include "walk/step.h"

#include "base/limits.h"
#include "sym/cfi_rule.h"

/*
 * The caller by STACK CFI records. No result is checked but by the tests for the end of the stack:
 * what the compiler wrote is trusted.
 */

/* The rules in force, the last one of each name. A register may be named in two ways, which
 * rust-minidump keeps apart. */
enum spelling { BY_NAME, BY_ALIAS, SPELLINGS };

struct rules {
	struct str cfa, ra;
	struct str registers[SPELLINGS][REGS_MAX];
};

/* What an expression may ask for. */
struct callee {
	struct walk *walk;
	bool lr_unknown;
};

static bool callee_load(void *context, uint64_t address, uint64_t *value)
{
	return step_load(((struct callee *)context)->walk, address, value);
}

static bool callee_reg(void *context, struct str name, uint64_t *value)
{
	const struct callee *c = (const struct callee *)context;
	const struct regs *regs = &c->walk->last.regs;
	int i = regs_index(regs->cpu, name);

	if (i < 0 || !regs_has(regs, (unsigned)i) || (c->lr_unknown && i == regs->cpu->lr))
		return false;
	*value = cpu_pointer(regs->cpu, regs->value[i]);
	return true;
}

static void add_rule(struct rules *rules, const struct cpu *cpu, const struct cfi_rule *rule)
{
	int i;

	if (rule->kind == CFI_RULE_CFA) {
		rules->cfa = rule->expression;
	} else if (rule->kind == CFI_RULE_RA) {
		rules->ra = rule->expression;
	} else if ((i = regs_index(cpu, rule->name)) >= 0) {
		bool named = str_eq(rule->name, str_of(cpu->regs[i].name));

		rules->registers[named ? BY_NAME : BY_ALIAS][i] = rule->expression;
	}
}

/* False when one of the records is malformed: that spoils all. */
static bool collect(struct walk *w, struct rules *rules, const struct sym_cfi *cfi)
{
	const struct cpu *cpu = w->last.regs.cpu;
	uint64_t bytes = 0;

	for (size_t i = 0; i < cfi->n_rules; i++)
		bytes += cfi->rules[i].n + sizeof(struct str);
	step_charge(w, bytes / LIMIT_WALK_STEP_RULES);

	for (size_t i = 0; i < cfi->n_rules; i++) {
		struct str text = cfi->rules[i];
		struct cfi_rule rule;
		enum cfi_next next = cfi_rule_next(&text, &rule);

		if (next == CFI_NEXT_END)
			return false;
		for (; next == CFI_NEXT_RULE; next = cfi_rule_next(&text, &rule))
			add_rule(rules, cpu, &rule);
		if (next == CFI_NEXT_MALFORMED)
			return false;
	}
	return true;
}

static bool fits(const struct cpu *cpu, uint64_t value)
{
	return cpu_pointer(cpu, value) == value;
}

/* One register: a value that is too wide changes nothing; one that cannot be computed is unknown,
 * though rust-minidump forgets it under the name of the rule only. */
static void restore(const struct walk *w, const struct cfi_frame *f, enum spelling spelling,
		    unsigned i, struct str expression, uint64_t cfa, struct regs *regs)
{
	uint64_t bit = (uint64_t)1 << i, value;

	if (!cfi_eval(expression, f, &cfa, &value)) {
		if (spelling == BY_NAME || !w->names->compat)
			regs->valid &= ~bit;
	} else if (fits(regs->cpu, value)) {
		regs->value[i] = value;
		regs->valid |= bit;
	}
}

static void restore_all(const struct walk *w, const struct cfi_frame *f, const struct rules *rules,
			uint64_t cfa, struct regs *regs)
{
	for (int s = BY_NAME; s < SPELLINGS; s++) {
		for (unsigned i = 0; i < regs->cpu->n_regs; i++) {
			struct str expression = rules->registers[s][i];

			if (expression.n != 0)
				restore(w, f, (enum spelling)s, i, expression, cfa, regs);
		}
	}
}

/* Return address, link register and frame pointer without signatures: stackwalk.md 6. */
static void strip(const struct walk *w, struct regs *regs)
{
	const struct cpu *cpu = regs->cpu;

	regs->value[cpu->ip] &= w->pointer_mask;
	if (cpu->lr < cpu->n_regs && regs_has(regs, cpu->lr))
		regs->value[cpu->lr] &= w->pointer_mask;
	if (regs_has(regs, cpu->fp))
		regs->value[cpu->fp] &= w->pointer_mask;
}

static bool evaluate(struct walk *w, const struct rules *rules, const struct cfi_frame *f,
		     struct walk_frame *caller)
{
	const struct cpu *cpu = w->last.regs.cpu;
	struct regs *regs = &caller->regs;
	uint64_t cfa, ra;

	if (rules->cfa.n == 0 || rules->ra.n == 0 || !cfi_eval(rules->cfa, f, NULL, &cfa) ||
	    !cfi_eval(rules->ra, f, &cfa, &ra) || !fits(cpu, cfa) || !fits(cpu, ra))
		return false;

	*caller = (struct walk_frame){ .trust = TRUST_CFI, .regs = w->last.regs };
	regs->valid &= w->saved;
	regs->valid_alias = 0;
	regs->value[cpu->sp] = cfa;
	regs->value[cpu->ip] = ra;
	regs->valid |= (uint64_t)1 << cpu->sp | (uint64_t)1 << cpu->ip;
	restore_all(w, f, rules, cfa, regs);
	if (w->cpu->signs_pointers)
		strip(w, regs);
	return true;
}

/*
 * Compilers say of an outermost function that its return address is undefined; dump_syms then
 * writes no rule for .ra, and the peers go on to scan. corpus/own/README.md: 31 false frames.
 */
static bool is_outermost(const struct rules *rules)
{
	return rules->cfa.n != 0 && (rules->ra.n == 0 || str_eq(rules->ra, STR(".undef")));
}

enum step_result step_by_cfi(struct walk *w, struct walk_frame *caller)
{
	const struct walk_frame *callee = &w->last;
	const struct symx *symx = names_symx(w->names, callee->module);
	struct callee context = { .walk = w };
	struct cfi_frame frame = { &context, callee_load, callee_reg };
	struct rules rules = { 0 };
	struct sym_cfi cfi;
	uint64_t offset;

	if (symx == NULL || !regs_has(&callee->regs, callee->regs.cpu->sp))
		return STEP_NONE;
	offset = names_offset(w->names, callee->module, callee->instruction);
	if (!symx_cfi(symx, offset, w->scratch, &cfi) || !collect(w, &rules, &cfi))
		return STEP_NONE;

	if (!w->names->compat && is_outermost(&rules))
		return STEP_END;
	/* The lr that a frame record gave was right when the function was entered, no later. */
	context.lr_unknown = w->cpu->fp_guesses_lr && callee->trust == TRUST_FRAME_POINTER &&
			     cfi.start != offset;
	return evaluate(w, &rules, &frame, caller) ? STEP_FOUND : STEP_NONE;
}
