#include "dump/insn_arm64.h"

#include "base/cursor.h"

/* Register 31 is the stack pointer as a base and zero elsewhere; so the table of registers has it.
 */
enum { ZERO = 31 };

static uint32_t bits(uint32_t x, unsigned low, unsigned n)
{
	return x >> low & ((1u << n) - 1);
}

static int64_t signed_bits(uint32_t x, unsigned low, unsigned n)
{
	return (int64_t)((uint64_t)bits(x, low, n) << (64 - n)) >> (64 - n);
}

/* Direction and size of loads and stores of one register; *scale is the power of two. */
static bool single(uint32_t x, struct insn_access *a, unsigned *scale)
{
	unsigned size = bits(x, 30, 2), opc = bits(x, 22, 2);
	bool vector = bits(x, 26, 1) != 0;

	if (vector ? opc > 1 && size != 0 : opc == 3 && size > 1)
		return false;
	*scale = vector ? (opc & 2) << 1 | size : size;
	a->size = (uint16_t)(1u << *scale);
	a->read = vector ? (opc & 1) != 0 : opc != 0;
	a->write = !a->read;
	a->unreal = !vector && size == 3 && opc == 2; /* a prefetch */
	return true;
}

static bool by_unsigned(uint32_t x, struct insn_access *a)
{
	unsigned scale;

	if (!single(x, a, &scale))
		return false;
	a->displacement = (int64_t)bits(x, 10, 12) << scale;
	return true;
}

/* Unscaled, before or after the base is changed, or without privilege. */
static bool by_imm9(uint32_t x, struct insn_access *a)
{
	enum { UNSCALED, AFTER, UNPRIVILEGED, BEFORE };
	unsigned how = bits(x, 10, 2), scale;

	if (!single(x, a, &scale) || (a->unreal && how != UNSCALED) ||
	    (how == UNPRIVILEGED && bits(x, 26, 1) != 0))
		return false;
	a->displacement = how == AFTER ? 0 : signed_bits(x, 12, 9);
	return true;
}

/* Ordered ones: no prefetch among them. */
static bool by_ordered(uint32_t x, struct insn_access *a)
{
	unsigned scale;

	if (!single(x, a, &scale) || a->unreal)
		return false;
	a->displacement = signed_bits(x, 12, 9);
	return true;
}

static bool by_register(uint32_t x, struct insn_access *a)
{
	unsigned option = bits(x, 13, 3), rm = bits(x, 16, 5), scale;

	if (!single(x, a, &scale) || (option & 2) == 0)
		return false;
	a->index = rm == ZERO ? (int16_t)INSN_NO_REG : (int16_t)rm;
	a->scale = (uint8_t)(bits(x, 12, 1) != 0 ? 1u << scale : 1u);
	if ((option & 1) == 0)
		a->extend = option == 2 ? INSN_UNSIGNED_32 : INSN_SIGNED_32;
	return true;
}

static bool by_pair(uint32_t x, struct insn_access *a)
{
	enum { NOT_CACHED, AFTER };
	unsigned opc = bits(x, 30, 2), how = bits(x, 23, 2), size;
	bool vector = bits(x, 26, 1) != 0, load = bits(x, 22, 1) != 0;

	if (opc == 3 || (!vector && opc == 1 && (how == NOT_CACHED || !load)))
		return false;
	size = vector ? 4u << opc : opc == 2 ? 8 : 4;
	a->size = (uint16_t)(2 * size);
	a->read = load;
	a->write = !load;
	a->displacement = how == AFTER ? 0 : signed_bits(x, 15, 7) * (int64_t)size;
	return true;
}

/* From the instruction; its end is what counts in insn.h. */
static bool by_literal(uint32_t x, struct insn_access *a)
{
	unsigned opc = bits(x, 30, 2);
	bool vector = bits(x, 26, 1) != 0;

	if (vector && opc == 3)
		return false;
	a->size = (uint16_t)(vector ? 4u << opc : opc == 1 ? 8 : 4);
	a->read = true;
	a->unreal = !vector && opc == 3;
	a->displacement = signed_bits(x, 5, 19) * 4 - 4;
	return true;
}

/* Exclusive, ordered, compare and swap. */
static bool by_exclusive(uint32_t x, struct insn_access *a)
{
	unsigned size = bits(x, 30, 2);
	bool o2 = bits(x, 23, 1) != 0, load = bits(x, 22, 1) != 0, o1 = bits(x, 21, 1) != 0;
	bool swap = o1 && (o2 || size < 2), pairs = o1 && !o2;

	/* pairs to be swapped are in registers of even numbers */
	if (swap && (bits(x, 10, 5) != 31 || (pairs && (x & 0x10001) != 0)))
		return false;
	a->size = (uint16_t)(1u << size);
	if (pairs)
		a->size = (uint16_t)(swap ? 8u << size : 2u << size);
	a->read = swap || load;
	a->write = swap || !load;
	return true;
}

static bool by_atomic(uint32_t x, struct insn_access *a)
{
	enum { SWAP = 8, LOAD_ORDERED = 12 };
	unsigned op = bits(x, 12, 4);

	if (op > SWAP && op != LOAD_ORDERED)
		return false;
	a->size = (uint16_t)(1u << bits(x, 30, 2));
	a->read = true;
	a->write = op != LOAD_ORDERED;
	return true;
}

/* "Loads and stores", C4.1.94 of issue K.a. */
static const struct {
	uint32_t mask, value;
	bool (*read)(uint32_t x, struct insn_access *a);
} forms[] = {
	{ 0x3b000000, 0x39000000, by_unsigned }, { 0x3b200000, 0x38000000, by_imm9 },
	{ 0x3b200c00, 0x38200800, by_register }, { 0x3a000000, 0x28000000, by_pair },
	{ 0x3b000000, 0x18000000, by_literal },  { 0x3f000000, 0x08000000, by_exclusive },
	{ 0x3f200c00, 0x38200000, by_atomic },   { 0x3f200c00, 0x19000000, by_ordered },
};

static bool load_or_store(struct insn *i, const struct cpu *cpu, uint32_t x)
{
	struct insn_access *a = &i->accesses[0];
	size_t k = 0, n = sizeof(forms) / sizeof(forms[0]);

	while (k < n && (x & forms[k].mask) != forms[k].value)
		k++;
	if (k == n)
		return false;
	*a = (struct insn_access){ .base = (int16_t)bits(x, 5, 5),
				   .index = INSN_NO_REG,
				   .address_bits = 64 };
	if (forms[k].read == by_literal)
		a->base = cpu->ip;
	i->n_accesses = 1;
	return forms[k].read(x, a);
}

/* "Branches, exception generating and system instructions", C4.1.93. */
static bool branch_or_system(struct insn *i, uint32_t x)
{
	bool plain_reg = (x & 0xffdffc1f) == 0xd61f0000 || (x & 0xfffffc1f) == 0xd65f0000;
	bool tests_bit = (x & 0x7e000000) == 0x36000000;

	if ((x & 0xfc000000) == 0x94000000 || (x & 0xfefff000) == 0xd63f0000)
		i->kind |= INSN_CALLS;
	if ((x & 0x7c000000) == 0x14000000) {
		i->flow = INSN_JUMP_TO;
		i->flow_to = signed_bits(x, 0, 26) * 4 - 4;
	} else if (plain_reg && bits(x, 5, 5) != ZERO) {
		i->flow = INSN_JUMP_REG;
		i->flow_reg = (int16_t)bits(x, 5, 5);
	} else if ((x & 0xfe000000) == 0x54000000 || (x & 0x7c000000) == 0x34000000) {
		i->flow = INSN_BRANCH;
		i->flow_to = signed_bits(x, 5, tests_bit ? 14 : 19) * 4 - 4;
	} else if ((x & 0xffc00000) != 0xd5000000) {
		i->flow = INSN_ELSEWHERE;
	}
	/* sys and sysl touch memory by their own rules: dc zva and the like */
	return (x & 0xffd80000) != 0xd5080000;
}

bool insn_arm64_decode(struct insn *i, const struct cpu *cpu, struct slice code)
{
	struct cursor c = cursor_make(code, "code");
	uint32_t x = cursor_u32(&c);
	unsigned group = bits(x, 25, 4);

	if (c.failed)
		return false;
	i->length = 4;
	/* which instructions divide or need privilege is not known: no claim can be made */
	i->kind = INSN_COMPLETE | INSN_DIVIDES | INSN_PRIVILEGED;
	if ((group & 5) == 4)
		return load_or_store(i, cpu, x);
	if ((group & 14) == 10)
		return branch_or_system(i, x);
	return (group & 14) == 8 || (group & 7) == 5 || (group & 7) == 7; /* only registers */
}
