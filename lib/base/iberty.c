#include "base/iberty.h"

#include <errno.h>
#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/limits.h"

/*
 * Stack that a byte of a name may take: the demanglers follow nested types by recursion. Measured
 * over 70 kinds of nesting it is 144 bytes; sanitizers need some times as much. Names of SHORT
 * bytes fit any stack. STACK_SCOPES is for arrays of the printer, quadratic in the name; names in
 * code that is made of Boost's expression templates need more than 1 MiB.
 */
enum { STACK_BYTE = 512, STACK_SCOPES = 2 << 20, STACK_FREE = 3 << 20, SHORT = 2048 };
enum { SCOPE_SIZE = 16 };

/* Steps of a search that the printer makes at each pack expansion it meets. */
enum { PACK_STEPS = 2048 };

static bool has_stack(size_t n)
{
	struct rlimit limit;

	if (n <= SHORT)
		return true;
	if (n > LIMIT_NAME_BYTES || getrlimit(RLIMIT_STACK, &limit) != 0)
		return false;
	return limit.rlim_cur == RLIM_INFINITY ||
	       (limit.rlim_cur > STACK_FREE && (limit.rlim_cur - STACK_FREE) / STACK_BYTE > n);
}

/* Where a demangler's output goes, in pieces. */
struct sink {
	struct buf *out;
	size_t start, limit; /* of out->n */
	bool over;           /* there was more */
	jmp_buf full;
};

/* What may come out of a name of n bytes. */
static size_t most(size_t n)
{
	return n < LIMIT_NAME_BYTES / LIMIT_NAME_TIMES ? LIMIT_NAME_TIMES * n : LIMIT_NAME_BYTES;
}

/* Leaving by longjmp loses nothing: libiberty prints from structures on the stack. */
static void put_cxx(const char *p, size_t n, void *context)
{
	struct sink *s = context;

	if (n > s->limit - s->out->n)
		longjmp(s->full, 1);
	buf_put(s->out, p, n);
}

/* Within an identifier in Punycode, which comes in single characters, libiberty holds memory: what
 * is too long ends at the next piece that is none of those. Nothing grows without such pieces. */
static void put_rust(const char *p, size_t n, void *context)
{
	struct sink *s = context;

	if (!s->over && n <= s->limit - s->out->n)
		buf_put(s->out, p, n);
	else if (n > 1 && (unsigned char)p[0] < 0x80)
		longjmp(s->full, 1);
	else
		s->over = true;
}

/* A node of a name's tree. */
struct node {
	uint32_t cost; /* steps of a search through all below it; 0: not known yet */
	bool open;     /* its children are being looked at */
};

/* A name's tree: a graph, since substitutions share what they stand for. */
struct tree {
	const struct demangle_component *first; /* the parser's memory: n nodes, not all in use */
	size_t n;
	struct node *nodes;
	uint32_t *stack;
	size_t depth;
};

/* Kinds whose members are not two children. libiberty's search ends at them, or follows one child,
 * which counts as an end, too: there are no substitutions below operators and names of classes. */
static const enum demangle_component_type leaves[] = {
	DEMANGLE_COMPONENT_NAME,           DEMANGLE_COMPONENT_CTOR,
	DEMANGLE_COMPONENT_DTOR,           DEMANGLE_COMPONENT_SUB_STD,
	DEMANGLE_COMPONENT_BUILTIN_TYPE,   DEMANGLE_COMPONENT_OPERATOR,
	DEMANGLE_COMPONENT_CHARACTER,      DEMANGLE_COMPONENT_NUMBER,
	DEMANGLE_COMPONENT_TEMPLATE_PARAM, DEMANGLE_COMPONENT_FUNCTION_PARAM,
	DEMANGLE_COMPONENT_LAMBDA,         DEMANGLE_COMPONENT_UNNAMED_TYPE,
	DEMANGLE_COMPONENT_DEFAULT_ARG,    DEMANGLE_COMPONENT_FIXED_TYPE,
	DEMANGLE_COMPONENT_TAGGED_NAME,    DEMANGLE_COMPONENT_EXTENDED_OPERATOR,
};

static bool is_leaf(const struct demangle_component *c)
{
	for (size_t i = 0; i < COUNT(leaves); i++) {
		if (c->type == leaves[i])
			return true;
	}
	return false;
}

/* The cost of a child; when it is not known, the child is put on the stack. */
static uint32_t ask(struct tree *t, const struct demangle_component *c)
{
	if (c == NULL || c < t->first || (size_t)(c - t->first) >= t->n)
		return 1;

	size_t i = (size_t)(c - t->first);
	/* An open one is above: a loop, which the printer notices by itself. */
	if (t->nodes[i].cost == 0 && !t->nodes[i].open)
		t->stack[t->depth++] = (uint32_t)i;
	return t->nodes[i].cost;
}

static void settle(struct tree *t, size_t i)
{
	const struct demangle_component *c = &t->first[i];
	size_t before = t->depth;
	uint64_t cost = 1;

	t->nodes[i].open = true;
	if (!is_leaf(c)) {
		cost += ask(t, c->u.s_binary.left);
		cost += ask(t, c->u.s_binary.right);
	}
	if (t->depth == before) {
		t->nodes[i].cost = cost < UINT32_MAX ? (uint32_t)cost : UINT32_MAX;
		t->depth--;
	}
}

static void walk(struct tree *t, const struct demangle_component *root)
{
	t->stack[t->depth++] = (uint32_t)(root - t->first);
	while (t->depth != 0) {
		size_t i = t->stack[t->depth - 1];

		if (t->nodes[i].cost != 0)
			t->depth--;
		else
			settle(t, i);
	}
}

static bool is_reference(const struct demangle_component *c)
{
	return (c->type == DEMANGLE_COMPONENT_REFERENCE ||
		c->type == DEMANGLE_COMPONENT_RVALUE_REFERENCE) &&
	       c->u.s_binary.left != NULL &&
	       c->u.s_binary.left->type == DEMANGLE_COMPONENT_TEMPLATE_PARAM;
}

/*
 * Two things that the printer does without a limit of its own. At a pack expansion (and at
 * "sizeof...", a unary operator) it searches all below, without remembering where it was: a type
 * that names a type twice that names another twice and so on takes it 2^n steps. And it has arrays
 * on the stack for templates times references to their parameters, each counted twice at most.
 */
static bool is_tame(const struct tree *t, size_t most_scopes)
{
	uint64_t templates = 0, references = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct demangle_component *c = &t->first[i];

		if (t->nodes[i].cost == 0)
			continue; /* not in use */
		if (t->nodes[i].cost > PACK_STEPS &&
		    (c->type == DEMANGLE_COMPONENT_PACK_EXPANSION ||
		     c->type == DEMANGLE_COMPONENT_UNARY))
			return false;
		templates += c->type == DEMANGLE_COMPONENT_TEMPLATE;
		references += is_reference(c);
	}
	return 4 * templates * references * SCOPE_SIZE <= most_scopes;
}

static bool has(const char *name, const char *code)
{
	return strstr(name, code) != NULL;
}

/* Whether a tree must be looked at: most names have none of these. */
static bool is_suspect(const char *name, size_t n)
{
	return n > SHORT / 4 || has(name, "Dp") || has(name, "sp") || has(name, "sZ") ||
	       has(name, "sP");
}

/* memory: of the parser, which has two nodes for each byte of a name. */
static bool is_safe(const struct demangle_component *root, const void *memory, const char *name,
		    size_t n)
{
	struct tree t = { .first = memory, .n = 2 * n };

	if (!is_suspect(name, n))
		return true;
	t.nodes = calloc(t.n, sizeof(*t.nodes));
	t.stack = calloc(2 * t.n + 1, sizeof(*t.stack));
	bool safe = t.nodes != NULL && t.stack != NULL;
	if (safe) {
		walk(&t, root);
		safe = is_tame(&t, n > SHORT ? STACK_SCOPES : STACK_SCOPES / 2);
	}
	free(t.nodes);
	free(t.stack);
	return safe;
}

static struct sink sink_make(struct buf *out, size_t n)
{
	return (struct sink){ .out = out, .start = out->n, .limit = out->n + most(n) };
}

/* Of a name that is no function's, dropping the return type would reach functions in its types. */
static int kind_options(const struct demangle_component *root)
{
	return root->type == DEMANGLE_COMPONENT_TYPED_NAME ? DMGL_RET_DROP : 0;
}

static bool print_cxx(struct sink *s, const int options, struct demangle_component *root)
{
	return setjmp(s->full) == 0 && cplus_demangle_print_callback(options, root, put_cxx, s);
}

/* Without memory a name stays as it is, as if it were none: what malloc() says tells them apart.
 * errno was 0 before. */
static void check_memory(const struct buf *out, size_t wanted)
{
	if (errno == ENOMEM && out->oom != NULL)
		out->oom(wanted);
}

/* The parser's memory is of the heap here, and its nodes can be looked at before they are printed;
 * cplus_demangle_v3_callback() has it on the stack, and refuses names over 1024 bytes therefore. */
bool iberty_cxx(struct buf *out, const char *name, size_t n, bool params)
{
	int options = DMGL_ANSI | DMGL_VERBOSE | DMGL_NO_RECURSE_LIMIT | (params ? DMGL_PARAMS : 0);
	struct sink s = sink_make(out, n);
	void *memory = NULL;

	if (!has_stack(n))
		return false;

	errno = 0;
	struct demangle_component *root = cplus_demangle_v3_components(name, options, &memory);
	bool ok = root != NULL && is_safe(root, memory, name, n) &&
		  print_cxx(&s, options | kind_options(root), root);
	free(memory);
	if (!ok) {
		check_memory(out, n);
		out->n = s.start;
	}
	return ok;
}

static bool print_rust(struct sink *s, const char *name)
{
	return setjmp(s->full) == 0 && rust_demangle_callback(name, DMGL_NO_OPTS, put_rust, s) &&
	       !s->over;
}

bool iberty_rust(struct buf *out, const char *name, size_t n)
{
	struct sink s = sink_make(out, n);

	errno = 0;
	bool ok = n <= LIMIT_NAME_BYTES && print_rust(&s, name);
	if (!ok) {
		check_memory(out, n);
		out->n = s.start;
	}
	return ok;
}

/* There is no form of it with a callback, and what comes out can grow 3-fold with every three of
 * its references ("Q"): names with many of them are refused. */
bool iberty_d(struct buf *out, const char *name, size_t n)
{
	enum { MOST_REFERENCES = 16, MOST_BYTES = 8192 };
	unsigned references = 0;

	for (size_t i = 0; i < n; i++)
		references += name[i] == 'Q';
	if (references > MOST_REFERENCES || n > MOST_BYTES || !has_stack(n))
		return false;

	char *text = dlang_demangle(name, DMGL_NO_OPTS);
	if (text == NULL)
		return false;
	buf_put_str(out, str_of(text));
	free(text);
	return true;
}
