#include "dump/insn_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/slice.h"

struct text {
	char *p;
	size_t n, size;
};

static void put(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int n = vsnprintf(t->p + t->n, t->size - t->n, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->n = (size_t)n < t->size - t->n ? t->n + (size_t)n : t->size - 1;
}

/* Mnemonics that yaxpeax spells otherwise. */
static const struct {
	ZydisMnemonic mnemonic;
	const char *text;
} spellings[] = {
	{ ZYDIS_MNEMONIC_CMOVBE, "cmovna" }, { ZYDIS_MNEMONIC_CMOVNBE, "cmova" },
	{ ZYDIS_MNEMONIC_CMOVNL, "cmovge" }, { ZYDIS_MNEMONIC_CMOVNLE, "cmovg" },
	{ ZYDIS_MNEMONIC_FWAIT, "wait" },    { ZYDIS_MNEMONIC_INT1, "int 0x1" },
	{ ZYDIS_MNEMONIC_INT3, "int 0x3" },  { ZYDIS_MNEMONIC_JBE, "jna" },
	{ ZYDIS_MNEMONIC_JNBE, "ja" },       { ZYDIS_MNEMONIC_JNL, "jge" },
	{ ZYDIS_MNEMONIC_JNLE, "jg" },       { ZYDIS_MNEMONIC_LOOPE, "loopz" },
	{ ZYDIS_MNEMONIC_LOOPNE, "loopnz" }, { ZYDIS_MNEMONIC_POPFQ, "popf" },
	{ ZYDIS_MNEMONIC_PUSHFQ, "pushf" },  { ZYDIS_MNEMONIC_SETNB, "setae" },
	{ ZYDIS_MNEMONIC_SETNBE, "seta" },   { ZYDIS_MNEMONIC_SETNL, "setge" },
	{ ZYDIS_MNEMONIC_SETNLE, "setg" },
};

/* String instructions lose the letter of their size: the operands have it. */
static void put_mnemonic(struct text *t, const ZydisDecodedInstruction *in)
{
	struct str name = str_of(ZydisMnemonicGetString(in->mnemonic));

	for (size_t i = 0; i < COUNT(spellings); i++) {
		if (spellings[i].mnemonic == in->mnemonic)
			name = str_of(spellings[i].text);
	}
	if (insn_is_string(in))
		name.n--;
	put(t, "%.*s%s", STR_ARGS(name), insn_is_far(in) ? "f" : "");
}

static const struct {
	ZydisInstructionAttributes attribute;
	const char *text;
} prefixes[] = {
	{ ZYDIS_ATTRIB_HAS_LOCK, "lock " },         { ZYDIS_ATTRIB_HAS_REP, "rep " },
	{ ZYDIS_ATTRIB_HAS_REPE, "rep " },          { ZYDIS_ATTRIB_HAS_REPNE, "repnz " },
	{ ZYDIS_ATTRIB_HAS_XRELEASE, "xrelease " }, { ZYDIS_ATTRIB_HAS_XACQUIRE, "xacquire " },
};

static const char *size_word(unsigned bits)
{
	switch (bits) {
	case 8:
		return "byte";
	case 16:
		return "word";
	case 32:
		return "dword";
	case 48:
	case 80:
		return "mword";
	case 64:
		return "qword";
	case 128:
		return "xmmword";
	case 256:
		return "ymmword";
	case 512:
		return "zmmword";
	default:
		return "ptr";
	}
}

static void put_reg(struct text *t, ZydisRegister r)
{
	if (r >= ZYDIS_REGISTER_ST0 && r <= ZYDIS_REGISTER_ST7)
		put(t, "st(%d)", (int)(r - ZYDIS_REGISTER_ST0));
	else
		put(t, "%s", ZydisRegisterGetString(r));
}

static uint64_t magnitude(int64_t v)
{
	return v < 0 ? -(uint64_t)v : (uint64_t)v;
}

/* Whether the segment is shown: one that matters, and either one of a string instruction but lods.
 */
static bool shows_segment(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *op)
{
	if (in->meta.category == ZYDIS_CATEGORY_STRINGOP)
		return in->mnemonic < ZYDIS_MNEMONIC_LODSB || in->mnemonic > ZYDIS_MNEMONIC_LODSW ||
		       op->mem.segment >= ZYDIS_REGISTER_FS;
	return (in->attributes & ZYDIS_ATTRIB_HAS_SEGMENT) != 0 &&
	       op->mem.segment >= ZYDIS_REGISTER_FS;
}

static const char *size_text(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *op)
{
	if (in->meta.category == ZYDIS_CATEGORY_PREFETCH)
		return "zmmword"; /* a line of the cache */
	return in->meta.category == ZYDIS_CATEGORY_SEGOP && op->size > 32 ? "far"
									  : size_word(op->size);
}

/* A displacement alone is an address of as many bits as there are in the code. */
static uint64_t absolute(const ZydisDecodedInstruction *in, int64_t disp)
{
	return in->raw.disp.size < 64 ? (uint64_t)disp & ((1ull << in->raw.disp.size) - 1)
				      : (uint64_t)disp;
}

static void put_memory(struct text *t, const ZydisDecodedInstruction *in,
		       const ZydisDecodedOperand *op)
{
	int64_t disp = op->mem.disp.value;
	bool base = op->mem.base != ZYDIS_REGISTER_NONE;
	bool index = op->mem.index != ZYDIS_REGISTER_NONE;

	put(t, "%s ", size_text(in, op));
	if (shows_segment(in, op))
		put(t, "%s:", ZydisRegisterGetString(op->mem.segment));
	put(t, "[");
	if (base)
		put_reg(t, op->mem.base);
	if (index) {
		put(t, "%s", base ? " + " : "");
		put_reg(t, op->mem.index);
		put(t, " * %u", op->mem.scale);
	}
	if (!base && !index)
		put(t, "0x%" PRIx64, absolute(in, disp));
	else if (disp != 0)
		put(t, " %c 0x%" PRIx64, disp < 0 ? '-' : '+', magnitude(disp));
	put(t, "]");
}

static void put_signed(struct text *t, int64_t v)
{
	put(t, "%s0x%" PRIx64, v < 0 ? "-" : "", magnitude(v));
}

/* yaxpeax shows a byte as signed whatever it means, but not a port, and not one that mov loads into
 * a register. */
static void put_immediate(struct text *t, const ZydisDecodedInstruction *in,
			  const ZydisDecodedOperand *op, const ZydisDecodedOperand *first)
{
	bool plain = in->meta.category == ZYDIS_CATEGORY_IO ||
		     (in->mnemonic == ZYDIS_MNEMONIC_MOV && first->size == 8 &&
		      first->type == ZYDIS_OPERAND_TYPE_REGISTER);
	bool legacy = in->encoding == ZYDIS_INSTRUCTION_ENCODING_LEGACY;

	if (op->imm.is_relative) {
		put(t, "$%s", op->imm.value.s >= 0 ? "+" : "");
		put_signed(t, op->imm.value.s);
	} else if (plain) {
		put(t, "0x%x", (uint8_t)op->imm.value.u);
	} else if (in->raw.imm[0].size == 8 && legacy && in->operand_count_visible > 1) {
		put_signed(t, (int8_t)op->imm.value.u);
	} else if (op->imm.is_signed) {
		put_signed(t, op->imm.value.s);
	} else {
		put(t, "0x%" PRIx64, op->imm.value.u);
	}
}

static void put_operand(struct text *t, const ZydisDecodedInstruction *in,
			const ZydisDecodedOperand *ops, unsigned k)
{
	const ZydisDecodedOperand *op = &ops[k];

	switch (op->type) {
	case ZYDIS_OPERAND_TYPE_REGISTER:
		put_reg(t, op->reg.value);
		break;
	case ZYDIS_OPERAND_TYPE_MEMORY:
		put_memory(t, in, op);
		break;
	case ZYDIS_OPERAND_TYPE_IMMEDIATE:
		put_immediate(t, in, op, &ops[0]);
		break;
	case ZYDIS_OPERAND_TYPE_POINTER:
		put(t, "0x%x:0x%x", op->ptr.segment, op->ptr.offset);
		break;
	case ZYDIS_OPERAND_TYPE_UNUSED:
		break;
	}
}

/* Whether a hidden operand is one that yaxpeax prints: memory and accumulator of string
 * instructions, the top of the floating point stack. */
static bool shown(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *op)
{
	bool reg = op->type == ZYDIS_OPERAND_TYPE_REGISTER;

	if (op->encoding == ZYDIS_OPERAND_ENCODING_MASK)
		return false;
	if (op->visibility != ZYDIS_OPERAND_VISIBILITY_HIDDEN)
		return !(in->mnemonic == ZYDIS_MNEMONIC_NOP && reg && op->id != 0);
	if (insn_is_string(in))
		return op->type == ZYDIS_OPERAND_TYPE_MEMORY ||
		       (reg && (op->reg.value == ZYDIS_REGISTER_DX ||
				ZydisRegisterGetId(op->reg.value) == 0));
	return reg && op->reg.value == ZYDIS_REGISTER_ST0 && in->operand_count_visible != 0;
}

/* Instructions that store the top of the floating point stack: it is their second operand. */
static bool stores_top(ZydisMnemonic m)
{
	return m == ZYDIS_MNEMONIC_FST || m == ZYDIS_MNEMONIC_FSTP || m == ZYDIS_MNEMONIC_FIST ||
	       m == ZYDIS_MNEMONIC_FISTP || m == ZYDIS_MNEMONIC_FISTTP || m == ZYDIS_MNEMONIC_FBSTP;
}

/* Whether yaxpeax has the two operands the other way round. */
static bool swapped(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *first,
		    const ZydisDecodedOperand *second)
{
	bool hidden_top = second->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN &&
			  second->type == ZYDIS_OPERAND_TYPE_REGISTER &&
			  second->reg.value == ZYDIS_REGISTER_ST0;
	bool short_xchg = in->mnemonic == ZYDIS_MNEMONIC_XCHG && in->raw.modrm.offset == 0;
	bool scan = in->meta.category == ZYDIS_CATEGORY_STRINGOP &&
		    first->type == ZYDIS_OPERAND_TYPE_REGISTER;

	return (hidden_top && !stores_top(in->mnemonic)) || short_xchg ||
	       (scan && second->type == ZYDIS_OPERAND_TYPE_MEMORY &&
		in->mnemonic >= ZYDIS_MNEMONIC_SCASB && in->mnemonic <= ZYDIS_MNEMONIC_SCASW);
}

/* The operands to print, in yaxpeax's order. */
static unsigned choose(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *ops,
		       unsigned order[ZYDIS_MAX_OPERAND_COUNT])
{
	unsigned n = 0;

	for (unsigned k = 0; k < in->operand_count; k++) {
		if (shown(in, &ops[k]))
			order[n++] = k;
	}
	if (n == 2 && swapped(in, &ops[order[0]], &ops[order[1]])) {
		unsigned first = order[0];

		order[0] = order[1];
		order[1] = first;
	}
	return n;
}

static void put_mask(struct text *t, const ZydisDecodedInstruction *in,
		     const ZydisDecodedOperand *result)
{
	bool to_mask = result->type == ZYDIS_OPERAND_TYPE_REGISTER &&
		       ZydisRegisterGetClass(result->reg.value) == ZYDIS_REGCLASS_MASK;

	if (in->avx.mask.reg == ZYDIS_REGISTER_NONE || in->avx.mask.reg == ZYDIS_REGISTER_K0)
		return;
	put(t, "{%s}%s", ZydisRegisterGetString(in->avx.mask.reg),
	    in->avx.mask.mode == ZYDIS_MASK_MODE_ZEROING && !to_mask ? "{z}" : "");
}

void insn_text(char *out, size_t size, const ZydisDecodedInstruction *in,
	       const ZydisDecodedOperand *ops)
{
	struct text t = { .p = out, .size = size };
	unsigned order[ZYDIS_MAX_OPERAND_COUNT];

	for (size_t i = 0; i < COUNT(prefixes); i++) {
		if ((in->attributes & prefixes[i].attribute) != 0)
			put(&t, "%s", prefixes[i].text);
	}
	put_mnemonic(&t, in);

	unsigned n = choose(in, ops, order);
	for (unsigned k = 0; k < n; k++) {
		put(&t, "%s", k == 0 ? " " : ", ");
		put_operand(&t, in, ops, order[k]);
		if (k == 0)
			put_mask(&t, in, &ops[order[0]]);
	}
}
