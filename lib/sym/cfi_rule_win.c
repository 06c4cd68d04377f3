#include "base/limits.h"
#include "sym/cfi_rule_impl.h"

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
	       cfi_calculate(operator, lhs, rhs, &v) && win_push_number(m, v);
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

	if (cfi_is_operator(token))
		return win_operate(m, token.p[0]);
	if (str_eq(token, STR("=")))
		return win_assign(m);
	if (str_eq(token, STR("^")))
		return win_load(m);
	if (str_eq(token, STR(".undef")))
		return win_push(m, (struct win_value){ .kind = WIN_UNDEFINED });
	if (str_starts(token, STR("$")) || str_starts(token, STR(".")))
		return win_push(m, (struct win_value){ .kind = WIN_VARIABLE, .name = token });
	return cfi_signed_number(token, INT32_MAX, &v) && win_push_number(m, v);
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
