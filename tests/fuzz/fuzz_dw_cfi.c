#include <stdlib.h>

#include "bin/dw_cfi.h"
#include "sym/cfi_rule.h"
#include "sym/record.h"

/*
 * Call frame information: a byte says how it is read, the rest is the section, which is the
 * module's code, too. By default each entry must print nothing, or an INIT that has .cfa and .ra
 * and rows with addresses that rise inside it, all of which our own reader takes.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BIG = 1, COMPAT = 2, EH = 4, NARROW = 8, CPU_SHIFT = 4, BIAS = 0x1000 };

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static bool is_code(const void *context, uint64_t address)
{
	(void)context;
	return address % 64 != 63;
}

static struct slice bytes_at(const void *context, uint64_t address, uint64_t n)
{
	const struct slice *all = (const struct slice *)context;

	if (address < BIAS || address - BIAS >= all->n)
		return (struct slice){ 0 };

	size_t at = (size_t)(address - BIAS), left = all->n - at;
	return (struct slice){ all->p + at, n < left ? (size_t)n : left };
}

/* Rules are well formed; says whether .cfa and .ra are among them. */
static bool has_both(struct str rules)
{
	bool cfa = false, ra = false;
	struct cfi_rule rule;
	enum cfi_next next;

	while ((next = cfi_rule_next(&rules, &rule)) == CFI_NEXT_RULE) {
		cfa |= rule.kind == CFI_RULE_CFA;
		ra |= rule.kind == CFI_RULE_RA;
	}
	expect(next == CFI_NEXT_END);
	return cfa && ra;
}

static void check(struct str text)
{
	struct record_cfi init = { 0 }, row;
	struct str line;
	uint64_t last = 0;

	for (bool first = true; record_next(&text, &line); first = false) {
		struct record r;
		enum record_kind kind = record_open(&r, line, false);

		expect(kind == (first ? RECORD_CFI_INIT : RECORD_CFI));
		if (first) {
			expect(record_cfi_init(&r, &init) && r.strict && has_both(init.rules));
			last = init.start;
		} else {
			expect(record_cfi(&r, &row) && r.strict && row.start > last &&
			       row.start - init.start < init.size);
			has_both(row.rules);
			last = row.start;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const cpus[] = { "x86",    "x86_64", "arm",         "arm64",
					    "ppc64",  "mips",   "riscv64",     "loongarch64",
					    "s390x",  "none",   "x86_64",      "x86_64",
					    "x86_64", "arm64",  "loongarch64", "mips64" };
	struct diag d = { 0 };
	struct arena a = { 0 };
	struct buf out = { 0 };
	struct dw_cfi cfi;

	if (size == 0)
		return 0;

	struct slice all = { data + 1, size - 1 };
	struct dw_cfi_section section = { all, BIAS };
	struct dw_cfi_input in = {
		.file = "fuzz",
		.text = BIAS,
		.got = BIAS,
		.bias = BIAS,
		.cpu = cpus[data[0] >> CPU_SHIFT],
		.address_size = (data[0] & NARROW) != 0 ? 4 : 8,
		.big = (data[0] & BIG) != 0,
		.compat = (data[0] & COMPAT) != 0,
		.is_code = is_code,
		.bytes_at = bytes_at,
		.context = &all,
	};

	*((data[0] & EH) != 0 ? &in.eh_frame : &in.debug_frame) = section;
	dw_cfi_open(&cfi, &in, &a, &d);
	for (size_t i = 0; i < cfi.n; i++) {
		buf_clear(&out);
		dw_cfi_write(&cfi, i, &out);
		if (!in.compat)
			check(buf_str(&out));
	}
	buf_free(&out);
	arena_free(&a);
	return 0;
}
