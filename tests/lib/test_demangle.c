#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "sym/demangle.h"

static struct str read_as(struct buf *out, struct str text, enum sym_language language,
			  enum demangle_style style)
{
	buf_clear(out);
	demangle(out, (struct sym_name){ .text = text, .language = language }, style);
	return buf_str(out);
}

static void expect(struct str got, const char *wanted)
{
	if (!str_eq(got, str_of(wanted)))
		ck_abort_msg("\"%.*s\" is not \"%s\"", STR_ARGS(got), wanted);
}

static const struct {
	enum sym_language language;
	const char *name, *full, *plain;
} names[] = {
	/* C++: as c++filt says it, but without return types. */
	{ LANGUAGE_CPP, "_ZN3geo4Base1fEi", "geo::Base::f(int)", "geo::Base::f" },
	{ LANGUAGE_UNKNOWN, "_ZN3geo4Base1fEi", "geo::Base::f(int)", "geo::Base::f" },
	{ LANGUAGE_CPP, "_Z1fIiEiT_", "f<int>(int)", "f<int>" },
	{ LANGUAGE_CPP, "_ZTI1AIFivEE", "typeinfo for A<int ()>", "typeinfo for A<int ()>" },
	{ LANGUAGE_CPP, "_ZN3geo6BufferIiLm5EE3sumEv", "geo::Buffer<int, 5ul>::sum()",
	  "geo::Buffer<int, 5ul>::sum" },
	{ LANGUAGE_CPP, "_ZN12_GLOBAL__N_16hiddenEv", "(anonymous namespace)::hidden()",
	  "(anonymous namespace)::hidden" },
	{ LANGUAGE_CPP, "_ZZ4mainENKUliE_clEi", "main::{lambda(int)#1}::operator()(int) const",
	  "main::{lambda(int)#1}::operator()" },
	{ LANGUAGE_CPP, "__Z1fv", "f()", "f" },
	{ LANGUAGE_CPP, "____Z1fv", "f()", "f" },
	{ LANGUAGE_CPP, "_____Z1fv", "_____Z1fv", "_____Z1fv" },
	{ LANGUAGE_CPP, "_Z1fv@@LIB_1", "f()@@LIB_1", "f@@LIB_1" },
	{ LANGUAGE_CPP, "_Z1fv$0123456789abcdef0123456789abcdef", "f()", "f" },
	{ LANGUAGE_CPP, "_Z", "_Z", "_Z" },
	{ LANGUAGE_CPP, "main", "main", "main" },
	{ LANGUAGE_OBJCPP, "_Z1fv", "f()", "f" },
	/* Rust: legacy without the hash, v0 without crates' disambiguators. */
	{ LANGUAGE_RUST, "_ZN4core3fmt5Write17h0123456789abcdefE", "core::fmt::Write",
	  "core::fmt::Write" },
	{ LANGUAGE_UNKNOWN, "_ZN4core3fmt5Write17h0123456789abcdefE.llvm.123", "core::fmt::Write",
	  "core::fmt::Write" },
	{ LANGUAGE_RUST, "_RNvCs1234_7mycrate3foo", "mycrate::foo", "mycrate::foo" },
	{ LANGUAGE_UNKNOWN, "_RINvCs1234_7mycrate3fooTmhEE", "mycrate::foo::<(u32, u8)>",
	  "mycrate::foo::<(u32, u8)>" },
	{ LANGUAGE_RUST, "_RNvCs1234_7mycrateu8gdel_5qa",
	  "mycrate::g\xc3\xb6"
	  "del",
	  "mycrate::g\xc3\xb6"
	  "del" },
	{ LANGUAGE_RUST, "_Z1fi", "f(int)", "f" },
	/* D. */
	{ LANGUAGE_D, "_D8demangle4testFiZv", "demangle.test(int)", "demangle.test" },
	{ LANGUAGE_UNKNOWN, "_Dmain", "D main", "D main" },
	{ LANGUAGE_D, "_Dnothing", "_Dnothing", "_Dnothing" },
	/* Other languages. */
	{ LANGUAGE_C, "_Z1fv", "_Z1fv", "_Z1fv" },
	{ LANGUAGE_GO, "main.part.0", "main.part.0", "main.part.0" },
	{ LANGUAGE_SWIFT, "$s4main1fyyF", "$s4main1fyyF", "$s4main1fyyF" },
	{ LANGUAGE_UNKNOWN, "-[Foo bar:]", "-[Foo bar:]", "-[Foo bar:]" },
	/* Suffixes. */
	{ LANGUAGE_C, "f.constprop.0.isra.12.cold", "f", "f" },
	{ LANGUAGE_C, "f.part", "f", "f" },
	{ LANGUAGE_C, "f [clone .cold] [clone .1]", "f", "f" },
	{ LANGUAGE_C, "f.resume", "f.resume", "f.resume" },
	{ LANGUAGE_C, "f.cold.", "f.cold.", "f.cold." },
	{ LANGUAGE_C, ".cold", ".cold", ".cold" },
	{ LANGUAGE_CPP, "_Z1fv.cold.1", "f()", "f" },
	{ LANGUAGE_UNKNOWN, "f.cold", "f.cold", "f.cold" },
	{ LANGUAGE_UNKNOWN, "_Z1fv.cold", "f()", "f" },
	/* What must not reach a line of text. */
	{ LANGUAGE_C,
	  "a\nb\x7f"
	  "c",
	  "abc", "abc" },
	{ LANGUAGE_C, "", "<name omitted>", "<name omitted>" },
	{ LANGUAGE_C, "\r\n", "<name omitted>", "<name omitted>" },
	{ LANGUAGE_C, "  ", "<name omitted>", "<name omitted>" },
	{ LANGUAGE_C, " \001 a b", "a b", "a b" },
	{ LANGUAGE_C, "g\xc3\xb6", "g\xc3\xb6", "g\xc3\xb6" },
	{ LANGUAGE_C, "g\xf6\x85!", "g\xc3\xb6!", "g\xc3\xb6!" },
};

START_TEST(names_are_read_by_language)
{
	struct buf out = { 0 };
	struct str text = str_of(names[_i].name);

	expect(read_as(&out, text, names[_i].language, DEMANGLE_FULL), names[_i].full);
	expect(read_as(&out, text, names[_i].language, DEMANGLE_NAME), names[_i].plain);
	buf_free(&out);
}
END_TEST

START_TEST(readable_names_are_left_alone)
{
	struct buf out = { 0 };
	struct sym_name name = { STR("_Z1fv.cold"), LANGUAGE_CPP, true };

	buf_put_str(&out, STR("before "));
	demangle(&out, name, DEMANGLE_FULL);
	expect(buf_str(&out), "before _Z1fv.cold");
	buf_free(&out);
}
END_TEST

/* A name is not followed by a nul where it comes from. */
START_TEST(every_beginning_of_a_name_is_read_alone)
{
	struct str whole = str_of(names[_i].name);
	struct buf out = { 0 };

	for (size_t n = 0; n <= whole.n; n++) {
		struct str text = { n == 0 ? NULL : malloc(n), n };

		if (n != 0)
			memcpy((char *)(uintptr_t)text.p, whole.p, n);
		ck_assert_uint_ne(read_as(&out, text, names[_i].language, DEMANGLE_FULL).n, 0);
		free((char *)(uintptr_t)text.p);
	}
	buf_free(&out);
}
END_TEST

/* The number of a substitution, as Itanium C++ and Rust's v0 count in their base. */
static void put_number(struct buf *b, unsigned n, unsigned base)
{
	static const char cxx[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char rust[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *digits = base == 36 ? cxx : rust;
	char text[16];
	size_t at = sizeof(text);

	if (n == 0) {
		buf_put_char(b, '_');
		return;
	}
	n--;
	do {
		text[--at] = digits[n % base];
		n /= base;
	} while (n != 0);
	buf_put(b, text + at, sizeof(text) - at);
	buf_put_char(b, '_');
}

/* a<int, int>, a<S0_, S0_>, a<S1_, S1_>, ...: each twice as long as the one before. */
static void put_doubling(struct buf *b, unsigned first, unsigned levels)
{
	buf_put_str(b, STR("1aIiiE"));
	for (unsigned i = 1; i <= levels; i++) {
		buf_put_char(b, 'S');
		put_number(b, first, 36);
		buf_put_char(b, 'I');
		for (unsigned twice = 0; twice < 2; twice++) {
			buf_put_char(b, 'S');
			put_number(b, first + i, 36);
		}
		buf_put_char(b, 'E');
	}
}

static void put_times(struct buf *b, const char *text, unsigned times)
{
	while (times-- != 0)
		buf_put_str(b, str_of(text));
}

static void make_exponential(struct buf *b)
{
	buf_put_str(b, STR("_Z1f"));
	put_doubling(b, 0, 60);
}

/* The doubling is in a return type, which is not printed; it is searched for a pack. */
static void make_hidden_pack(struct buf *b)
{
	buf_put_str(b, STR("_Z1fIiEF"));
	put_doubling(b, 1, 60);
	buf_put_str(b, STR("EDp"));
	buf_put_char(b, 'S');
	put_number(b, 61, 36);
}

static void make_deep(struct buf *b)
{
	buf_put_str(b, STR("_Z1f"));
	put_times(b, "F", 1000000);
}

static void make_quadratic(struct buf *b)
{
	buf_put_str(b, STR("_Z1fI"));
	put_times(b, "1aIiE", 2000);
	buf_put_str(b, STR("Ev"));
	put_times(b, "RT_", 2000);
}

static void make_packs(struct buf *b)
{
	buf_put_str(b, STR("_Z1fIJ"));
	put_times(b, "i", 1000);
	buf_put_str(b, STR("EEv"));
	put_times(b, "DpT_", 1000);
}

/* Tuples of twice the tuple before. */
static void make_rust(struct buf *b)
{
	buf_put_str(b, STR("_RINvC1a1f"));
	size_t last = b->n;

	buf_put_str(b, STR("TmmE"));
	for (unsigned i = 0; i < 60; i++) {
		size_t here = b->n;

		buf_put_char(b, 'T');
		for (unsigned twice = 0; twice < 2; twice++) {
			buf_put_char(b, 'B');
			put_number(b, (unsigned)last - 2, 62);
		}
		buf_put_char(b, 'E');
		last = here;
	}
	buf_put_char(b, 'E');
}

static void make_rust_deep(struct buf *b)
{
	buf_put_str(b, STR("_RNvC1a1f"));
	put_times(b, "R", 100000);
}

static void make_d(struct buf *b)
{
	buf_put_str(b, STR("_D1aFHiQcHQdQfHQhQjHQkQnHQoQrHQsQvHQwQzHQbaQbdHQbeQbhZv"));
}

static void make_d_deep(struct buf *b)
{
	buf_put_str(b, STR("_D1aF"));
	put_times(b, "A", 1000000);
	buf_put_str(b, STR("iZv"));
}

static void make_long(struct buf *b)
{
	put_times(b, "x", 2 * LIMIT_NAME_BYTES);
}

static void (*const bombs[])(struct buf *b) = {
	make_exponential, make_hidden_pack, make_deep, make_quadratic, make_packs,
	make_rust,        make_rust_deep,   make_d,    make_d_deep,    make_long,
};

START_TEST(no_name_takes_time_or_memory_without_end)
{
	struct buf name = { 0 }, out = { 0 };

	bombs[_i](&name);
	struct str got = read_as(&out, buf_str(&name), LANGUAGE_UNKNOWN, DEMANGLE_FULL);
	ck_assert_uint_le(got.n, LIMIT_NAME_BYTES);
	ck_assert_uint_ne(got.n, 0);
	buf_free(&name);
	buf_free(&out);
}
END_TEST

/* libiberty's usual way in refuses what has more than 1024 bytes. */
START_TEST(long_names_are_read)
{
	struct buf name = { 0 }, out = { 0 };

	buf_put_str(&name, STR("_Z1f"));
	put_times(&name, "1aIiE", 300);
	struct str got = read_as(&out, buf_str(&name), LANGUAGE_CPP, DEMANGLE_FULL);
	ck_assert(str_starts(got, STR("f(a<int>, a<int>, ")));
	ck_assert_uint_eq(got.n, 300 * 8 - 2 + 3);
	buf_free(&name);
	buf_free(&out);
}
END_TEST

/* Stack for 200 templates times 150 references is more than names of 2048 bytes get. */
START_TEST(long_names_with_many_templates_are_read)
{
	struct buf name = { 0 }, out = { 0 };

	buf_put_str(&name, STR("_Z1fI"));
	put_times(&name, "11aaaaaaaaaaaIiE", 200);
	buf_put_str(&name, STR("Ev"));
	put_times(&name, "RT_", 150);
	struct str got = read_as(&out, buf_str(&name), LANGUAGE_CPP, DEMANGLE_NAME);
	ck_assert(str_starts(got, STR("f<aaaaaaaaaaa<int>, aaaaaaaaaaa<int>, ")));
	buf_free(&name);
	buf_free(&out);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("demangle");
	TCase *tc = tcase_create("demangle");

	tcase_add_loop_test(tc, names_are_read_by_language, 0, (int)COUNT(names));
	tcase_add_test(tc, readable_names_are_left_alone);
	tcase_add_loop_test(tc, every_beginning_of_a_name_is_read_alone, 0, (int)COUNT(names));
	tcase_add_loop_test(tc, no_name_takes_time_or_memory_without_end, 0, (int)COUNT(bombs));
	tcase_add_test(tc, long_names_are_read);
	tcase_add_test(tc, long_names_with_many_templates_are_read);
	suite_add_tcase(s, tc);

	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? 0 : 1;
}
