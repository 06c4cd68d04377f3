#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "units.h"

enum { UNKNOWN = 0x3ffe, UNIT = 1, FUNCTION, SCOPE, INLINED, ABSTRACT, DEFINITION, CPP = 4 };

/* The abbreviations that most tests need. All texts are in place, all addresses plain. */
static void put_abbrevs(struct units *u)
{
	put_abbrev(&u->abbrev, UNIT, DW_TAG_COMPILE_UNIT, true,
		   ATTRIBUTES(DW_AT_LANGUAGE, DW_FORM_DATA1, DW_AT_LOW_PC, DW_FORM_ADDR));
	put_abbrev(&u->abbrev, FUNCTION, DW_TAG_SUBPROGRAM, true,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_STRING, DW_AT_LOW_PC, DW_FORM_ADDR, DW_AT_HIGH_PC,
			      DW_FORM_DATA1));
	put_abbrev(&u->abbrev, SCOPE, DW_TAG_NAMESPACE, true,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_STRING));
	put_abbrev(&u->abbrev, INLINED, DW_TAG_INLINED_SUBROUTINE, true,
		   ATTRIBUTES(DW_AT_ABSTRACT_ORIGIN, DW_FORM_REF2, DW_AT_LOW_PC, DW_FORM_ADDR,
			      DW_AT_HIGH_PC, DW_FORM_DATA1, DW_AT_CALL_LINE, DW_FORM_DATA1));
	put_abbrev(&u->abbrev, ABSTRACT, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_STRING));
	put_abbrev(&u->abbrev, DEFINITION, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_SPECIFICATION, DW_FORM_REF2, DW_AT_LOW_PC, DW_FORM_ADDR,
			      DW_AT_HIGH_PC, DW_FORM_DATA1));
	put(&u->abbrev, 1, 0);
}

static size_t begin(struct units *u)
{
	size_t start;

	*u = (struct units){ .version = 4, .offset_size = 4 };
	put_abbrevs(u);
	start = units_begin(u, &u->info, DW_UT_COMPILE, 0, 0);
	put(&u->info, 1, UNIT);
	put(&u->info, 1, CPP);
	put(&u->info, 8, 0x1000);
	return start;
}

static void put_name(struct bytes *b, unsigned code, const char *name)
{
	put(b, 1, code);
	put_text(b, name);
	put(b, 1, 0);
}

static void put_function(struct units *u, const char *name, uint64_t address)
{
	put_name(&u->info, FUNCTION, name);
	put(&u->info, 8, address);
	put(&u->info, 1, 0x10);
}

static void put_inlined(struct units *u, size_t origin, uint64_t address, unsigned size,
			unsigned line)
{
	put(&u->info, 1, INLINED);
	put(&u->info, 2, origin);
	put(&u->info, 8, address);
	put(&u->info, 1, size);
	put(&u->info, 1, line);
}

static void put_definition(struct units *u, size_t declaration, uint64_t address)
{
	put(&u->info, 1, DEFINITION);
	put(&u->info, 2, declaration);
	put(&u->info, 8, address);
	put(&u->info, 1, 0x10);
}

static struct dw_input input(const struct units *u)
{
	return (struct dw_input){ .main = units_sections(u), .inlines = true };
}

static void expect(const struct dw_input *in, const char *want)
{
	unsigned warnings;
	char *text = units_text(in, &warnings);

	ck_assert_str_eq(text, want);
	ck_assert_uint_eq(warnings, 0);
	free(text);
}

/* A row a form: its bytes, in 32- and in 64-bit units of DWARF 5. */
static const struct {
	unsigned form, n, n64;
	const char *bytes;
} forms[] = {
	{ DW_FORM_ADDR, 8, 8, "\0\0\0\0\0\0\0\0" },
	{ DW_FORM_BLOCK2, 4, 4, "\2\0\xff\xff" },
	{ DW_FORM_BLOCK4, 6, 6, "\2\0\0\0\xff\xff" },
	{ DW_FORM_DATA2, 2, 2, "\1\2" },
	{ DW_FORM_DATA4, 4, 4, "\1\2\3\4" },
	{ DW_FORM_DATA8, 8, 8, "\1\2\3\4\5\6\7\10" },
	{ DW_FORM_STRING, 4, 4, "abc" },
	{ DW_FORM_BLOCK, 3, 3, "\2\xff\xff" },
	{ DW_FORM_BLOCK1, 3, 3, "\2\xff\xff" },
	{ DW_FORM_DATA1, 1, 1, "\1" },
	{ DW_FORM_FLAG, 1, 1, "\1" },
	{ DW_FORM_SDATA, 2, 2, "\xff\x7f" },
	{ DW_FORM_STRP, 4, 8, "\0\0\0\0\0\0\0\0" },
	{ DW_FORM_UDATA, 3, 3, "\xff\xff\1" },
	{ DW_FORM_REF_ADDR, 4, 8, "\0\0\0\0\0\0\0\0" },
	{ DW_FORM_REF1, 1, 1, "\1" },
	{ DW_FORM_REF2, 2, 2, "\1\1" },
	{ DW_FORM_REF4, 4, 4, "\1\1\1\1" },
	{ DW_FORM_REF8, 8, 8, "\1\1\1\1\1\1\1\1" },
	{ DW_FORM_REF_UDATA, 2, 2, "\x80\1" },
	{ DW_FORM_INDIRECT, 3, 3, "\5\1\1" },
	{ DW_FORM_INDIRECT, 5, 9, "\x17\1\1\1\1\1\1\1\1" },
	{ DW_FORM_SEC_OFFSET, 4, 8, "\1\1\1\1\1\1\1\1" },
	{ DW_FORM_EXPRLOC, 3, 3, "\2\xff\xff" },
	{ DW_FORM_FLAG_PRESENT, 0, 0, "" },
	{ DW_FORM_STRX, 2, 2, "\x80\1" },
	{ DW_FORM_ADDRX, 1, 1, "\1" },
	{ DW_FORM_REF_SUP4, 4, 4, "\1\1\1\1" },
	{ DW_FORM_STRP_SUP, 4, 8, "\1\1\1\1\1\1\1\1" },
	{ DW_FORM_DATA16, 16, 16, "\1\2\3\4\5\6\7\10\1\2\3\4\5\6\7\10" },
	{ DW_FORM_LINE_STRP, 4, 8, "\1\1\1\1\1\1\1\1" },
	{ DW_FORM_REF_SIG8, 8, 8, "\1\1\1\1\1\1\1\1" },
	{ DW_FORM_LOCLISTX, 1, 1, "\1" },
	{ DW_FORM_RNGLISTX, 2, 2, "\x80\1" },
	{ DW_FORM_REF_SUP8, 8, 8, "\1\1\1\1\1\1\1\1" },
	{ DW_FORM_STRX1, 1, 1, "\1" },
	{ DW_FORM_STRX2, 2, 2, "\1\1" },
	{ DW_FORM_STRX3, 3, 3, "\1\1\1" },
	{ DW_FORM_STRX4, 4, 4, "\1\1\1\1" },
	{ DW_FORM_ADDRX1, 1, 1, "\1" },
	{ DW_FORM_ADDRX2, 2, 2, "\1\1" },
	{ DW_FORM_ADDRX3, 3, 3, "\1\1\1" },
	{ DW_FORM_ADDRX4, 4, 4, "\1\1\1\1" },
	{ DW_FORM_GNU_ADDR_INDEX, 1, 1, "\1" },
	{ DW_FORM_GNU_STR_INDEX, 1, 1, "\1" },
	{ DW_FORM_GNU_REF_ALT, 4, 8, "\1\1\1\1\1\1\1\1" },
	{ DW_FORM_GNU_STRP_ALT, 4, 8, "\1\1\1\1\1\1\1\1" },
};

/* Its value lies before those of a function, in an attribute that nobody asks for; and in the name,
 * the second time, of an entry that is skipped. */
static void form_is_stepped_over(unsigned form, const char *bytes, size_t n, unsigned offset_size)
{
	struct units u = { .version = 5, .offset_size = offset_size };
	size_t start = units_begin(&u, &u.info, DW_UT_COMPILE, 0, 0);

	put_abbrev(&u.abbrev, 1, DW_TAG_COMPILE_UNIT, true, ATTRIBUTES(UNKNOWN, form));
	put_abbrev(&u.abbrev, 2, DW_TAG_VARIABLE, false,
		   ATTRIBUTES(DW_AT_NAME, DW_FORM_DATA1, UNKNOWN, form));
	put_abbrev(&u.abbrev, 3, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(UNKNOWN, DW_FORM_DATA1, UNKNOWN, form, DW_AT_NAME, DW_FORM_STRING,
			      DW_AT_LOW_PC, DW_FORM_ADDR, DW_AT_HIGH_PC, DW_FORM_UDATA));
	put(&u.abbrev, 1, 0);
	put(&u.info, 1, 1);
	put_bytes(&u.info, bytes, n);
	put(&u.info, 1, 2);
	put(&u.info, 1, 0);
	put_bytes(&u.info, bytes, n);
	put(&u.info, 1, 3);
	put(&u.info, 1, 0);
	put_bytes(&u.info, bytes, n);
	put_text(&u.info, "f");
	put(&u.info, 1, 0);
	put(&u.info, 8, 0x1000);
	put(&u.info, 1, 0x10);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	expect(&in, "FUNC 1000 10 0 f\n");
}

START_TEST(every_form_has_its_size)
{
	form_is_stepped_over(forms[_i].form, forms[_i].bytes, forms[_i].n, 4);
	form_is_stepped_over(forms[_i].form, forms[_i].bytes, forms[_i].n64, 8);
}
END_TEST

START_TEST(inlined_calls_nest)
{
	struct units u;
	size_t start = begin(&u), leaf = u.info.n;

	put_name(&u.info, ABSTRACT, "leaf");
	put_function(&u, "f", 0x1000);
	put_inlined(&u, leaf, 0x1004, 8, 5);
	put_inlined(&u, leaf, 0x1005, 2, 6);
	put(&u.info, 3, 0);
	put(&u.info, 1, 0);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	expect(&in, "FILE 0 <unknown>\n"
		    "INLINE_ORIGIN 0 leaf\n"
		    "FUNC 1000 10 0 f\n"
		    "INLINE 0 5 0 0 1004 8\n"
		    "INLINE 1 6 0 0 1005 2\n");
}
END_TEST

/* One more abbreviation than begin() has put. */
static void add_abbrev(struct units *u, unsigned code, unsigned tag, const unsigned *attributes)
{
	u->abbrev.n--;
	put_abbrev(&u->abbrev, code, tag, true, attributes);
	put(&u->abbrev, 1, 0);
}

START_TEST(calls_in_blocks_side_by_side_do_not_nest)
{
	enum { BLOCK = DEFINITION + 1, LEXICAL_BLOCK = 0x0b };
	struct units u;
	size_t start = begin(&u), leaf = u.info.n;

	add_abbrev(&u, BLOCK, LEXICAL_BLOCK, ATTRIBUTES(0));
	put_name(&u.info, ABSTRACT, "leaf");
	put_function(&u, "f", 0x1000);
	for (unsigned i = 0; i < 2; i++) {
		put(&u.info, 1, BLOCK);
		put_inlined(&u, leaf, 0x1004 + 4 * i, 4, 5 + i);
		put(&u.info, 2, 0);
	}
	put(&u.info, 1, 0);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	expect(&in, "FILE 0 <unknown>\n"
		    "INLINE_ORIGIN 0 leaf\n"
		    "FUNC 1000 10 0 f\n"
		    "INLINE 0 5 0 0 1004 4\n"
		    "INLINE 0 6 0 0 1008 4\n");
}
END_TEST

/* What a declaration holds is not looked at, if its DW_AT_sibling can be followed. */
START_TEST(siblings_that_lie_are_not_followed)
{
	enum { DECLARED = DEFINITION + 1 };
	static const char *const want[] = {
		"FUNC 1010 10 0 f\n",
		"FUNC 1000 10 0 held\nFUNC 1010 10 0 f\n",
		"FUNC 1000 10 0 held\nFUNC 1010 10 0 f\n",
	};
	struct units u;
	size_t start = begin(&u);
	const size_t next = u.info.n + 23, siblings[] = { next, u.info.n, 0xffffff };

	add_abbrev(&u, DECLARED, DW_TAG_SUBPROGRAM,
		   ATTRIBUTES(DW_AT_DECLARATION, DW_FORM_FLAG, DW_AT_SIBLING, DW_FORM_REF4));
	put(&u.info, 1, DECLARED);
	put(&u.info, 1, 1);
	put(&u.info, 4, siblings[_i]);
	put_function(&u, "held", 0x1000);
	put(&u.info, 2, 0);
	ck_assert_uint_eq(u.info.n, next);
	put_function(&u, "f", 0x1010);
	put(&u.info, 1, 0);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	expect(&in, want[_i]);
}
END_TEST

START_TEST(what_is_inlined_in_code_that_is_gone_is_gone)
{
	struct units u;
	size_t start = begin(&u), leaf = u.info.n;

	put_name(&u.info, ABSTRACT, "leaf");
	put_function(&u, "gone", 0);
	put_inlined(&u, leaf, 0x1004, 8, 5);
	put(&u.info, 1, 0);
	put_function(&u, "nested", 0x1100);
	put(&u.info, 2, 0);
	put_function(&u, "f", 0x1000);
	put_inlined(&u, leaf, 0, 8, 5);
	put_inlined(&u, leaf, 0x1005, 2, 6);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	expect(&in, "FUNC 1000 10 0 f\nFUNC 1100 10 0 gone::nested\n");
}
END_TEST

START_TEST(names_get_their_scopes)
{
	struct units u;
	size_t start = begin(&u), first, second;

	put_name(&u.info, SCOPE, "ns");
	put_name(&u.info, SCOPE, "");
	first = u.info.n;
	put_name(&u.info, ABSTRACT, "hidden");
	put(&u.info, 1, 0);
	second = u.info.n;
	put_name(&u.info, ABSTRACT, "shown");
	put(&u.info, 1, 0);
	put_definition(&u, first, 0x1000);
	put_definition(&u, second, 0x1010);
	put_function(&u, "outer", 0x1020);
	put_function(&u, "inner", 0x1030);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	expect(&in, "FUNC 1000 10 0 ns::(anonymous namespace)::hidden\n"
		    "FUNC 1010 10 0 ns::shown\n"
		    "FUNC 1020 10 0 outer\n"
		    "FUNC 1030 10 0 outer::inner\n");
	in.compat = true;
	expect(&in, "FUNC 1000 10 0 hidden\n"
		    "FUNC 1010 10 0 shown\n"
		    "FUNC 1020 10 0 outer\n"
		    "FUNC 1030 10 0 inner\n");
}
END_TEST

START_TEST(a_chain_that_leads_back_ends)
{
	struct units u;
	size_t start = begin(&u);

	put_definition(&u, u.info.n, 0x1000);
	put_definition(&u, u.info.n + 12, 0x1010);
	put_definition(&u, u.info.n - 12, 0x1020);
	put_definition(&u, UINT16_MAX, 0x1030);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	expect(&in, "FUNC 1000 10 0 <name omitted>\n"
		    "FUNC 1010 10 0 <name omitted>\n"
		    "FUNC 1020 10 0 <name omitted>\n"
		    "FUNC 1030 10 0 <name omitted>\n");
}
END_TEST

START_TEST(symbols_name_functions_first)
{
	static struct symbol v[] = { { 0x0, 0x10, STR_INIT("_Z1fi"), SYMBOL_GLOBAL, false } };
	static uint32_t order[] = { 0 };
	static const struct symtab symbols = { v, order, 1 };
	struct units u;
	size_t start = begin(&u);

	put_function(&u, "f", 0x1000);
	put(&u.info, 1, 0);
	put_function(&u, "before", 0xff0);
	put(&u.info, 1, 0);
	put_function(&u, "again", 0x1000);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	in.symbols = &symbols;
	in.bias = 0x1000;
	expect(&in, "FUNC 0 10 0 f(int)\n");
}
END_TEST

static bool is_low(const void *context, uint64_t address)
{
	return context == NULL && address < 0x1010;
}

START_TEST(functions_outside_code_are_left_out)
{
	struct units u;
	size_t start = begin(&u);

	put_function(&u, "f", 0x1000);
	put_function(&u, "g", 0x1010);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	in.is_code = is_low;
	expect(&in, "FUNC 1000 10 0 f\n");
}
END_TEST

/* Two units; the second one's function is an instance of the first one's. */
START_TEST(references_lead_to_other_units)
{
	struct units u;
	size_t start = begin(&u), origin = u.info.n, abbrevs = u.abbrev.n;

	put_name(&u.info, ABSTRACT, "shared");
	put(&u.info, 1, 0);
	units_end(&u, &u.info, start);

	put_abbrev(&u.abbrev, 7, DW_TAG_COMPILE_UNIT, true, ATTRIBUTES(DW_AT_LOW_PC, DW_FORM_ADDR));
	put_abbrev(&u.abbrev, 300, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_ABSTRACT_ORIGIN, DW_FORM_REF_ADDR, DW_AT_LOW_PC, DW_FORM_ADDR,
			      DW_AT_HIGH_PC, DW_FORM_ADDR));
	put(&u.abbrev, 1, 0);
	u.offset_size = 8;
	start = units_begin(&u, &u.info, DW_UT_COMPILE, 0, abbrevs);
	put(&u.info, 1, 7);
	put(&u.info, 8, 0x1000);
	put_uleb(&u.info, 300);
	put(&u.info, 8, origin);
	put(&u.info, 8, 0x1000);
	put(&u.info, 8, 0x1020);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	expect(&in, "FUNC 1000 20 0 shared\n");
}
END_TEST

START_TEST(the_common_file_of_dwz_is_read)
{
	struct units common, u = { .version = 4, .offset_size = 4 };
	size_t start = begin(&common), origin = common.info.n;

	put_name(&common.info, ABSTRACT, "common");
	units_end(&common, &common.info, start);

	put_abbrev(&u.abbrev, 1, DW_TAG_COMPILE_UNIT, true, ATTRIBUTES(DW_AT_LOW_PC, DW_FORM_ADDR));
	put_abbrev(&u.abbrev, 2, DW_TAG_SUBPROGRAM, false,
		   ATTRIBUTES(DW_AT_ABSTRACT_ORIGIN, DW_FORM_GNU_REF_ALT, DW_AT_LOW_PC,
			      DW_FORM_ADDR, DW_AT_HIGH_PC, DW_FORM_DATA1));
	put(&u.abbrev, 1, 0);
	start = units_begin(&u, &u.info, DW_UT_COMPILE, 0, 0);
	put(&u.info, 1, 1);
	put(&u.info, 8, 0x1000);
	put(&u.info, 1, 2);
	put(&u.info, 4, origin);
	put(&u.info, 8, 0x1000);
	put(&u.info, 1, 0x10);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	in.supplement = units_sections(&common);
	expect(&in, "FUNC 1000 10 0 common\n");
	in.compat = true;
	expect(&in, "FUNC 1000 10 0 <name omitted>\n");
}
END_TEST

START_TEST(cut_anywhere_it_ends)
{
	struct units u;
	size_t start = begin(&u), leaf = u.info.n;

	put_name(&u.info, ABSTRACT, "leaf");
	put_name(&u.info, SCOPE, "ns");
	put_function(&u, "f", 0x1000);
	put_inlined(&u, leaf, 0x1004, 8, 5);
	put(&u.info, 2, 0);
	put_definition(&u, leaf, 0x1010);
	units_end(&u, &u.info, start);

	for (size_t n = 0; n < u.info.n + u.abbrev.n; n++) {
		struct dw_input in = input(&u);

		if (n < u.info.n)
			in.main.info.n = n;
		else
			in.main.abbrev.n = n - u.info.n;
		free(units_text(&in, NULL));
	}
}
END_TEST

START_TEST(calls_nest_deep)
{
	struct units u;
	size_t start = begin(&u), leaf = u.info.n;

	put_name(&u.info, ABSTRACT, "leaf");
	put_function(&u, "f", 0x1000);
	for (unsigned i = 0; i < 250; i++)
		put_inlined(&u, leaf, 0x1004, 8, 5);
	units_end(&u, &u.info, start);

	struct dw_input in = input(&u);
	char *text = units_text(&in, NULL);
	ck_assert_ptr_nonnull(strstr(text, "INLINE 249 5 0 0 1004 8\n"));
	free(text);
}
END_TEST

START_TEST(calls_that_nest_too_deep_are_said)
{
	struct units u;
	size_t start = begin(&u), leaf = u.info.n, first, n;
	unsigned warnings;
	char last[64];

	put_name(&u.info, ABSTRACT, "leaf");
	put_function(&u, "f", 0x1000);
	first = u.info.n;
	put_inlined(&u, leaf, 0x1004, 8, 5);
	n = u.info.n - first;

	uint8_t *all = malloc(first + (LIMIT_DWARF_DEPTH + 10) * n);
	memcpy(all, u.info.p, first);
	for (size_t i = 0; i < LIMIT_DWARF_DEPTH + 10; i++)
		memcpy(all + first + i * n, u.info.p + first, n);
	n = first + (LIMIT_DWARF_DEPTH + 10) * n;
	for (unsigned i = 0; i < 4; i++)
		all[start + i] = (uint8_t)((n - start - 4) >> (8 * i));

	struct dw_input in = input(&u);
	in.main.info = (struct slice){ all, n };
	char *text = units_text(&in, &warnings);
	ck_assert_uint_eq(warnings, 1);
	snprintf(last, sizeof(last), "INLINE %d 5 0 0 1004 8\n", LIMIT_DWARF_DEPTH - 1);
	ck_assert_ptr_nonnull(strstr(text, last));
	snprintf(last, sizeof(last), "INLINE %d ", LIMIT_DWARF_DEPTH);
	ck_assert_ptr_null(strstr(text, last));
	free(text);
	free(all);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dw");
	TCase *tc = tcase_create("core");

	tcase_add_loop_test(tc, every_form_has_its_size, 0, COUNT(forms));
	tcase_add_test(tc, inlined_calls_nest);
	tcase_add_test(tc, calls_in_blocks_side_by_side_do_not_nest);
	tcase_add_loop_test(tc, siblings_that_lie_are_not_followed, 0, 3);
	tcase_add_test(tc, what_is_inlined_in_code_that_is_gone_is_gone);
	tcase_add_test(tc, names_get_their_scopes);
	tcase_add_test(tc, a_chain_that_leads_back_ends);
	tcase_add_test(tc, symbols_name_functions_first);
	tcase_add_test(tc, functions_outside_code_are_left_out);
	tcase_add_test(tc, references_lead_to_other_units);
	tcase_add_test(tc, the_common_file_of_dwz_is_read);
	tcase_add_test(tc, cut_anywhere_it_ends);
	tcase_add_test(tc, calls_nest_deep);
	tcase_add_test(tc, calls_that_nest_too_deep_are_said);
	suite_add_tcase(s, tc);

	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
