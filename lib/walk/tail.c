#include "walk/tail.h"

#include "dump/insn.h"
#include "walk/walk.h"

/* A piece of code with call frame information of its own, on the way. That is a function, or the
 * part of one that seldom runs and stands elsewhere. */
struct node {
	uint64_t start, size;
	uint64_t jump;     /* where the first jump to it is */
	unsigned from;     /* node of that */
	unsigned arrivals; /* jumps to it that were seen, but those within its function */
	struct str name;   /* of the function; empty when it has none */
};

struct search {
	struct names *names;
	const struct cpu *cpu;
	ptrdiff_t module;
	struct arena *scratch;
	struct node nodes[LIMIT_TAIL_FUNCTIONS];
	unsigned n;
	uint64_t bytes; /* of code that were looked at */
	bool doubtful;  /* more than is looked at */
};

/* The piece that has the address; of size 0 when that is not known. */
static struct node node_at(const struct search *s, uint64_t address)
{
	uint64_t offset = names_offset(s->names, s->module, address);
	const struct symx *x = names_symx(s->names, s->module);
	struct node node = { .start = address };
	struct sym_frame f;

	if (x == NULL || !symx_cfi_range(x, offset, &node.start, &node.size))
		return node;
	node.start += address - offset;
	if (names_find(s->names, s->module, node.start, s->scratch, &f))
		node.name = f.function;
	return node;
}

/* What linkers and compilers put behind the name of a function for the part that seldom runs; where
 * debug information names it, both have the same name. */
static bool is_rest(struct str name, struct str part)
{
	static const struct str marks[] = { STR_INIT(".cold"), STR_INIT(" [clone .cold"),
					    STR_INIT(".__part.") };

	if (name.n == 0 || !str_starts(part, name))
		return false;
	for (size_t i = 0; i < COUNT(marks); i++) {
		if (part.n == name.n || str_starts(str_from(part, name.n), marks[i]))
			return true;
	}
	return false;
}

static bool is_one_function(const struct node *a, const struct node *b)
{
	return is_rest(a->name, b->name) || is_rest(b->name, a->name);
}

/* Counts a jump out of a piece; where it goes becomes a node when it is new. */
static void arrive(struct search *s, uint64_t to, unsigned from, uint64_t jump)
{
	struct node new = node_at(s, to);

	for (unsigned i = 0; i < s->n; i++) {
		if (s->nodes[i].start == new.start) {
			s->nodes[i].arrivals += !is_one_function(&s->nodes[i], &s->nodes[from]);
			return;
		}
	}
	if (new.size == 0)
		return;
	new.jump = jump;
	new.from = from;
	new.arrivals = 1;
	if (s->n == LIMIT_TAIL_FUNCTIONS || new.size > LIMIT_TAIL_BYTES)
		s->doubtful = true;
	else
		s->nodes[s->n++] = new;
}

/* Follows all jumps out of a piece. Calls are none: they come back. */
static void leave(struct search *s, unsigned from)
{
	struct node node = s->nodes[from];
	struct slice code = names_code(s->names, node.start, node.size);
	uint64_t at = node.start;
	struct insn i;

	s->bytes += code.n;
	for (; insn_decode(&i, s->cpu, code) || i.length != 0; at += i.length) {
		uint64_t to = at + i.length + (uint64_t)i.flow_to;

		code.p += i.length;
		code.n -= i.length;
		if ((i.flow == INSN_JUMP_TO || i.flow == INSN_BRANCH) &&
		    (i.kind & INSN_CALLS) == 0 && to - node.start >= node.size)
			arrive(s, to, from, at);
	}
	s->doubtful |= at - node.start != node.size;
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
		    i.length != calls[k].length || i.flow != INSN_JUMP_TO ||
		    (i.kind & INSN_CALLS) == 0)
			return false;
		*function = pc + (uint64_t)i.flow_to;
		return true;
	}
	return false;
}

/* The one way to the node, backwards; none if there are more, or if it is not sure that it leads
 * out of a function. */
static void go_back(struct tails *t, const struct search *s, unsigned to)
{
	unsigned n = 0;

	for (; to != 0; to = s->nodes[to].from) {
		const struct node *node = &s->nodes[to], *from = &s->nodes[node->from];

		if (node->arrivals != 1 || node->name.n == 0 || from->name.n == 0)
			return;
		if (is_one_function(node, from))
			continue;
		if (n == LIMIT_TAIL_CALLS)
			return;
		t->jumps[n++] = node->jump;
	}
	if (s->nodes[0].arrivals == 0)
		t->n = n;
}

/* The way from the function that was called to the node with the address. */
static void search(struct tails *t, struct search *s, uint64_t address)
{
	for (unsigned i = 0; i < s->n && !s->doubtful; i++)
		leave(s, i);
	for (unsigned i = 1; i < s->n && !s->doubtful; i++) {
		if (address - s->nodes[i].start < s->nodes[i].size)
			go_back(t, s, i);
	}
	t->bytes = s->bytes;
}

void tails_find(struct tails *t, struct names *n, const struct walk_frame *callee,
		const struct walk_frame *caller, struct arena *scratch)
{
	struct search s = {
		.names = n, .cpu = caller->regs.cpu, .module = callee->module, .scratch = scratch
	};
	uint64_t target;

	*t = (struct tails){ 0 };
	if (n->binaries == NULL || n->compat || callee->module == MD_NO_MODULE ||
	    callee->module != caller->module ||
	    (caller->trust != TRUST_CFI && caller->trust != TRUST_FRAME_POINTER) ||
	    !called(&s, caller->pc, &target))
		return;
	s.nodes[0] = node_at(&s, target);
	s.n = 1;
	if (s.nodes[0].start == target && s.nodes[0].size <= LIMIT_TAIL_BYTES &&
	    callee->instruction - target >= s.nodes[0].size)
		search(t, &s, callee->instruction);
}
