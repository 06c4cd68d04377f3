#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "dump/insn.h"

static bool decode(struct insn *i, enum cpu_kind cpu, const char *hex)
{
	uint8_t code[32];
	size_t n = 0;

	for (; hex[2 * n] != '\0'; n++) {
		char byte[3] = { hex[2 * n], hex[2 * n + 1], '\0' };

		code[n] = (uint8_t)strtoul(byte, NULL, 16);
	}
	return insn_decode(i, cpu_find(cpu), (struct slice){ code, n });
}

/* Texts that differ from those of Zydis, or that differ between the CPUs. */
static const struct {
	enum cpu_kind cpu;
	const char *code, *text;
} texts[] = {
	{ CPU_AMD64, "488b4010", "mov rax, qword [rax + 0x10]" },
	{ CPU_X86, "8b4010", "mov eax, dword [eax + 0x10]" },
	{ CPU_X86, "48", "dec eax" },
	{ CPU_AMD64, "8b05f0ffffff", "mov eax, dword [rip - 0x10]" },
	{ CPU_AMD64, "7410", "jz $+0x10" },
	{ CPU_AMD64, "76f0", "jna $-0x10" },
	{ CPU_AMD64, "e805000000", "call $+0x5" },
	{ CPU_AMD64, "42c744c8ff80000000", "mov dword [rax + r9 * 8 - 0x1], 0x80" },
	{ CPU_AMD64, "83c0ff", "add eax, -0x1" },
	{ CPU_AMD64, "b0ff", "mov al, 0xff" },
	{ CPU_AMD64, "e4d7", "in al, 0xd7" },
	{ CPU_AMD64, "f348a5", "rep movs qword es:[rdi], qword ds:[rsi]" },
	{ CPU_AMD64, "f2ae", "repnz scas byte es:[rdi], al" },
	{ CPU_AMD64, "f20f1000", "movsd xmm0, qword [rax]" },
	{ CPU_AMD64, "ac", "lods al, byte [rsi]" },
	{ CPU_AMD64, "64488b042528000000", "mov rax, qword fs:[0x28]" },
	{ CPU_X86, "64a118000000", "mov eax, dword fs:[0x18]" },
	{ CPU_X86, "a1000080ff", "mov eax, dword [0xff800000]" },
	{ CPU_AMD64, "f0480fb10a", "lock cmpxchg qword [rdx], rcx" },
	{ CPU_AMD64, "cb", "retf" },
	{ CPU_AMD64, "ff28", "jmpf mword [rax]" },
	{ CPU_AMD64, "0fb51414", "lgs edx, far [rsp + rdx * 1]" },
	{ CPU_AMD64, "0f184840", "prefetcht0 zmmword [rax + 0x40]" },
	{ CPU_AMD64, "d9e1", "fabs" },
	{ CPU_AMD64, "d8c1", "fadd st(0), st(1)" },
	{ CPU_AMD64, "db3f", "fstp mword [rdi], st(0)" },
	{ CPU_AMD64, "4891", "xchg rax, rcx" },
	{ CPU_AMD64, "cc", "int 0x3" },
	{ CPU_AMD64, "62f1fd4928c1", "vmovapd zmm0{k1}, zmm1" },
	{ CPU_X86, "9a785634122300", "callf 0x23:0x12345678" },
};

START_TEST(text_is_that_of_the_peer)
{
	struct insn i;

	ck_assert(decode(&i, texts[_i].cpu, texts[_i].code));
	ck_assert_str_eq(i.text, texts[_i].text);
	ck_assert_uint_eq(i.length, strlen(texts[_i].code) / 2);
}
END_TEST

static const char *const undecodable[] = { "", "48", "488b", "06", "ffff", "0f0b" };

START_TEST(bytes_that_are_no_whole_instruction_are_refused)
{
	struct insn i;

	/* the last one is an instruction, so that the table is known to be read */
	ck_assert(decode(&i, CPU_AMD64, undecodable[_i]) == (_i == COUNT(undecodable) - 1));
}
END_TEST

START_TEST(other_cpus_have_no_decoder)
{
	struct insn i;

	ck_assert(!decode(&i, CPU_ARM, "000090e5"));
}
END_TEST

/* The accesses, each as "base index*scale+displacement/size", r for read, w for write, i for
 * implied and u for an address that is not used. */
static const struct {
	enum cpu_kind cpu;
	const char *code;
	const char *accesses;
} accesses[] = {
	{ CPU_AMD64, "90", "" },
	{ CPU_AMD64, "488b4010", "rax none*0+16/8r" },
	{ CPU_AMD64, "488944cb08", "rbx rcx*8+8/8w" },
	{ CPU_AMD64, "830001", "rax none*0+0/4rw" },
	{ CPU_AMD64, "8b05f0ffffff", "rip none*0-16/4r" },
	{ CPU_AMD64, "678b4004", "rax none*0+4/4r" },
	{ CPU_X86, "678b07", "ebx none*0+0/4r" },
	{ CPU_AMD64, "50", "rsp none*0-8/8wi" },
	{ CPU_AMD64, "58", "rsp none*0+0/8ri" },
	{ CPU_X86, "60", "esp none*0-32/32wi" },
	{ CPU_AMD64, "ff11", "rcx none*0+0/8r rsp none*0-8/8wi" },
	{ CPU_AMD64, "c3", "rsp none*0+0/8ri" },
	{ CPU_AMD64, "48a5", "rdi none*0+0/8w rsi none*0+0/8r" },
	{ CPU_AMD64, "488d4010", "rax none*0+16/8u" },
	{ CPU_AMD64, "0f1f4000", "rax none*0+0/4ru" },
	{ CPU_AMD64, "0f1b18", "rax none*0+0/24u" },
	{ CPU_AMD64, "d7", "rbx other*0+0/1ri" },
	{ CPU_AMD64, "c4e269900408", "rax other*1+0/4r" },
};

static const char *reg_name(const struct cpu *cpu, int16_t reg)
{
	if (reg == INSN_NO_REG)
		return "none";
	return reg == INSN_OTHER_REG ? "other" : cpu->regs[reg].name;
}

/* The same of arm64, with x for an index of 32 bits without a sign and X for one with it. The bytes
 * are LLVM's for the text. */
static const struct {
	const char *text, *code;
	const char *accesses; /* NULL: not decoded */
} arm64[] = {
	{ "ldr x0, [x1, #8]", "200440f9", "x1 none*0+8/8r" },
	{ "str w0, [sp, #4]", "e00700b9", "sp none*0+4/4w" },
	{ "ldrsw x2, [x3]", "620080b9", "x3 none*0+0/4r" },
	{ "str q0, [x1, #32]", "2008803d", "x1 none*0+32/16w" },
	{ "prfm pldl1keep, [x0]", "000080f9", "x0 none*0+0/8ru" },
	{ "ldur x0, [x1, #-8]", "20805ff8", "x1 none*0-8/8r" },
	{ "ldr x0, [x1], #8", "208440f8", "x1 none*0+0/8r" },
	{ "ldr x0, [x1, #8]!", "208c40f8", "x1 none*0+8/8r" },
	{ "ldr x0, [x1, x2, lsl #3]", "207862f8", "x1 x2*8+0/8r" },
	{ "ldrb w0, [x1, w2, uxtw]", "20486238", "x1 x2*1+0/1rx" },
	{ "ldr w0, [x1, w2, sxtw #2]", "20d862b8", "x1 x2*4+0/4rX" },
	{ "stp x29, x30, [sp, #-16]!", "fd7bbfa9", "sp none*0-16/16w" },
	{ "ldp x29, x30, [sp], #16", "fd7bc1a8", "sp none*0+0/16r" },
	{ "ldp q0, q1, [x0, #64]", "000442ad", "x0 none*0+64/32r" },
	{ "ldr x0, .+16", "80000058", "pc none*0+12/8r" },
	{ "ldaxr w0, [x1]", "20fc5f88", "x1 none*0+0/4r" },
	{ "stlxp w0, x1, x2, [x3]", "618820c8", "x3 none*0+0/16w" },
	{ "casal x0, x1, [x2]", "41fce0c8", "x2 none*0+0/8rw" },
	{ "casp x0, x1, x2, x3, [x4]", "827c2048", "x4 none*0+0/16rw" },
	{ "casp of x1 and x2", "827c2148", NULL },
	{ "ldadd w0, w1, [x2]", "410020b8", "x2 none*0+0/4rw" },
	{ "ldapr x0, [x1]", "20c0bff8", "x1 none*0+0/8r" },
	{ "stlur x0, [x1, #-16]", "20001fd9", "x1 none*0-16/8w" },
	{ "ldraa x0, [x1]", "200420f8", NULL },
	{ "ld1 { v0.16b }, [x0]", "0070404c", NULL },
	{ "dc zva, x0", "20740bd5", NULL },
	{ "udf #0", "00000000", NULL },
	{ "add x0, x1, x2", "2000028b", "" },
	{ "fadd d0, d1, d2", "2028621e", "" },
	{ "mrs x0, tpidr_el0", "40d03bd5", "" },
	{ "three bytes", "200440", NULL },
};

static void describe(const struct insn *i, const struct cpu *cpu, char *out, size_t size)
{
	out[0] = '\0';
	for (unsigned k = 0; k < i->n_accesses; k++) {
		const struct insn_access *a = &i->accesses[k];
		size_t n = strlen(out);

		snprintf(out + n, size - n, "%s%s %s*%u%+lld/%u%s%s%s%s%s", n == 0 ? "" : " ",
			 reg_name(cpu, a->base), reg_name(cpu, a->index), a->scale,
			 (long long)a->displacement, a->size, a->read ? "r" : "",
			 a->write ? "w" : "", a->implied ? "i" : "", a->unreal ? "u" : "",
			 a->extend == INSN_WHOLE       ? ""
			 : a->extend == INSN_SIGNED_32 ? "X"
						       : "x");
	}
}

START_TEST(memory_that_is_touched)
{
	char got[256];
	struct insn i;

	ck_assert(decode(&i, accesses[_i].cpu, accesses[_i].code));
	describe(&i, cpu_find(accesses[_i].cpu), got, sizeof(got));
	ck_assert_str_eq(got, accesses[_i].accesses);
}
END_TEST

START_TEST(memory_that_arm64_touches)
{
	char got[256];
	struct insn i;

	ck_assert_msg(decode(&i, CPU_ARM64, arm64[_i].code) == (arm64[_i].accesses != NULL), "%s",
		      arm64[_i].text);
	if (arm64[_i].accesses == NULL)
		return;
	describe(&i, cpu_find(CPU_ARM64), got, sizeof(got));
	ck_assert_msg(strcmp(got, arm64[_i].accesses) == 0, "%s: %s", arm64[_i].text, got);
	ck_assert_str_eq(i.text, "");
}
END_TEST

/* Targets count from the end of the instruction. */
static const struct {
	const char *text, *code;
	enum insn_flow flow;
	int64_t to; /* or a register */
} arm64_flows[] = {
	{ "nop", "1f2003d5", INSN_NEXT, 0 },
	{ "b .+16", "04000014", INSN_JUMP_TO, 12 },
	{ "bl .-4", "ffffff97", INSN_JUMP_TO, -8 },
	{ "br x17", "20021fd6", INSN_JUMP_REG, 17 },
	{ "blr x8", "00013fd6", INSN_JUMP_REG, 8 },
	{ "ret", "c0035fd6", INSN_JUMP_REG, 30 },
	{ "retaa", "ff0b5fd6", INSN_ELSEWHERE, 0 },
	{ "b.eq .+8", "40000054", INSN_BRANCH, 4 },
	{ "cbnz x0, .+8", "400000b5", INSN_BRANCH, 4 },
	{ "tbz w0, #3, .+8", "40001836", INSN_BRANCH, 4 },
	{ "tbnz w0, #3, .-8", "c0ff1f37", INSN_BRANCH, -12 },
	{ "svc #0", "010000d4", INSN_ELSEWHERE, 0 },
	{ "brk #1", "200020d4", INSN_ELSEWHERE, 0 },
};

START_TEST(flow_of_arm64)
{
	struct insn i;

	ck_assert(decode(&i, CPU_ARM64, arm64_flows[_i].code));
	ck_assert_msg(i.flow == arm64_flows[_i].flow, "%s", arm64_flows[_i].text);
	ck_assert_int_eq(i.flow == INSN_JUMP_REG ? i.flow_reg : i.flow_to, arm64_flows[_i].to);
	ck_assert(((i.kind & INSN_CALLS) != 0) == (strncmp(arm64_flows[_i].text, "bl", 2) == 0));
}
END_TEST

START_TEST(segments_and_widths_of_addresses)
{
	struct insn i;

	ck_assert(decode(&i, CPU_AMD64, "64488b042528000000"));
	ck_assert_uint_eq(i.accesses[0].segment, INSN_FS);
	ck_assert_uint_eq(i.accesses[0].address_bits, 64);
	ck_assert(decode(&i, CPU_AMD64, "65678b4004"));
	ck_assert_uint_eq(i.accesses[0].segment, INSN_GS);
	ck_assert_uint_eq(i.accesses[0].address_bits, 32);
	ck_assert(decode(&i, CPU_X86, "678b07"));
	ck_assert_uint_eq(i.accesses[0].segment, INSN_FLAT);
	ck_assert_uint_eq(i.accesses[0].address_bits, 16);
}
END_TEST

enum { DERIVABLE = INSN_PEER_DERIVABLE | INSN_COMPLETE };

static const struct {
	const char *code;
	enum insn_flow flow;
	int64_t to;
	unsigned kind;
} kinds[] = {
	{ "90", INSN_NEXT, 0, INSN_COMPLETE },
	{ "48f7f1", INSN_NEXT, 0, INSN_DIVIDES | INSN_COMPLETE },
	{ "48f7f9", INSN_NEXT, 0, INSN_DIVIDES | INSN_COMPLETE },
	{ "f4", INSN_NEXT, 0, INSN_PRIVILEGED | INSN_PEER_PRIVILEGED },
	{ "0f0108", INSN_NEXT, 0, 0 },
	{ "0f20c0", INSN_NEXT, 0, INSN_PRIVILEGED | INSN_PEER_PRIVILEGED | DERIVABLE },
	{ "8b00", INSN_NEXT, 0, INSN_PEER_PRIVILEGED | DERIVABLE },
	{ "8ed8", INSN_NEXT, 0, INSN_PEER_PRIVILEGED | INSN_PEER_DERIVABLE },
	{ "0f2800", INSN_NEXT, 0, INSN_PEER_ALIGNED | DERIVABLE },
	{ "480fa308", INSN_NEXT, 0, 0 },
	{ "a4", INSN_NEXT, 0, INSN_STRING | INSN_COMPLETE },
	{ "6e", INSN_NEXT, 0, INSN_STRING | INSN_PRIVILEGED | INSN_PEER_PRIVILEGED },
	{ "e8fbffffff", INSN_JUMP_TO, -5, DERIVABLE | INSN_CALLS },
	{ "eb10", INSN_JUMP_TO, 16, DERIVABLE },
	{ "ffd3", INSN_JUMP_REG, 0, DERIVABLE | INSN_CALLS },
	{ "ff20", INSN_JUMP_MEMORY, 0, DERIVABLE },
	{ "ff18", INSN_JUMP_MEMORY, 0, INSN_FAR | INSN_CALLS },
	{ "ff28", INSN_JUMP_MEMORY, 0, INSN_FAR | INSN_PEER_DERIVABLE },
	{ "c3", INSN_JUMP_STACK, 0, DERIVABLE },
	{ "cb", INSN_JUMP_STACK, 0,
	  INSN_FAR | INSN_PRIVILEGED | INSN_PEER_PRIVILEGED | INSN_PEER_DERIVABLE },
	{ "7400", INSN_BRANCH, 0, DERIVABLE },
	{ "e2fe", INSN_BRANCH, -2, INSN_COMPLETE },
	{ "0f8410000000", INSN_BRANCH, 16, DERIVABLE },
	{ "0f05", INSN_ELSEWHERE, 0, 0 },
	{ "cc", INSN_ELSEWHERE, 0, INSN_PRIVILEGED | INSN_PEER_PRIVILEGED },
};

START_TEST(kind_and_flow)
{
	struct insn i;

	ck_assert(decode(&i, CPU_AMD64, kinds[_i].code));
	ck_assert_uint_eq(i.kind, kinds[_i].kind);
	ck_assert_uint_eq(i.flow, kinds[_i].flow);
	ck_assert_int_eq(i.flow_to, kinds[_i].to);
	if (i.flow == INSN_JUMP_REG)
		ck_assert_str_eq(cpu_find(CPU_AMD64)->regs[i.flow_reg].name, "rbx");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("insn");
	TCase *t = tcase_create("all");
	SRunner *r = srunner_create(s);

	tcase_add_loop_test(t, text_is_that_of_the_peer, 0, COUNT(texts));
	tcase_add_loop_test(t, bytes_that_are_no_whole_instruction_are_refused, 0,
			    COUNT(undecodable));
	tcase_add_test(t, other_cpus_have_no_decoder);
	tcase_add_loop_test(t, memory_that_is_touched, 0, COUNT(accesses));
	tcase_add_loop_test(t, memory_that_arm64_touches, 0, COUNT(arm64));
	tcase_add_loop_test(t, flow_of_arm64, 0, COUNT(arm64_flows));
	tcase_add_test(t, segments_and_widths_of_addresses);
	tcase_add_loop_test(t, kind_and_flow, 0, COUNT(kinds));
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
