#include "sym/cfi_rule.h"

/*
 * Lines of STACK CFI rules, of which each expression is evaluated, then run as STACK WIN programs.
 * A second evaluation must give the same, and what is stored must be what the registers hold.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static bool load(void *context, uint64_t address, uint64_t *value)
{
	(void)context;
	*value = address * 3;
	return address % 5 != 0;
}

/* "esp" to "edi": any name of three letters that begins with e. */
static bool reg(void *context, struct str name, uint64_t *value)
{
	(void)context;
	*value = name.n == 3 ? (uint8_t)name.p[1] * 0x1000u + (uint8_t)name.p[2] : 0;
	return name.n == 3 && name.p[0] == 'e';
}

static const struct cfi_frame frame = { NULL, load, reg };

static void try_rules(struct str text)
{
	struct cfi_rule rule;
	size_t left = text.n;

	while (cfi_rule_next(&text, &rule) == CFI_NEXT_RULE) {
		uint64_t cfa = 0x7000, first = 0, second = 0;
		bool ok = cfi_eval(rule.expression, &frame, &cfa, &first);

		expect(text.n < left && rule.expression.n != 0);
		left = text.n;
		expect(cfi_eval(rule.expression, &frame, &cfa, &second) == ok);
		expect(!ok || first == second);
	}
}

static void try_program(struct str program)
{
	static const struct win_sizes sizes = { 4, 8, 12, 16 };
	struct win_result r;

	if (!win_eval(program, &frame, &sizes, &r))
		return;
	for (int i = 0; i < WIN_REGISTERS; i++)
		expect(r.set[i] || r.value[i] == 0 || str_find(program, STR(".undef")) < program.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, line;

	while (str_next_line(&rest, &line)) {
		try_rules(line);
		try_program(line);
	}
	return 0;
}
