#ifndef CRASH_WALK_RATING_BLOCK_H
#define CRASH_WALK_RATING_BLOCK_H

#include "dump/dump.h"
#include "dump/insn.h"

/* Private to the rating: what the code behind a crashing instruction would have done next with the
 * address that was bad. */
enum {
	BLOCK_BRANCHES = 1,   /* goes on at it, or at an address read through it */
	BLOCK_PASSES = 2,     /* hands it to a function */
	BLOCK_WRITES = 4,     /* writes through it */
	BLOCK_STRINGS_TO = 8, /* the same by a string instruction */
	BLOCK_READS = 16,
	BLOCK_STRINGS_FROM = 32,
	BLOCK_COMPARES = 64, /* compares it, or what is there */
};

/*
 * BLOCK_* bits of the code behind first, the instruction at regs' ip, in the memory of the dump; at
 * most BLOCK_BYTES, and as far as execution goes on for sure. The bad address is in the register
 * that was the base of what first read, or wrote if written is set; 0 when there is none. x86 only.
 */
enum { BLOCK_BYTES = 2048 };
unsigned rating_block(const struct dump *d, const struct regs *regs, const struct insn *first,
		      bool written);

#endif
