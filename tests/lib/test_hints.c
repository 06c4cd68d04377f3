#include <check.h>
#include <stdio.h>

#include "crashes.h"

enum { IP = 0x400100, SP = 0x7fff0000, TEB = 0x7ff00000, HEAP = 0x55000000 };

/* 1 where the access reads, 2 where it writes, 3 for both, 0 where that is not known. */
static unsigned direction(const struct hint_access *a)
{
	return !a->typed ? 0 : (a->read ? 1u : 0u) + (a->write ? 2u : 0u);
}

static const uint8_t stack[16] = { 0x22, 0x02, 0x40 };
static const uint8_t table[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0x33, 0x03, 0x40 };

/* A crash of amd64 at code, with some registers and memory. */
static void analyse(struct crash *c, enum md_os os, const char *reason, uint64_t address,
		    const char *code, bool compat)
{
	crash_make(c, os, CPU_AMD64);
	c->crash.compat = compat;
	c->crash.reason = str_of(reason);
	c->crash.address = address;
	c->thread = (struct md_thread){ .teb = TEB, .stack_start = SP, .stack = { stack, 16 } };
	crash_code(c, IP, str_of(code));
	crash_memory(c, SP, stack, sizeof(stack));
	crash_memory(c, HEAP, table, sizeof(table));
	crash_reg(c, "rsp", SP);
	crash_reg(c, "rbx", HEAP);
	crash_reg(c, "rcx", 3);
	crash_reg(c, "rdi", 0xfffffffff0000010);
	crash_reg(c, "r8", UINT64_C(0xdead00000000beef));
	crash_hints(c);
}

/* One access, of which there are n; n < 0: they are not known. */
static const struct {
	enum md_os os;
	bool compat;
	const char *code;
	int n;
	uint64_t address;
	unsigned size, direction;
} accesses[] = {
	{ MD_OS_LINUX, false, "90", 0, 0, 0, 0 },
	{ MD_OS_LINUX, false, "488b44cb10", 1, HEAP + 0x28, 8, 1 },
	{ MD_OS_LINUX, false, "4889048b", 1, HEAP + 12, 8, 2 },
	{ MD_OS_LINUX, false, "f00fb10b", 1, HEAP, 4, 3 },
	{ MD_OS_LINUX, true, "f00fb10b", 1, HEAP, 4, 0 },
	{ MD_OS_LINUX, false, "8b0510000000", 1, IP + 6 + 16, 4, 1 },
	{ MD_OS_LINUX, true, "8b0510000000", 1, IP + 16, 4, 1 },
	{ MD_OS_LINUX, false, "678b07", 1, 0xf0000010, 4, 1 },
	{ MD_OS_LINUX, true, "678b07", -1, 0, 0, 0 },
	{ MD_OS_LINUX, false, "65488b042530000000", -1, 0, 0, 0 },
	{ MD_OS_LINUX, true, "65488b042530000000", 1, 0x30, 8, 1 },
	{ MD_OS_WINDOWS, false, "65488b042530000000", 1, TEB + 0x30, 8, 1 },
	{ MD_OS_WINDOWS, false, "64488b042530000000", -1, 0, 0, 0 },
	{ MD_OS_LINUX, false, "50", 1, SP - 8, 8, 2 },
	{ MD_OS_LINUX, false, "6650", 1, SP - 2, 2, 2 },
	{ MD_OS_LINUX, true, "6650", 1, SP - 8, 8, 2 },
	{ MD_OS_LINUX, false, "9c", 1, SP - 8, 8, 2 },
	{ MD_OS_LINUX, true, "9c", 0, 0, 0, 0 },
	{ MD_OS_LINUX, false, "488d03", 0, 0, 0, 0 },
	{ MD_OS_LINUX, true, "488d03", 0, 0, 0, 0 },
	{ MD_OS_LINUX, false, "0f1f03", 0, 0, 0, 0 },
	{ MD_OS_LINUX, true, "0f1f03", 1, HEAP, 4, 0 },
	{ MD_OS_LINUX, false, "a4", 2, 0xfffffffff0000010, 1, 2 },
	{ MD_OS_LINUX, false, "dd33", 1, HEAP, 108, 2 },
	{ MD_OS_LINUX, true, "dd33", 1, HEAP, 0, 0 },
	{ MD_OS_LINUX, true, "ff2b", 1, HEAP, 10, 1 },
	{ MD_OS_LINUX, false, "d7", -1, 0, 0, 0 },
};

START_TEST(memory_accesses)
{
	struct crash c;

	analyse(&c, accesses[_i].os, "SIGSEGV / SEGV_MAPERR", 0x77777, accesses[_i].code,
		accesses[_i].compat);
	ck_assert(c.hints.decoded);
	ck_assert(c.hints.has_accesses == (accesses[_i].n >= 0));
	ck_assert_int_eq((int)c.hints.n_accesses, accesses[_i].n < 0 ? 0 : accesses[_i].n);
	if (accesses[_i].n > 0) {
		ck_assert_uint_eq(c.hints.accesses[0].address, accesses[_i].address);
		ck_assert_uint_eq(c.hints.accesses[0].size, accesses[_i].size);
		ck_assert_uint_eq(direction(&c.hints.accesses[0]), accesses[_i].direction);
	}
	arena_free(&c.a);
}
END_TEST

static const struct {
	bool compat;
	const char *code;
	enum hint_update update;
	uint64_t target;
} updates[] = {
	{ false, "90", HINT_UPDATE_NONE, 0 },
	{ false, "e810000000", HINT_UPDATE_KNOWN, IP + 5 + 16 },
	{ true, "e810000000", HINT_UPDATE_UNKNOWN, 0 },
	{ false, "ffe3", HINT_UPDATE_KNOWN, HEAP },
	{ false, "ff6308", HINT_UPDATE_KNOWN, 0x400333 },
	{ false, "ff6318", HINT_UPDATE_UNKNOWN, 0 },
	{ false, "ff6b08", HINT_UPDATE_UNKNOWN, 0 },
	{ true, "ff6b08", HINT_UPDATE_KNOWN, 0x400333 },
	{ false, "c3", HINT_UPDATE_KNOWN, 0x400222 },
	{ false, "7410", HINT_UPDATE_UNKNOWN, 0 },
	{ true, "7410", HINT_UPDATE_UNKNOWN, 0 },
	{ false, "e210", HINT_UPDATE_UNKNOWN, 0 },
	{ true, "e210", HINT_UPDATE_NONE, 0 },
	{ false, "0f05", HINT_UPDATE_UNKNOWN, 0 },
	{ true, "0f05", HINT_UPDATE_NONE, 0 },
};

START_TEST(where_execution_goes_on)
{
	struct crash c;

	analyse(&c, MD_OS_LINUX, "SIGSEGV / SEGV_MAPERR", 0x77777, updates[_i].code,
		updates[_i].compat);
	ck_assert_int_eq(c.hints.update, updates[_i].update);
	if (updates[_i].update == HINT_UPDATE_KNOWN)
		ck_assert_uint_eq(c.hints.target, updates[_i].target);
	arena_free(&c.a);
}
END_TEST

/* rax is 0, r8 not canonical. */
static const struct {
	enum md_os os;
	bool compat;
	const char *reason;
	uint64_t address;
	const char *code;
	enum hint_adjusted adjusted;
	uint64_t to;
} adjustments[] = {
	{ MD_OS_LINUX, false, "SIGSEGV / SEGV_MAPERR", 8, "488b4008", HINT_NULL_POINTER, 8 },
	{ MD_OS_LINUX, false, "SIGSEGV", 12, "488b4008", HINT_NULL_POINTER, 8 },
	{ MD_OS_LINUX, false, "SIGSEGV / SEGV_MAPERR", 16, "488b4008", HINT_AS_REPORTED, 0 },
	{ MD_OS_LINUX, true, "SIGSEGV / SEGV_MAPERR", 16, "488b4008", HINT_NULL_POINTER, 8 },
	{ MD_OS_LINUX, true, "SIGABRT", 16, "ffd0", HINT_NULL_POINTER, 0 },
	{ MD_OS_LINUX, false, "SIGABRT", 16, "ffd0", HINT_AS_REPORTED, 0 },
	{ MD_OS_LINUX, false, "SIGSEGV / SI_KERNEL", 0, "498b4008", HINT_NON_CANONICAL,
	  UINT64_C(0xdead00000000bef7) },
	{ MD_OS_LINUX, false, "SIGSEGV / SI_KERNEL", 0, "4a8b0400", HINT_NON_CANONICAL,
	  UINT64_C(0xdead00000000beef) },
	{ MD_OS_LINUX, true, "SIGSEGV / SI_KERNEL", 0, "4a8b0400", HINT_NULL_POINTER,
	  UINT64_C(0xdead00000000beef) },
	{ MD_OS_LINUX, false, "SIGSEGV / SI_KERNEL", 0, "41ffe0", HINT_NON_CANONICAL,
	  UINT64_C(0xdead00000000beef) },
	{ MD_OS_LINUX, false, "SIGSEGV / SI_KERNEL", 0, "488b03", HINT_AS_REPORTED, 0 },
	{ MD_OS_LINUX, false, "SIGSEGV / SEGV_MAPERR", 0, "498b4008", HINT_AS_REPORTED, 0 },
	{ MD_OS_ANDROID, false, "SIGSEGV / SI_KERNEL", 0, "498b00", HINT_NON_CANONICAL,
	  UINT64_C(0xdead00000000beef) },
	{ MD_OS_ANDROID, true, "SIGSEGV / SI_KERNEL", 0, "498b00", HINT_AS_REPORTED, 0 },
	{ MD_OS_WINDOWS, false, "EXCEPTION_ACCESS_VIOLATION_READ", UINT64_MAX, "498b00",
	  HINT_NON_CANONICAL, UINT64_C(0xdead00000000beef) },
	{ MD_OS_MACOS, false, "EXC_BAD_ACCESS / EXC_I386_GPFLT", 0, "498b00", HINT_NON_CANONICAL,
	  UINT64_C(0xdead00000000beef) },
};

START_TEST(what_the_address_really_is)
{
	struct crash c;

	analyse(&c, adjustments[_i].os, adjustments[_i].reason, adjustments[_i].address,
		adjustments[_i].code, adjustments[_i].compat);
	ck_assert_int_eq(c.hints.adjusted, adjustments[_i].adjusted);
	ck_assert_uint_eq(c.hints.adjusted_address, adjustments[_i].to);
	arena_free(&c.a);
}
END_TEST

START_TEST(call_through_null_is_a_null_pointer)
{
	for (unsigned compat = 0; compat < 2; compat++) {
		struct crash c;

		crash_make(&c, MD_OS_LINUX, CPU_AMD64);
		c.crash.compat = compat != 0;
		c.crash.reason = STR("SIGSEGV / SEGV_MAPERR");
		c.crash.address = 0x10;
		crash_reg(&c, "rip", 0x10);
		crash_hints(&c);
		ck_assert(!c.hints.decoded);
		ck_assert((c.hints.adjusted == HINT_NULL_POINTER) == (compat == 0));
		arena_free(&c.a);
	}
}
END_TEST

START_TEST(x86_is_for_ours_only)
{
	for (unsigned compat = 0; compat < 2; compat++) {
		struct crash c;

		crash_make(&c, MD_OS_WINDOWS, CPU_X86);
		c.crash.compat = compat != 0;
		c.crash.reason = STR("EXCEPTION_ACCESS_VIOLATION_READ");
		c.crash.address = 4;
		crash_code(&c, 0x401000, STR("8b44b0fc"));
		crash_reg(&c, "esi", 2);
		crash_hints(&c);
		ck_assert(c.hints.decoded == (compat == 0));
		if (compat == 0) {
			ck_assert_uint_eq(c.hints.accesses[0].address, 4);
			ck_assert_int_eq(c.hints.adjusted, HINT_NULL_POINTER);
		}
		arena_free(&c.a);
	}
}
END_TEST

START_TEST(arm64_has_no_text)
{
	for (unsigned compat = 0; compat < 2; compat++) {
		struct crash c;

		crash_make(&c, MD_OS_MACOS, CPU_ARM64);
		c.crash.compat = compat != 0;
		c.crash.reason = STR("EXC_BAD_ACCESS / KERN_INVALID_ADDRESS");
		c.crash.address = 0x18;
		crash_code(&c, 0x401000, STR("200c40f9"));
		crash_hints(&c);
		ck_assert(c.hints.decoded == (compat == 0));
		ck_assert_str_eq(c.hints.insn.text, "");
		ck_assert((c.hints.adjusted == HINT_NULL_POINTER) == (compat == 0));
		ck_assert_uint_eq(c.hints.adjusted_address, compat == 0 ? 0x18 : 0);
		arena_free(&c.a);
	}
}
END_TEST

/* An index of 32 bits, with a sign and without. */
static const struct {
	const char *code;
	uint64_t address;
} extended[] = {
	{ "20d862b8", 0x10000 - 16 },
	{ "205862b8", 0x10000 + UINT64_C(0x3fffffff0) },
};

START_TEST(index_of_arm64_is_extended)
{
	struct crash c;

	crash_make(&c, MD_OS_MACOS, CPU_ARM64);
	crash_code(&c, 0x401000, str_of(extended[_i].code));
	crash_reg(&c, "x1", 0x10000);
	crash_reg(&c, "x2", UINT64_C(0x55fffffffc));
	crash_hints(&c);
	ck_assert_uint_eq(c.hints.accesses[0].address, extended[_i].address);
	arena_free(&c.a);
}
END_TEST

START_TEST(addresses_of_x86_wrap)
{
	struct crash c;

	crash_make(&c, MD_OS_LINUX, CPU_X86);
	crash_code(&c, 0x401000, STR("8b4010"));
	crash_reg(&c, "eax", 0xfffffff8);
	crash_hints(&c);
	ck_assert_uint_eq(c.hints.accesses[0].address, 8);
	arena_free(&c.a);
}
END_TEST

/* The region at 0x10000, between two others. */
static const struct {
	uint64_t size;
	unsigned access, before, after;
	bool guard;
} guards[] = {
	{ 0x1000, 0, MD_READ, 0, true },        { 0x1000, 0, 0, MD_EXECUTE, true },
	{ 0x1000, MD_READ, MD_READ, 0, false }, { 0x1000, 0, 0, 0, false },
	{ 0x8000, 0, MD_READ, MD_READ, true },  { 0x8001, 0, MD_READ, MD_READ, false },
};

START_TEST(guard_pages)
{
	struct crash c;

	crash_make(&c, MD_OS_LINUX, CPU_AMD64);
	crash_code(&c, IP, STR("8b03"));
	crash_reg(&c, "rbx", 0x10000);
	crash_mapping(&c, 0xf000, 0x1000, guards[_i].before);
	crash_mapping(&c, 0x10000, guards[_i].size, guards[_i].access);
	crash_mapping(&c, 0x10000 + guards[_i].size, 0x1000, guards[_i].after);
	crash_hints(&c);
	ck_assert(c.hints.accesses[0].guard == guards[_i].guard);
	arena_free(&c.a);
}
END_TEST

START_TEST(region_alone_is_no_guard_page)
{
	struct crash c;

	crash_make(&c, MD_OS_LINUX, CPU_AMD64);
	crash_code(&c, IP, STR("8b03"));
	crash_reg(&c, "rbx", 0x10000);
	crash_mapping(&c, 0xe000, 0x1000, MD_READ);
	crash_mapping(&c, 0x10000, 0x1000, 0);
	crash_mapping(&c, 0x12000, 0x1000, MD_READ);
	crash_hints(&c);
	ck_assert(!c.hints.accesses[0].guard);
	arena_free(&c.a);
}
END_TEST

/* A read at rbx, memory at 0x600000 to be read, 0x800000 to be written. */
static void flip(struct crash *c, const char *reason, uint64_t rbx)
{
	crash_make(c, MD_OS_WINDOWS, CPU_AMD64);
	c->crash.reason = str_of(reason);
	c->crash.address = rbx;
	crash_code(c, IP, STR("8b03"));
	crash_reg(c, "rbx", rbx);
	crash_mapping(c, 0x600000, 0x1000, MD_READ);
	crash_mapping(c, 0x800000, 0x1000, MD_WRITE);
	crash_hints(c);
}

START_TEST(a_flipped_bit_is_found_in_address_and_register)
{
	struct crash c;

	flip(&c, "EXCEPTION_ACCESS_VIOLATION_READ", 0x40600010);
	ck_assert_uint_eq(c.hints.n_flips, 2);
	ck_assert_uint_eq(c.hints.flips[0].address, 0x600010);
	ck_assert_ptr_null(c.hints.flips[0].reg);
	ck_assert(c.hints.flips[0].confidence == 0.25F);
	ck_assert_str_eq(c.hints.flips[1].reg, "rbx");
	ck_assert_uint_eq(c.hints.flips[1].address, 0x600010);
	arena_free(&c.a);
}
END_TEST

static const struct {
	const char *reason;
	uint64_t address;
	size_t n;
} flips[] = {
	{ "EXCEPTION_ACCESS_VIOLATION_READ", 0x40600010, 2 },
	{ "EXCEPTION_ACCESS_VIOLATION_READ", 0x40800010, 0 }, /* not to be read */
	{ "EXCEPTION_ACCESS_VIOLATION_WRITE", 0x40800010, 2 },
	{ "EXCEPTION_IN_PAGE_ERROR", 0x40800010, 2 },         /* in any way */
	{ "EXCEPTION_ACCESS_VIOLATION_READ", 0x600010, 0 },   /* is right */
	{ "EXCEPTION_ACCESS_VIOLATION_READ", 0x601001, 0 },   /* too near */
	{ "EXCEPTION_ACCESS_VIOLATION_READ", 0x601003, 2 },   /* a bit less so: 0x600003 */
	{ "EXCEPTION_ACCESS_VIOLATION_READ", 0x40000000, 2 }, /* null */
	{ "EXCEPTION_BREAKPOINT", 0x40600010, 0 },
};

START_TEST(flips_that_make_sense)
{
	struct crash c;

	flip(&c, flips[_i].reason, flips[_i].address);
	ck_assert_uint_eq(c.hints.n_flips, flips[_i].n);
	arena_free(&c.a);
}
END_TEST

START_TEST(unknown_address_has_no_flipped_bit)
{
	for (unsigned compat = 0; compat < 2; compat++) {
		struct crash c;

		crash_make(&c, MD_OS_LINUX, CPU_AMD64);
		c.crash.compat = compat != 0;
		c.crash.reason = STR("SIGSEGV / SI_KERNEL");
		crash_code(&c, IP, STR("0f28042500006000"));
		crash_mapping(&c, 0x400000, 0x1000, MD_READ);
		crash_hints(&c);
		ck_assert_uint_eq(c.hints.n_flips, compat);
		arena_free(&c.a);
	}
}
END_TEST

/* The sums of stackwalk.md 10.4. */
static const struct {
	uint64_t address, nearby, other;
	float confidence;
} confidences[] = {
	{ 0x40600010, 0, 0, 0.25F },
	{ 0x40600010, 0x600800, 0, 0.625F },
	{ 0x40600010, 0x600800, UINT64_C(0xe5e5e5e5e5e5e5e5), 0.3125F },
	{ 0x40000000, 0, 0, 0.625F },
	{ 0x1000, 0, 0, 0.4375F },
};

START_TEST(confidence_of_flips)
{
	struct crash c;

	crash_make(&c, MD_OS_WINDOWS, CPU_AMD64);
	c.crash.reason = STR("EXCEPTION_ACCESS_VIOLATION_READ");
	c.crash.address = confidences[_i].address;
	crash_reg(&c, "r12", confidences[_i].nearby);
	crash_reg(&c, "r13", confidences[_i].other);
	crash_mapping(&c, 0x600000, 0x1000, MD_READ);
	crash_hints(&c);
	ck_assert_uint_eq(c.hints.n_flips, 1);
	ck_assert_float_eq_tol(c.hints.flips[0].confidence, confidences[_i].confidence, 1e-6F);
	arena_free(&c.a);
}
END_TEST

START_TEST(upper_bits_flip_in_addresses_that_are_not_canonical)
{
	struct crash c;

	crash_make(&c, MD_OS_LINUX, CPU_AMD64);
	c.crash.reason = STR("SIGSEGV / SI_KERNEL");
	crash_code(&c, IP, STR("8b03"));
	crash_reg(&c, "rbx", UINT64_C(0x0100000000600010));
	crash_mapping(&c, 0x600000, 0x1000, MD_READ);
	crash_hints(&c);
	ck_assert_int_eq(c.hints.adjusted, HINT_NON_CANONICAL);
	ck_assert_uint_eq(c.hints.n_flips, 2);
	ck_assert_uint_eq(c.hints.flips[0].address, 0x600010);
	ck_assert(c.hints.flips[0].was_non_canonical);
	ck_assert_float_eq_tol(c.hints.flips[0].confidence, 0.925F, 1e-6F);
	arena_free(&c.a);
}
END_TEST

/* rbx is the heap, which may be read; rax is 0. */
static const struct {
	bool compat;
	const char *reason;
	uint64_t address;
	const char *code;
	unsigned expected;
} odd[] = {
	{ false, "EXCEPTION_INT_DIVIDE_BY_ZERO", IP, "48f7f1", 0 },
	{ false, "EXCEPTION_INT_DIVIDE_BY_ZERO", IP, "8b03", HINT_NO_DIVISION },
	{ false, "SIGFPE / FPE_INTDIV", IP, "90", HINT_NO_DIVISION },
	{ false, "EXCEPTION_PRIV_INSTRUCTION", IP, "f4", 0 },
	{ false, "EXCEPTION_PRIV_INSTRUCTION", IP, "8b03", HINT_NOT_PRIVILEGED },
	{ true, "EXCEPTION_PRIV_INSTRUCTION", IP, "8b03", 0 },
	{ false, "EXCEPTION_PRIV_INSTRUCTION", IP, "0f22d8", 0 },
	{ false, "EXCEPTION_ACCESS_VIOLATION_READ", HEAP + 3, "8b03", HINT_ALLOWED },
	{ false, "EXCEPTION_ACCESS_VIOLATION_WRITE", HEAP + 3, "8903", 0 },
	{ false, "EXCEPTION_ACCESS_VIOLATION_WRITE", HEAP + 4, "8903", HINT_NOT_ACCESSED },
	{ false, "EXCEPTION_ACCESS_VIOLATION_WRITE", HEAP, "8b03", HINT_NOT_ACCESSED },
	{ false, "EXCEPTION_ACCESS_VIOLATION_WRITE", 0x77777, "f00fb10b", HINT_NOT_ACCESSED },
	{ true, "EXCEPTION_ACCESS_VIOLATION_WRITE", 0x77777, "f00fb10b", 0 },
	{ false, "EXCEPTION_ACCESS_VIOLATION_READ", 0x77777, "8e1b", 0 }, /* loads a segment */
	{ false, "EXCEPTION_ACCESS_VIOLATION_EXEC", IP, "90", 0 },
	{ false, "EXCEPTION_ACCESS_VIOLATION_EXEC", 0x77777, "90", HINT_NOT_ACCESSED },
	{ false, "EXCEPTION_STACK_OVERFLOW", SP, "90", HINT_NOT_ACCESSED },
	{ false, "EXCEPTION_STACK_OVERFLOW", SP, "50", 0 },
	{ false, "EXCEPTION_ACCESS_VIOLATION_READ", UINT64_MAX, "8b03", HINT_CANONICAL },
	{ false, "EXCEPTION_ACCESS_VIOLATION_READ", UINT64_MAX, "418b00", 0 },
	{ false, "EXCEPTION_ACCESS_VIOLATION_READ", UINT64_MAX, "0f2803", 0 }, /* not aligned */
	{ false, "EXCEPTION_ACCESS_VIOLATION_READ", UINT64_MAX, "8b40ff", 0 }, /* really there */
};

START_TEST(what_does_not_agree)
{
	struct crash c;

	analyse(&c, MD_OS_WINDOWS, odd[_i].reason, odd[_i].address, odd[_i].code, odd[_i].compat);
	crash_mapping(&c, HEAP, 0x1000, MD_READ);
	crash_hints(&c);
	ck_assert_uint_eq(c.hints.inconsistencies, odd[_i].expected);
	arena_free(&c.a);
}
END_TEST

START_TEST(without_exception_context_or_address_there_is_nothing)
{
	struct crash c;

	analyse(&c, MD_OS_LINUX, "SIGSEGV", 0, "8b00", false);
	c.d.exception.present = false;
	crash_hints(&c);
	ck_assert(!c.hints.decoded && !c.hints.has_accesses && c.hints.n_flips == 0);
	arena_free(&c.a);

	analyse(&c, MD_OS_LINUX, "SIGSEGV", 0, "8b00", false);
	c.d.exception.context.failed = true;
	c.d.exception.context.in.n = c.d.exception.context.pos = 0;
	crash_hints(&c);
	ck_assert(!c.hints.decoded && c.hints.adjusted == HINT_AS_REPORTED);
	arena_free(&c.a);

	analyse(&c, MD_OS_LINUX, "SIGSEGV / SI_TKILL", 0, "8b00", false);
	c.crash.has_address = false;
	crash_hints(&c);
	ck_assert(c.hints.decoded && c.hints.adjusted == HINT_AS_REPORTED);
	arena_free(&c.a);
}
END_TEST

static void is_text_report(const struct hints *h, const char *want)
{
	struct arena a = { 0 };
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	hints_text_adjusted(h, 16, out);
	hints_text(h, 16, &a, out);
	fclose(out);
	ck_assert_str_eq(text, want);
	free(text);
	arena_free(&a);
}

START_TEST(text_report)
{
	struct crash c;

	analyse(&c, MD_OS_LINUX, "SIGSEGV", 8, "ff5008", false);
	is_text_report(&c.hints, " **\n"
				 "    ** Null pointer detected with offset: 0x0000000000000008\n"
				 "Crashing instruction: `call qword [rax + 0x8]`\n"
				 "Memory accessed by instruction:\n"
				 "  0. Address: 0x0000000000000008\n"
				 "     Size: 8\n"
				 "     Access type: Read\n"
				 "  1. Address: 0x000000007ffefff8\n"
				 "     Size: 8\n"
				 "     Access type: Write\n");
	arena_free(&c.a);
}
END_TEST

START_TEST(json_report)
{
	struct crash c;
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	struct js j = js_make(out, false);

	flip(&c, "EXCEPTION_ACCESS_VIOLATION_READ", 0x40600010);
	c.hints.n_flips = 1;
	js_object(&j);
	hints_js_adjusted(&c.hints, 16, &j);
	js_key(&j, "crash_inconsistencies");
	hints_js_inconsistencies(&c.hints, &j);
	hints_js_instruction(&c.hints, 16, &j);
	js_end(&j, '}');
	fclose(out);
	ck_assert_str_eq(
		text,
		"{\"adjusted_address\":null,\"crash_inconsistencies\":[],"
		"\"instruction\":\"mov eax, dword [rbx]\",\"instruction_pointer_update\":null,"
		"\"memory_accesses\":[{\"access_type\":\"read\",\"address\":\"0x0000000040600010\","
		"\"size\":4}],\"possible_bit_flips\":[{\"address\":\"0x0000000000600010\","
		"\"confidence\":0.25,\"details\":{\"is_null\":false,\"nearby_registers\":0,"
		"\"poison_registers\":false,\"was_low\":false,\"was_non_canonical\":false},"
		"\"source_register\":null}]}");
	free(text);
	arena_free(&c.a);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hints");
	TCase *t = tcase_create("hints");
	SRunner *r = srunner_create(s);

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, memory_accesses, 0, COUNT(accesses));
	tcase_add_loop_test(t, where_execution_goes_on, 0, COUNT(updates));
	tcase_add_loop_test(t, what_the_address_really_is, 0, COUNT(adjustments));
	tcase_add_test(t, call_through_null_is_a_null_pointer);
	tcase_add_test(t, x86_is_for_ours_only);
	tcase_add_test(t, arm64_has_no_text);
	tcase_add_loop_test(t, index_of_arm64_is_extended, 0, COUNT(extended));
	tcase_add_test(t, addresses_of_x86_wrap);
	tcase_add_loop_test(t, guard_pages, 0, COUNT(guards));
	tcase_add_test(t, region_alone_is_no_guard_page);
	tcase_add_test(t, a_flipped_bit_is_found_in_address_and_register);
	tcase_add_loop_test(t, flips_that_make_sense, 0, COUNT(flips));
	tcase_add_test(t, unknown_address_has_no_flipped_bit);
	tcase_add_loop_test(t, confidence_of_flips, 0, COUNT(confidences));
	tcase_add_test(t, upper_bits_flip_in_addresses_that_are_not_canonical);
	tcase_add_loop_test(t, what_does_not_agree, 0, COUNT(odd));
	tcase_add_test(t, without_exception_context_or_address_there_is_nothing);
	tcase_add_test(t, text_report);
	tcase_add_test(t, json_report);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
