#include "bin/dw_line.h"

/*
 * A .debug_line: the program at its start, as the first byte says (compat, address size, byte
 * order), asked for ranges. Rows must be sorted and lie where they were asked for, and flattened
 * they must lie in the function and not overlap.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_lines(const struct model_func *f)
{
	uint64_t at = f->start;

	for (size_t i = 0; i < f->n_lines; i++) {
		expect(f->lines[i].start >= at);
		expect(f->lines[i].size <= f->start + f->size - f->lines[i].start);
		at = f->lines[i].start + f->lines[i].size;
	}
}

static void ask(struct dw_lines *l, struct model *m, uint64_t start, uint64_t size, bool compat)
{
	struct flatten_options o = { .inlines = size % 2 == 0, .compat = compat };
	struct flat_call calls[] = { { start + 1, 8, 0, 0, 1, 1 }, { start + 2, 9, 1, 0, 2, 2 } };
	struct model_func func = { .start = start, .size = size };
	struct flatten f;
	struct buf rows = { 0 };
	const struct flat_row *v;

	dw_lines_rows(l, start, start + size, m, &rows);
	v = (const void *)rows.p;
	for (size_t i = 0; i < rows.n / sizeof(*v); i++) {
		expect(v[i].size != 0 && v[i].start < start + size);
		expect(i == 0 || v[i].start >= v[i - 1].start + v[i - 1].size);
	}
	flatten_init(&f, NULL);
	flatten_func(&f, &o, v, rows.n / sizeof(*v), calls, COUNT(calls), &func);
	check_lines(&func);
	flatten_free(&f);
	buf_free(&rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct slice text = { (const uint8_t *)"a.c\0dir\0/x", 11 };
	uint8_t how = size != 0 ? data[0] : 0;
	struct dw_line_input in = { .file = "fuzz",
				    .big = (how & 1) != 0,
				    .relocatable = (how & 2) != 0,
				    .compat = (how & 4) != 0,
				    .windows = (how & 8) != 0,
				    .address_size = (how & 16) != 0 ? 4 : 8,
				    .str = text,
				    .line_str = text,
				    .directory = STR("/build"),
				    .name = STR("unit.c") };
	struct dw_lines *l = dw_lines_open(NULL);
	struct model *m = model_open(&(struct model_options){ 0 });
	struct diag quiet = { 0 };

	if (size != 0)
		in.line = (struct slice){ data + 1, size - 1 };
	dw_lines_read(l, &in, 0, &quiet);
	ask(l, m, 0x1000, 0x100, in.compat);
	ask(l, m, 0, 0x100000001, in.compat);
	ask(l, m, UINT64_MAX / 2, UINT64_MAX / 2, in.compat);
	for (uint64_t i = 0; i < 4; i++)
		dw_lines_file(l, i, m);
	dw_lines_close(l);
	model_close(m);
	return 0;
}
