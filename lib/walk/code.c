#include "walk/code.h"

/* How many bytes before a return address tell whether a call ends there. */
enum { CALL_BYTES = 8 };

/* Kinds of code, as bits; Thumb is ARM's at odd addresses. */
enum {
	X86 = 1,
	ARM = 2,
	THUMB = 4,
	ARM64 = 8,
	MIPS = 16,
	PPC = 32,
	RISCV32 = 64,
	RISCV64 = 128,
	RISCV = RISCV32 | RISCV64,
	WORDS = ARM | ARM64 | MIPS | PPC, /* all instructions have four bytes */
};

static const uint8_t code_of[] = {
	[CPU_X86] = X86,         [CPU_AMD64] = X86, [CPU_ARM] = ARM,       [CPU_ARM64] = ARM64,
	[CPU_ARM64_OLD] = ARM64, [CPU_MIPS] = MIPS, [CPU_MIPS64] = MIPS,   [CPU_PPC] = PPC,
	[CPU_PPC64] = PPC,       [CPU_SPARC] = 0,   [CPU_RISCV] = RISCV32, [CPU_RISCV64] = RISCV64,
};

/*
 * Instructions that call: how many bytes before the return address the number of width bytes
 * begins, and what it must be. On x86 that is opcode and ModRM byte in the order of memory. Where
 * the same bits also are something else, that counts as a call.
 *
 * Intel SDM, CALL; Arm ARM (DDI 0406, DDI 0487), BL, BLX, BLR and its forms with authentication;
 * MIPS32 and its release 6, JAL, JALX, JALR, BAL and kin, BALC, JIALC; Power ISA, I-form, B-form,
 * XL-form with LK; RISC-V, JAL and JALR with the link registers x1 and x5, C.JAL, C.JALR.
 */
/* clang-format off */
static const struct call {
	uint8_t code, before, width;
	uint32_t mask, value;
} calls[] = {
	{ X86,     5, 1, 0xff,       0xe8 },       /* rel32 */
	{ X86,     2, 2, 0xf8ff,     0xd0ff },     /* register */
	{ X86,     2, 2, 0xf8ff,     0x10ff },     /* [register] */
	{ X86,     3, 2, 0xffff,     0x14ff },     /* [base + index] */
	{ X86,     7, 2, 0xffff,     0x14ff },     /* [index + disp32] */
	{ X86,     6, 2, 0xffff,     0x15ff },     /* [disp32], [rip + disp32] */
	{ X86,     3, 2, 0xf8ff,     0x50ff },     /* [register + disp8] */
	{ X86,     4, 2, 0xffff,     0x54ff },     /* [base + index + disp8] */
	{ X86,     6, 2, 0xf8ff,     0x90ff },     /* [register + disp32] */
	{ X86,     7, 2, 0xffff,     0x94ff },     /* [base + index + disp32] */
	{ ARM,     4, 4, 0x0f000000, 0x0b000000 }, /* bl */
	{ ARM,     4, 4, 0xfe000000, 0xfa000000 }, /* blx to Thumb */
	{ ARM,     4, 4, 0x0ffffff0, 0x012fff30 }, /* blx register */
	{ ARM,     8, 4, 0x0fffffff, 0x01a0e00f }, /* mov lr, pc and any jump */
	{ THUMB,   4, 4, 0xd000f800, 0xd000f000 }, /* bl */
	{ THUMB,   4, 4, 0xd001f800, 0xc000f000 }, /* blx to ARM */
	{ THUMB,   2, 2, 0xff87,     0x4780 },     /* blx register */
	{ ARM64,   4, 4, 0xfc000000, 0x94000000 }, /* bl */
	{ ARM64,   4, 4, 0xfffffc1f, 0xd63f0000 }, /* blr */
	{ ARM64,   4, 4, 0xfefff800, 0xd63f0800 }, /* blraa, blrab, blraaz, blrabz */
	{ MIPS,    8, 4, 0xfc000000, 0x0c000000 }, /* jal */
	{ MIPS,    8, 4, 0xfc000000, 0x74000000 }, /* jalx */
	{ MIPS,    8, 4, 0xfc00003f, 0x00000009 }, /* jalr */
	{ MIPS,    8, 4, 0xfc1c0000, 0x04100000 }, /* bal, bltzal, bgezal */
	{ MIPS,    4, 4, 0xfc000000, 0xe8000000 }, /* balc */
	{ MIPS,    4, 4, 0xffe00000, 0xf8000000 }, /* jialc */
	{ PPC,     4, 4, 0xfc000001, 0x48000001 }, /* bl */
	{ PPC,     4, 4, 0xfc000001, 0x40000001 }, /* bcl */
	{ PPC,     4, 4, 0xfc000001, 0x4c000001 }, /* bclrl, bcctrl */
	{ RISCV,   4, 4, 0x00000dff, 0x000000ef }, /* jal */
	{ RISCV,   4, 4, 0x00007dff, 0x000000e7 }, /* jalr */
	{ RISCV,   2, 2, 0xf07f,     0x9002 },     /* c.jalr */
	{ RISCV32, 2, 2, 0xe003,     0x2001 },     /* c.jal */
};

/* sigreturn() and rt_sigreturn() as the kernel, glibc, musl and bionic write them: their number to
 * a register and the system call. linux: arch/x86/entry/vdso, arch/arm/kernel/sigreturn_codes.S,
 * arch/arm64/kernel/vdso/sigreturn.S, arch/riscv/kernel/vdso/rt_sigreturn.S,
 * arch/mips/vdso/sigreturn.S: o32, its older form, n64, n32. */
static const struct sigreturn {
	uint8_t code, n;
	uint8_t bytes[9];
} sigreturns[] = {
	{ X86,     9, { 0x48, 0xc7, 0xc0, 0x0f, 0, 0, 0, 0x0f, 0x05 } },
	{ X86,     7, { 0xb8, 0xad, 0, 0, 0, 0xcd, 0x80 } },
	{ X86,     8, { 0x58, 0xb8, 0x77, 0, 0, 0, 0xcd, 0x80 } },
	{ ARM,     8, { 0x77, 0x70, 0xa0, 0xe3, 0x77, 0x00, 0x90, 0xef } },
	{ ARM,     8, { 0x77, 0x70, 0xa0, 0xe3, 0x00, 0x00, 0x00, 0xef } },
	{ ARM,     8, { 0xad, 0x70, 0xa0, 0xe3, 0xad, 0x00, 0x90, 0xef } },
	{ ARM,     8, { 0xad, 0x70, 0xa0, 0xe3, 0x00, 0x00, 0x00, 0xef } },
	{ THUMB,   4, { 0x77, 0x27, 0x00, 0xdf } },
	{ THUMB,   4, { 0xad, 0x27, 0x00, 0xdf } },
	{ ARM64,   8, { 0x68, 0x11, 0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4 } },
	{ RISCV,   8, { 0x93, 0x08, 0xb0, 0x08, 0x73, 0x00, 0x00, 0x00 } },
	{ MIPS,    8, { 0x61, 0x10, 0x02, 0x24, 0x0c, 0x00, 0x00, 0x00 } },
	{ MIPS,    8, { 0x24, 0x02, 0x10, 0x61, 0x00, 0x00, 0x00, 0x0c } },
	{ MIPS,    8, { 0x17, 0x10, 0x02, 0x24, 0x0c, 0x00, 0x00, 0x00 } },
	{ MIPS,    8, { 0x24, 0x02, 0x10, 0x17, 0x00, 0x00, 0x00, 0x0c } },
	{ MIPS,    8, { 0x5b, 0x14, 0x02, 0x24, 0x0c, 0x00, 0x00, 0x00 } },
	{ MIPS,    8, { 0x24, 0x02, 0x14, 0x5b, 0x00, 0x00, 0x00, 0x0c } },
	{ MIPS,    8, { 0x43, 0x18, 0x02, 0x24, 0x0c, 0x00, 0x00, 0x00 } },
	{ MIPS,    8, { 0x24, 0x02, 0x18, 0x43, 0x00, 0x00, 0x00, 0x0c } },
};
/* clang-format on */

bool code_at(const struct names *n, uint64_t address, uint8_t *bytes, size_t size)
{
	const struct md_region *r = md_memory_find(&n->dump->memory, address);
	struct slice found;

	if (r != NULL) {
		struct cursor all = cursor_make(r->data, "");
		struct cursor c = cursor_sub(&all, address - r->base, size);

		found = cursor_bytes(&c, size);
	} else {
		found = names_code(n, address, size);
	}
	if (found.n != size)
		return false;
	memcpy(bytes, found.p, size);
	return true;
}

bool code_may_run(const struct names *n, uint64_t address)
{
	const struct md_mapping *m = md_mappings_find(&n->dump->mappings, address);

	return m == NULL || (m->access & MD_EXECUTE) != 0;
}

/* The kind of the code at an address, which then is where it begins; 0 for one that is not known
 * here: MIPS has two compressed ones at odd addresses. */
static unsigned kind_of(const struct names *n, uint64_t *pc)
{
	unsigned kind = code_of[n->dump->system.cpu];

	if ((*pc & 1) == 0 || (kind & (ARM | MIPS)) == 0)
		return kind;
	*pc &= ~(uint64_t)1;
	return kind == ARM ? THUMB : 0;
}

bool code_may_return(const struct names *n, uint64_t pc)
{
	unsigned kind = kind_of(n, &pc);
	uint8_t bytes[CALL_BYTES];

	if ((kind & WORDS) != 0 && pc % 4 != 0)
		return false;
	if (kind == 0 || pc < sizeof(bytes) ||
	    !code_at(n, pc - sizeof(bytes), bytes, sizeof(bytes)))
		return true;
	for (size_t i = 0; i < COUNT(calls); i++) {
		const struct call *call = &calls[i];
		struct slice at = { bytes + sizeof(bytes) - call->before, call->width };
		struct cursor c = cursor_make(at, "");

		c.big = n->dump->memory.big;
		if ((call->code & kind) != 0 &&
		    (cursor_uint(&c, call->width) & call->mask) == call->value)
			return true;
	}
	return false;
}

bool code_is_sigreturn(const struct names *n, uint64_t pc)
{
	unsigned kind = kind_of(n, &pc);
	uint8_t bytes[sizeof(sigreturns[0].bytes)];

	for (size_t i = 0; i < COUNT(sigreturns); i++) {
		const struct sigreturn *s = &sigreturns[i];

		if ((s->code & kind) != 0 && code_at(n, pc, bytes, s->n) &&
		    memcmp(bytes, s->bytes, s->n) == 0)
			return true;
	}
	return false;
}
