#include "bin/dw_cfi_expr.h"

#include "base/limits.h"

enum {
	OP_DEREF = 0x06,
	OP_CONST1U = 0x08,
	OP_CONST8S = 0x0f,
	OP_CONSTU = 0x10,
	OP_CONSTS = 0x11,
	OP_AND = 0x1a,
	OP_MINUS = 0x1c,
	OP_MUL = 0x1e,
	OP_PLUS = 0x22,
	OP_PLUS_UCONST = 0x23,
	OP_SHL = 0x24,
	OP_GE = 0x2a,
	OP_LIT0 = 0x30,
	OP_LIT15 = 0x3f,
	OP_LIT31 = 0x4f,
	OP_BREG0 = 0x70,
	OP_BREG31 = 0x8f,
	OP_BREGX = 0x92,
	OP_NOP = 0x96,
};

/* What is written: values on the stack, and the constant that the text ends in, if it does. */
struct translation {
	const struct dw_cfi_expr *e;
	struct cursor c;
	struct buf *out;
	unsigned depth, ops;
	bool cfa_used;
	bool constant;
	int64_t value;
	size_t value_at; /* where its text begins */
};

static bool push(struct translation *t)
{
	t->constant = false;
	return ++t->depth <= LIMIT_CFI_DEPTH && ++t->ops <= LIMIT_CFI_OPS;
}

/* Takes n values and gives one; name: of the operator, with a blank in front. */
static bool operate(struct translation *t, unsigned n, const char *name)
{
	if (t->depth < n || ++t->ops > LIMIT_CFI_OPS)
		return false;
	if (t->e->on_cfa && t->depth == n)
		t->cfa_used = true;
	t->depth -= n - 1;
	t->constant = false;
	buf_put_str(t->out, str_of(name));
	return true;
}

/* In front of every value that does not begin the text. */
static void separate(struct translation *t)
{
	if (t->depth != 0)
		buf_put_char(t->out, ' ');
}

static void put_signed(struct buf *out, int64_t v)
{
	if (v < 0)
		buf_put_char(out, '-');
	buf_put_decimal(out, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

static bool put_constant(struct translation *t, int64_t v)
{
	size_t at = t->out->n;

	separate(t);
	put_signed(t->out, v);
	bool pushed = push(t);
	t->constant = true;
	t->value = v;
	t->value_at = at;
	return pushed;
}

static bool add(struct translation *t, int64_t v)
{
	return v == 0 || (put_constant(t, v) && operate(t, 2, " +"));
}

static bool put_register(struct translation *t, uint64_t number, int64_t offset)
{
	const char *name = dw_cfi_register(t->e->cpu, number);

	if (name == NULL)
		return false;
	separate(t);
	buf_put_str(t->out, str_of(name));
	return push(t) && add(t, offset);
}

/* x & -2^n is an alignment. */
static bool align(struct translation *t)
{
	uint64_t size = -(uint64_t)t->value;

	if (!t->constant || t->depth < 2)
		return false;
	if (t->e->address_size == 4)
		size &= UINT32_MAX;
	if (size == 0 || (size & (size - 1)) != 0 || size > INT64_MAX)
		return false;
	t->out->n = t->value_at;
	t->depth--;
	return put_constant(t, (int64_t)size) && operate(t, 2, " @");
}

/* DW_OP_const1u, const1s, const2u ... const8s. */
static bool fixed_constant(struct translation *t, uint8_t code)
{
	unsigned width = 1u << (code - OP_CONST1U) / 2, shift = 64 - 8 * width;
	uint64_t v = cursor_uint(&t->c, width);

	if ((code - OP_CONST1U) % 2 != 0)
		v = (uint64_t)((int64_t)(v << shift) >> shift);
	return put_constant(t, (int64_t)v);
}

static bool put_op(struct translation *t, uint8_t code)
{
	if (code >= OP_LIT0 && code <= OP_LIT31)
		return put_constant(t, code - OP_LIT0);
	if (code >= OP_BREG0 && code <= OP_BREG31)
		return put_register(t, code - OP_BREG0, cursor_sleb(&t->c));
	if (code >= OP_CONST1U && code <= OP_CONST8S)
		return fixed_constant(t, code);

	switch (code) {
	case OP_NOP:
		return true;
	case OP_BREGX: {
		uint64_t number = cursor_uleb(&t->c);

		return put_register(t, number, cursor_sleb(&t->c));
	}
	case OP_CONSTU:
		return put_constant(t, (int64_t)cursor_uleb(&t->c));
	case OP_CONSTS:
		return put_constant(t, cursor_sleb(&t->c));
	case OP_PLUS_UCONST:
		return add(t, (int64_t)cursor_uleb(&t->c));
	case OP_DEREF:
		return operate(t, 1, " ^");
	case OP_PLUS:
		return operate(t, 2, " +");
	case OP_MINUS:
		return operate(t, 2, " -");
	case OP_MUL:
		return operate(t, 2, " *");
	case OP_AND:
		return align(t);
	default:
		return false;
	}
}

static struct cursor code_cursor(const struct dw_cfi_expr *e)
{
	struct cursor c = cursor_make(e->code, "");

	c.big = e->big;
	return c;
}

/* The result is the value on top. A CFA below it that nobody asked for is left out of the text:
 * there an expression must leave one value. */
static bool finish(const struct translation *t, size_t at)
{
	static const struct str cfa = STR_INIT(".cfa ");
	struct buf *out = t->out;

	if (t->c.failed)
		return false;
	if (!t->e->on_cfa || t->cfa_used)
		return t->depth == 1;
	if (t->depth == 2) {
		memmove(out->p + at, out->p + at + cfa.n, out->n - at - cfa.n);
		out->n -= cfa.n;
	}
	return t->depth == 1 || t->depth == 2;
}

bool dw_cfi_expr_put(const struct dw_cfi_expr *e, struct buf *out)
{
	struct translation t = { .e = e, .c = code_cursor(e), .out = out };
	size_t at = out->n;
	bool said = true;

	if (e->on_cfa) {
		buf_put_str(out, STR(".cfa"));
		t.depth = 1;
	}
	while (said && cursor_left(&t.c) != 0)
		said = put_op(&t, cursor_u8(&t.c));
	if (!said || !finish(&t, at)) {
		out->n = at;
		return false;
	}
	return true;
}

bool dw_cfi_expr_is_plt(const struct dw_cfi_expr *e, uint64_t ip, struct dw_cfi_plt *plt)
{
	struct cursor c = code_cursor(e);
	uint8_t reg = cursor_u8(&c);

	plt->reg = (uint64_t)reg - OP_BREG0;
	plt->before = cursor_sleb(&c);

	uint8_t at = cursor_u8(&c);
	bool is = reg >= OP_BREG0 && reg <= OP_BREG31 && at >= OP_BREG0 && at <= OP_BREG31 &&
		  (uint64_t)at - OP_BREG0 == ip && cursor_sleb(&c) == 0 &&
		  cursor_u8(&c) == OP_LIT15 && cursor_u8(&c) == OP_AND;
	uint8_t push_at = cursor_u8(&c);
	bool compares = cursor_u8(&c) == OP_GE;
	uint8_t shift = cursor_u8(&c);

	is = is && compares && cursor_u8(&c) == OP_SHL && cursor_u8(&c) == OP_PLUS && !c.failed &&
	     cursor_left(&c) == 0 && push_at > OP_LIT0 && push_at <= OP_LIT15 && shift >= OP_LIT0 &&
	     shift <= OP_LIT15;
	plt->push = is ? (unsigned)(push_at - OP_LIT0) : 0;
	return is &&
	       !__builtin_add_overflow(plt->before, (int64_t)1 << (shift - OP_LIT0), &plt->after);
}
