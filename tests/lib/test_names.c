#include "base/limits.h"
#include "world.h"

/* Names of addresses in modules, and which unloaded modules were at an address. */

static struct world w;

static enum sym_status status_of(size_t module)
{
	const struct sym_module *m = names_symbols(&w.names, &w.arena)[module];

	return m == NULL ? SYM_NOT_ASKED : m->status;
}

static void make(const char *symbols, bool compat)
{
	world_make(&w, CPU_AMD64, MD_OS_LINUX, symbols);
	world_begin(&w, compat);
}

static const char publics[] = "FUNC 900 10 0 func\n"
			      "PUBLIC 100 0 first\nPUBLIC 200 0 second\nPUBLIC 500 0\n"
			      "STACK CFI INIT 100 40 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n"
			      "STACK CFI INIT 180 20 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n";

/* Offset, name by default, name when compatible; NULL for none. */
static const struct {
	uint64_t offset;
	const char *name, *compat;
} found[] = {
	{ 0x0ff, NULL, NULL },     { 0x100, "first", "first" },   { 0x13f, "first", "first" },
	{ 0x140, NULL, "first" }, /* behind its function */
	{ 0x180, NULL, "first" }, /* in another one without a name */
	{ 0x1a0, NULL, "first" },  { 0x210, "second", "second" }, { 0x510, "", "" },
	{ 0x905, "func", "func" }, { 0x910, NULL, NULL },
};

START_TEST(a_public_names_its_function_only)
{
	for (int compat = 0; compat < 2; compat++) {
		const char *name = compat ? found[_i].compat : found[_i].name;
		struct sym_frame f;

		make(publics, compat != 0);
		uint64_t address = WORLD_MODULE + found[_i].offset;
		bool named = names_find(&w.names, 0, address, &w.scratch, &f);

		ck_assert(named == (name != NULL));
		ck_assert(!named || str_eq(f.function, str_of(name)));
		ck_assert(names_has(&w.names, 0, address, &w.scratch) ==
			  (name != NULL && name[0] != '\0'));
		world_free(&w);
	}
}
END_TEST

/* Where no call frame information is, sizes and rights of memory count. */
START_TEST(a_public_reaches_through_code_and_not_far)
{
	struct sym_frame f;

	make("PUBLIC 100 0 far\n", false);
	w.modules[0].size = 0x40000;
	ck_assert(names_find(&w.names, 0, WORLD_MODULE + 0x100ff, &w.scratch, &f));
	ck_assert(!names_find(&w.names, 0, WORLD_MODULE + 0x10100, &w.scratch, &f));
	world_mapping(&w, WORLD_MODULE, 0x1000, MD_READ | MD_EXECUTE);
	world_mapping(&w, WORLD_MODULE + 0x1000, 0x1000, MD_READ);
	ck_assert(names_find(&w.names, 0, WORLD_MODULE + 0xfff, &w.scratch, &f));
	ck_assert(!names_find(&w.names, 0, WORLD_MODULE + 0x1000, &w.scratch, &f));
	world_free(&w);

	make("PUBLIC 100 0 data\nSTACK CFI INIT 1080 20 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n", false);
	ck_assert(names_find(&w.names, 0, WORLD_MODULE + 0x1000, &w.scratch, &f));
	ck_assert(!names_find(&w.names, 0, WORLD_MODULE + 0x1200, &w.scratch, &f));
	world_mapping(&w, WORLD_MODULE, 0x1000, MD_READ | MD_WRITE);
	world_mapping(&w, WORLD_MODULE + 0x1000, 0x1000, MD_READ | MD_EXECUTE);
	ck_assert(!names_find(&w.names, 0, WORLD_MODULE + 0x1000, &w.scratch, &f));
	world_free(&w);
}
END_TEST

START_TEST(modules_are_asked_for_on_first_use)
{
	struct sym_frame f;

	make(publics, false);
	ck_assert_int_eq(status_of(0), SYM_NOT_ASKED);
	ck_assert_ptr_nonnull(names_symx(&w.names, 0));
	ck_assert_ptr_null(names_symx(&w.names, 1));
	ck_assert_ptr_null(names_symx(&w.names, MD_NO_MODULE));
	ck_assert(!names_find(&w.names, MD_NO_MODULE, 0x100, &w.scratch, &f));
	ck_assert_int_eq(status_of(0), SYM_LOADED);
	ck_assert_int_eq(status_of(1), SYM_MISSING);
	world_free(&w);
}
END_TEST

START_TEST(without_a_store_nobody_is_asked)
{
	make(NULL, false);
	ck_assert_ptr_null(names_symx(&w.names, 0));
	ck_assert_int_eq(status_of(0), SYM_NOT_ASKED);
	world_free(&w);
}
END_TEST

/* The scanner's questions count: rust-minidump's do. */
START_TEST(scanning_asks_for_the_modules_of_candidates)
{
	make("FUNC 100 10 0 f\n", true);
	world_reg(&w, "rip", 0x400108);
	world_reg(&w, "rsp", 0x7000);
	world_word(&w, 0x7000, 0x400900);
	world_word(&w, 0x7008, 0x500100);
	ck_assert_str_eq(world_walk(&w, true), "context +108, scan 5000ff");
	ck_assert_int_eq(status_of(0), SYM_LOADED);
	ck_assert_int_eq(status_of(1), SYM_MISSING);
	world_free(&w);
}
END_TEST

START_TEST(the_peer_keeps_what_it_found_by_leaf_name)
{
	for (int compat = 0; compat < 2; compat++) {
		make(publics, compat != 0);
		w.modules[1].code_file = STR("C:\\other\\app");
		names_symx(&w.names, 0);
		names_symx(&w.names, 1);
		ck_assert_int_eq(status_of(0), compat ? SYM_MISSING : SYM_LOADED);
		ck_assert_int_eq(status_of(1), SYM_MISSING);
		world_begin(&w, compat != 0);
		names_symx(&w.names, 1);
		names_symx(&w.names, 0);
		ck_assert_int_eq(status_of(0), SYM_LOADED);
		ck_assert_int_eq(status_of(1), compat ? SYM_LOADED : SYM_MISSING);
		world_free(&w);
	}
}
END_TEST

START_TEST(unloaded_modules_are_grouped_by_name)
{
	struct md_unloaded v[] = {
		{ .base = 0x2000, .size = 0x1000, .code_file = STR("b.dll") },
		{ .base = 0x1000, .size = 0x2000, .code_file = STR("a.dll") },
		{ .base = 0x1800, .size = 0x1000, .code_file = STR("b.dll") },
		{ .base = 0x2000, .size = 0x1000, .code_file = STR("b.dll") },
		{ .base = 0x2400, .size = 0x100, .code_file = STR("c.dll") },
		{ .base = 0x2000, .size = 0, .code_file = STR("empty.dll") },
		{ .base = 0x2000, .size = UINT64_MAX, .code_file = STR("wrap.dll") },
	};
	struct names_unloaded *out;

	make(NULL, false);
	w.dump.unloaded = (struct md_unloaded_modules){ .v = v, .n = 7 };
	names_init(&w.names, &w.dump, NULL, false, &w.arena);
	ck_assert_uint_eq(names_unloaded(&w.names, 0x2300, &w.scratch, &out), 2);
	ck_assert(str_eq(out[0].name, STR("a.dll")) && str_eq(out[1].name, STR("b.dll")));
	ck_assert(out[0].n_offsets == 1 && out[0].offsets[0] == 0x1300);
	ck_assert(out[1].n_offsets == 2 && out[1].offsets[0] == 0x300 &&
		  out[1].offsets[1] == 0xb00);
	ck_assert_uint_eq(names_unloaded(&w.names, 0x2fff, &w.scratch, &out), 2);
	ck_assert_uint_eq(names_unloaded(&w.names, 0x3000, &w.scratch, &out), 0);
	ck_assert_uint_eq(names_unloaded(&w.names, 0xfff, &w.scratch, &out), 0);
	world_free(&w);
}
END_TEST

START_TEST(unloaded_modules_at_an_address_have_a_limit)
{
	enum { N = 2 * LIMIT_UNLOADED_AT };
	static struct md_unloaded v[N];
	struct names_unloaded *out;

	make(NULL, false);
	for (size_t i = 0; i < N; i++) {
		v[i].base = 0x1000 + i;
		v[i].size = 0x1000;
		v[i].code_file = arena_printf(&w.arena, "%zu", i);
	}
	w.dump.unloaded = (struct md_unloaded_modules){ .v = v, .n = N };
	names_init(&w.names, &w.dump, NULL, false, &w.arena);
	ck_assert_uint_eq(names_unloaded(&w.names, 0x1f00, &w.scratch, &out), LIMIT_UNLOADED_AT);
	world_free(&w);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("names");
	TCase *t = tcase_create("names");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, a_public_names_its_function_only, 0, COUNT(found));
	tcase_add_test(t, a_public_reaches_through_code_and_not_far);
	tcase_add_test(t, modules_are_asked_for_on_first_use);
	tcase_add_test(t, the_peer_keeps_what_it_found_by_leaf_name);
	tcase_add_test(t, without_a_store_nobody_is_asked);
	tcase_add_test(t, scanning_asks_for_the_modules_of_candidates);
	tcase_add_test(t, unloaded_modules_are_grouped_by_name);
	tcase_add_test(t, unloaded_modules_at_an_address_have_a_limit);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
