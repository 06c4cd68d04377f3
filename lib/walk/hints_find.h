#ifndef CRASH_WALK_HINTS_FIND_H
#define CRASH_WALK_HINTS_FIND_H

#include "walk/hints.h"

/* The parts of hints_find(), and what they share. Private to the analysis. */

/* Reasons that say something about the instruction. */
enum hint_reason {
	HINT_OTHER_REASON,
	HINT_DIVIDE,
	HINT_PRIVILEGE,
	HINT_STACK_OVERFLOW,
	HINT_READ,
	HINT_WRITE,
	HINT_EXECUTE,
	HINT_FAULT,        /* memory, but not how it was accessed */
	HINT_FAULT_KERNEL, /* the same with no address: Linux SI_KERNEL */
	HINT_FAULT_GP,     /* the same: macOS EXC_I386_GPFLT */
};

struct hint_case {
	const struct hint_crash *crash;
	const struct dump *dump;
	bool compat;
	enum hint_reason reason;
	bool has_regs;
	struct regs regs; /* of the exception */
	bool protection;  /* a general protection fault: the reported address means nothing */
};

/* Whether an address is none of amd64 with 48 bits. */
bool hint_non_canonical(uint64_t address);

/* Whether the access, whose size is known, holds the address. */
bool hint_covers(const struct hint_access *a, uint64_t address);

/* MD_READ, MD_WRITE or MD_EXECUTE as the reason says it; 0 when it says nothing. */
unsigned hint_operation(enum hint_reason reason);

/* The crashing instruction: what it accesses and where it goes. */
void hint_decode(struct hints *h, const struct hint_case *c);

/* 10.4 and 10.5 of stackwalk.md. */
void hint_find_flips(struct hints *h, const struct hint_case *c, struct arena *a);
void hint_find_inconsistencies(struct hints *h, const struct hint_case *c);

#endif
