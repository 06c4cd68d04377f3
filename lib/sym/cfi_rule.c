#include "sym/cfi_rule.h"

#include "base/limits.h"
#include "sym/cfi_rule_impl.h"

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

static bool power_of_two(uint64_t v)
{
	return v != 0 && (v & (v - 1)) == 0;
}

bool cfi_calculate(char operator, uint64_t lhs, uint64_t rhs, uint64_t *value)
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

bool cfi_is_operator(struct str token)
{
	char c = token.p[0];

	return token.n == 1 &&
	       (c == '+' || c == '-' || c == '*' || c == '/' || c == '%' || c == '@');
}

bool cfi_signed_number(struct str token, uint64_t limit, uint64_t *value)
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

	if (s->n < 2 || !cfi_calculate(operator, s->v[s->n - 2], s->v[s->n - 1], &v))
		return false;
	s->n--;
	s->v[s->n - 1] = v;
	return true;
}

/* A token that is neither an operator nor ".cfa": a register or a number. */
static bool operand(struct str token, const struct cfi_frame *f, uint64_t *v)
{
	size_t dollar;

	if (cfi_signed_number(token, INT64_MAX, v))
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

	if (cfi_is_operator(token))
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
