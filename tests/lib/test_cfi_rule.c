#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "sym/cfi_rule.h"

/* A callee with a few registers, and words that hold ten times their address. */
static bool load(void *context, uint64_t address, uint64_t *value)
{
	(void)context;
	*value = 10 * address;
	return address >= 0x7000 && address < 0x8000;
}

static bool reg(void *context, struct str name, uint64_t *value)
{
	static const struct {
		const char *name;
		uint64_t value;
	} regs[] = { { "rax", 17 }, { "x11", 19 }, { "esp", 0x7000 }, { "ebp", 0x7100 } };

	(void)context;
	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		*value = regs[i].value;
		if (str_eq(name, str_of(regs[i].name)))
			return true;
	}
	return false;
}

static const struct cfi_frame frame = { NULL, load, reg };

START_TEST(record_is_cut_into_rules)
{
	struct str text = STR("  .cfa: $rsp 8 +\t.ra: .cfa -8 + ^ $rbx: .undef x19: .cfa  ^ ");
	struct cfi_rule r;

	ck_assert_int_eq(cfi_rule_next(&text, &r), CFI_NEXT_RULE);
	ck_assert_int_eq(r.kind, CFI_RULE_CFA);
	ck_assert(str_eq(r.expression, STR("$rsp 8 +")));
	ck_assert_int_eq(cfi_rule_next(&text, &r), CFI_NEXT_RULE);
	ck_assert_int_eq(r.kind, CFI_RULE_RA);
	ck_assert(str_eq(r.expression, STR(".cfa -8 + ^")));
	ck_assert_int_eq(cfi_rule_next(&text, &r), CFI_NEXT_RULE);
	ck_assert(r.kind == CFI_RULE_REGISTER && str_eq(r.name, STR("rbx")));
	ck_assert(str_eq(r.expression, STR(".undef")));
	ck_assert_int_eq(cfi_rule_next(&text, &r), CFI_NEXT_RULE);
	ck_assert(r.kind == CFI_RULE_REGISTER && str_eq(r.name, STR("x19")));
	ck_assert(str_eq(r.expression, STR(".cfa  ^")));
	ck_assert_int_eq(cfi_rule_next(&text, &r), CFI_NEXT_END);
}
END_TEST

static const char *const malformed[] = {
	"5", "$rsp 8 + .cfa: 1", ".cfa:", ".cfa: .ra: 1", "$rax: :",
};

START_TEST(what_is_no_rule_is_malformed)
{
	struct str text = str_of(malformed[_i]);
	enum cfi_next next;
	struct cfi_rule r;

	while ((next = cfi_rule_next(&text, &r)) == CFI_NEXT_RULE)
		;
	ck_assert_int_eq(next, CFI_NEXT_MALFORMED);
}
END_TEST

START_TEST(lone_colon_is_a_register_without_name)
{
	struct str text = STR(": 5");
	struct cfi_rule r;

	ck_assert_int_eq(cfi_rule_next(&text, &r), CFI_NEXT_RULE);
	ck_assert(r.kind == CFI_RULE_REGISTER && r.name.n == 0);
}
END_TEST

static const struct {
	const char *expression;
	uint64_t value;
} good[] = {
	{ "7", 7 },
	{ "-1", UINT64_MAX },
	{ "+5", 5 },
	{ "9223372036854775807", INT64_MAX },
	{ "-9223372036854775808", (uint64_t)INT64_MAX + 1 },
	{ "0 1 -", UINT64_MAX },
	{ "3 4 + 5 *", 35 },
	{ "-7 2 /", 0x7ffffffffffffffc },
	{ "7 3 %", 1 },
	{ "100 16 @", 96 },
	{ "$rax x11 +", 36 },
	{ "a$rax", 17 },
	{ ".cfa 4 - ^", 10 * 0x701c },
};

START_TEST(expressions_have_values)
{
	uint64_t value = 0, cfa = 0x7020;

	ck_assert(cfi_eval(str_of(good[_i].expression), &frame, &cfa, &value));
	ck_assert_uint_eq(value, good[_i].value);
}
END_TEST

static const char *const bad[] = {
	"",
	"1 2",
	"+",
	"1 +",
	"7 0 /",
	"7 0 %",
	"100 0 @",
	"100 3 @",
	".undef",
	"5 .undef +",
	".ra",
	"$nope",
	"nope",
	"^",
	"0 ^",
	"0x10",
	"9223372036854775808",
	"-9223372036854775809",
	"1 =",
	"$",
	"-",
};

START_TEST(other_expressions_fail)
{
	uint64_t value, cfa = 0x7020;

	ck_assert(!cfi_eval(str_of(bad[_i]), &frame, &cfa, &value));
}
END_TEST

START_TEST(cfa_has_no_cfa)
{
	uint64_t value;

	ck_assert(!cfi_eval(STR(".cfa"), &frame, NULL, &value));
}
END_TEST

/* count times "1 ", then a tail. */
static struct str repeat(char *buf, const char *word, size_t count, const char *tail)
{
	char *end = buf;

	for (size_t i = 0; i < count; i++)
		end = stpcpy(end, word);
	end = stpcpy(end, tail);
	return (struct str){ buf, (size_t)(end - buf) };
}

START_TEST(work_has_limits)
{
	static char buf[16 * LIMIT_CFI_OPS];
	uint64_t value;

	ck_assert(!cfi_eval(repeat(buf, "1 ", LIMIT_CFI_DEPTH + 1, ""), &frame, NULL, &value));
	ck_assert(cfi_eval(repeat(buf, "+1 ", 1, ""), &frame, NULL, &value));
	ck_assert(cfi_eval(repeat(buf, "1 1 - ", 1, ""), &frame, NULL, &value));
	for (size_t over = 0; over < 2; over++) {
		struct str pairs = repeat(buf, "1 ", 1, "");
		char *end = buf + pairs.n;

		for (size_t i = 0; i < LIMIT_CFI_OPS / 2 - 1 + over; i++)
			end = stpcpy(end, "1 * ");
		pairs.n = (size_t)(end - buf);
		ck_assert(cfi_eval(pairs, &frame, NULL, &value) == (over == 0));
	}
}
END_TEST

static const struct win_sizes sizes = { 0xc, 4, 8, 0x10 };

static const struct {
	const char *program;
	bool ok, has_ebx;
	uint32_t eip, esp, ebx;
} programs[] = {
	{ "$eip .raSearch ^ = $esp .raSearch 4 + =", true, false, 10 * 0x701c, 0x7020, 0 },
	/* What is left over does no harm. */
	{ "$eip 1 =$esp 2 = $ebx $ebp", true, false, 1, 2, 0 },
	{ "$eip 1 = $esp 2 = $ebx $ebp =", true, true, 1, 2, 0x7100 },
	/* An aligned frame is searched from ebp. */
	{ "$T0 $ebp 16 @ = $eip .raSearch = $esp 1 =", true, false, 0x7104, 1, 0 },
	{ "$eip .cbParams .cbSavedRegs + .cbLocals + .cbCalleeParams + = $esp 1 =", true, false,
	  0x28, 1, 0 },
	{ "$ebx 5 = $ebx .undef = $eip 1 = $esp 2 =", true, false, 1, 2, 0 },
	{ "$eip 2147483648 =", false, false, 0, 0, 0 },
	{ "$eip $esi =", false, false, 0, 0, 0 },
	{ "5 $eip =", false, false, 0, 0, 0 },
	{ "$eip 7 0 / =", false, false, 0, 0, 0 },
	{ "$eip 0 ^ =", false, false, 0, 0, 0 },
	{ "eip", false, false, 0, 0, 0 },
	{ "=", false, false, 0, 0, 0 },
};

START_TEST(programs_set_registers)
{
	struct win_result r;

	ck_assert(win_eval(str_of(programs[_i].program), &frame, &sizes, &r) == programs[_i].ok);
	if (!programs[_i].ok)
		return;
	ck_assert_uint_eq(r.value[WIN_EIP], programs[_i].eip);
	ck_assert_uint_eq(r.value[WIN_ESP], programs[_i].esp);
	ck_assert(r.set[WIN_EBX] == programs[_i].has_ebx && r.set[WIN_EBP] && !r.set[WIN_ESI]);
	if (programs[_i].has_ebx)
		ck_assert_uint_eq(r.value[WIN_EBX], programs[_i].ebx);
}
END_TEST

START_TEST(programs_have_limits)
{
	static char buf[32 * LIMIT_WIN_VARIABLES];
	struct win_result r;
	char *end = buf;

	for (int i = 0; i < LIMIT_WIN_VARIABLES; i++)
		end += sprintf(end, "$v%d 1 = ", i);
	ck_assert(!win_eval((struct str){ buf, (size_t)(end - buf) }, &frame, &sizes, &r));
	ck_assert(win_eval((struct str){ buf, (size_t)(end - buf) / 2 }, &frame, &sizes, &r));
	ck_assert(!win_eval(repeat(buf, "1 ", LIMIT_CFI_DEPTH + 1, ""), &frame, &sizes, &r));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cfi_rule");
	TCase *t = tcase_create("cfi_rule");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_test(t, record_is_cut_into_rules);
	tcase_add_loop_test(t, what_is_no_rule_is_malformed, 0, COUNT(malformed));
	tcase_add_test(t, lone_colon_is_a_register_without_name);
	tcase_add_loop_test(t, expressions_have_values, 0, COUNT(good));
	tcase_add_loop_test(t, other_expressions_fail, 0, COUNT(bad));
	tcase_add_test(t, cfa_has_no_cfa);
	tcase_add_test(t, work_has_limits);
	tcase_add_loop_test(t, programs_set_registers, 0, COUNT(programs));
	tcase_add_test(t, programs_have_limits);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
