#include "walk/rating_block.h"

/*
 * Where a bad register goes within a block of code. The rules are Breakpad's
 * (src/processor/disassembler_x86.cc); but a jump ends our block, while Breakpad's goes on to the
 * code below it.
 */
struct follower {
	const struct cpu *cpu;
	int bad; /* index of the register with the bad address; negative: it is gone */
	bool pushed;
	unsigned found; /* BLOCK_* bits */
};

enum { OPERANDS = 3 };

/* An instruction's text in its parts. */
struct parts {
	struct str name;
	struct str operands[OPERANDS];
};

static struct parts split(const struct insn *i)
{
	struct str rest = str_of(i->text);
	struct parts p = { 0 };

	str_next_word(&rest, &p.name);
	for (size_t n = 0; n < OPERANDS; n++) {
		size_t end = str_find_char(rest, ',');

		p.operands[n] = str_trim(str_first(rest, end));
		rest = str_from(rest, end + 1);
	}
	return p;
}

static bool is_bad(const struct follower *f, struct str operand)
{
	return f->bad >= 0 && str_eq(operand, str_of(f->cpu->regs[f->bad].name));
}

/* Whether an access that is in the text goes through the bad register. */
static bool through_bad(const struct follower *f, const struct insn_access *a)
{
	return f->bad >= 0 && !a->implied && !a->unreal && a->base == f->bad;
}

static bool is_call(const struct parts *p)
{
	return str_eq(p->name, STR("call"));
}

static void see_branch(struct follower *f, const struct insn *i, const struct parts *p)
{
	bool direct = i->flow == INSN_JUMP_TO || i->flow == INSN_BRANCH;

	if (is_bad(f, p->operands[0]) ||
	    (i->flow == INSN_JUMP_MEMORY && i->n_accesses != 0 && through_bad(f, &i->accesses[0])))
		f->found |= BLOCK_BRANCHES;
	else if (direct && is_call(p) && f->pushed)
		f->found |= BLOCK_PASSES;
}

static void see_accesses(struct follower *f, const struct insn *i)
{
	bool string = (i->kind & INSN_STRING) != 0;

	for (unsigned n = 0; n < i->n_accesses; n++) {
		const struct insn_access *a = &i->accesses[n];

		if (through_bad(f, a) && a->write)
			f->found |= string ? BLOCK_STRINGS_TO : BLOCK_WRITES;
		if (through_bad(f, a) && a->read)
			f->found |= string ? BLOCK_STRINGS_FROM : BLOCK_READS;
	}
}

static bool sees_bad(const struct follower *f, const struct insn *i, const struct parts *p)
{
	for (unsigned n = 0; n < i->n_accesses; n++)
		if (through_bad(f, &i->accesses[n]))
			return true;
	return is_bad(f, p->operands[0]) || is_bad(f, p->operands[1]);
}

/* What an instruction does with the bad register. */
static void see(struct follower *f, const struct insn *i, const struct parts *p)
{
	if (i->flow != INSN_NEXT)
		see_branch(f, i, p);
	else if (str_eq(p->name, STR("cmp")) || str_eq(p->name, STR("test")))
		f->found |= sees_bad(f, i, p) ? BLOCK_COMPARES : 0;
	else
		see_accesses(f, i);
	if (str_eq(p->name, STR("push")))
		f->pushed |= sees_bad(f, i, p);
}

/* Where the bad address is after it. A conditional move is taken for one. */
static void move(struct follower *f, const struct parts *p)
{
	const struct str *to = &p->operands[0], *from = &p->operands[1];
	bool moves = str_eq(p->name, STR("mov")) || str_eq(p->name, STR("pop")) ||
		     str_starts(p->name, STR("cmov"));

	if (str_eq(p->name, STR("xchg"))) {
		int other = regs_index(f->cpu, is_bad(f, *to) ? *from : *to);

		if ((is_bad(f, *to) || is_bad(f, *from)) && other >= 0)
			f->bad = other;
	} else if ((moves && is_bad(f, *to)) || str_starts(p->name, STR("popa")) ||
		   (str_eq(p->name, STR("xor")) && is_bad(f, *to) && str_eq(*to, *from))) {
		f->bad = -1;
	}
}

/* The base of what was accessed as the exception says. */
static int bad_register(const struct insn *first, bool written)
{
	for (unsigned n = 0; n < first->n_accesses; n++) {
		const struct insn_access *a = &first->accesses[n];

		if (!a->implied && !a->unreal && (written ? a->write : a->read))
			return a->base;
	}
	return -1;
}

static struct slice code_at(const struct dump *d, uint64_t ip)
{
	const struct md_region *r = md_memory_find(&d->memory, ip);
	struct slice code = { 0 };

	if (r != NULL) {
		code = (struct slice){ r->data.p + (ip - r->base), r->data.n - (ip - r->base) };
		code.n = code.n < BLOCK_BYTES ? code.n : BLOCK_BYTES;
	}
	return code;
}

/* Whether execution goes on behind it: not after a jump or a return. */
static bool goes_on(const struct insn *i, const struct parts *p)
{
	return i->flow == INSN_NEXT || i->flow == INSN_BRANCH || is_call(p);
}

unsigned rating_block(const struct dump *d, const struct regs *regs, const struct insn *first,
		      bool written)
{
	struct follower f = { .cpu = regs->cpu, .bad = bad_register(first, written) };
	struct slice code = code_at(d, cpu_pointer(f.cpu, regs->value[f.cpu->ip]));
	struct insn i = *first;
	struct parts p = split(&i);

	if (f.cpu->kind != CPU_X86)
		return 0;
	while (f.bad >= 0 && goes_on(&i, &p) && i.length < code.n) {
		code = (struct slice){ code.p + i.length, code.n - i.length };
		if (!insn_decode(&i, f.cpu, code))
			break;
		p = split(&i);
		see(&f, &i, &p);
		move(&f, &p);
	}
	return f.found;
}
