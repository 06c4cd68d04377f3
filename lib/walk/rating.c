#include "walk/rating.h"

#include "walk/rating_block.h"

/* Addresses up to here come from null pointers. */
enum { NEAR_NULL = 4096 };

const char *rating_name(enum rating r)
{
	static const char *const names[] = {
		[RATING_NONE] = "none",       [RATING_INTERESTING] = "interesting",
		[RATING_LOW] = "low",         [RATING_MEDIUM] = "medium",
		[RATING_HIGH] = "high",       [RATING_NO_RULES] = "no rules",
		[RATING_NO_DATA] = "no data",
	};

	return names[r];
}

/* The registers at the crash. */
static bool read_regs(const struct state *s, struct regs *regs)
{
	const struct cpu *cpu = cpu_find(s->dump->system.cpu);

	return s->dump->exception.present && cpu != NULL &&
	       regs_read(regs, cpu, s->dump->exception.context, s->compat);
}

enum { TINY = 5, SMALL = 20, MEDIUM = 50, LARGE = 70, HUGE = 90 };

/* Code this near to the stack pointer is on the stack. */
enum { ON_STACK = 8192 };

/* NTSTATUS, ntstatus.h. Of an access violation more is known. */
static const uint32_t access_violation = 0xc0000005;
static const struct {
	uint32_t code;
	uint8_t weight;
} codes[] = {
	{ 0x80000001, LARGE }, /* guard page */
	{ 0xc0000006, TINY },  /* error while paging in */
	{ 0xc000001d, LARGE }, /* illegal instruction */
	{ 0xc0000025, SMALL }, /* an exception handler went on where it could not */
	{ 0xc0000026, SMALL }, /* or gave a disposition that is none */
	{ 0xc000008e, TINY },  /* float division by zero */
	{ 0xc000008f, TINY },  /* float inexact result */
	{ 0xc0000090, LARGE }, /* float invalid operation */
	{ 0xc0000091, TINY },  /* float overflow */
	{ 0xc0000093, TINY },  /* float underflow */
	{ 0xc0000094, TINY },  /* integer division by zero */
	{ 0xc0000095, TINY },  /* integer overflow */
	{ 0xc0000096, LARGE }, /* privileged instruction */
	{ 0xc00000fd, TINY },  /* stack overflow: recursion as a rule */
	{ 0xc0000374, HUGE },  /* heap corruption */
	{ 0xc0000409, HUGE },  /* stack buffer overrun */
};

/* By the first parameter of an access violation: what was tried. */
static const struct {
	uint8_t operation, weight;
} operations[] = {
	{ 0, MEDIUM }, /* read */
	{ 1, HUGE },   /* write */
	{ 8, HUGE },   /* execute */
};

/* Text as a pointer: bytes of printable ASCII, or zero. */
static bool is_ascii(uint64_t address)
{
	for (; address != 0; address >>= 8) {
		uint64_t byte = address & 0xff;

		if (byte != 0 && (byte < ' ' || byte > '~'))
			return false;
	}
	return true;
}

/* By what comes after the access. */
static const struct {
	uint8_t bit, weight;
} block_weights[] = {
	{ BLOCK_BRANCHES, LARGE },    { BLOCK_PASSES, TINY }, { BLOCK_WRITES, MEDIUM },
	{ BLOCK_STRINGS_TO, MEDIUM }, { BLOCK_READS, TINY },  { BLOCK_STRINGS_FROM, TINY },
	{ BLOCK_COMPARES, TINY },
};

/* What the instruction is that read or wrote, and what follows it. */
static unsigned weight_of_code(const struct state *s, const struct regs *regs, bool written)
{
	const struct insn *i = &s->hints.insn;
	unsigned weight = 0, block;

	if (!s->hints.decoded)
		return 0;
	if ((i->kind & INSN_STRING) != 0)
		weight = HUGE;
	else if (i->flow != INSN_NEXT && i->flow != INSN_ELSEWHERE)
		weight = LARGE;
	block = rating_block(s->dump, regs, i, written);
	for (size_t n = 0; n < COUNT(block_weights); n++)
		weight += (block & block_weights[n].bit) != 0 ? block_weights[n].weight : 0u;
	return weight;
}

static bool weigh_access(const struct state *s, const struct regs *regs, unsigned *weight)
{
	const struct md_exception *e = &s->dump->exception;

	if (e->n_parameters == 0)
		return false;
	for (size_t i = 0; i < COUNT(operations); i++) {
		if (operations[i].operation != e->parameters[0])
			continue;
		if (s->address <= NEAR_NULL) {
			*weight += SMALL;
			return true;
		}
		*weight += operations[i].weight + (is_ascii(s->address) ? (unsigned)MEDIUM : 0u);
		if (s->dump->system.cpu == CPU_X86 && operations[i].operation <= 1)
			*weight += weight_of_code(s, regs, operations[i].operation == 1);
		return true;
	}
	return false;
}

static enum rating rate_windows(const struct state *s)
{
	static const struct {
		uint8_t least, rating;
	} ratings[] = {
		{ 100, RATING_HIGH },
		{ 80, RATING_MEDIUM },
		{ 50, RATING_LOW },
		{ 25, RATING_INTERESTING },
	};
	uint32_t code = s->dump->exception.code;
	unsigned weight = 0;
	struct regs regs;

	if (!read_regs(s, &regs))
		return RATING_NO_DATA;
	if (regs.value[regs.cpu->ip] - regs.value[regs.cpu->sp] + ON_STACK <= 2 * ON_STACK)
		weight += HUGE;
	for (size_t i = 0; i < COUNT(codes); i++)
		weight += codes[i].code == code ? codes[i].weight : 0u;
	if (code == access_violation && !weigh_access(s, &regs, &weight))
		return RATING_NO_DATA;
	for (size_t i = 0; i < COUNT(ratings); i++)
		if (weight >= ratings[i].least)
			return (enum rating)ratings[i].rating;
	return RATING_NONE;
}

/* What compilers call when a buffer was overrun. */
static bool is_overrun_check(struct str function)
{
	return str_eq(function, STR("__stack_chk_fail")) || str_eq(function, STR("__chk_fail"));
}

static bool found_overrun(const struct state *s, void (*oom)(size_t wanted))
{
	struct state own = *s; /* for its budget */
	struct arena scratch = { .oom = oom }, names = { .oom = oom };
	struct walk_frame frame;
	struct walk w;
	bool found = false;

	if (s->requesting < 0)
		return false;
	state_walk(&own, (size_t)s->requesting, &scratch, &w);
	while (!found && walk_next(&w, &frame)) {
		struct sym_frame f = { 0 };

		arena_reset(&names);
		found = frame.module != MD_NO_MODULE &&
			names_find(s->names, frame.module, frame.instruction, &names, &f) &&
			is_overrun_check(f.function);
	}
	arena_free(&names);
	arena_free(&scratch);
	return found;
}

/* Signals that a process gets from others, or for harmless reasons: all but these, and the code for
 * a dump without a crash. */
static bool is_benign(uint32_t code)
{
	enum { SIGNAL_ILL = 4, SIGNAL_BUS = 7, SIGNAL_SEGV = 11, SIGNAL_STKFLT = 16, LAST = 31 };
	static const uint32_t dump_requested = 0xffffffff;

	return (code >= 1 && code <= LAST && code != SIGNAL_ILL && code != SIGNAL_BUS &&
		code != SIGNAL_SEGV && code != SIGNAL_STKFLT) ||
	       code == dump_requested;
}

static bool is_stack(struct str name)
{
	return str_starts(name, STR("[stack"));
}

/* The stack pointer where no stack is; a mapping without a name may be one. */
static bool off_stack(const struct md_mapping *m)
{
	return m == NULL || (m->name.n != 0 && !is_stack(m->name));
}

/* Code outside code, a stack pointer outside stacks, or a stack or heap that may be executed. */
static bool is_misplaced(const struct state *s, const struct regs *regs)
{
	const struct md_mappings *maps = &s->dump->mappings;
	const struct md_mapping *code;

	if (!maps->has_maps)
		return s->compat;
	code = md_mappings_find(maps, cpu_pointer(regs->cpu, regs->value[regs->cpu->ip]));
	if (code == NULL || (code->access & MD_EXECUTE) == 0 ||
	    off_stack(md_mappings_find(maps, cpu_pointer(regs->cpu, regs->value[regs->cpu->sp]))))
		return true;
	for (size_t i = 0; i < maps->n; i++) {
		const struct md_mapping *m = &maps->v[i];

		if ((m->access & MD_EXECUTE) != 0 &&
		    (is_stack(m->name) || str_starts(m->name, STR("[heap"))))
			return true;
	}
	return false;
}

/* The instruction writes, and not through a null pointer; one that may not be used at all fails
 * before it does. */
static bool wrote(const struct hints *h)
{
	if ((h->insn.kind & INSN_PRIVILEGED) != 0)
		return false;
	for (unsigned i = 0; i < h->n_accesses; i++)
		if (h->accesses[i].typed && h->accesses[i].write &&
		    h->accesses[i].address > NEAR_NULL && !h->insn.accesses[i].implied)
			return true;
	return false;
}

static enum rating rate_linux(const struct state *s, void (*oom)(size_t wanted))
{
	struct regs regs;

	if (found_overrun(s, oom))
		return RATING_HIGH;
	if (!s->dump->exception.present)
		return RATING_NO_DATA;
	if (is_benign(s->dump->exception.code))
		return RATING_NONE;
	if (!read_regs(s, &regs))
		return RATING_NO_DATA;
	return is_misplaced(s, &regs) || wrote(&s->hints) ? RATING_HIGH : RATING_INTERESTING;
}

enum rating rating_find(const struct state *s, void (*oom)(size_t wanted))
{
	enum md_os os = s->dump->system.os;

	if (os == MD_OS_WINDOWS)
		return rate_windows(s);
	return os == MD_OS_LINUX ? rate_linux(s, oom) : RATING_NO_RULES;
}
