#include "bin/dw_cfi_text_impl.h"

/* Where the CFA or the rule of a register cannot be said, nothing is; what ceases is forgotten, and
 * a rule that comes again unchanged is not repeated: dump-sym-parse.md 15, 2 and 3. */
static bool put_peer_cfa(struct dw_cfi_text *t)
{
	const struct dw_rule *cfa = &t->rows->state.cfa;
	const char *name = dw_cfi_register(t->cpu, cfa->n);

	if (dw_rule_equal(cfa, &t->cfa))
		return false;
	t->cfa = *cfa;
	if (cfa->kind != DW_RULE_SUM || name == NULL)
		return false;
	buf_put_str(t->out, STR(" .cfa: "));
	buf_put_str(t->out, str_of(name));
	buf_put_char(t->out, ' ');
	dw_cfi_put_sum(t->out, cfa->value);
	return true;
}

static bool put_peer_column(struct dw_cfi_text *t, unsigned column)
{
	const struct dw_rule *rule = &t->rows->state.columns[column];
	const char *own = dw_cfi_register(t->cpu, column);
	const char *name = column == t->rows->cie->return_column ? ".ra" : own;
	size_t at = t->out->n;
	bool said = false;

	if (name == NULL)
		return false;
	buf_put_char(t->out, ' ');
	buf_put_str(t->out, str_of(name));
	buf_put_str(t->out, STR(": "));
	if (rule->kind == DW_RULE_SAME)
		said = dw_cfi_put_register(t, column);
	else if (rule->kind <= DW_RULE_REGISTER)
		said = dw_cfi_put_value(t, rule);
	if (!said)
		t->out->n = at;
	return said;
}

static bool put_peer_columns(struct dw_cfi_text *t, bool *has_return)
{
	const struct dw_cfi_state *s = &t->rows->state;
	bool said = false;

	for (unsigned i = 0; i < s->n_order; i++) {
		unsigned column = s->order[i];

		if (dw_rule_equal(&s->columns[column], &t->printed[column]))
			continue;
		t->printed[column] = s->columns[column];
		t->n_rules++;
		*has_return |= column == t->rows->cie->return_column;
		said |= put_peer_column(t, column);
	}
	return said;
}

static bool put_peer_line(struct dw_cfi_text *t)
{
	size_t at = t->out->n;
	bool has_return = false;

	dw_cfi_put_head(t, t->rows->start);

	bool said = put_peer_cfa(t);
	said |= put_peer_columns(t, &has_return);

	const char *name = dw_cfi_register(t->cpu, t->rows->cie->return_column);
	if (t->rows->start == t->start && !has_return && t->cpu->link && name != NULL) {
		buf_put_str(t->out, STR(" .ra: "));
		buf_put_str(t->out, str_of(name));
	}
	if (said)
		buf_put_char(t->out, '\n');
	else
		t->out->n = at;
	return ++t->n_rules <= LIMIT_CFI_RULES || dw_cfi_text_fail(t, "FDE with too many rules");
}

bool dw_cfi_text_put_as_peer(struct dw_cfi_text *t)
{
	while (dw_cfi_rows_next(t->rows)) {
		if (!put_peer_line(t))
			return false;
	}
	return t->rows->wrong == NULL || dw_cfi_text_fail(t, t->rows->wrong);
}
