#include "bin/dw_cfi_expr.h"
#include "bin/dw_cfi_text_impl.h"

bool dw_cfi_text_fail(struct dw_cfi_text *t, const char *why)
{
	t->wrong = why;
	return false;
}

void dw_cfi_put_head(struct dw_cfi_text *t, uint64_t address)
{
	buf_put_str(t->out, address == t->start ? STR("STACK CFI INIT ") : STR("STACK CFI "));
	buf_put_hex(t->out, address - t->in->bias);
	if (address == t->start) {
		buf_put_char(t->out, ' ');
		buf_put_hex(t->out, t->size);
	}
}

void dw_cfi_put_sum(struct buf *out, int64_t v)
{
	if (v < 0)
		buf_put_char(out, '-');
	buf_put_decimal(out, v < 0 ? -(uint64_t)v : (uint64_t)v);
	buf_put_str(out, STR(" +"));
}

bool dw_cfi_put_register(struct dw_cfi_text *t, uint64_t number)
{
	const char *name = dw_cfi_register(t->cpu, number);

	if (name != NULL)
		buf_put_str(t->out, str_of(name));
	return name != NULL;
}

static struct dw_cfi_expr expression(const struct dw_cfi_text *t, const struct dw_rule *rule,
				     bool on_cfa)
{
	const struct dw_cfi_reader *reader = t->rows->reader;
	struct cursor code = cursor_sub(&reader->c, (uint64_t)rule->value, rule->n);

	return (struct dw_cfi_expr){
		.cpu = t->cpu,
		.code = code.in,
		.address_size = t->rows->cie->address_size,
		.big = t->in->big,
		.on_cfa = on_cfa,
	};
}

static bool put_expression(struct dw_cfi_text *t, const struct dw_rule *rule, bool on_cfa)
{
	struct dw_cfi_expr e = expression(t, rule, on_cfa);

	return dw_cfi_expr_put(&e, t->out);
}

bool dw_cfi_put_value(struct dw_cfi_text *t, const struct dw_rule *rule)
{
	switch (rule->kind) {
	case DW_RULE_OFFSET:
	case DW_RULE_VAL_OFFSET:
		buf_put_str(t->out, STR(".cfa "));
		dw_cfi_put_sum(t->out, rule->value);
		if (rule->kind == DW_RULE_OFFSET)
			buf_put_str(t->out, STR(" ^"));
		return true;
	case DW_RULE_REGISTER:
		return dw_cfi_put_register(t, rule->n);
	case DW_RULE_EXPRESSION:
		if (!put_expression(t, rule, true))
			return false;
		buf_put_str(t->out, STR(" ^"));
		return true;
	case DW_RULE_VAL_EXPRESSION:
		return put_expression(t, rule, true);
	case DW_RULE_NONE:
	case DW_RULE_UNDEFINED:
	case DW_RULE_SAME:
	case DW_RULE_SUM:
		break;
	}
	return false;
}

static bool put_cfa(struct dw_cfi_text *t, const struct dw_rule *cfa)
{
	bool said = false;

	if (cfa->kind != DW_RULE_NONE && dw_rule_equal(cfa, &t->cfa))
		return true;
	t->cfa = *cfa;
	buf_put_str(t->out, STR(" .cfa: "));
	if (cfa->kind == DW_RULE_EXPRESSION) {
		said = put_expression(t, cfa, false);
	} else if (cfa->kind == DW_RULE_SUM && dw_cfi_put_register(t, cfa->n)) {
		buf_put_char(t->out, ' ');
		dw_cfi_put_sum(t->out, cfa->value);
		said = true;
	}
	return said || dw_cfi_text_fail(t, "CFA that STACK CFI cannot say");
}

/* The end of the stack has no return address: readers stop at 0. Without a rule the address is
 * where calls leave it, if that is a register. */
static bool put_return(struct dw_cfi_text *t, const struct dw_rule *rule)
{
	bool kept = rule->kind == DW_RULE_NONE || rule->kind == DW_RULE_SAME, said;

	buf_put_str(t->out, STR(" .ra: "));
	if (rule->kind == DW_RULE_UNDEFINED) {
		buf_put_char(t->out, '0');
		said = true;
	} else if (kept) {
		said = t->cpu->link && dw_cfi_put_register(t, t->rows->cie->return_column);
	} else {
		said = dw_cfi_put_value(t, rule);
	}
	return said || dw_cfi_text_fail(t, "return address that STACK CFI cannot say");
}

/* A rule that ceases leaves the register to itself; one that cannot be said, or says that the value
 * is lost, is .undef: no value is better than a wrong one. */
static void put_column(struct dw_cfi_text *t, unsigned column)
{
	struct dw_rule rule = t->rows->state.columns[column];
	struct dw_rule *printed = &t->printed[column];
	const char *name = dw_cfi_register(t->cpu, column);

	if (rule.kind == DW_RULE_NONE && printed->kind != DW_RULE_NONE)
		rule.kind = DW_RULE_SAME;
	if (name == NULL || dw_rule_equal(&rule, printed))
		return;
	*printed = rule;
	t->n_rules++;
	buf_put_char(t->out, ' ');
	buf_put_str(t->out, str_of(name));
	buf_put_str(t->out, STR(": "));
	if (rule.kind == DW_RULE_SAME)
		buf_put_str(t->out, str_of(name));
	else if (!dw_cfi_put_value(t, &rule))
		buf_put_str(t->out, STR(".undef"));
}

static bool return_changed(struct dw_cfi_text *t, uint64_t address)
{
	uint64_t column = t->rows->cie->return_column;

	if (column >= DW_CFI_COLUMNS)
		return address == t->start;

	const struct dw_rule *rule = &t->rows->state.columns[column];
	bool changed = address == t->start || !dw_rule_equal(rule, &t->printed[column]);
	t->printed[column] = *rule;
	return changed;
}

static const struct dw_rule no_rule = { DW_RULE_NONE, 0, 0 };

static const struct dw_rule *return_rule(const struct dw_cfi_text *t)
{
	uint64_t column = t->rows->cie->return_column;

	return column < DW_CFI_COLUMNS ? &t->rows->state.columns[column] : &no_rule;
}

/* The changes at an address; no line when there are none. */
static bool put_line(struct dw_cfi_text *t, uint64_t address, const struct dw_rule *cfa)
{
	size_t at = t->out->n;

	dw_cfi_put_head(t, address);

	size_t rules_at = t->out->n;
	if (!put_cfa(t, cfa))
		return false;
	if (return_changed(t, address) && !put_return(t, return_rule(t)))
		return false;
	for (unsigned i = 0; i < DW_CFI_MASKS; i++) {
		for (uint64_t bits = t->rows->touched[i]; bits != 0; bits &= bits - 1) {
			unsigned column = 64 * i + (unsigned)__builtin_ctzll(bits);

			if (column != t->rows->cie->return_column)
				put_column(t, column);
		}
		t->rows->touched[i] = 0;
	}

	if (t->out->n == rules_at)
		t->out->n = at;
	else
		buf_put_char(t->out, '\n');
	return ++t->n_rules <= LIMIT_CFI_RULES || dw_cfi_text_fail(t, "FDE with too many rules");
}

/* Two lines for each slot of a procedure linkage table. Its bytes must be in the file: so the text
 * of all tables is bounded by the size of the file. */
static bool put_slots(struct dw_cfi_text *t, const struct dw_cfi_plt *plt)
{
	uint64_t address = t->rows->start, end = t->rows->end;

	/* A row may end behind the FDE. */
	end = end < t->rows->last ? end : t->rows->last;
	end = end < t->limit ? end : t->limit;

	uint64_t n = end > address ? end - address : 0;

	if (n / DW_CFI_PLT_SLOT > LIMIT_CFI_SLOTS || t->in->bytes_at == NULL ||
	    t->in->bytes_at(t->in->context, address, n).n < n)
		return dw_cfi_text_fail(t,
					"procedure linkage table outside the file, or too large");

	while (address < end) {
		unsigned place = address % DW_CFI_PLT_SLOT;
		bool pushed = place >= plt->push;
		struct dw_rule cfa = { DW_RULE_SUM, (uint32_t)plt->reg,
				       pushed ? plt->after : plt->before };

		t->n_rules = 0;
		if (!put_line(t, address, &cfa))
			return false;
		address += (pushed ? (unsigned)DW_CFI_PLT_SLOT : plt->push) - place;
	}
	return true;
}

static bool put_row(struct dw_cfi_text *t)
{
	const struct dw_rule *cfa = &t->rows->state.cfa;
	struct dw_cfi_plt plt;

	if (cfa->kind == DW_RULE_EXPRESSION) {
		struct dw_cfi_expr e = expression(t, cfa, false);

		if (dw_cfi_expr_is_plt(&e, t->rows->cie->return_column, &plt))
			return put_slots(t, &plt);
	}
	return put_line(t, t->rows->start, cfa);
}

bool dw_cfi_text_put(struct dw_cfi_text *t)
{
	while (dw_cfi_rows_next(t->rows)) {
		bool inside = t->rows->start < t->rows->end && t->rows->start < t->rows->last;

		if (inside && !put_row(t))
			return false;
	}
	return t->rows->wrong == NULL || dw_cfi_text_fail(t, t->rows->wrong);
}
