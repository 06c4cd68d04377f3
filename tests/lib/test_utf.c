#include <check.h>
#include <stdlib.h>

#include "base/utf.h"

/* Unicode 15, table 3-8, and the borders of every row of RFC 3629's grammar. */
static const struct {
	const char *bytes;
	uint32_t code;
	size_t n;
} sequences[] = {
	{ "a", 'a', 1 },
	{ "\x7f", 0x7f, 1 },
	{ "\xc2\x80", 0x80, 2 },
	{ "\xdf\xbf", 0x7ff, 2 },
	{ "\xe0\xa0\x80", 0x800, 3 },
	{ "\xed\x9f\xbf", 0xd7ff, 3 },
	{ "\xee\x80\x80", 0xe000, 3 },
	{ "\xef\xbf\xbf", 0xffff, 3 },
	{ "\xf0\x90\x80\x80", 0x10000, 4 },
	{ "\xf4\x8f\xbf\xbf", 0x10ffff, 4 },
	{ "\x80", UTF_BAD, 1 },
	{ "\xc0\x80", UTF_BAD, 1 },
	{ "\xc1\xbf", UTF_BAD, 1 },
	{ "\xe0\x9f\xbf", UTF_BAD, 1 },
	{ "\xed\xa0\x80", UTF_BAD, 1 },
	{ "\xf0\x8f\xbf\xbf", UTF_BAD, 1 },
	{ "\xf4\x90\x80\x80", UTF_BAD, 1 },
	{ "\xf5\x80\x80\x80", UTF_BAD, 1 },
	{ "\xff", UTF_BAD, 1 },
	{ "\xc3", UTF_BAD, 1 },
	{ "\xe2\x82", UTF_BAD, 2 },
	{ "\xe2\x82z", UTF_BAD, 2 },
	{ "\xf0\x9f\x98", UTF_BAD, 3 },
	{ "\xf0\x9f\x98\xc3\xa4", UTF_BAD, 3 },
};

START_TEST(a_sequence_is_decoded_or_its_bad_part_counted)
{
	struct str s = str_of(sequences[_i].bytes);
	uint32_t code;

	ck_assert_uint_eq(utf8_next(s, &code), sequences[_i].n);
	ck_assert_uint_eq(code, sequences[_i].code);
	ck_assert(utf8_valid(s) == (code != UTF_BAD));
}
END_TEST

START_TEST(every_code_point_survives_encoding)
{
	struct buf b = { 0 };

	for (uint32_t code = 0; code <= 0x110000; code++) {
		bool scalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
		uint32_t got;

		buf_clear(&b);
		utf8_put(&b, code);
		if (utf8_next(buf_str(&b), &got) != b.n || got != (scalar ? code : 0xfffd))
			ck_abort_msg("U+%04X", (unsigned)code);
	}
	buf_free(&b);
}
END_TEST

/* As String::from_utf8_lossy of Rust repairs them. */
static const struct {
	struct str bytes;
	const char *repaired;
} repairs[] = {
	{ STR_INIT("a\xff"), "a\xef\xbf\xbd" },
	{ STR_INIT("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ STR_INIT("\xf0\x9f\x98z"), "\xef\xbf\xbdz" },
	{ STR_INIT("\xf0\x80\x80\x41"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\x41" },
};

START_TEST(bad_pieces_become_replacement_characters)
{
	struct arena a = { 0 };
	struct str got = utf8_repair(&a, repairs[_i].bytes);

	ck_assert_str_eq(got.p, repairs[_i].repaired);
	arena_free(&a);
}
END_TEST

START_TEST(good_text_is_not_copied)
{
	struct arena a = { 0 };
	struct str s = STR("gr\xc3\xbc\xc3\x9f");

	ck_assert_ptr_eq(utf8_repair(&a, s).p, s.p);
	ck_assert_uint_eq(a.used, 0);
}
END_TEST

static const struct {
	const char *bytes;
	size_t n_bytes, n_units;
	const char *text; /* NULL: refused */
} wide[] = {
	{ "", 0, 0, "" },
	{ "a\0\xe4\0", 4, 2, "a\xc3\xa4" },
	{ "\x3d\xd8\x00\xde!\0", 6, 3, "\xf0\x9f\x98\x80!" },
	{ "a\0\x3d\xd8", 4, 2, NULL },
	{ "\x3d\xd8!\0", 4, 2, NULL },
	{ "\x00\xde!\0", 4, 2, NULL },
	{ "a\0b", 3, 2, NULL },
	{ "a\0", 2, SIZE_MAX, NULL },
};

START_TEST(utf16_is_whole_or_refused)
{
	struct arena a = { 0 };
	struct cursor c = cursor_make(
		(struct slice){ (const uint8_t *)wide[_i].bytes, wide[_i].n_bytes }, "test");
	struct str out;
	bool ok = utf16_to_utf8(&a, &c, wide[_i].n_units, &out);

	ck_assert(ok == (wide[_i].text != NULL));
	if (ok) {
		ck_assert_str_eq(out.p, wide[_i].text);
		ck_assert_uint_eq(cursor_left(&c), 0);
	}
	arena_free(&a);
}
END_TEST

START_TEST(utf16_of_the_other_order_keeps_a_nul)
{
	struct arena a = { 0 };
	struct cursor c = cursor_make((struct slice){ (const uint8_t *)"\0a\0\0\0b", 6 }, "test");
	struct str out;

	c.big = true;
	ck_assert(utf16_to_utf8(&a, &c, 3, &out));
	ck_assert(str_eq(out, STR("a\0b")));
	arena_free(&a);
}
END_TEST

static const struct {
	struct str text;
	const char *printable;
} prints[] = {
	{ STR_INIT("plain, gr\xc3\xbc\xc3\x9f"), "plain, gr\xc3\xbc\xc3\x9f" },
	{ STR_INIT("a\nb\t\x1b[31m\x7f"), "a\\x0ab\\x09\\x1b[31m\\x7f" },
	{ STR_INIT("nul\0end"), "nul\\x00end" },
	{ STR_INIT("C:\\a"), "C:\\\\a" },
	{ STR_INIT("\xc2\x9b"
		   "31m"),
	  "\\u{009b}31m" },
	{ STR_INIT("\xe2\x80\xaegnp.exe"), "\\u{202e}gnp.exe" },
	{ STR_INIT("\xd8\x9c\xe2\x80\xa8\xe2\x81\xa6"), "\\u{061c}\\u{2028}\\u{2066}" },
	{ STR_INIT("\xff\xe2\x82"), "\\xff\\xe2\\x82" },
};

START_TEST(no_terminal_obeys_what_is_printed)
{
	struct buf b = { 0 };

	text_printable(&b, prints[_i].text);
	buf_put_char(&b, '\0');
	ck_assert_str_eq(b.p, prints[_i].printable);
	buf_free(&b);
}
END_TEST

/* Every byte at every place of a text of every length. */
START_TEST(plain_text_ends_at_the_first_byte_that_is_not)
{
	static const char letters[] = "abcdefg ~!#[]^_xyz012345";
	char text[sizeof(letters)];

	for (unsigned byte = 0; byte < 256; byte++) {
		bool plain = byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\';

		for (size_t at = 0; at + 1 < sizeof(letters); at++) {
			memcpy(text, letters, sizeof(letters));
			text[at] = (char)byte;
			for (size_t n = 0; n < sizeof(letters); n++) {
				size_t expected = plain || at >= n ? n : at;
				struct str s = { text, n };

				ck_assert_uint_eq(text_plain(s, '"', '\\'), expected);
			}
		}
	}
	ck_assert_uint_eq(text_plain(STR("a\\b\"c"), '"', '"'), 3);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("utf");
	TCase *t = tcase_create("utf");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, a_sequence_is_decoded_or_its_bad_part_counted, 0,
			    sizeof(sequences) / sizeof(sequences[0]));
	tcase_add_test(t, every_code_point_survives_encoding);
	tcase_add_loop_test(t, bad_pieces_become_replacement_characters, 0,
			    sizeof(repairs) / sizeof(repairs[0]));
	tcase_add_test(t, good_text_is_not_copied);
	tcase_add_loop_test(t, utf16_is_whole_or_refused, 0, sizeof(wide) / sizeof(wide[0]));
	tcase_add_test(t, utf16_of_the_other_order_keeps_a_nul);
	tcase_add_loop_test(t, no_terminal_obeys_what_is_printed, 0,
			    sizeof(prints) / sizeof(prints[0]));
	tcase_add_test(t, plain_text_ends_at_the_first_byte_that_is_not);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
