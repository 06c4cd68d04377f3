#ifndef CRASH_SYM_CFI_RULE_H
#define CRASH_SYM_CFI_RULE_H

#include "base/slice.h"

/*
 * The postfix languages of STACK CFI and STACK WIN. Both are evaluated for one frame, the callee,
 * whose registers and memory the caller of these functions supplies. What each token means, with 63
 * and 38 cases, is rust-minidump's reading (breakpad-symbols/src/sym_file/walker.rs); stackwalk.md
 * 5.2, 5.3. An expression longer than LIMIT_CFI_OPS tokens, or one that holds more than
 * LIMIT_CFI_DEPTH values at a time, fails.
 */

/* One "REG: EXPRESSION" of a STACK CFI record. */
enum cfi_kind { CFI_RULE_REGISTER, CFI_RULE_CFA, CFI_RULE_RA };

struct cfi_rule {
	enum cfi_kind kind;
	struct str name;       /* of the register, without a leading '$' */
	struct str expression; /* points into the text of the record, like name */
};

enum cfi_next { CFI_NEXT_RULE, CFI_NEXT_END, CFI_NEXT_MALFORMED };

/*
 * Takes the next rule from the text of a record. Malformed: the text does not begin with a
 * register, or a register is followed by no expression. A text without any rule is malformed too,
 * which only the caller can see.
 */
enum cfi_next cfi_rule_next(struct str *text, struct cfi_rule *rule);

/* The callee as expressions see it. */
struct cfi_frame {
	void *context; /* for the two functions */
	/* A word of the size of a register. False outside the memory that may be read. */
	bool (*load)(void *context, uint64_t address, uint64_t *value);
	/* False for an unknown name and for a register whose value is not known. */
	bool (*reg)(void *context, struct str name, uint64_t *value);
};

/* Evaluates an expression of STACK CFI; cfa is NULL for the rule of .cfa itself. All arithmetic is
 * unsigned, in 64 bits, on every CPU. */
bool cfi_eval(struct str expression, const struct cfi_frame *f, const uint64_t *cfa,
	      uint64_t *value);

/* Registers that a program of STACK WIN may set, in the order in which they are written back. */
enum win_register { WIN_EIP, WIN_ESP, WIN_EBP, WIN_EBX, WIN_ESI, WIN_EDI, WIN_REGISTERS };

/* The sizes of a STACK WIN record, in bytes, and the parameters that the callee's callee pops. */
struct win_sizes {
	uint32_t parameters, saved_registers, locals, callee_parameters;
};

struct win_result {
	uint32_t value[WIN_REGISTERS];
	bool set[WIN_REGISTERS];
};

/* Runs the program of a frame data record. f must know esp and ebp. More than LIMIT_WIN_VARIABLES
 * variables fail. */
bool win_eval(struct str program, const struct cfi_frame *f, const struct win_sizes *sizes,
	      struct win_result *result);

#endif
