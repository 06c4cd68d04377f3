#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "crash/sig_own.h"
#include "crash/sig_rules.h"

/* The algorithm own-1: what of siggen.md 13 it repairs. */
static const struct {
	const char *name, *wanted;
} names[] = {
	{ "foo() const &&", "foo" },
	{ "f() volatile", "f" },
	{ "f() noexcept(true) const", "f" },
	{ "is_const", "is_const" },
	{ "const", "const" },
	{ "&", "&" },
	{ "", "" },
	{ "main", "main" },
	{ "foo<a>(x", "foo<T>" },
	{ "auto f() -> int", "f" },
	{ "decltype (x) foo(int)", "foo" },
	{ "unsigned int a::f<b>(c *, d)", "a::f<T>" },
	/* operators are whole, and have no return type */
	{ "operator new(unsigned long)", "operator new" },
	{ "operator new[](unsigned long) [clone .cold]", "operator new[]" },
	{ "operator bool", "operator bool" },
	{ "A::operator bool() const", "A::operator bool" },
	{ "operator\"\" _km(long double)", "operator\"\" _km" },
	{ "bool ns::operator<(A const&, B)", "ns::operator<" },
	{ "std::ostream& ns::operator<<(std::ostream&, A<B> const&)", "ns::operator<<" },
	{ "int js::f(int)::operator<=>(x)", "js::f::operator<=>" },
	{ "A* A::operator->() const", "A::operator->" },
	{ "A::operator()(int) const", "A::operator()" },
	{ "A::operator void (*)(int)()", "A::operator void" },
	/* declarators */
	{ "void (anonymous namespace)::f<int>(int)", "(anonymous namespace)::f<T>" },
	{ "`anonymous namespace'::f(int)", "(anonymous namespace)::f" },
	{ "int (*foo(int))(char)", "foo" },
	{ "int (&ns::foo<X>(int) const)[3]", "ns::foo<T>" },
	{ "f(int (*)(char))", "f" },
	{ "non-virtual thunk to Foo::bar()", "Foo::bar" },
	/* what compilers append */
	{ "foo(int) (.cold)", "foo" },
	{ "foo.isra.0", "foo" },
	{ "foo.constprop.0.isra.3", "foo" },
	{ "foo.llvm.123456", "foo" },
	{ ".cold", ".cold" },
	{ "Foo::Foo[abi:cxx11](int) [clone .cold]", "Foo::Foo[abi:cxx11]" },
	/* Rust by its looks */
	{ "core::fmt::write::h0123456789abcdef", "core::fmt::write" },
	{ "a::f::h0123456789abcdef.llvm.42", "a::f" },
	{ "<alloc::vec::Vec<u8>>::push", "<alloc::vec::Vec<T>>::push" },
	{ "<*const (a::B, c)>::add", "<*const <T>>::add" },
	{ "<()>::f(a)", "<<T>>::f" },
	{ "<a::B<u8> as c::D>::e", "<a::B<u8> as c::D>::e" },
	{ "a::b<c>::{closure#0}", "a::b<T>::{{closure}}" },
	/* mangled */
	{ "_ZN3foo3barEi", "foo::bar" },
	{ "_ZN4core3fmt5write17h0123456789abcdefE", "core::fmt::write" },
	{ "_RNvMNtCs1234_7mycrate3fooINtB2_3FooaE3bar", "<mycrate::foo::Foo<T>>::bar" },
	{ "_Znot", "_Znot" },
	/* functions without a name */
	{ "foo(int)::{lambda(int)#1}::operator()(int) const", "foo::lambda::operator()" },
	{ "foo(int)::{lambda({lambda()#1})#1}::operator()() const", "foo::lambda::operator()" },
	{ "foo::$_0::operator()() const", "foo::lambda::operator()" },
	{ "foo(int)::'lambda'(int)::operator()(int) const", "foo::lambda::operator()" },
	{ "ns::foo::<lambda_0a1b2c>::operator()", "ns::foo::lambda::operator()" },
	{ "foo::`lambda_1'::x", "foo::lambda::x" },
	{ "f::{lambda(", "f::{lambda" },
	{ "f::$_", "f::$_" },
	/* lines */
	{ "int js_Interpret(a)", "js_Interpret:42" },
};

static const char *const lists[SIGLIST_KINDS] = {
	[SIGLIST_IRRELEVANT] = "abort$\n",
	[SIGLIST_PREFIX] = "mem\n",
	[SIGLIST_NUMBERS] = "js_Interpret\n",
	[SIGLIST_SENTINELS] = "",
};

static void load(struct siglists *s, struct arena *a)
{
	struct error err = { 0 };

	*s = (struct siglists){ 0 };
	for (int kind = 0; kind < SIGLIST_KINDS; kind++)
		ck_assert(siglists_read(s, (enum siglist_kind)kind, str_of(lists[kind]), "test", a,
					&err));
}

static void expect(struct str got, const char *wanted)
{
	if (!str_eq(got, str_of(wanted)))
		ck_abort_msg("'%.*s', not '%s'", STR_ARGS(got), wanted);
}

START_TEST(name)
{
	struct str in = str_of(names[_i].name);
	struct sig_frame_trace trace;
	struct arena a = { 0 };
	struct siglists s;

	load(&s, &a);
	expect(sig_own_name(in, sig_own_rust(in), STR("42"), &s, &a, &trace), names[_i].wanted);
	ck_assert_uint_le(trace.n, SIG_FRAME_STEPS);
	siglists_free(&s);
	arena_free(&a);
}
END_TEST

/* A name that repeats what is looked for again and again takes no longer than another. */
START_TEST(long_name_takes_linear_time)
{
	static const char *const parts[] = { "{lambda",   "$_",       "<",    "(",     " (*",
					     "operator<", "() const", " -> ", ".cold", "`lambda_" };
	struct arena a = { 0 }, scratch = { 0 };
	struct siglists s;

	load(&s, &a);
	for (size_t i = 0; i < COUNT(parts); i++) {
		struct buf b = { 0 };

		while (b.n < LIMIT_SIG_NAME_BYTES)
			buf_put_str(&b, str_of(parts[i]));
		sig_own_name(buf_str(&b), i % 2 == 1, STR(""), &s, &scratch, NULL);
		arena_reset(&scratch);
		buf_free(&b);
	}
	siglists_free(&s);
	arena_free(&a);
	arena_free(&scratch);
}
END_TEST

static const struct {
	const char *name, *wanted;
} modules[] = {
	{ "libc-2.31.so", "libc.so" },
	{ "libc.so.6", "libc.so" },
	{ "libx264.so.164", "libx264.so" },
	{ "libpython3.11.so.1.0", "libpython3.so" },
	{ "libz.1.2.dylib", "libz.dylib" },
	{ "libSystem.B.dylib", "libSystem.B.dylib" },
	{ "KERNEL32.DLL", "kernel32.dll" },
	{ "XUL", "XUL" },
	{ "a.sock", "a.sock" },
	{ ".so", ".so" },
	{ "1.so", "1.so" },
	{ "", "" },
};

START_TEST(module)
{
	struct arena a = { 0 };

	expect(sig_own_module(str_of(modules[_i].name), &a), modules[_i].wanted);
	arena_free(&a);
}
END_TEST

static void sign(const char *json, const char *signature, const char *note)
{
	struct arena a = { 0 }, scratch = { 0 };
	struct js_in in = js_in_make(str_of(json), "test", NULL);
	struct error err = { 0 };
	struct siglists s;
	struct js_value root;

	load(&s, &a);
	ck_assert(js_in_read(&in, &root, &err));
	struct sig_job job = {
		.crash = sig_crash_read(root, SIG_AUTO),
		.lists = &s,
		.arena = &a,
		.scratch = &scratch,
		.own = true,
	};
	sig_rules(&job);
	expect(job.result.signature, signature);
	if (note != NULL)
		expect(job.result.notes.first->text, note);
	else
		ck_assert_ptr_null(job.result.notes.first);
	siglists_free(&s);
	js_in_free(&in);
	arena_free(&a);
	arena_free(&scratch);
}

#define F(name)  "{\"function\":\"" name "\"}"
#define STACK(x) "{\"threads\":[{\"frames\":[" x "]}]"
#define HUNG(x) \
	"{\"crashing_thread\":1,\"threads\":[{\"frames\":[" F("g") "]},{\"frames\":[" x "]}]"
#define NOTE(x) "SignatureGenerationRule: " x

static const struct {
	const char *json, *signature, *note;
} crashes[] = {
	/* one wrong frame does not cost the others */
	{ STACK("null," F("f")) "}", "f", NOTE("frame left out: frame is no object") },
	{ STACK("{\"function\":1}," F("f")) "}", "f", NOTE("frame left out: function is no text") },
	{ STACK("{\"function\":\"f\",\"inlines\":[1]}") "}", "f",
	  NOTE("frame left out: inline function is no object") },
	{ STACK("{\"function\":\"f\",\"inlines\":5}") "}", "f",
	  NOTE("frame left out: inlines is no list") },
	{ STACK("{\"file\":\"hg:h/r:a/B.cpp:REV\",\"line\":4}") "}", "B.cpp#4", NULL },
	{ STACK("{\"file\":\"src/a.rs\",\"function\":\"a::b::h01\"}") "}", "a::b", NULL },
	{ STACK("{\"module\":\"libc-2.31.so\"}") "}", "libc.so", NULL },
	{ STACK(F("f")) ",\"oom_allocation_size\":5}", "OOM | small | f", NULL },
	/* a watchdog keeps what stands in front, and is no word of a message */
	{ HUNG(F("RunWatchdog")) ",\"abort_message\":\"m\"}", "shutdownhang | Abort | m | g",
	  NULL },
	{ HUNG(F("f")) ",\"abort_message\":\"RunWatchdog\"}", "Abort | RunWatchdog | f", NULL },
};

START_TEST(crash)
{
	sign(crashes[_i].json, crashes[_i].signature, crashes[_i].note);
}
END_TEST

/* frames: a stack of n frames, which are those of `names` again and again, behind `above`. */
static void recurse(const char *above, const char *const *frames, size_t n_frames, size_t n,
		    const char *more, const char *signature)
{
	struct buf b = { 0 };

	buf_printf(&b, "{\"threads\":[{\"frames\":[%s", above);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s{%s}", i == 0 && *above == '\0' ? "" : ",", frames[i % n_frames]);
	buf_printf(&b, "]}]%s}%c", more, '\0');
	sign(b.p, signature, NULL);
	buf_free(&b);
}

START_TEST(recursion_is_signed_by_its_cycle)
{
	static const char *const abc[] = { "\"function\":\"b\"", "\"function\":\"c\"",
					   "\"function\":\"a\"", "\"function\":\"abort\"" };
	static const char *const lib[] = { "\"module\":\"a.so\"" };
	const char *over = ",\"reason\":\"EXCEPTION_STACK_OVERFLOW\"";

	recurse("", abc, 3, 300, "", "stackoverflow | a | b | c | (recursion)");
	recurse(F("memset"), abc, 3, 300, "", "stackoverflow | a | b | c | (recursion)");
	recurse(F("memset"), abc, 4, 50, over, "stackoverflow | a | b | c | (recursion)");
	recurse("", abc, 3, 100, "", "b");
	recurse("", abc, 3, 20, over, "stackoverflow | b");
	recurse("", lib, 1, 300, "", "a.so");
}
END_TEST

START_TEST(long_signatures_are_cut_behind_a_frame_with_a_hash)
{
	struct arena a = { 0 };
	struct str one = sig_own_cut(STR("aaaaaaaaaa | bbbbbbbbbb | cccccccccc | dddd"), 38, &a);
	struct str two = sig_own_cut(STR("aaaaaaaaaa | bbbbbbbbbb | cccccccccc | eeee"), 38, &a);

	expect(one, "aaaaaaaaaa | bbbbbbbbbb | ...#bc28a1f3");
	ck_assert(!str_eq(one, two));
	ck_assert_uint_eq(sig_own_cut(STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 40, &a).n,
			  40);
	arena_free(&a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sig_own");
	TCase *t = tcase_create("sig_own");

	tcase_add_loop_test(t, name, 0, (int)COUNT(names));
	tcase_add_test(t, long_name_takes_linear_time);
	tcase_add_loop_test(t, module, 0, (int)COUNT(modules));
	tcase_add_loop_test(t, crash, 0, (int)COUNT(crashes));
	tcase_add_test(t, recursion_is_signed_by_its_cycle);
	tcase_add_test(t, long_signatures_are_cut_behind_a_frame_with_a_hash);
	suite_add_tcase(s, t);

	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
