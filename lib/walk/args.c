#include "walk/args.h"

enum { WORD = 4 };

const char *args_call_text(enum args_call call)
{
	static const char *const texts[] = {
		[ARGS_THISCALL] = "windows thiscall [C++ member function]",
		[ARGS_OTHER_THISCALL] = "non-windows thiscall [C++ member function]",
		[ARGS_CDECL] = "cdecl [static function]",
	};

	return texts[call];
}

void args_collect(struct args *x, struct state *s, size_t thread, struct arena *scratch)
{
	struct walk_budget budget = s->budget; /* the report walks the thread again */
	struct walk_frame frame;
	struct walk w;

	*x = (struct args){
		.pointers = { .oom = scratch->oom },
		.big = s->dump->memory.big,
		.compat = s->compat,
		.windows = s->dump->system.os == MD_OS_WINDOWS,
	};
	if (s->dump->system.cpu != CPU_X86)
		return;
	state_walk(s, thread, scratch, &w);
	x->stack = w.stack;
	while (walk_next(&w, &frame))
		buf_put(&x->pointers, &frame.regs.value[frame.regs.cpu->sp], sizeof(uint64_t));
	s->budget = budget;
}

void args_free(struct args *x)
{
	buf_free(&x->pointers);
}

/* The stack pointer of a frame; of those that the walk did not reach, the end of the stack. */
static uint64_t pointer_of(const struct args *x, uint64_t number)
{
	uint64_t v = x->stack.base + x->stack.data.n;

	if (number < x->pointers.n / sizeof(v))
		memcpy(&v, x->pointers.p + number * sizeof(v), sizeof(v));
	return v;
}

/* What stands between the first '(' of a function and its last ')'; and what before that. */
static bool split_name(struct str function, struct str *before, struct str *list)
{
	size_t open = str_find_char(function, '('), close = function.n;

	while (close > 0 && function.p[close - 1] != ')')
		close--;
	if (open >= function.n || close < open + 2)
		return false;
	*before = str_first(function, open);
	*list = str_from(str_first(function, close - 1), open + 1);
	return true;
}

/* Brackets that are open in a list, and whether one was closed that was not. */
struct nesting {
	size_t angles, rounds;
	bool lost;
};

static void nest(struct nesting *n, char c)
{
	size_t *depth = c == '<' || c == '>' ? &n->angles : &n->rounds;

	if (c == '<' || c == '(')
		++*depth;
	else if ((c == '>' || c == ')') && *depth == 0)
		n->lost = true;
	else if (c == '>' || c == ')')
		--*depth;
}

/* How many arguments a list has: one more than commas outside of brackets; 0 if brackets are not in
 * pairs. Their texts go to v unless that is NULL. */
static size_t split_list(struct str list, struct arg *v)
{
	struct nesting n = { 0 };
	size_t count = 0, start = 0;

	for (size_t i = 0; i <= list.n && !n.lost; i++) {
		bool inside = n.angles != 0 || n.rounds != 0;

		if (i < list.n && (list.p[i] != ',' || inside)) {
			nest(&n, list.p[i]);
			continue;
		}
		if (v != NULL)
			v[count].name = str_trim(str_from(str_first(list, i), start));
		count++;
		start = i + 1;
	}
	return n.lost || n.angles != 0 || n.rounds != 0 ? 0 : count;
}

/* rust-minidump takes every system for Windows. */
static enum args_call call_of(const struct args *x, struct str before)
{
	if (str_find(before, STR("::")) == before.n)
		return ARGS_CDECL;
	return x->compat || x->windows ? ARGS_THISCALL : ARGS_OTHER_THISCALL;
}

/* The object of a member function of Windows is in ecx (Microsoft, "__thiscall"); rust-minidump
 * reads eax. */
static void read_this(const struct args *x, const struct regs *regs, struct arg *this)
{
	int i = regs_index(regs->cpu, x->compat ? STR("eax") : STR("ecx"));

	this->known = i >= 0 && regs_has(regs, (unsigned)i);
	if (this->known)
		this->value = (uint32_t)regs->value[i];
}

/* The words of the caller's frame, of which no argument lies outside. */
static void read_words(const struct args *x, uint64_t number, struct arg *v, size_t n)
{
	uint64_t at = pointer_of(x, number + 1), end = pointer_of(x, number + 2);

	for (size_t i = 0; i < n && at < end; i++, at += WORD) {
		uint64_t value;

		v[i].known = md_region_uint(&x->stack, x->big, at, WORD, &value);
		if (v[i].known)
			v[i].value = (uint32_t)value;
	}
}

size_t args_of(const struct args *x, uint64_t number, const struct regs *regs, struct str function,
	       enum args_call *call, struct arg **v, struct arena *a)
{
	struct str before, list;
	size_t n, hidden, in_register;

	if (x->pointers.n == 0 || x->stack.data.n == 0 || !split_name(function, &before, &list))
		return 0;
	n = split_list(list, NULL);
	if (n == 0)
		return 0;
	if (!x->compat && str_trim(list).n == 0)
		n = 0; /* "f()": rust-minidump sees an argument without a name */

	*call = call_of(x, before);
	hidden = *call != ARGS_CDECL;
	in_register = *call == ARGS_THISCALL;
	*v = arena_new(a, struct arg, hidden + n);
	if (n != 0)
		split_list(list, *v + hidden);
	if (hidden != 0)
		(*v)[0].name = STR("this");
	if (in_register != 0)
		read_this(x, regs, &(*v)[0]);
	read_words(x, number, *v + in_register, hidden - in_register + n);
	return hidden + n;
}
