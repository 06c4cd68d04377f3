#include "bin/dw_cfi_row.h"

static const char damaged[] = "damaged call frame instruction";

static bool fail(struct dw_cfi_rows *r, const char *why)
{
	r->wrong = why;
	return false;
}

static bool is_rule(const struct dw_rule *rule)
{
	return rule->kind > DW_RULE_UNDEFINED;
}

static void set_column(struct dw_cfi_rows *r, uint64_t column, struct dw_rule rule)
{
	struct dw_cfi_state *s = &r->state;

	if (column >= DW_CFI_COLUMNS)
		return;
	r->touched[column / 64] |= (uint64_t)1 << column % 64;
	r->used[column / 64] |= (uint64_t)1 << column % 64;

	bool was = is_rule(&s->columns[column]), is = is_rule(&rule);
	s->columns[column] = rule;
	if (is && !was)
		s->order[s->n_order++] = (uint8_t)column;
	if (!was || is)
		return;
	for (unsigned i = 0; i < s->n_order; i++) {
		if (s->order[i] == column)
			s->order[i] = s->order[--s->n_order];
	}
}

/* What an instruction has read: a column first, or nothing, then a number, a register or a block.
 */
struct operands {
	uint64_t column;
	int64_t value;
	uint32_t n;
	enum dw_rule_kind kind;
};

static bool nothing(struct dw_cfi_rows *r, const struct operands *o)
{
	(void)r;
	(void)o;
	return true;
}

static bool set_rule(struct dw_cfi_rows *r, const struct operands *o)
{
	set_column(r, o->column, (struct dw_rule){ o->kind, o->n, o->value });
	return true;
}

static bool restore(struct dw_cfi_rows *r, const struct operands *o)
{
	if (r->in_cie)
		return fail(r, "CIE restores what it has not set yet");
	if (o->column < DW_CFI_COLUMNS)
		set_column(r, o->column, r->initial.columns[o->column]);
	return true;
}

static bool remember_state(struct dw_cfi_rows *r, const struct operands *o)
{
	(void)o;
	if (r->n_saved == LIMIT_CFI_STATES)
		return fail(r, "more remembered states than any real program has");
	r->saved[r->n_saved++] = r->state;
	return true;
}

static bool restore_state(struct dw_cfi_rows *r, const struct operands *o)
{
	(void)o;
	if (r->n_saved == 0)
		return fail(r, "no remembered state is left to restore");
	r->state = r->saved[--r->n_saved];
	for (unsigned i = 0; i < DW_CFI_MASKS; i++)
		r->touched[i] |= r->used[i];
	return true;
}

static bool def_cfa(struct dw_cfi_rows *r, const struct operands *o)
{
	if (o->column > UINT32_MAX)
		return fail(r, damaged);
	r->state.cfa = (struct dw_rule){ DW_RULE_SUM, (uint32_t)o->column, o->value };
	return true;
}

/* gcc's CIEs for MIPS and RISC-V give a register and no offset: it is 0. */
static bool def_cfa_register(struct dw_cfi_rows *r, const struct operands *o)
{
	if (r->state.cfa.kind == DW_RULE_EXPRESSION || o->column > UINT32_MAX)
		return fail(r, "register of a CFA that is no sum");
	r->state.cfa.kind = DW_RULE_SUM;
	r->state.cfa.n = (uint32_t)o->column;
	return true;
}

static bool def_cfa_offset(struct dw_cfi_rows *r, const struct operands *o)
{
	if (r->state.cfa.kind != DW_RULE_SUM)
		return fail(r, "offset of a CFA that is no sum");
	r->state.cfa.value = o->value;
	return true;
}

static bool def_cfa_expression(struct dw_cfi_rows *r, const struct operands *o)
{
	r->state.cfa = (struct dw_rule){ DW_RULE_EXPRESSION, o->n, o->value };
	return true;
}

static bool move_to(struct dw_cfi_rows *r, uint64_t location)
{
	if (r->in_cie || location < r->next)
		return fail(r, "location that a program cannot go to");
	r->next = location;
	r->moved = true;
	return true;
}

static bool set_location(struct dw_cfi_rows *r, const struct operands *o)
{
	return move_to(r, (uint64_t)o->value);
}

static bool advance(struct dw_cfi_rows *r, const struct operands *o)
{
	uint64_t bytes, location;

	if (__builtin_mul_overflow((uint64_t)o->value, r->cie->code_factor, &bytes) ||
	    __builtin_add_overflow(r->next, bytes, &location))
		return fail(r, damaged);
	return move_to(r, location);
}

enum operand {
	O_NONE,
	O_COLUMN, /* first only */
	O_REGISTER,
	O_UNSIGNED,
	O_NEGATED,  /* unsigned, times the data alignment factor, negated */
	O_FACTORED, /* unsigned, times the data alignment factor */
	O_SIGNED_FACTORED,
	O_BLOCK,
	O_ADDRESS,
	O_FIXED1,
	O_FIXED2,
	O_FIXED4,
	O_FIXED8,
};

/* DWARF 5, 7.24, and what vendors added: gdb's and LLVM's dwarf2.h. */
static const struct op {
	bool (*run)(struct dw_cfi_rows *r, const struct operands *o);
	enum operand first, second;
	enum dw_rule_kind kind;
} ops[0x40] = {
	[0x00] = { nothing, O_NONE, O_NONE, DW_RULE_NONE },
	[0x01] = { set_location, O_NONE, O_ADDRESS, DW_RULE_NONE },
	[0x02] = { advance, O_NONE, O_FIXED1, DW_RULE_NONE },
	[0x03] = { advance, O_NONE, O_FIXED2, DW_RULE_NONE },
	[0x04] = { advance, O_NONE, O_FIXED4, DW_RULE_NONE },
	[0x05] = { set_rule, O_COLUMN, O_FACTORED, DW_RULE_OFFSET },
	[0x06] = { restore, O_COLUMN, O_NONE, DW_RULE_NONE },
	[0x07] = { set_rule, O_COLUMN, O_NONE, DW_RULE_UNDEFINED },
	[0x08] = { set_rule, O_COLUMN, O_NONE, DW_RULE_SAME },
	[0x09] = { set_rule, O_COLUMN, O_REGISTER, DW_RULE_REGISTER },
	[0x0a] = { remember_state, O_NONE, O_NONE, DW_RULE_NONE },
	[0x0b] = { restore_state, O_NONE, O_NONE, DW_RULE_NONE },
	[0x0c] = { def_cfa, O_COLUMN, O_UNSIGNED, DW_RULE_NONE },
	[0x0d] = { def_cfa_register, O_COLUMN, O_NONE, DW_RULE_NONE },
	[0x0e] = { def_cfa_offset, O_NONE, O_UNSIGNED, DW_RULE_NONE },
	[0x0f] = { def_cfa_expression, O_NONE, O_BLOCK, DW_RULE_NONE },
	[0x10] = { set_rule, O_COLUMN, O_BLOCK, DW_RULE_EXPRESSION },
	[0x11] = { set_rule, O_COLUMN, O_SIGNED_FACTORED, DW_RULE_OFFSET },
	[0x12] = { def_cfa, O_COLUMN, O_SIGNED_FACTORED, DW_RULE_NONE },
	[0x13] = { def_cfa_offset, O_NONE, O_SIGNED_FACTORED, DW_RULE_NONE },
	[0x14] = { set_rule, O_COLUMN, O_FACTORED, DW_RULE_VAL_OFFSET },
	[0x15] = { set_rule, O_COLUMN, O_SIGNED_FACTORED, DW_RULE_VAL_OFFSET },
	[0x16] = { set_rule, O_COLUMN, O_BLOCK, DW_RULE_VAL_EXPRESSION },
	[0x1d] = { advance, O_NONE, O_FIXED8, DW_RULE_NONE }, /* DW_CFA_MIPS_advance_loc8 */
	/* DW_CFA_AARCH64_negate_ra_state_with_pc, DW_CFA_AARCH64_negate_ra_state: whether the
	 * return address is signed. Readers strip the signature in any case. */
	[0x2c] = { nothing, O_NONE, O_NONE, DW_RULE_NONE },
	[0x2d] = { nothing, O_NONE, O_NONE, DW_RULE_NONE },
	[0x2e] = { nothing, O_NONE, O_UNSIGNED, DW_RULE_NONE }, /* DW_CFA_GNU_args_size */
	[0x2f] = { set_rule, O_COLUMN, O_NEGATED, DW_RULE_OFFSET },
};

static bool factored(struct dw_cfi_rows *r, int64_t v, int64_t factor, int64_t *value)
{
	if (!__builtin_mul_overflow(v, factor, value))
		return true;
	return fail(r, damaged);
}

static bool read_block(struct dw_cfi_rows *r, struct operands *o)
{
	uint64_t n = cursor_uleb(&r->program);

	o->value = (int64_t)(r->program.base + r->program.pos);
	if (n > UINT32_MAX || !cursor_skip(&r->program, n))
		return fail(r, damaged);
	o->n = (uint32_t)n;
	return true;
}

static bool read_register(struct dw_cfi_rows *r, struct operands *o)
{
	uint64_t n = cursor_uleb(&r->program);

	o->n = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	return true;
}

static bool read_operand(struct dw_cfi_rows *r, enum operand operand, struct operands *o)
{
	struct cursor *c = &r->program;
	int64_t factor = r->cie->data_factor;

	switch (operand) {
	case O_NONE:
		return true;
	case O_COLUMN:
		o->column = cursor_uleb(c);
		return true;
	case O_REGISTER:
		return read_register(r, o);
	case O_UNSIGNED:
		o->value = (int64_t)cursor_uleb(c);
		return true;
	case O_NEGATED:
		return factored(r, (int64_t)cursor_uleb(c), factor, &o->value) &&
		       factored(r, o->value, -1, &o->value);
	case O_FACTORED:
		return factored(r, (int64_t)cursor_uleb(c), factor, &o->value);
	case O_SIGNED_FACTORED:
		return factored(r, cursor_sleb(c), factor, &o->value);
	case O_BLOCK:
		return read_block(r, o);
	case O_ADDRESS:
		o->value = (int64_t)dw_cfi_pointer(r->reader, c, r->cie->encoding,
						   r->cie->address_size);
		return true;
	case O_FIXED1:
	case O_FIXED2:
	case O_FIXED4:
	case O_FIXED8:
		o->value = (int64_t)cursor_uint(c, 1u << (operand - O_FIXED1));
		return true;
	}
	return fail(r, damaged);
}

/* The three instructions that hold an operand in their low six bits. */
static bool run_primary(struct dw_cfi_rows *r, uint8_t code)
{
	struct operands o = { .column = code & 0x3f, .value = code & 0x3f };

	switch (code & 0xc0) {
	case 0x40:
		return advance(r, &o);
	case 0x80:
		o.kind = DW_RULE_OFFSET;
		return read_operand(r, O_FACTORED, &o) && set_rule(r, &o);
	default:
		return restore(r, &o);
	}
}

/* dump_syms takes an instruction that it does not know for the end of the program: so it has no
 * rules for what follows the signing of a return address. */
static bool run_one(struct dw_cfi_rows *r)
{
	uint8_t code = cursor_u8(&r->program);

	if (code >= 0x40)
		return run_primary(r, code);

	const struct op *op = &ops[code];
	struct operands o = { .kind = op->kind };
	if (r->reader->in->compat && code > 0x16 && code != 0x2e)
		return cursor_seek(&r->program, r->program.in.n);
	if (op->run == NULL)
		return fail(r, "unknown call frame instruction");
	return read_operand(r, op->first, &o) && read_operand(r, op->second, &o) &&
	       !r->program.failed && op->run(r, &o);
}

static void begin(struct dw_cfi_rows *r, struct slice program, uint64_t at)
{
	r->program = cursor_make(program, r->reader->in->file);
	r->program.base = at;
	r->program.big = r->reader->in->big;
}

/* Up to the end of the program, or where the location moves. */
static void run(struct dw_cfi_rows *r)
{
	r->moved = false;
	while (r->wrong == NULL && !r->moved && cursor_left(&r->program) != 0)
		run_one(r);
	if (r->program.failed && r->wrong == NULL)
		fail(r, damaged);
}

void dw_cfi_rows_init(struct dw_cfi_rows *r, const struct dw_cfi_reader *reader,
		      const struct dw_cie *cie, const struct dw_fde *fde)
{
	r->reader = reader;
	r->cie = cie;
	r->wrong = NULL;
	r->next = fde->start;
	r->last = fde->start + fde->size;
	r->done = false;
	r->n_saved = 0;
	memset(&r->state, 0, sizeof(r->state));
	memset(r->touched, 0, sizeof(r->touched));
	memset(r->used, 0, sizeof(r->used));

	r->in_cie = true;
	begin(r, cie->program, cie->program_at);
	run(r);
	r->in_cie = false;
	r->initial = r->state;
	begin(r, fde->program, fde->program_at);
}

bool dw_cfi_rows_next(struct dw_cfi_rows *r)
{
	if (r->done)
		return false;
	r->start = r->next;
	run(r);
	r->done = !r->moved;
	r->end = r->moved ? r->next : r->last > r->start ? r->last : r->start;
	return r->wrong == NULL;
}
