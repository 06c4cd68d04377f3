#include "walk/tail.h"

#include "dump/insn.h"
#include "walk/walk.h"

/* A function on the way. */
struct node {
	uint64_t start, size;
	uint64_t jump;     /* where the first jump to it is */
	unsigned from;     /* node of that */
	unsigned arrivals; /* jumps to it that were seen */
};

struct search {
	struct names *names;
	const struct cpu *cpu;
	ptrdiff_t module;
	struct arena *scratch;
	struct node nodes[LIMIT_TAIL_FUNCTIONS];
	unsigned n;
	bool doubtful; /* more than is looked at */
};

/* The start of the function that has the address. */
static bool function_at(const struct search *s, uint64_t address, uint64_t *start)
{
	struct sym_frame f;

	if (!names_find(s->names, s->module, address, s->scratch, &f) || f.is_public)
		return false;
	*start = address - names_offset(s->names, s->module, address) + f.base;
	return true;
}

/* How many bytes a function has, by its call frame information: 0 when it is not known. */
static uint64_t size_of(const struct search *s, uint64_t function)
{
	uint64_t offset = names_offset(s->names, s->module, function), start, size;
	const struct symx *x = names_symx(s->names, s->module);

	if (x == NULL || !symx_cfi_range(x, offset, &start, &size) || start != offset)
		return 0;
	return size <= LIMIT_TAIL_BYTES ? size : 0;
}

/* Counts a jump to a function, which becomes a node when it is new. */
static void arrive(struct search *s, uint64_t function, unsigned from, uint64_t jump)
{
	struct node new = { function, size_of(s, function), jump, from, 1 };

	for (unsigned i = 0; i < s->n; i++) {
		if (s->nodes[i].start == function) {
			s->nodes[i].arrivals++;
			return;
		}
	}
	if (new.size == 0)
		return;
	if (s->n == LIMIT_TAIL_FUNCTIONS)
		s->doubtful = true;
	else
		s->nodes[s->n++] = new;
}

/* Follows all jumps out of a function. A call is a jump that writes a return address. */
static void leave(struct search *s, unsigned from)
{
	struct node node = s->nodes[from];
	struct slice code = names_code(s->names, node.start, node.size);
	uint64_t at = node.start;
	struct insn i;

	for (; insn_decode(&i, s->cpu, code); at += i.length) {
		uint64_t to = at + i.length + (uint64_t)i.flow_to;

		code.p += i.length;
		code.n -= i.length;
		if (i.flow == INSN_JUMP_TO && i.n_accesses == 0 && i.flow_reg == INSN_NO_REG &&
		    to - node.start >= node.size)
			arrive(s, to, from, at);
	}
	s->doubtful |= code.n != 0;
}

/* Where the call before a return address goes. */
static bool called(const struct search *s, uint64_t pc, uint64_t *function)
{
	static const struct {
		enum cpu_kind cpu;
		uint8_t length;
	} calls[] = { { CPU_X86, 5 }, { CPU_AMD64, 5 }, { CPU_ARM64, 4 }, { CPU_ARM64_OLD, 4 } };
	struct insn i;

	for (size_t k = 0; k < COUNT(calls); k++) {
		uint64_t at = pc - calls[k].length;

		if (calls[k].cpu != s->cpu->kind)
			continue;
		if (!insn_decode(&i, s->cpu, names_code(s->names, at, calls[k].length)) ||
		    i.length != calls[k].length || i.flow != INSN_JUMP_TO)
			return false;
		*function = pc + (uint64_t)i.flow_to;
		return true;
	}
	return false;
}

/* The one way to the node, backwards; none if there are more. */
static void go_back(struct tails *t, const struct search *s, unsigned to)
{
	for (; to != 0; to = s->nodes[to].from) {
		if (s->nodes[to].arrivals != 1 || t->n == LIMIT_TAIL_CALLS) {
			t->n = 0;
			return;
		}
		t->jumps[t->n++] = s->nodes[to].jump;
	}
	if (s->nodes[0].arrivals != 0)
		t->n = 0;
}

void tails_find(struct tails *t, struct names *n, const struct walk_frame *callee,
		const struct walk_frame *caller, struct arena *scratch)
{
	struct search s = {
		.names = n, .cpu = caller->regs.cpu, .module = callee->module, .scratch = scratch
	};
	uint64_t target, function;

	*t = (struct tails){ 0 };
	if (n->binaries == NULL || n->compat || callee->module == MD_NO_MODULE ||
	    callee->module != caller->module ||
	    (caller->trust != TRUST_CFI && caller->trust != TRUST_FRAME_POINTER))
		return;
	if (!called(&s, caller->pc, &target) || !function_at(&s, callee->instruction, &function) ||
	    target == function)
		return;
	s.nodes[0] = (struct node){ .start = target, .size = size_of(&s, target) };
	s.n = s.nodes[0].size != 0;
	for (unsigned i = 0; i < s.n; i++)
		leave(&s, i);
	for (unsigned i = 1; i < s.n && !s.doubtful; i++) {
		if (s.nodes[i].start == function)
			go_back(t, &s, i);
	}
}
