#include <check.h>
#include <stdlib.h>

#include "base/limits.h"
#include "bin/dw_cfi.h"
#include "bytes.h"

enum { TEXT = 0x1000, TEXT_END = 0x2000, WORD_AT = 0x1800 };

static bool is_code(const void *context, uint64_t address)
{
	(void)context;
	return address >= TEXT && address < TEXT_END;
}

/* The module's code is zeros; at WORD_AT stands the address 0x1200. */
static struct slice bytes_at(const void *context, uint64_t address, uint64_t n)
{
	static const uint8_t code[TEXT_END - TEXT], word[8] = { 0x00, 0x12 };

	(void)context;
	if (address == WORD_AT && n == sizeof(word))
		return (struct slice){ word, sizeof(word) };
	if (address < TEXT || n > TEXT_END - address)
		return (struct slice){ 0 };
	return (struct slice){ code, (size_t)n };
}

/* Appends the length of what stands behind the place where it belongs. */
static void put_length(struct bytes *b, size_t at)
{
	size_t end = b->n;

	b->n = at;
	put(b, 4, end - at - 4);
	b->n = end;
}

static size_t begin(struct bytes *b)
{
	size_t at = b->n;

	put(b, 4, 0);
	return at;
}

static void put_program(struct bytes *b, const char *program, size_t n)
{
	memcpy(b->p + b->n, program, n);
	b->n += n;
}

#define PROGRAM(text) (text), sizeof(text) - 1

/* A CIE of .debug_frame, version 1: code factor 1, data factor -8, return column 16, and
 * CFA = rsp + 8, rip at CFA - 8, as on amd64. */
static void put_amd64_cie(struct bytes *b)
{
	size_t at = begin(b);

	put(b, 4, UINT32_MAX);
	put_program(b, PROGRAM("\x01\0\x01\x78\x10"));
	put_program(b, PROGRAM("\x0c\x07\x08\x90\x01"));
	put_length(b, at);
}

static void put_fde(struct bytes *b, uint64_t start, uint64_t size, const char *program, size_t n)
{
	size_t at = begin(b);

	put(b, 4, 0);
	put(b, 8, start);
	put(b, 8, size);
	put_program(b, program, n);
	put_length(b, at);
}

static struct dw_cfi_input amd64(const struct bytes *debug_frame)
{
	return (struct dw_cfi_input){
		.file = "test",
		.debug_frame = { bytes_slice(debug_frame), 0x5000 },
		.text = TEXT,
		.got = 0x1100,
		.bias = TEXT,
		.cpu = "x86_64",
		.address_size = 8,
		.is_code = is_code,
		.bytes_at = bytes_at,
	};
}

/* All records; the number of warnings. */
static unsigned write_all(const struct dw_cfi_input *in, struct buf *out)
{
	struct diag d = { .tool = "test" };
	struct arena a = { 0 };
	struct dw_cfi c;

	dw_cfi_open(&c, in, &a, &d);
	for (size_t i = 0; i < c.n; i++)
		dw_cfi_write(&c, i, out);
	arena_free(&a);
	return d.warnings;
}

static void expect(const struct dw_cfi_input *in, const char *text)
{
	struct buf out = { 0 };

	write_all(in, &out);
	buf_put_char(&out, '\0');
	ck_assert_str_eq(out.p, text);
	buf_free(&out);
}

#define START "STACK CFI INIT 0 40 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n"

static const struct {
	const char *program;
	size_t n;
	const char *text;
} programs[] = {
	{ PROGRAM(""), START },
	{ PROGRAM("\x41\x0e\x10\x86\x02"),
	  START "STACK CFI 1 .cfa: $rsp 16 + $rbp: .cfa -16 + ^\n" },
	{ PROGRAM("\x02\x01\x0d\x06"), START "STACK CFI 1 .cfa: $rbp 8 +\n" },
	{ PROGRAM("\x03\x01\x00\x0c\x06\x20"), START "STACK CFI 1 .cfa: $rbp 32 +\n" },
	{ PROGRAM("\x04\x02\0\0\0\x12\x06\x7e"), START "STACK CFI 2 .cfa: $rbp 16 +\n" },
	{ PROGRAM("\x1d\x02\0\0\0\0\0\0\0\x13\x7e"), START "STACK CFI 2 .cfa: $rsp 16 +\n" },
	{ PROGRAM("\x01\x04\x10\0\0\0\0\0\0\x0e\x18"), START "STACK CFI 4 .cfa: $rsp 24 +\n" },
	{ PROGRAM("\x41\x05\x03\x02\x11\x0c\x7f\x2f\x0d\x03"),
	  START "STACK CFI 1 $rbx: .cfa -16 + ^ $r12: .cfa 8 + ^ $r13: .cfa 24 + ^\n" },
	{ PROGRAM("\x41\x14\x03\x02\x15\x0c\x7f\x09\x0d\x00"),
	  START "STACK CFI 1 $rbx: .cfa -16 + $r12: .cfa 8 + $r13: $rax\n" },
	{ PROGRAM("\x41\x08\x03\x07\x0c"), START "STACK CFI 1 $rbx: $rbx $r12: .undef\n" },
	/* What ceases is said, a state comes back whole, the same again is not said. */
	{ PROGRAM("\x41\x83\x02\x41\xc3\x41\x83\x02\x41\x83\x02"),
	  START "STACK CFI 1 $rbx: .cfa -16 + ^\nSTACK CFI 2 $rbx: $rbx\n"
		"STACK CFI 3 $rbx: .cfa -16 + ^\n" },
	{ PROGRAM("\x41\x06\x03"), START },
	{ PROGRAM("\x41\x0e\x10\x0a\x41\x0e\x18\x83\x02\x41\x0b"),
	  START "STACK CFI 1 .cfa: $rsp 16 +\nSTACK CFI 2 .cfa: $rsp 24 + $rbx: .cfa -16 + ^\n"
		"STACK CFI 3 .cfa: $rsp 16 + $rbx: $rbx\n" },
	/* The end of the stack, at once and later. */
	{ PROGRAM("\x07\x10"), "STACK CFI INIT 0 40 .cfa: $rsp 8 + .ra: 0\n" },
	{ PROGRAM("\x41\x07\x10"), START "STACK CFI 1 .ra: 0\n" },
	/* Two moves to one place; rows behind the end; columns that nobody names. */
	{ PROGRAM("\x41\x0e\x10\x40\x0e\x18"), START "STACK CFI 1 .cfa: $rsp 24 +\n" },
	{ PROGRAM("\x02\x40\x0e\x10"), START },
	{ PROGRAM("\x41\x05\xff\x7f\x01\xbc\x01\x2e\x08\x2d"), START },
	/* Expressions: a sum, a word, the CFA itself, an alignment, a product. */
	{ PROGRAM("\x0f\x03\x77\x10\x06"),
	  "STACK CFI INIT 0 40 .cfa: $rsp 16 + ^ .ra: .cfa -8 + ^\n" },
	{ PROGRAM("\x10\x03\x02\x77\x00\x16\x0c\x02\x76\x70"),
	  "STACK CFI INIT 0 40 .cfa: $rsp 8 + .ra: .cfa -8 + ^ $rbx: $rsp ^ $r12: $rbp -16 +\n" },
	{ PROGRAM("\x16\x03\x02\x23\x08\x10\x0c\x00"),
	  "STACK CFI INIT 0 40 .cfa: $rsp 8 + .ra: .cfa -8 + ^ $rbx: .cfa 8 + $r12: .cfa ^\n" },
	{ PROGRAM("\x0f\x05\x76\x00\x09\xf0\x1a"),
	  "STACK CFI INIT 0 40 .cfa: $rbp 16 @ .ra: .cfa -8 + ^\n" },
	{ PROGRAM("\x0f\x07\x92\x06\x08\x32\x34\x1e\x1c"),
	  "STACK CFI INIT 0 40 .cfa: $rbp 8 + 2 4 * - .ra: .cfa -8 + ^\n" },
	{ PROGRAM("\x0f\x0c\x71\x00\x0a\x00\x01\x22\x11\x70\x22\x10\x05\x22"),
	  "STACK CFI INIT 0 40 .cfa: $rdx 256 + -16 + 5 + .ra: .cfa -8 + ^\n" },
	/* A register whose rule cannot be said has no value. */
	{ PROGRAM("\x10\x03\x02\x77\x00\x10\x0c\x03\x77\x00\x12"),
	  "STACK CFI INIT 0 40 .cfa: $rsp 8 + .ra: .cfa -8 + ^ $rbx: $rsp ^ $r12: .undef\n" },
};

START_TEST(programs_become_rows)
{
	struct bytes b = { 0 };

	put_amd64_cie(&b);
	put_fde(&b, TEXT, 0x40, programs[_i].program, programs[_i].n);
	struct dw_cfi_input in = amd64(&b);
	expect(&in, programs[_i].text);
}
END_TEST

/* Nothing is printed of an FDE that is damaged, or whose CFA or return address cannot be said. */
static const struct {
	const char *program;
	size_t n;
} unsaid[] = {
	{ PROGRAM("\x41\x0e") },                 /* cut off */
	{ PROGRAM("\x41\x17") },                 /* no such instruction */
	{ PROGRAM("\x0b") },                     /* nothing to restore */
	{ PROGRAM("\x10\x03\x05\x77") },         /* a block over the end */
	{ PROGRAM("\x01\x00\x0f\0\0\0\0\0\0") }, /* back */
	{ PROGRAM("\x0f\x03\x77\x10\x12") },     /* dup */
	{ PROGRAM("\x0f\x02\x77\x10\x0d\x06") }, /* the register of an expression */
	{ PROGRAM("\x0f\x02\x77\x10\x0e\x06") }, /* the offset of an expression */
	{ PROGRAM("\x0f\x01\x06") },             /* nothing on the stack */
	{ PROGRAM("\x0f\x02\x31\x32") },         /* two values */
	{ PROGRAM("\x0f\x03\x31\x32\x1a") },     /* no alignment */
	{ PROGRAM("\x0f\x03\x92\xc8\x00") },     /* no such register, and cut off */
	{ PROGRAM("\x0c\x70\x08") },             /* no such register */
	{ PROGRAM("\x09\x10\x70") },             /* the same, for the return address */
	{ PROGRAM("\x08\x10") },                 /* amd64 has no register for it */
	{ PROGRAM("\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a\x0a") },
	{ PROGRAM("\x1d\xff\xff\xff\xff\xff\xff\xff\xff") },
	{ PROGRAM("\x05\x03\xff\xff\xff\xff\xff\xff\xff\xff\x7f") },
};

START_TEST(what_cannot_be_said_is_not_printed)
{
	struct bytes b = { 0 };
	struct buf out = { 0 };

	put_amd64_cie(&b);
	put_fde(&b, TEXT, 0x40, unsaid[_i].program, unsaid[_i].n);
	put_fde(&b, TEXT + 0x40, 0x40, PROGRAM(""));

	struct dw_cfi_input in = amd64(&b);
	ck_assert_uint_eq(write_all(&in, &out), 1);
	ck_assert(str_eq(buf_str(&out),
			 STR("STACK CFI INIT 40 40 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n")));
	buf_free(&out);
}
END_TEST

#define PLT "\x0f\x0b\x77\x08\x80\x00\x3f\x1a\x3b\x2a\x33\x24\x22"

START_TEST(linkage_tables_have_two_rows_a_slot)
{
	static const char text[] = "STACK CFI INIT 20 30 .cfa: $rsp 16 + .ra: .cfa -8 + ^\n"
				   "STACK CFI 26 .cfa: $rsp 24 +\n"
				   "STACK CFI 30 .cfa: $rsp 8 +\nSTACK CFI 3b .cfa: $rsp 16 +\n"
				   "STACK CFI 40 .cfa: $rsp 8 +\nSTACK CFI 4b .cfa: $rsp 16 +\n";
	struct bytes b = { 0 };

	put_amd64_cie(&b);
	put_fde(&b, TEXT + 0x20, 0x30, PROGRAM("\x0e\x10\x46\x0e\x18\x4a" PLT));
	struct dw_cfi_input in = amd64(&b);
	expect(&in, text);
}
END_TEST

/* Slots end where the next FDE begins, and are not printed where the file has no bytes. */
START_TEST(linkage_tables_are_bounded_by_the_file)
{
	struct bytes b = { 0 };

	put_amd64_cie(&b);
	put_fde(&b, TEXT, 0x800, PROGRAM(PLT));
	put_fde(&b, TEXT + 0x10, 0x10, PROGRAM(""));
	put_fde(&b, TEXT + 0xf00, 0x7f00, PROGRAM(PLT));
	struct dw_cfi_input in = amd64(&b);
	expect(&in,
	       "STACK CFI INIT 0 800 .cfa: $rsp 8 + .ra: .cfa -8 + ^\nSTACK CFI b .cfa: $rsp 16 +\n"
	       "STACK CFI INIT 10 10 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n");
}
END_TEST

static const struct {
	const char *cpu;
	uint8_t sp, ra, saved;
	const char *text;
} machines[] = {
	{ "x86", 4, 8, 5, "$esp 4 + .ra: .cfa -8 + ^ $ebp: .cfa -16 + ^" },
	{ "arm", 13, 14, 4, "sp 4 + .ra: .cfa -8 + ^ r4: .cfa -16 + ^" },
	{ "arm64", 31, 30, 29, "sp 4 + .ra: .cfa -8 + ^ x29: .cfa -16 + ^" },
	{ "ppc", 1, 65, 31, "r1 4 + .ra: .cfa -8 + ^ r31: .cfa -16 + ^" },
	{ "ppc64", 1, 65, 31, "r1 4 + .ra: .cfa -8 + ^ r31: .cfa -16 + ^" },
	{ "mips", 29, 31, 52, "$sp 4 + .ra: .cfa -8 + ^ $f20: .cfa -16 + ^" },
	{ "mips64", 29, 31, 30, "$sp 4 + .ra: .cfa -8 + ^ $fp: .cfa -16 + ^" },
	{ "riscv", 2, 1, 8, "sp 4 + .ra: .cfa -8 + ^ s0: .cfa -16 + ^" },
	{ "riscv64", 2, 1, 27, "sp 4 + .ra: .cfa -8 + ^ s11: .cfa -16 + ^" },
	{ "loongarch64", 3, 1, 23, "sp 4 + .ra: .cfa -8 + ^ s0: .cfa -16 + ^" },
	{ "s390x", 15, 14, 11, "r15 4 + .ra: .cfa -8 + ^ r11: .cfa -16 + ^" },
};

/* A CIE with the return address in a register, which the FDE saves in its second byte. */
static void put_link_frames(struct bytes *b, uint8_t sp, uint8_t ra, uint8_t saved, bool saves)
{
	size_t at = begin(b);

	put(b, 4, UINT32_MAX);
	put_program(b, PROGRAM("\x03\0\x01\x78"));
	put(b, 1, ra);
	put(b, 1, 0x0c);
	put(b, 1, sp);
	put(b, 1, 4);
	put_length(b, at);
	at = begin(b);
	put(b, 4, 0);
	put(b, 8, TEXT);
	put(b, 8, 0x40);
	if (saves) {
		put(b, 1, 0x05);
		put(b, 1, ra);
		put(b, 1, 1);
		put(b, 1, 0x05);
		put(b, 1, saved);
		put(b, 1, 2);
	} else {
		put(b, 1, 0x41);
		put(b, 1, 0x2d);
	}
	put_length(b, at);
}

START_TEST(every_machine_has_its_names)
{
	struct bytes b = { 0 };
	struct buf text = { 0 };

	put_link_frames(&b, machines[_i].sp, machines[_i].ra, machines[_i].saved, true);
	buf_printf(&text, "STACK CFI INIT 0 40 .cfa: %s\n", machines[_i].text);
	struct dw_cfi_input in = amd64(&b);
	in.cpu = machines[_i].cpu;
	expect(&in, text.p);
	buf_free(&text);
}
END_TEST

START_TEST(return_address_starts_in_its_register)
{
	struct bytes b = { 0 };

	put_link_frames(&b, 31, 30, 0, false);
	struct dw_cfi_input in = amd64(&b);
	in.cpu = "arm64";
	expect(&in, "STACK CFI INIT 0 40 .cfa: sp 4 + .ra: x30\n");
	in.cpu = "none";
	expect(&in, "");
}
END_TEST

START_TEST(the_peer_knows_fewer_machines)
{
	struct bytes b = { 0 };

	put_link_frames(&b, 2, 1, 8, true);
	struct dw_cfi_input in = amd64(&b);
	in.compat = true;
	in.cpu = "riscv64";
	expect(&in, "STACK CFI INIT 0 40 .ra: .cfa -8 + ^\n");
	in.cpu = "mips";
	expect(&in, "STACK CFI INIT 0 40 .cfa: $v0 4 + .ra: .cfa -8 + ^ $t0: .cfa -16 + ^\n");
}
END_TEST

START_TEST(the_peer_forgets_what_ceases)
{
	struct bytes b = { 0 };

	put_amd64_cie(&b);
	put_fde(&b, TEXT, 0x40, PROGRAM("\x41\x83\x02\x41\xc3\x41\x83\x02\x41\x86\x03\x8c\x04"));
	put_fde(&b, TEXT + 0x40, 8, PROGRAM("\x07\x10\x41\x2d\x41\x0e\x20"));
	put_fde(&b, TEXT + 0x40, 8, PROGRAM("\x0f\x02\x77\x10\x07\x10\x41\x08\x06"));
	struct dw_cfi_input in = amd64(&b);
	in.compat = true;
	expect(&in, START "STACK CFI 1 $rbx: .cfa -16 + ^\n"
			  "STACK CFI 4 $rbp: .cfa -24 + ^ $r12: .cfa -32 + ^\n"
			  "STACK CFI INIT 40 8 .cfa: $rsp 8 +\nSTACK CFI 41 $rbp: $rbp\n");
}
END_TEST

/* Both sections; order by address; .eh_frame wins; what lies in no code is dropped. */
START_TEST(entries_come_by_address_and_once)
{
	struct bytes debug = { 0 }, eh = { 0 };

	put_amd64_cie(&debug);
	put_fde(&debug, TEXT + 0x20, 0x10, PROGRAM("\x0e\x20"));
	put_fde(&debug, TEXT + 0x10, 0x10, PROGRAM("\x0e\x10"));
	put_fde(&debug, 0, 0x10, PROGRAM(""));
	put_fde(&debug, TEXT_END, 0x10, PROGRAM(""));
	put_fde(&debug, TEXT + 0x80, 0, PROGRAM(""));
	put_fde(&debug, TEXT + 0x80, (uint64_t)1 << 32, PROGRAM(""));

	/* "zR", pcrel sdata4; the terminator of one file, then another FDE. */
	put(&eh, 4, 18);
	put(&eh, 4, 0);
	put_program(&eh, PROGRAM("\x01zR\0\x01\x78\x10\x01\x1b\x0c\x07\x08\x90\x01"));
	for (unsigned i = 0; i < 2; i++) {
		size_t at = begin(&eh);

		put(&eh, 4, at + 4);
		put(&eh, 4, (uint32_t)(TEXT + 0x20 + 0x20 * i - 0x6000 - (at + 8)));
		put(&eh, 4, 8);
		put(&eh, 1, 0);
		put_length(&eh, at);
		put(&eh, 4, 0);
	}

	struct dw_cfi_input in = amd64(&debug);
	in.eh_frame = (struct dw_cfi_section){ bytes_slice(&eh), 0x6000 };
	expect(&in, "STACK CFI INIT 10 10 .cfa: $rsp 16 + .ra: .cfa -8 + ^\n"
		    "STACK CFI INIT 20 8 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n"
		    "STACK CFI INIT 40 8 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n");
}
END_TEST

/* How one address may be written in an FDE of .eh_frame at 0x6000: at offset 0x1a of it. */
static const struct {
	uint8_t encoding;
	const char *bytes;
	size_t n;
	uint64_t start; /* module-relative */
} pointers[] = {
	{ 0x00, PROGRAM("\x40\x11\0\0\0\0\0\0\x08\0\0\0\0\0\0\0"), 0x140 },
	{ 0x01, PROGRAM("\xc0\x22\x08"), 0x140 },
	{ 0x02, PROGRAM("\x40\x11\x08\0"), 0x140 },
	{ 0x03, PROGRAM("\x40\x11\0\0\x08\0\0\0"), 0x140 },
	{ 0x04, PROGRAM("\x40\x11\0\0\0\0\0\0\x08\0\0\0\0\0\0\0"), 0x140 },
	{ 0x09, PROGRAM("\xc0\x22\x08"), 0x140 },
	{ 0x0a, PROGRAM("\x40\x11\x08\0"), 0x140 },
	{ 0x1a, PROGRAM("\x26\xb1\x08\0"), 0x140 },
	{ 0x1b, PROGRAM("\x26\xb1\xff\xff\x08\0\0\0"), 0x140 },
	{ 0x1c, PROGRAM("\x26\xb1\xff\xff\xff\xff\xff\xff\x08\0\0\0\0\0\0\0"), 0x140 },
	{ 0x2b, PROGRAM("\x40\x01\0\0\x08\0\0\0"), 0x140 },
	{ 0x3b, PROGRAM("\x40\0\0\0\x08\0\0\0"), 0x140 },
	{ 0x50, PROGRAM("\0\0\0\0\0\0\x40\x11\0\0\0\0\0\0\x08\0\0\0\0\0\0\0"), 0x140 },
	{ 0x80, PROGRAM("\0\x18\0\0\0\0\0\0\x08\0\0\0\0\0\0\0"), 0x200 },
};

static void put_encoded(struct bytes *b, uint8_t encoding, const char *text, size_t n)
{
	size_t at = begin(b);

	put(b, 4, 0);
	put_program(b, PROGRAM("\x01zR\0\x01\x78\x10\x01"));
	put(b, 1, encoding);
	put(b, 1, 0);
	put_length(b, at);
	at = begin(b);
	put(b, 4, at + 4);
	put_program(b, text, n);
	put(b, 1, 0);
	put_length(b, at);
	ck_assert_uint_eq(at + 8, 0x1a);
}

START_TEST(addresses_have_many_encodings)
{
	struct diag d = { .tool = "test" };
	struct arena a = { 0 };
	struct bytes none = { 0 }, b = { 0 };
	struct dw_cfi_input in = amd64(&none);
	struct dw_cfi c;

	put_encoded(&b, pointers[_i].encoding, pointers[_i].bytes, pointers[_i].n);
	in.eh_frame = (struct dw_cfi_section){ bytes_slice(&b), 0x6000 };
	dw_cfi_open(&c, &in, &a, &d);
	ck_assert_uint_eq(c.n, 1);
	ck_assert_uint_eq(c.entries[0].start, pointers[_i].start);
	ck_assert_uint_eq(c.entries[0].size, 8);
	arena_free(&a);
}
END_TEST

/* No reader can use an INIT without .cfa; rust-minidump refuses a file whose first one is empty. */
START_TEST(nothing_is_printed_without_a_cfa)
{
	struct buf out = { 0 };
	struct bytes none = { 0 }, b = { 0 };
	struct dw_cfi_input in = amd64(&none);

	put_encoded(&b, 0x03, PROGRAM("\x40\x11\0\0\x08\0\0\0\0\x90\x01"));
	in.eh_frame = (struct dw_cfi_section){ bytes_slice(&b), 0x6000 };
	ck_assert_uint_eq(write_all(&in, &out), 1);
	ck_assert_uint_eq(out.n, 0);
	buf_free(&out);
}
END_TEST

static const uint8_t no_pointers[] = { 0x05, 0x0d, 0x4b, 0x60, 0xff };

START_TEST(other_encodings_cost_the_entry)
{
	struct buf out = { 0 };
	struct bytes none = { 0 }, b = { 0 };
	struct dw_cfi_input in = amd64(&none);

	put_encoded(&b, no_pointers[_i], PROGRAM("\x40\x01\0\0\0\0\0\0\x08\0\0\0\0\0\0\0"));
	in.eh_frame = (struct dw_cfi_section){ bytes_slice(&b), 0x6000 };
	ck_assert_uint_eq(write_all(&in, &out), 1);
	ck_assert_uint_eq(out.n, 0);
	buf_free(&out);
}
END_TEST

/* What CIEs may say before their factors; the FDE behind them has an address of 8 bytes. */
static const struct {
	const char *head;
	size_t n;
	bool wide, good;
} cies[] = {
	{ PROGRAM("\x01\0\x01\x78\x10"), false, true },
	{ PROGRAM("\x03\0\x01\x78\x10"), true, true },
	{ PROGRAM("\x04\0\x08\0\x01\x78\x10"), false, true },
	{ PROGRAM("\x04\0\x08\0\x01\x78\x90\x80\0"), true, true },
	{ PROGRAM("\x01zPLSBGR\0\x01\x78\x10\x0c\x00\0\0\0\0\0\0\0\0\0\0\x00"), false, true },
	{ PROGRAM("\x01zPR\0\x01\x78\x10\x02\xff\x00"), false, true },
	{ PROGRAM("\x01zX\0\x01\x78\x10\x03???"), false, true },
	{ PROGRAM("\x02\0\x01\x78\x10"), false, false },
	{ PROGRAM("\x05\0\x01\x78\x10"), false, false },
	{ PROGRAM("\x04\0\x08\x04\x01\x78\x10"), false, false },
	{ PROGRAM("\x04\0\x02\0\x01\x78\x10"), false, false },
	{ PROGRAM("\x01"
		  "eh\0\0\0\0\0\0\0\0\0\x01\x78\x10"),
	  false, false },
};

START_TEST(cies_of_all_versions)
{
	bool wide = cies[_i].wide, sized = cies[_i].head[1] == 'z';
	struct bytes b = { 0 };
	struct buf out = { 0 };
	struct dw_cfi_input in = amd64(&b);

	for (unsigned fde = 0; fde < 2; fde++) {
		size_t at = b.n;

		put(&b, 4, wide ? UINT32_MAX : 0);
		if (wide)
			put(&b, 8, 0);
		put(&b, wide ? 8 : 4, fde ? 0 : UINT64_MAX);
		put(&b, fde ? 8 : 0, TEXT);
		put(&b, fde ? 8 : 0, 8);
		if (fde)
			put(&b, sized, 0);
		else
			put_program(&b, cies[_i].head, cies[_i].n);
		put_program(&b, PROGRAM("\x0c\x07\x08\x90\x01"));
		b.p[at + (wide ? 4 : 0)] = (uint8_t)(b.n - at - (wide ? 12 : 4));
	}
	in.debug_frame.data = bytes_slice(&b);
	ck_assert_uint_eq(write_all(&in, &out), !cies[_i].good);
	ck_assert(str_eq(buf_str(&out),
			 cies[_i].good ? STR("STACK CFI INIT 0 8 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n")
				       : STR("")));
	buf_free(&out);
}
END_TEST

START_TEST(big_endian_is_read)
{
	static const char section[] =
		"\0\0\0\x0e\xff\xff\xff\xff\x01\0\x01\x78\x41\x0c\x01\x00\0\0"
		"\0\0\0\x12\0\0\0\0\0\0\x10\x10\0\0\0\x20\x03\0\x10\x0e\x40\0";
	struct bytes b = { 0 };

	put_program(&b, PROGRAM(section));
	struct dw_cfi_input in = amd64(&b);
	in.cpu = "ppc";
	in.address_size = 4;
	in.big = true;
	expect(&in, "STACK CFI INIT 10 20 .cfa: r1 0 + .ra: lr\nSTACK CFI 20 .cfa: r1 64 +\n");
}
END_TEST

/* Cut at every byte: fewer records, no others, and a warning where an entry is cut. */
START_TEST(cut_anywhere)
{
	struct bytes b = { 0 };
	struct buf all = { 0 };

	put_amd64_cie(&b);
	for (unsigned i = 0; i < 3; i++)
		put_fde(&b, TEXT + 0x40 * i, 0x40, PROGRAM("\x41\x0e\x10\x10\x03\x02\x77\x08"));

	struct dw_cfi_input in = amd64(&b);
	ck_assert_uint_eq(write_all(&in, &all), 0);
	for (size_t n = 0; n < b.n; n++) {
		struct buf out = { 0 };
		bool whole = n == 0 || (n >= 18 && (n - 18) % 32 == 0);

		in.debug_frame.data.n = n;
		ck_assert_uint_eq(write_all(&in, &out), !whole);
		ck_assert(out.n < all.n && str_starts(buf_str(&all), buf_str(&out)));
		buf_free(&out);
	}
	buf_free(&all);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dw_cfi");
	TCase *t = tcase_create("dw_cfi");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, programs_become_rows, 0, COUNT(programs));
	tcase_add_loop_test(t, what_cannot_be_said_is_not_printed, 0, COUNT(unsaid));
	tcase_add_test(t, linkage_tables_have_two_rows_a_slot);
	tcase_add_test(t, linkage_tables_are_bounded_by_the_file);
	tcase_add_loop_test(t, every_machine_has_its_names, 0, COUNT(machines));
	tcase_add_test(t, return_address_starts_in_its_register);
	tcase_add_test(t, the_peer_knows_fewer_machines);
	tcase_add_test(t, the_peer_forgets_what_ceases);
	tcase_add_test(t, entries_come_by_address_and_once);
	tcase_add_loop_test(t, addresses_have_many_encodings, 0, COUNT(pointers));
	tcase_add_test(t, nothing_is_printed_without_a_cfa);
	tcase_add_loop_test(t, other_encodings_cost_the_entry, 0, COUNT(no_pointers));
	tcase_add_loop_test(t, cies_of_all_versions, 0, COUNT(cies));
	tcase_add_test(t, big_endian_is_read);
	tcase_add_test(t, cut_anywhere);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
