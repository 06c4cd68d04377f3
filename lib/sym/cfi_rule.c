#include "sym/cfi_rule.h"

#include "base/limits.h"

/* --- rules ---------------------------------------------------------------------------------- */

static void rule_name(struct cfi_rule *rule, struct str token)
{
	struct str name = str_first(token, token.n - 1);

	rule->kind = str_eq(name, STR(".cfa"))  ? CFI_RULE_CFA
		     : str_eq(name, STR(".ra")) ? CFI_RULE_RA
						: CFI_RULE_REGISTER;
	rule->name = str_starts(name, STR("$")) ? str_from(name, 1) : name;
}

enum cfi_next cfi_rule_next(struct str *text, struct cfi_rule *rule)
{
	struct str word, after;

	if (!str_next_word(text, &word))
		return CFI_NEXT_END;
	if (!str_ends(word, STR(":")))
		return CFI_NEXT_MALFORMED;
	rule_name(rule, word);

	rule->expression = (struct str){ 0 };
	for (after = *text; str_next_word(&after, &word) && !str_ends(word, STR(":"));
	     *text = after) {
		if (rule->expression.n == 0)
			rule->expression.p = word.p;
		rule->expression.n = (size_t)(word.p + word.n - rule->expression.p);
	}
	return rule->expression.n == 0 ? CFI_NEXT_MALFORMED : CFI_NEXT_RULE;
}

/* --- arithmetic that both languages share --------------------------------------------------- */

static bool power_of_two(uint64_t v)
{
	return v != 0 && (v & (v - 1)) == 0;
}

/* lhs operator rhs; false for a division by zero and an alignment to no power of two. */
static bool calculate(char operator, uint64_t lhs, uint64_t rhs, uint64_t *value)
{
	switch (operator) {
	case '+':
		*value = lhs + rhs;
		return true;
	case '-':
		*value = lhs - rhs;
		return true;
	case '*':
		*value = lhs * rhs;
		return true;
	case '/':
		*value = rhs == 0 ? 0 : lhs / rhs;
		return rhs != 0;
	case '%':
		*value = rhs == 0 ? 0 : lhs % rhs;
		return rhs != 0;
	default: /* '@' */
		*value = lhs & ~(rhs - 1);
		return power_of_two(rhs);
	}
}

static bool is_operator(struct str token)
{
	char c = token.p[0];

	return token.n == 1 &&
	       (c == '+' || c == '-' || c == '*' || c == '/' || c == '%' || c == '@');
}

/* A decimal integer with an optional sign, as two's complement; limit is the greatest positive one.
 */
static bool signed_number(struct str token, uint64_t limit, uint64_t *value)
{
	bool negative = str_starts(token, STR("-"));
	uint64_t v;

	if (negative || str_starts(token, STR("+")))
		token = str_from(token, 1);
	if (!str_to_u64(token, &v) || v > limit + negative)
		return false;
	*value = negative ? 0 - v : v;
	return true;
}

/* --- STACK CFI ------------------------------------------------------------------------------ */

struct values {
	uint64_t v[LIMIT_CFI_DEPTH];
	size_t n;
};

static bool push(struct values *s, uint64_t v)
{
	if (s->n == LIMIT_CFI_DEPTH)
		return false;
	s->v[s->n++] = v;
	return true;
}

static bool operate(struct values *s, char operator)
{
	uint64_t v;

	if (s->n < 2 || !calculate(operator, s->v[s->n - 2], s->v[s->n - 1], &v))
		return false;
	s->n--;
	s->v[s->n - 1] = v;
	return true;
}

/* A token that is neither an operator nor ".cfa": a register or a number. */
static bool operand(struct str token, const struct cfi_frame *f, uint64_t *v)
{
	size_t dollar;

	if (signed_number(token, INT64_MAX, v))
		return true;
	if (str_eq(token, STR(".undef")))
		return false;
	dollar = str_find_char(token, '$');
	return f->reg(f->context, dollar < token.n ? str_from(token, dollar + 1) : token, v);
}

static bool cfi_token(struct str token, const struct cfi_frame *f, const uint64_t *cfa,
		      struct values *s)
{
	uint64_t v;

	if (is_operator(token))
		return operate(s, token.p[0]);
	if (str_eq(token, STR("^")))
		return s->n > 0 && f->load(f->context, s->v[s->n - 1], &s->v[s->n - 1]);
	if (str_eq(token, STR(".cfa")))
		return cfa != NULL && push(s, *cfa);
	return operand(token, f, &v) && push(s, v);
}

bool cfi_eval(struct str expression, const struct cfi_frame *f, const uint64_t *cfa,
	      uint64_t *value)
{
	struct values s;
	struct str token;
	unsigned left = LIMIT_CFI_OPS;

	for (s.n = 0; str_next_word(&expression, &token);)
		if (left-- == 0 || !cfi_token(token, f, cfa, &s))
			return false;
	if (s.n != 1)
		return false;
	*value = s.v[0];
	return true;
}

/* --- STACK WIN ------------------------------------------------------------------------------ */

enum win_kind { WIN_NUMBER, WIN_VARIABLE, WIN_UNDEFINED };

struct win_value {
	enum win_kind kind;
	uint32_t number;
	struct str name; /* of a variable */
};

struct win_variable {
	struct str name;
	uint32_t value;
	bool defined;
};

struct win_machine {
	const struct cfi_frame *frame;
	struct win_value stack[LIMIT_CFI_DEPTH];
	size_t depth;
	struct win_variable variables[LIMIT_WIN_VARIABLES];
	size_t n_variables;
};

static struct win_variable *win_find(struct win_machine *m, struct str name)
{
	for (size_t i = 0; i < m->n_variables; i++)
		if (str_eq(m->variables[i].name, name))
			return &m->variables[i];
	return NULL;
}

static bool win_set(struct win_machine *m, struct str name, uint32_t value)
{
	struct win_variable *v = win_find(m, name);

	if (v == NULL) {
		if (m->n_variables == LIMIT_WIN_VARIABLES)
			return false;
		v = &m->variables[m->n_variables++];
		v->name = name;
	}
	v->value = value;
	v->defined = true;
	return true;
}

static bool win_push(struct win_machine *m, struct win_value v)
{
	if (m->depth == LIMIT_CFI_DEPTH)
		return false;
	m->stack[m->depth++] = v;
	return true;
}

static bool win_push_number(struct win_machine *m, uint64_t v)
{
	return win_push(m, (struct win_value){ .kind = WIN_NUMBER, .number = (uint32_t)v });
}

static bool win_pop(struct win_machine *m, struct win_value *v)
{
	if (m->depth == 0)
		return false;
	*v = m->stack[--m->depth];
	return true;
}

static bool win_number(struct win_machine *m, const struct win_value *v, uint32_t *number)
{
	const struct win_variable *variable;

	*number = v->number;
	if (v->kind != WIN_VARIABLE)
		return v->kind == WIN_NUMBER;
	variable = win_find(m, v->name);
	if (variable == NULL || !variable->defined)
		return false;
	*number = variable->value;
	return true;
}

static bool win_pop_number(struct win_machine *m, uint32_t *number)
{
	struct win_value v;

	return win_pop(m, &v) && win_number(m, &v, number);
}

static bool win_operate(struct win_machine *m, char operator)
{
	uint32_t lhs, rhs;
	uint64_t v;

	return win_pop_number(m, &rhs) && win_pop_number(m, &lhs) &&
	       calculate(operator, lhs, rhs, &v) && win_push_number(m, v);
}

static bool win_assign(struct win_machine *m)
{
	struct win_value value, to;
	struct win_variable *variable;
	uint32_t number;

	if (!win_pop(m, &value) || !win_pop(m, &to) || to.kind != WIN_VARIABLE)
		return false;
	if (value.kind != WIN_UNDEFINED)
		return win_number(m, &value, &number) && win_set(m, to.name, number);
	variable = win_find(m, to.name);
	if (variable != NULL)
		variable->defined = false;
	return true;
}

static bool win_load(struct win_machine *m)
{
	uint32_t address;
	uint64_t v;

	return win_pop_number(m, &address) && m->frame->load(m->frame->context, address, &v) &&
	       win_push_number(m, v);
}

static bool win_token(struct win_machine *m, struct str token)
{
	uint64_t v;

	if (is_operator(token))
		return win_operate(m, token.p[0]);
	if (str_eq(token, STR("=")))
		return win_assign(m);
	if (str_eq(token, STR("^")))
		return win_load(m);
	if (str_eq(token, STR(".undef")))
		return win_push(m, (struct win_value){ .kind = WIN_UNDEFINED });
	if (str_starts(token, STR("$")) || str_starts(token, STR(".")))
		return win_push(m, (struct win_value){ .kind = WIN_VARIABLE, .name = token });
	return signed_number(token, INT32_MAX, &v) && win_push_number(m, v);
}

static bool win_run(struct win_machine *m, struct str program)
{
	unsigned left = LIMIT_CFI_OPS;
	struct str token;

	while (str_next_word(&program, &token)) {
		if (left-- == 0)
			return false;
		/* Some Windows tools write "= $esp" as "=$esp". */
		if (token.n > 1 && token.p[0] == '=') {
			if (!win_assign(m))
				return false;
			token = str_from(token, 1);
		}
		if (!win_token(m, token))
			return false;
	}
	return true;
}

/* The variables that a program finds: Breakpad's names. */
static bool win_begin(struct win_machine *m, bool aligned, const struct win_sizes *sizes)
{
	const struct cfi_frame *f = m->frame;
	uint64_t esp, ebp, ebx, search;

	if (!f->reg(f->context, STR("esp"), &esp) || !f->reg(f->context, STR("ebp"), &ebp))
		return false;
	/* An aligned frame says nothing about esp, but has the usual frame pointer. */
	search = aligned ? ebp + 4
			 : esp + (uint32_t)(sizes->locals + sizes->saved_registers +
					    sizes->callee_parameters);
	if (search > UINT32_MAX)
		return false;
	if (f->reg(f->context, STR("ebx"), &ebx))
		win_set(m, STR("$ebx"), (uint32_t)ebx);
	return win_set(m, STR("$esp"), (uint32_t)esp) && win_set(m, STR("$ebp"), (uint32_t)ebp) &&
	       win_set(m, STR(".cbParams"), sizes->parameters) &&
	       win_set(m, STR(".cbCalleeParams"), sizes->callee_parameters) &&
	       win_set(m, STR(".cbSavedRegs"), sizes->saved_registers) &&
	       win_set(m, STR(".cbLocals"), sizes->locals) &&
	       win_set(m, STR(".raSearch"), (uint32_t)search) &&
	       win_set(m, STR(".raSearchStart"), (uint32_t)search);
}

bool win_eval(struct str program, const struct cfi_frame *f, const struct win_sizes *sizes,
	      struct win_result *result)
{
	static const char *const names[] = { "$eip", "$esp", "$ebp", "$ebx", "$esi", "$edi" };
	struct win_machine m = { .frame = f };
	bool aligned = str_find_char(program, '@') < program.n;

	if (!win_begin(&m, aligned, sizes) || !win_run(&m, program))
		return false;
	for (size_t i = 0; i < WIN_REGISTERS; i++) {
		const struct win_variable *v = win_find(&m, str_of(names[i]));

		result->set[i] = v != NULL && v->defined;
		result->value[i] = v == NULL ? 0 : v->value;
	}
	return true;
}
