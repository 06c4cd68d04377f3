#ifndef CRASH_DUMP_INSN_TEXT_H
#define CRASH_DUMP_INSN_TEXT_H

#include <Zydis/Zydis.h>
#include <stdbool.h>
#include <stddef.h>

/* The text of a decoded instruction as yaxpeax-x86 spells it, in Intel order: "mov rax, qword
 * [rax + 0x8]", "jz $+0x10". Cut to size - 1 bytes; ends in a nul. */
void insn_text(char *out, size_t size, const ZydisDecodedInstruction *in,
	       const ZydisDecodedOperand *ops);

/* movs, outs and the like, whose memory operands are implied. */
static inline bool insn_is_string(const ZydisDecodedInstruction *in)
{
	return in->meta.category == ZYDIS_CATEGORY_STRINGOP ||
	       in->meta.category == ZYDIS_CATEGORY_IOSTRINGOP;
}

/* A call, jump or return that loads a segment, too. */
static inline bool insn_is_far(const ZydisDecodedInstruction *in)
{
	return in->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR;
}

#endif
