#include <check.h>
#include <stdlib.h>

#include "bin/dw_line.h"
#include "bytes.h"

enum {
	SET_ADDRESS = 2,
	END_SEQUENCE = 1,
	DEFINE_FILE = 3,
	MD5 = 5,
	LINE_BASE = -3,
	OPCODE_BASE = 13
};

/* Operands of the 12 standard opcodes. */
static const uint8_t lengths[] = { 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1 };

static void put_counts(struct bytes *b, unsigned version)
{
	put(b, 1, 1); /* minimum_instruction_length */
	if (version >= 4)
		put(b, 1, 1);
	put(b, 1, 1);
	put(b, 1, (uint8_t)LINE_BASE);
	put(b, 1, 12); /* line_range */
	put(b, 1, OPCODE_BASE);
	for (size_t i = 0; i < COUNT(lengths); i++)
		put(b, 1, lengths[i]);
}

static void put_cstr(struct bytes *b, const char *text)
{
	put_text(b, text);
	put(b, 1, 0);
}

/* Files 1 (or 0): a.c below the unit's folder, the next: a.h in /inc. */
static void put_old_tables(struct bytes *b)
{
	put_cstr(b, "/inc");
	put(b, 1, 0);
	put_cstr(b, "a.c");
	put(b, 3, 0);
	put_cstr(b, "a.h");
	put(b, 3, 1);
	put(b, 1, 0);
}

/* Paths as strings, in .debug_line_str at 1, and an MD5 sum that is skipped. */
static void put_tables(struct bytes *b, unsigned offset_size)
{
	put(b, 1, 1);
	put(b, 2, 0x0801);
	put(b, 1, 2);
	put_cstr(b, "/build");
	put_cstr(b, "/inc");
	put(b, 1, 3);
	put(b, 2, 0x1f01);
	put(b, 2, 0x0b02);
	put(b, 2, 0x1e00 | MD5);
	put(b, 1, 2);
	put(b, offset_size, 1);
	put(b, 1, 0);
	put(b, 8, 0);
	put(b, 8, 0);
	put(b, offset_size, 5);
	put(b, 1, 1);
	put(b, 8, 0);
	put(b, 8, 0);
}

static const struct slice line_str = { (const uint8_t *)"\0a.c\0a.h", 9 };

/* Puts width bytes of v at a place that was left open. */
static void patch(struct bytes *b, size_t at, unsigned width, uint64_t v)
{
	for (; width > 0; width--, v >>= 8)
		b->p[at++] = (uint8_t)v;
}

static void put_address(struct bytes *b, uint64_t address)
{
	put(b, 3, 0 | 9 << 8 | SET_ADDRESS << 16);
	put(b, 8, address);
}

static void put_end(struct bytes *b)
{
	put(b, 3, 0 | 1 << 8 | END_SEQUENCE << 16);
}

/* Advances and makes a row. */
static void put_special(struct bytes *b, unsigned address, int line)
{
	put(b, 1, (uint8_t)(OPCODE_BASE + address * 12 + (unsigned)(line - LINE_BASE)));
}

/* Rows: 1000 a.c:1, 1004 a.c:3, 1006 a.h:3, 1008 a.h:103, end 1110. */
static void put_program(struct bytes *b)
{
	put_address(b, 0x1000);
	put(b, 1, 1); /* copy */
	put_special(b, 4, 2);
	put(b, 2, 4 | 2 << 8); /* set_file 2 */
	put_special(b, 2, 0);
	put(b, 3, 3 | 0xe4 << 8 | 0x00 << 16); /* advance_line 100 */
	put_special(b, 2, 0);
	put(b, 3, 2 | 0x88 << 8 | 0x02 << 16); /* advance_pc 0x108 */
	put_end(b);
}

struct unit {
	struct bytes b;
	size_t length, header, tables, program; /* places of lengths, and where parts begin */
};

static void put_unit(struct unit *u, unsigned version, unsigned offset_size)
{
	*u = (struct unit){ 0 };
	if (offset_size == 8)
		put(&u->b, 4, 0xffffffff);
	u->length = u->b.n;
	put(&u->b, offset_size, 0);
	put(&u->b, 2, version);
	if (version == 5)
		put(&u->b, 2, 8);
	u->header = u->b.n;
	put(&u->b, offset_size, 0);
	put_counts(&u->b, version);
	u->tables = u->b.n;
	if (version == 5)
		put_tables(&u->b, offset_size);
	else
		put_old_tables(&u->b);
	u->program = u->b.n;
	patch(&u->b, u->header, offset_size, u->program - u->header - offset_size);
}

static void end_unit(struct unit *u, unsigned offset_size)
{
	patch(&u->b, u->length, offset_size, u->b.n - u->length - offset_size);
}

static struct dw_line_input input_of(const struct unit *u)
{
	return (struct dw_line_input){ .file = "test",
				       .address_size = 8,
				       .line = bytes_slice(&u->b),
				       .line_str = line_str,
				       .directory = STR("/build"),
				       .name = STR("unit.c") };
}

static struct dw_lines *lines;
static struct model *model;
static struct buf rows;
static struct diag quiet;

static void setup(void)
{
	lines = dw_lines_open(NULL);
	model = model_open(&(struct model_options){ 0 });
	rows = (struct buf){ 0 };
}

static void teardown(void)
{
	dw_lines_close(lines);
	model_close(model);
	buf_free(&rows);
}

static const struct flat_row *ask(uint64_t start, uint64_t end, size_t n)
{
	buf_clear(&rows);
	dw_lines_rows(lines, start, end, model, &rows);
	ck_assert_uint_eq(rows.n / sizeof(struct flat_row), n);
	return (const void *)rows.p;
}

static void is_row(const struct flat_row *r, uint64_t start, uint64_t size, const char *file,
		   uint32_t line)
{
	ck_assert_uint_eq(r->start, start);
	ck_assert_uint_eq(r->size, size);
	ck_assert_uint_eq(r->line, line);
	ck_assert(str_eq(model_file_path(model, r->file), str_of(file)));
}

static const struct {
	unsigned version, offset_size;
} forms[] = { { 2, 4 }, { 3, 4 }, { 3, 8 }, { 4, 4 }, { 4, 8 }, { 5, 4 }, { 5, 8 } };

START_TEST(a_table_of_each_version_gives_its_rows)
{
	unsigned version = forms[_i].version, offset_size = forms[_i].offset_size;
	struct unit u;
	struct dw_line_input in;
	const struct flat_row *r;

	put_unit(&u, version, offset_size);
	if (version == 5) /* files count from 0 */
		put(&u.b, 2, 4 | 0 << 8);
	put_program(&u.b);
	end_unit(&u, offset_size);
	if (version == 5)
		u.b.p[u.program + 16] = 1;
	in = input_of(&u);
	in.bias = 0x800;
	dw_lines_read(lines, &in, 0, &quiet);
	r = ask(0x800, 0x910, 4);
	is_row(&r[0], 0x800, 4, "/build/a.c", 1);
	is_row(&r[1], 0x804, 2, "/build/a.c", 3);
	is_row(&r[2], 0x806, 2, "/inc/a.h", 3);
	is_row(&r[3], 0x808, 0x108, "/inc/a.h", 103);
	r = ask(0x805, 0x807, 2);
	is_row(&r[0], 0x805, 1, "/build/a.c", 3);
	ask(0x910, 0x920, 0);
	ask(0x7f0, 0x800, 0);
}
END_TEST

START_TEST(a_table_cut_anywhere_gives_the_rows_before_the_cut)
{
	struct unit u;
	struct dw_line_input in;
	size_t most = 0;

	put_unit(&u, forms[_i].version, forms[_i].offset_size);
	put_program(&u.b);
	end_unit(&u, forms[_i].offset_size);
	in = input_of(&u);
	for (size_t n = 0; n <= u.b.n; n++) {
		uint8_t *copy = malloc(n + 1);

		memcpy(copy, u.b.p, n);
		in.line = (struct slice){ copy, n };
		dw_lines_clear(lines);
		dw_lines_read(lines, &in, 0, &quiet);
		buf_clear(&rows);
		dw_lines_rows(lines, 0, UINT64_MAX, model, &rows);
		ck_assert_uint_ge(rows.n, most);
		most = rows.n;
		free(copy);
	}
	ck_assert_uint_eq(most / sizeof(struct flat_row), 4);
}
END_TEST

/* One program of version 4, and what [0, 0x10000) has then. */
static struct unit unit;

static void begin(void)
{
	put_unit(&unit, 4, 4);
}

static const struct flat_row *finish(size_t n, bool compat)
{
	struct dw_line_input in = input_of(&unit);

	end_unit(&unit, 4);
	in = input_of(&unit);
	in.compat = compat;
	dw_lines_clear(lines);
	dw_lines_read(lines, &in, 0, &quiet);
	return ask(0, 0x10000, n);
}

START_TEST(of_rows_at_one_address_the_last_counts)
{
	const struct flat_row *r;

	begin();
	put_address(&unit.b, 0x1000);
	put_special(&unit.b, 0, 1);
	put_special(&unit.b, 0, 5);
	put_special(&unit.b, 4, 1);
	put(&unit.b, 2, 2 | 4 << 8);
	put_end(&unit.b);
	r = finish(2, false);
	is_row(&r[0], 0x1000, 4, "/build/a.c", 7);
	is_row(&r[1], 0x1004, 4, "/build/a.c", 8);
}
END_TEST

START_TEST(a_row_before_the_one_before_it_is_none)
{
	const struct flat_row *r;

	begin();
	put_address(&unit.b, 0x1000);
	put_special(&unit.b, 8, 1);
	put_address(&unit.b, 0x1000);
	put_special(&unit.b, 0, 1);
	put_special(&unit.b, 16, 1);
	put_end(&unit.b);
	r = finish(1, false); /* the last one has no bytes */
	is_row(&r[0], 0x1008, 8, "/build/a.c", 2);
}
END_TEST

/* What a linker threw away is at 0 and would cover real code; only the peer's row at 0 is not. */
START_TEST(code_that_is_not_there_has_no_rows)
{
	static const struct {
		uint64_t address;
		size_t n_compat;
	} dead[] = { { 0, 1 }, { UINT64_MAX, 2 }, { UINT64_MAX - 1, 2 } };
	const struct flat_row *r;

	begin();
	put_address(&unit.b, dead[_i].address);
	put_special(&unit.b, 0, 1);
	put_special(&unit.b, 4, 1);
	put(&unit.b, 3, 2 | 0x80 << 8 | 0x40 << 16); /* advance_pc 0x2000 */
	put_end(&unit.b);
	put_address(&unit.b, 0x1000);
	put_special(&unit.b, 0, 8);
	put_special(&unit.b, 4, 1);
	put(&unit.b, 2, 2 | 4 << 8);
	put_end(&unit.b);
	r = finish(2, false);
	is_row(&r[0], 0x1000, 4, "/build/a.c", 9);
	finish(dead[_i].n_compat, true);
}
END_TEST

START_TEST(of_sequences_that_overlap_the_one_that_begins_last_counts)
{
	struct dw_line_input in;
	const struct flat_row *r;

	begin();
	put_address(&unit.b, 0x100);
	put_special(&unit.b, 0, 1);
	put(&unit.b, 3, 2 | 0x80 << 8 | 0x40 << 16); /* advance_pc 0x2000 */
	put_end(&unit.b);
	put_address(&unit.b, 0x1000);
	put_special(&unit.b, 0, 8);
	put(&unit.b, 2, 2 | 4 << 8);
	put_end(&unit.b);
	finish(1, false);
	r = ask(0x1000, 0x1004, 1);
	ck_assert_uint_eq(r[0].line, 9);
	in = input_of(&unit);
	in.compat = true;
	dw_lines_clear(lines);
	dw_lines_read(lines, &in, 0, &quiet);
	r = ask(0x1000, 0x1004, 1);
	ck_assert_uint_eq(r[0].line, 2);
}
END_TEST

START_TEST(a_program_may_define_files_and_have_opcodes_of_others)
{
	const struct flat_row *r;

	begin();
	put(&unit.b, 3, 0 | 8 << 8 | DEFINE_FILE << 16);
	put_cstr(&unit.b, "b.c");
	put(&unit.b, 3, 1);
	put(&unit.b, 3, 0 | 2 << 8 | 0x80 << 16); /* an extended one of a vendor */
	put(&unit.b, 1, 0);
	put(&unit.b, 2, 5 | 7 << 8);  /* set_column */
	put(&unit.b, 2, 12 | 3 << 8); /* set_isa */
	put_address(&unit.b, 0x1000);
	put(&unit.b, 2, 4 | 3 << 8);
	put_special(&unit.b, 0, 1);
	put(&unit.b, 2, 4 | 99 << 8); /* no such file */
	put_special(&unit.b, 4, 1);
	put(&unit.b, 2, 2 | 4 << 8);
	put_end(&unit.b);
	r = finish(2, false);
	is_row(&r[0], 0x1000, 4, "/inc/b.c", 2);
	ck_assert_uint_eq(r[1].file, MODEL_NO_FILE);
}
END_TEST

START_TEST(file_0_is_the_units_own_before_version_5)
{
	uint32_t file;

	begin();
	finish(0, false);
	file = dw_lines_file(lines, 0, model);
	ck_assert(str_eq(model_file_path(model, file), STR("/build/unit.c")));
	ck_assert_uint_eq(dw_lines_file(lines, 3, model), MODEL_NO_FILE);
	ck_assert_uint_eq(dw_lines_file(lines, UINT64_MAX, model), MODEL_NO_FILE);
}
END_TEST

/* The operands of a table's formats may take no bytes, and then any count fits. */
START_TEST(a_table_without_formats_has_no_entries)
{
	struct unit u;
	struct dw_line_input in;

	put_unit(&u, 5, 4);
	u.b.n = u.tables;
	put(&u.b, 1, 0);
	put(&u.b, 4, 0x0fffffff);
	patch(&u.b, u.header, 4, u.b.n - u.header - 4);
	end_unit(&u, 4);
	in = input_of(&u);
	dw_lines_read(lines, &in, 0, &quiet);
	ck_assert_uint_eq(dw_lines_file(lines, 0, model), MODEL_NO_FILE);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dw_line");
	TCase *t = tcase_create("dw_line");
	SRunner *r = srunner_create(s);

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, a_table_of_each_version_gives_its_rows, 0, (int)COUNT(forms));
	tcase_add_loop_test(t, a_table_cut_anywhere_gives_the_rows_before_the_cut, 0,
			    (int)COUNT(forms));
	tcase_add_test(t, of_rows_at_one_address_the_last_counts);
	tcase_add_test(t, a_row_before_the_one_before_it_is_none);
	tcase_add_loop_test(t, code_that_is_not_there_has_no_rows, 0, 3);
	tcase_add_test(t, of_sequences_that_overlap_the_one_that_begins_last_counts);
	tcase_add_test(t, a_program_may_define_files_and_have_opcodes_of_others);
	tcase_add_test(t, file_0_is_the_units_own_before_version_5);
	tcase_add_test(t, a_table_without_formats_has_no_entries);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
