#ifndef CRASH_DUMP_INSN_ARM64_H
#define CRASH_DUMP_INSN_ARM64_H

#include "dump/insn.h"

/*
 * What an instruction of arm64 does with memory and the instruction pointer, from the tables of the
 * Arm Architecture Reference Manual (DDI 0487, C4.1 "A64 instruction set encoding"). No text. False
 * where the answer would be a guess: SVE, SME, tags, authenticated loads, vector structures.
 */
bool insn_arm64_decode(struct insn *i, const struct cpu *cpu, struct slice code);

#endif
