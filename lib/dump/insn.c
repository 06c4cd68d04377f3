#include "dump/insn.h"

#include "dump/insn_arm64.h"
#include "dump/insn_text.h"

/* Instructions that fail for lack of privilege, on some settings of the system at least:
 * rust-minidump: minidump-processor/src/op_analysis.rs, is_privileged. It has mov, too. */
static const ZydisMnemonic privileged[] = {
	ZYDIS_MNEMONIC_CLI,      ZYDIS_MNEMONIC_CLTS,     ZYDIS_MNEMONIC_HLT,
	ZYDIS_MNEMONIC_IN,       ZYDIS_MNEMONIC_INSB,     ZYDIS_MNEMONIC_INSW,
	ZYDIS_MNEMONIC_INSD,     ZYDIS_MNEMONIC_INT,      ZYDIS_MNEMONIC_INT1,
	ZYDIS_MNEMONIC_INT3,     ZYDIS_MNEMONIC_INTO,     ZYDIS_MNEMONIC_INVD,
	ZYDIS_MNEMONIC_INVEPT,   ZYDIS_MNEMONIC_INVLPG,   ZYDIS_MNEMONIC_INVVPID,
	ZYDIS_MNEMONIC_IRET,     ZYDIS_MNEMONIC_IRETD,    ZYDIS_MNEMONIC_IRETQ,
	ZYDIS_MNEMONIC_LGDT,     ZYDIS_MNEMONIC_LIDT,     ZYDIS_MNEMONIC_LLDT,
	ZYDIS_MNEMONIC_LMSW,     ZYDIS_MNEMONIC_LTR,      ZYDIS_MNEMONIC_MONITOR,
	ZYDIS_MNEMONIC_MWAIT,    ZYDIS_MNEMONIC_OUT,      ZYDIS_MNEMONIC_OUTSB,
	ZYDIS_MNEMONIC_OUTSW,    ZYDIS_MNEMONIC_OUTSD,    ZYDIS_MNEMONIC_RDMSR,
	ZYDIS_MNEMONIC_RDPMC,    ZYDIS_MNEMONIC_RDTSC,    ZYDIS_MNEMONIC_RDTSCP,
	ZYDIS_MNEMONIC_STI,      ZYDIS_MNEMONIC_SWAPGS,   ZYDIS_MNEMONIC_SYSEXIT,
	ZYDIS_MNEMONIC_SYSRET,   ZYDIS_MNEMONIC_VMCALL,   ZYDIS_MNEMONIC_VMCLEAR,
	ZYDIS_MNEMONIC_VMLAUNCH, ZYDIS_MNEMONIC_VMPTRLD,  ZYDIS_MNEMONIC_VMPTRST,
	ZYDIS_MNEMONIC_VMREAD,   ZYDIS_MNEMONIC_VMRESUME, ZYDIS_MNEMONIC_VMWRITE,
	ZYDIS_MNEMONIC_VMXOFF,   ZYDIS_MNEMONIC_VMXON,    ZYDIS_MNEMONIC_WBINVD,
	ZYDIS_MNEMONIC_WRMSR,    ZYDIS_MNEMONIC_XSETBV,
};

/* The same file, AccessDerivableOpcode; a far call is another opcode there. */
static const ZydisMnemonic derivable[] = {
	ZYDIS_MNEMONIC_ADD,    ZYDIS_MNEMONIC_SUB,  ZYDIS_MNEMONIC_CALL,    ZYDIS_MNEMONIC_JMP,
	ZYDIS_MNEMONIC_PUSH,   ZYDIS_MNEMONIC_CMP,  ZYDIS_MNEMONIC_UCOMISS, ZYDIS_MNEMONIC_DEC,
	ZYDIS_MNEMONIC_INC,    ZYDIS_MNEMONIC_POP,  ZYDIS_MNEMONIC_MOV,     ZYDIS_MNEMONIC_MOVAPS,
	ZYDIS_MNEMONIC_MOVUPS, ZYDIS_MNEMONIC_LEA,  ZYDIS_MNEMONIC_RET,     ZYDIS_MNEMONIC_JO,
	ZYDIS_MNEMONIC_JNO,    ZYDIS_MNEMONIC_JB,   ZYDIS_MNEMONIC_JNB,     ZYDIS_MNEMONIC_JZ,
	ZYDIS_MNEMONIC_JNZ,    ZYDIS_MNEMONIC_JNBE, ZYDIS_MNEMONIC_JBE,     ZYDIS_MNEMONIC_JS,
	ZYDIS_MNEMONIC_JNS,    ZYDIS_MNEMONIC_JP,   ZYDIS_MNEMONIC_JNP,     ZYDIS_MNEMONIC_JL,
	ZYDIS_MNEMONIC_JNL,    ZYDIS_MNEMONIC_JNLE, ZYDIS_MNEMONIC_JLE,
};

static bool listed(ZydisMnemonic m, const ZydisMnemonic *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == m)
			return true;
	}
	return false;
}

/* Families whose operands name all the memory that is touched. Not among them: bit tests, whose bit
 * may lie far from the operand; what loads a segment register or saves the processor's state. */
static const ZydisInstructionCategory complete[] = {
	ZYDIS_CATEGORY_BINARY,    ZYDIS_CATEGORY_CALL,     ZYDIS_CATEGORY_CMOV,
	ZYDIS_CATEGORY_COND_BR,   ZYDIS_CATEGORY_CONVERT,  ZYDIS_CATEGORY_DATAXFER,
	ZYDIS_CATEGORY_LOGICAL,   ZYDIS_CATEGORY_NOP,      ZYDIS_CATEGORY_POP,
	ZYDIS_CATEGORY_PUSH,      ZYDIS_CATEGORY_RET,      ZYDIS_CATEGORY_ROTATE,
	ZYDIS_CATEGORY_SEMAPHORE, ZYDIS_CATEGORY_SETCC,    ZYDIS_CATEGORY_SHIFT,
	ZYDIS_CATEGORY_SSE,       ZYDIS_CATEGORY_STRINGOP, ZYDIS_CATEGORY_UNCOND_BR,
};

static bool is_complete(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *ops)
{
	bool known = false;

	for (size_t i = 0; i < COUNT(complete); i++)
		known |= complete[i] == in->meta.category;
	for (unsigned k = 0; k < in->operand_count_visible; k++) {
		if (ops[k].type == ZYDIS_OPERAND_TYPE_REGISTER &&
		    ZydisRegisterGetClass(ops[k].reg.value) == ZYDIS_REGCLASS_SEGMENT)
			return false;
	}
	return known && !insn_is_far(in);
}

static unsigned kind_of(const ZydisDecodedInstruction *in, const ZydisDecodedOperand *ops)
{
	ZydisMnemonic m = in->mnemonic;
	bool division = m == ZYDIS_MNEMONIC_DIV || m == ZYDIS_MNEMONIC_IDIV ||
			m == ZYDIS_MNEMONIC_AAM;
	bool far_call = insn_is_far(in) && m == ZYDIS_MNEMONIC_CALL;
	bool far_return = insn_is_far(in) && m == ZYDIS_MNEMONIC_RET;
	bool may_fail = listed(m, privileged, COUNT(privileged)) || far_return;
	bool ring_0 = (in->attributes & ZYDIS_ATTRIB_IS_PRIVILEGED) != 0;
	bool derives = listed(m, derivable, COUNT(derivable)) && !far_call;

	return (division ? INSN_DIVIDES : 0u) | (may_fail || ring_0 ? INSN_PRIVILEGED : 0u) |
	       (is_complete(in, ops) ? INSN_COMPLETE : 0u) | (insn_is_far(in) ? INSN_FAR : 0u) |
	       (insn_is_string(in) ? INSN_STRING : 0u) |
	       (may_fail || m == ZYDIS_MNEMONIC_MOV ? INSN_PEER_PRIVILEGED : 0u) |
	       (derives ? INSN_PEER_DERIVABLE : 0u) |
	       (in->meta.category == ZYDIS_CATEGORY_CALL ? INSN_CALLS : 0u) |
	       (m == ZYDIS_MNEMONIC_MOVAPS ? INSN_PEER_ALIGNED : 0u);
}

/* The register of a CONTEXT that holds r: rax for eax. */
static int16_t reg_of(const struct cpu *cpu, const ZydisDecodedInstruction *in, ZydisRegister r)
{
	if (r == ZYDIS_REGISTER_NONE)
		return INSN_NO_REG;

	if (ZydisRegisterGetClass(r) == ZYDIS_REGCLASS_IP)
		return cpu->ip;

	ZydisRegister whole = ZydisRegisterGetLargestEnclosing(in->machine_mode, r);
	int found = regs_index(cpu, str_of(ZydisRegisterGetString(whole)));

	return found < 0 ? INSN_OTHER_REG : (int16_t)found;
}

static uint8_t segment_of(ZydisRegister r)
{
	if (r == ZYDIS_REGISTER_FS)
		return INSN_FS;
	return r == ZYDIS_REGISTER_GS ? INSN_GS : INSN_FLAT;
}

static void add_access(struct insn *i, const struct cpu *cpu, const ZydisDecodedInstruction *in,
		       const ZydisDecodedOperand *op)
{
	bool hidden = op->visibility == ZYDIS_OPERAND_VISIBILITY_HIDDEN;
	bool read = (op->actions & ZYDIS_OPERAND_ACTION_MASK_READ) != 0;
	bool write = (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) != 0;
	uint16_t size = (uint16_t)(op->size / 8);
	bool stack = hidden && op->mem.segment == ZYDIS_REGISTER_SS;

	if (i->n_accesses == INSN_ACCESSES)
		return;
	i->accesses[i->n_accesses++] = (struct insn_access){
		.base = reg_of(cpu, in, op->mem.base),
		/* xlat adds al, of which there is no operand */
		.index = in->mnemonic == ZYDIS_MNEMONIC_XLAT ? (int16_t)INSN_OTHER_REG
							     : reg_of(cpu, in, op->mem.index),
		.scale = op->mem.scale,
		.address_bits = stack ? in->stack_width : in->address_width,
		.segment = segment_of(op->mem.segment),
		.read = read,
		.write = write,
		.implied = hidden && !insn_is_string(in),
		.unreal = (!read && !write) || in->meta.category == ZYDIS_CATEGORY_WIDENOP ||
			  in->meta.category == ZYDIS_CATEGORY_PREFETCH,
		.size = size,
		/* below the stack pointer */
		.displacement = stack && write ? -(int64_t)size : op->mem.disp.value,
	};
}

static void find_accesses(struct insn *i, const struct cpu *cpu, const ZydisDecodedInstruction *in,
			  const ZydisDecodedOperand *ops)
{
	for (unsigned hidden = 0; hidden < 2; hidden++) {
		for (unsigned k = 0; k < in->operand_count; k++) {
			if (ops[k].type == ZYDIS_OPERAND_TYPE_MEMORY &&
			    (k >= in->operand_count_visible) == (hidden != 0))
				add_access(i, cpu, in, &ops[k]);
		}
	}
}

/* By the operand of a call or a jump. */
static void find_target(struct insn *i, const struct cpu *cpu, const ZydisDecodedInstruction *in,
			const ZydisDecodedOperand *op)
{
	if (op->type == ZYDIS_OPERAND_TYPE_REGISTER) {
		i->flow = INSN_JUMP_REG;
		i->flow_reg = reg_of(cpu, in, op->reg.value);
	} else if (op->type == ZYDIS_OPERAND_TYPE_MEMORY) {
		i->flow = INSN_JUMP_MEMORY;
	} else if (op->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
		i->flow = INSN_JUMP_TO;
		i->flow_to = op->imm.value.s;
	} else {
		i->flow = INSN_ELSEWHERE;
	}
}

static const struct {
	ZydisInstructionCategory category;
	enum insn_flow flow;
} flows[] = {
	{ ZYDIS_CATEGORY_RET, INSN_JUMP_STACK },      { ZYDIS_CATEGORY_COND_BR, INSN_BRANCH },
	{ ZYDIS_CATEGORY_SYSCALL, INSN_ELSEWHERE },   { ZYDIS_CATEGORY_SYSRET, INSN_ELSEWHERE },
	{ ZYDIS_CATEGORY_INTERRUPT, INSN_ELSEWHERE }, { ZYDIS_CATEGORY_CALL, INSN_JUMP_TO },
	{ ZYDIS_CATEGORY_UNCOND_BR, INSN_JUMP_TO },
};

static void find_flow(struct insn *i, const struct cpu *cpu, const ZydisDecodedInstruction *in,
		      const ZydisDecodedOperand *ops)
{
	for (size_t k = 0; k < COUNT(flows); k++) {
		if (flows[k].category == in->meta.category)
			i->flow = flows[k].flow;
	}
	if (i->flow == INSN_JUMP_TO)
		find_target(i, cpu, in, &ops[0]);
	else if (i->flow == INSN_BRANCH && ops[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
		i->flow_to = ops[0].imm.value.s;
}

bool insn_decode(struct insn *i, const struct cpu *cpu, struct slice code)
{
	bool amd64 = cpu->kind == CPU_AMD64;
	ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT] = { 0 };
	ZydisDecodedInstruction in;
	ZydisDecoder decoder;

	*i = (struct insn){ .flow_reg = INSN_NO_REG };
	if (cpu->kind == CPU_ARM64 || cpu->kind == CPU_ARM64_OLD)
		return insn_arm64_decode(i, cpu, code);
	if (!amd64 && cpu->kind != CPU_X86)
		return false;
	if (!ZYAN_SUCCESS(ZydisDecoderInit(&decoder,
					   amd64 ? ZYDIS_MACHINE_MODE_LONG_64
						 : ZYDIS_MACHINE_MODE_LONG_COMPAT_32,
					   amd64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32)))
		return false;
	if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, code.p, code.n, &in, ops)))
		return false;

	i->length = in.length;
	i->kind = kind_of(&in, ops);
	find_accesses(i, cpu, &in, ops);
	find_flow(i, cpu, &in, ops);
	insn_text(i->text, sizeof(i->text), &in, ops);
	return true;
}
