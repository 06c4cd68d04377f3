#ifndef CRASH_WALK_STEP_H
#define CRASH_WALK_STEP_H

#include "walk/walk.h"

/*
 * One step of a walk, from a frame (the callee, walk.last) to the one that called it: the
 * techniques, and what they share. Private to the walk. stackwalk.md 5, 6; rust-minidump:
 * minidump-unwind/src.
 */

/* An address below this is a null pointer, not code: the end of a stack. */
enum { STEP_LOWEST_PC = 4096 };

enum step_result {
	STEP_NONE,   /* this technique finds nothing: the next one is tried */
	STEP_FOUND,  /* caller->regs and caller->trust are set */
	STEP_SIGNAL, /* the same, and the caller was interrupted: its pc is no return address */
	STEP_END,    /* there is no caller: the outermost frame */
};

/* What differs by CPU. A function that is NULL is a thing that the CPU does not have. */
struct step_cpu {
	bool only_ours;      /* rust-minidump gives the context frame only, or none */
	uint8_t adjust;      /* instruction = return address - adjust: inside the call */
	uint16_t scan_words; /* that the scanner looks at; 0: LIMIT_WALK_SCAN_WORDS and _FIRST */
	uint16_t scan_skip;  /* of them, left out at the bottom of all frames but the first */
	bool signs_pointers; /* addresses on the stack carry a signature (PAC) */
	bool fp_guesses_lr;  /* lr of a frame that frame pointers found is a guess: see by_cfi.c */
	const char *saved;   /* registers that survive calls, by name, separated by blanks */
	/* Whether an address can be one of code at all: for scanning. */
	bool (*is_code)(uint64_t pc);
	/* The caller by the frame pointer, which is known. */
	enum step_result (*by_fp)(struct walk *w, uint64_t fp, struct walk_frame *caller);
	/* Tries to find the frame pointer of a caller whose return address was found at an address
	 * that is not the top of the stack. */
	void (*scan_fp)(struct walk *w, uint64_t at, struct walk_frame *caller);
	/* Whether a caller with the same stack pointer as its callee can be right. */
	bool (*keeps_sp)(const struct walk_frame *callee, const struct walk_frame *caller);
};

extern const struct step_cpu step_x86, step_amd64, step_arm, step_arm64, step_mips, step_mips64,
	step_ppc, step_sparc, step_riscv;

/* The techniques, in the order in which they are tried. */
enum step_result step_by_signal(struct walk *w, struct walk_frame *caller);
enum step_result step_by_call(struct walk *w, struct walk_frame *caller);
enum step_result step_by_win(struct walk *w, struct walk_frame *caller);
enum step_result step_by_cfi(struct walk *w, struct walk_frame *caller);
enum step_result step_by_start(struct walk *w, struct walk_frame *caller);
enum step_result step_by_fp(struct walk *w, struct walk_frame *caller);
enum step_result step_by_scan(struct walk *w, struct walk_frame *caller);

/* Whether the last frame is the trampoline of a signal's handler, behind which the kernel saved the
 * registers of the code that was interrupted. */
bool step_is_signal(struct walk *w);

/* Whether a word that was found on the stack can be a return address into a module. */
bool step_is_return(struct walk *w, uint64_t pc);

/* Takes steps from the budget for work that is more than a real step needs. */
void step_charge(struct walk *w, uint64_t steps);

/* A word of the stack. */
bool step_word(const struct walk *w, uint64_t address, uint64_t *value);

/* A word that call frame information asks for: of the stack, and by default of any memory of the
 * dump, since registers of a signal frame may be on another stack. */
bool step_load(const struct walk *w, uint64_t address, uint64_t *value);
bool step_load_part(const struct walk *w, uint64_t address, unsigned width, uint64_t *value);

/* A caller of which nothing is known, and then some of its registers. What the compatible walk of
 * ARM finds by other means than call frame information is known under the register's alias. */
void step_caller(const struct walk *w, enum trust trust, struct walk_frame *caller);
void step_set(const struct walk *w, struct walk_frame *caller, unsigned reg, uint64_t value);

/* Two words at the frame pointer: the caller's frame pointer and the return address; above them its
 * stack pointer. */
struct step_record {
	uint64_t fp, pc, sp;
};
bool step_record(const struct walk *w, uint64_t at, struct step_record *r);

/* The caller that a record describes. */
void step_from_record(const struct walk *w, const struct step_record *r, struct walk_frame *caller);

/* Values of the callee; the register must be known. */
static inline uint64_t step_sp(const struct walk *w)
{
	return w->last.regs.value[w->last.regs.cpu->sp];
}

static inline uint64_t step_fp(const struct walk *w)
{
	return w->last.regs.value[w->last.regs.cpu->fp];
}

#endif
