#include <check.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "crash/sig_frame.h"

/* What is left of names; NULL: nothing, which is an error. The parity test has 35,000 more. */
static const struct {
	const char *name, *cpp, *rust;
} names[] = {
	{ "main", "main", "main" },
	{ "static void * ns::A<B>::f(int, char*)", "ns::A<T>::f", "ns::A<T>::f" },
	{ "foo() const &", "foo", "&" },
	{ "is_const", "is_", "is_const" },
	{ "const", NULL, "const" },
	{ "", NULL, NULL },
	{ "Foo<bar", "Foo<T>", "Foo<T>" },
	{ "foo(", "foo", "foo" },
	{ "a>b)c", "a>b)c", "a>b)c" },
	{ "bool ns::operator<(A, B)", "bool ns::operator<", "ns::operator<T>" },
	{ "a::operator()(int)", "a::operator()", "a::operator" },
	{ "`anonymous namespace'::f(int)", "(anonymous namespace)::f", "`anonymous namespace'::f" },
	{ "a::$_1::$_2::b", "a::$::$_2::b", "a::$_1::$_2::b" },
	{ "a::$_\xd9\xa3::b", "a::$::b", "a::$_\xd9\xa3::b" },
	{ "f<IPC::ParamTraits<X>>(int)", "f<T>", "f<T>" },
	{ "IPC::ParamTraits<mozilla::A<B, C> >::Read(int)",
	  "IPC::ParamTraits<mozilla::A<T> >::Read", "IPC::ParamTraits<T>::Read" },
	{ "IPC::ParamTraits<IPC::ParamTraits<A<B>>", "IPC::ParamTraits<IPC::ParamTraits<A<T>>>",
	  "IPC::ParamTraits<T>" },
	{ "IPC::ParamTraits<A<", "IPC::ParamTraits<A>", "IPC::ParamTraits<T>" },
	{ "<a as b>::c(int)", "<a as b>::c", "<a as b>::c" },
	{ "<unknown in foo.dll>", "<unknown in foo.dll>", "<T>" },
	{ "<name omitted>", "<name omitted>", "<T>" },
	{ "f(int) [clone .cold.1]", "f ", "f [clone .cold.1]" },
	{ "a, b(c *)", "b", "b" },
	{ "f{a ,b *c}", "f{a, b*c}", "f{a, b*c}" },
	{ "operator,", "operator, ", "operator, " },
	{ "core::fmt::write::h0123456789abcdef", "core::fmt::write::h0123456789abcdef",
	  "core::fmt::write" },
	{ "a::hzz", "a::hzz", "a::hzz" },
	{ "a::h", "a::h", "a::h" },
	{ "js_Interpret", "js_Interpret:42", "js_Interpret:42" },
	{ "a  (x)", " ", " " },
};

/* Lists with nothing but a line number entry. */
static void make_lists(struct siglists *s, struct arena *a)
{
	struct error err = { 0 };

	*s = (struct siglists){ 0 };
	for (int kind = 0; kind < SIGLIST_KINDS; kind++)
		ck_assert(siglists_read(s, (enum siglist_kind)kind,
					kind == SIGLIST_NUMBERS ? STR("js_Interpret\n") : STR(""),
					"test", a, &err));
}

static void expect(bool ok, struct str out, const char *wanted)
{
	ck_assert(ok == (wanted != NULL));
	if (ok && !str_eq(out, str_of(wanted)))
		ck_abort_msg("'%.*s', not '%s'", STR_ARGS(out), wanted);
}

START_TEST(name)
{
	struct arena a = { 0 };
	struct siglists s;
	struct str out;

	make_lists(&s, &a);
	expect(sig_frame_cpp(str_of(names[_i].name), STR("42"), &s, &a, &out), out, names[_i].cpp);
	expect(sig_frame_rust(str_of(names[_i].name), STR("42"), &s, &a, &out), out,
	       names[_i].rust);
	siglists_free(&s);
	arena_free(&a);
}
END_TEST

static const struct {
	const char *file, *path;
} files[] = {
	{ "hg:hg.mozilla.org/mozilla-central:js/src/a.rs:abc", "js/src/a.rs" },
	{ "c:\\a\\b.rs", "\\a\\b.rs" },
	{ "/usr/a.c", "/usr/a.c" },
	{ "/a:b:c", "/a:b:c" },
	{ "src/a.rs", "" },
	{ "a:b:c", "" },
	{ "a:b:c:d:e", "" },
	{ "::x:", "x" },
	{ "", "" },
};

START_TEST(file)
{
	ck_assert(str_eq(sig_frame_file(str_of(files[_i].file)), str_of(files[_i].path)));
}
END_TEST

/* Names of which a careless program would make too much: n times a piece, then n times another. */
static const struct {
	const char *piece, *after;
} hostile[] = {
	{ " (x)", "" },
	{ "IPC::ParamTraits<", ">" },
	{ "IPC::ParamTraits<", "" },
	{ "<", "" },
	{ "(", ")" },
	{ "operator<", "" },
	{ "::$_1", "::" },
	{ ",", "" },
	{ " *", "" },
	{ "[clone .cold", "]" },
	{ "`", "'" },
	{ "::h0", "" },
	{ "\xc3\xa9", "" },
	{ "`anonymous namespace'", "" },
	{ "<a as b", ">" },
	{ "\xff", "" },
};

START_TEST(work_on_hostile_names_is_linear)
{
	enum { N = 20000 };
	struct buf b = { 0 };
	struct arena a = { 0 };
	struct siglists s;
	struct str out = { "", 0 };

	make_lists(&s, &a);
	for (int i = 0; i < N; i++)
		buf_put_str(&b, str_of(hostile[_i].piece));
	for (int i = 0; i < N; i++)
		buf_put_str(&b, str_of(hostile[_i].after));
	sig_frame_cpp(buf_str(&b), STR("1"), &s, &a, &out);
	ck_assert_uint_le(out.n, 2 * LIMIT_SIG_NAME_BYTES);
	sig_frame_rust(buf_str(&b), STR("1"), &s, &a, &out);
	ck_assert_uint_le(a.used, 128 * (size_t)LIMIT_SIG_NAME_BYTES);
	siglists_free(&s);
	buf_free(&b);
	arena_free(&a);
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof((table)[0]))

int main(void)
{
	Suite *s = suite_create("sig_frame");
	TCase *t = tcase_create("sig_frame");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, name, 0, ROWS(names));
	tcase_add_loop_test(t, file, 0, ROWS(files));
	tcase_add_loop_test(t, work_on_hostile_names_is_linear, 0, ROWS(hostile));
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
