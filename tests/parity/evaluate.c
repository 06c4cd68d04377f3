#include <stdio.h>

#include "base/file.h"
#include "sym/cfi_rule.h"

/*
 * Compares the evaluators of STACK CFI and STACK WIN with rust-minidump's answers:
 *
 *   evaluate cfi|win FILE
 *
 * FILE has lines of expression, value of the register it was written to ("absent") and how the
 * caller was found, after comments that say what the callee was (corpus:
 * golden/probes/cfi-eval.tsv, win-eval.tsv). Prints the rows that differ and how many are equal.
 */
enum { STACK_BASE = 0x7000, STACK_SIZE = 0x200 };

struct pair {
	const char *name;
	uint64_t value;
};

struct callee {
	const struct pair *regs;
	uint64_t words[STACK_SIZE / 4];
	unsigned word; /* bytes */
};

static const struct pair amd64[] = {
	{ "rip", 0x400105 }, { "rsp", 0x7000 }, { "rbp", 0x7100 },
	{ "rax", 0x11 },     { "rbx", 0x7010 }, { "r12", 0x22 },
	{ "r13", 0x33 },     { "r14", 0x44 },   { NULL, 0 },
};

static const struct pair x86[] = {
	{ "eip", 0x401005 }, { "esp", 0x7000 }, { "ebp", 0x7100 }, { "ebx", 0x7010 }, { NULL, 0 },
};

static bool load(void *context, uint64_t address, uint64_t *value)
{
	const struct callee *c = (const struct callee *)context;

	if (address < STACK_BASE || address > STACK_BASE + STACK_SIZE - c->word)
		return false;
	*value = c->words[(address - STACK_BASE) / c->word];
	return true;
}

static bool reg(void *context, struct str name, uint64_t *value)
{
	for (const struct pair *p = ((const struct callee *)context)->regs; p->name != NULL; p++) {
		*value = p->value;
		if (str_eq(name, str_of(p->name)))
			return true;
	}
	return false;
}

/* The answers as the table has them. */
struct answer {
	const char *found;
	bool known;
	uint64_t value;
};

static struct answer by_cfi(const char *expression)
{
	struct callee callee = { .regs = amd64, .words = { 0x400108, 0x7010, 0x99 }, .word = 8 };
	struct cfi_frame frame = { &callee, load, reg };
	struct answer a = { .found = "call frame info" };
	uint64_t cfa = 0x7010;
	struct cfi_rule rule;
	enum cfi_next next;
	char record[256];

	snprintf(record, sizeof(record), "$rbx: %s", expression);
	for (struct str text = str_of(record);
	     (next = cfi_rule_next(&text, &rule)) == CFI_NEXT_RULE;)
		a.known = cfi_eval(rule.expression, &frame, &cfa, &a.value);
	if (next == CFI_NEXT_MALFORMED)
		a = (struct answer){ .found = "stack scanning" };
	return a;
}

static struct answer by_win(const char *expression)
{
	struct callee callee = { .regs = x86, .word = 4 };
	struct cfi_frame frame = { &callee, load, reg };
	struct win_sizes sizes = { 0xc, 4, 8, 0 };
	struct answer a = { .found = "none" };
	struct win_result result;
	char program[256];

	callee.words[0] = 0x7010;
	callee.words[3] = 0x401008;
	callee.words[4] = 0x99;
	snprintf(program, sizeof(program),
		 "$eip .raSearch ^ = $esp .raSearch 4 + = $ebx %s =", expression);
	/* A return address of 0 ends the walk. What a program doesn't set is forwarded, by
	 * accident. */
	if (win_eval(str_of(program), &frame, &sizes, &result) && result.value[WIN_EIP] != 0)
		a = (struct answer){ "call frame info", true,
				     result.set[WIN_EBX] ? result.value[WIN_EBX] : 0x7010 };
	return a;
}

static struct str take(struct str *rest)
{
	size_t n = str_find_char(*rest, '\t');
	struct str first = str_first(*rest, n);

	*rest = str_from(*rest, n + 1);
	return first;
}

static bool row_agrees(bool cfi, struct str line)
{
	struct str expression = take(&line), value = take(&line);
	uint64_t wanted = 0;
	struct answer a;
	char text[128];

	snprintf(text, sizeof(text), "%.*s", STR_ARGS(expression));
	a = cfi ? by_cfi(text) : by_win(text);
	if (str_eq(line, str_of(a.found)) &&
	    (a.known ? str_hex_to_u64(str_from(value, 2), &wanted) && wanted == a.value
		     : str_eq(value, STR("absent"))))
		return true;
	printf("different: %s: %s 0x%llx, not %.*s %.*s\n", text, a.found,
	       (unsigned long long)a.value, STR_ARGS(line), STR_ARGS(value));
	return false;
}

int main(int argc, char **argv)
{
	bool cfi = argc == 3 && str_eq(str_of(argv[1]), STR("cfi"));
	struct error err = { 0 };
	unsigned equal = 0, rows = 0;
	struct str rest, line;
	struct file f;

	if (argc != 3 || !file_open(&f, argv[2], &err)) {
		printf("%s\n", argc == 3 ? err.text : "usage: evaluate cfi|win FILE");
		return 2;
	}
	for (rest = (struct str){ (const char *)f.data.p, f.data.n };
	     str_next_line(&rest, &line);) {
		if (str_starts(line, STR("#")))
			continue;
		rows++;
		equal += row_agrees(cfi, line);
	}
	printf("%s: %u of %u rows equal\n", argv[1], equal, rows);
	file_close(&f);
	return rows != 0 && equal == rows ? 0 : 1;
}
