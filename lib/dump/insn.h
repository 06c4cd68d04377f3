#ifndef CRASH_DUMP_INSN_H
#define CRASH_DUMP_INSN_H

#include "dump/regs.h"

/*
 * One machine instruction: its length, its text, and what it does with memory and the instruction
 * pointer. Decoded by Zydis (x86 and amd64); the text is that of rust-minidump's reports, whose
 * disassembler is yaxpeax-x86 (stackwalk.md 10.1, golden/probes/instructions.tsv). arm64 has no
 * text, and what its vector extensions do is not known.
 */
enum { INSN_TEXT = 160, INSN_ACCESSES = 4 };

/* A register of an address that there is none of, or whose value a CONTEXT does not tell. */
enum { INSN_NO_REG = -1, INSN_OTHER_REG = -2 };

/* A segment whose base may not be 0. */
enum insn_segment { INSN_FLAT, INSN_FS, INSN_GS };

/* What is taken of an index. */
enum insn_extend { INSN_WHOLE, INSN_UNSIGNED_32, INSN_SIGNED_32 };

/* Memory at (base + index * scale + displacement), cut to address_bits. An instruction pointer as
 * base means the end of the instruction. */
struct insn_access {
	int16_t base, index; /* indexes into the CPU's regs, or INSN_*_REG */
	uint8_t scale;
	uint8_t address_bits;
	uint8_t segment; /* enum insn_segment */
	uint8_t extend;  /* enum insn_extend */
	bool read, write;
	bool implied; /* no operand in the text: the stack of a push, a call or a return */
	bool unreal;  /* an address is formed, but nothing is read or written: lea, nop, prefetch */
	uint16_t size; /* bytes; 0 unknown */
	int64_t displacement;
};

/* Where execution goes on, as far as the instruction says it. */
enum insn_flow {
	INSN_NEXT,        /* behind it */
	INSN_JUMP_TO,     /* target bytes behind its end */
	INSN_JUMP_REG,    /* to the value of a register */
	INSN_JUMP_MEMORY, /* to the word at the first access */
	INSN_JUMP_STACK,  /* to the word at the stack pointer */
	INSN_BRANCH,      /* there or behind it, by a condition */
	INSN_ELSEWHERE,   /* a system call, an interrupt, another segment */
};

/* What reports ask of the kind of an instruction. The peer's own notions are for the compatible
 * report only. */
enum {
	INSN_DIVIDES = 1,    /* div, idiv or aam */
	INSN_PRIVILEGED = 2, /* may fail for lack of privilege */
	INSN_COMPLETE = 4,   /* touches no memory but what the accesses name */
	INSN_FAR = 8,        /* through a pointer with segment */
	INSN_STRING = 16,    /* movs and the like */
	INSN_PEER_PRIVILEGED = 32,
	INSN_PEER_DERIVABLE = 64, /* the peer knows which accesses read and which write */
	INSN_PEER_ALIGNED = 128,  /* the peer knows that it may fault for lack of alignment */
	INSN_CALLS = 256,         /* leaves a return address */
};

struct insn {
	uint8_t length;
	unsigned kind; /* INSN_* bits */
	enum insn_flow flow;
	int16_t flow_reg; /* as base */
	int64_t flow_to;
	unsigned n_accesses;
	struct insn_access
		accesses[INSN_ACCESSES]; /* explicit ones in operand order, then the rest */
	char text[INSN_TEXT];            /* empty on arm64 */
};

/* Decodes the first instruction of code. False for a CPU without a decoder, and for bytes that are
 * no instruction or the start of one only. On arm64, where all have one length and jumps are known
 * for sure, length and flow are right even then, unless code is too short: length is 0. */
bool insn_decode(struct insn *i, const struct cpu *cpu, struct slice code);

#endif
