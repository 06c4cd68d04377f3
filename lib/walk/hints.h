#ifndef CRASH_WALK_HINTS_H
#define CRASH_WALK_HINTS_H

#include "base/js.h"
#include "dump/dump.h"
#include "dump/insn.h"

/*
 * What the crashing instruction tells about the crash: the memory that it accesses, where it jumps
 * to, whether the address of the crash is a null pointer or was made by a flipped bit, and whether
 * all that agrees with the reason. stackwalk.md 10; rust-minidump: minidump-processor/src,
 * op_analysis.rs, processor.rs, process_state.rs.
 *
 * compat gives rust-minidump's answers, for amd64 only. By default x86 is analysed too, and an
 * answer is given only where it is known to be right: stackwalk(1) lists what differs.
 */
struct hint_access {
	uint64_t address;
	uint16_t size; /* bytes; 0 unknown */
	bool typed;    /* read and write are known */
	bool read, write;
	bool from_null; /* the base register is 0, or the address without one */
	bool guard;     /* in what looks like a guard page */
};

enum hint_update { HINT_UPDATE_UNKNOWN, HINT_UPDATE_NONE, HINT_UPDATE_KNOWN };

/* What the address of the crash really is, when the system could not tell. */
enum hint_adjusted { HINT_AS_REPORTED, HINT_NULL_POINTER, HINT_NON_CANONICAL };

/* An address that a single bit turns into one that the instruction could have used. */
struct hint_flip {
	uint64_t address;
	const char *reg; /* that had the wrong address; NULL: none, the address of the crash */
	bool was_non_canonical;
	bool is_null;
	bool was_low;      /* is_null, and the wrong address was hardly more than 0 */
	bool poison;       /* a register holds a pattern that allocators fill freed memory with */
	unsigned n_nearby; /* registers close to the address */
	float confidence;  /* 0 to 1 */
};

/* What does not agree: bits, in the order of reports. */
enum {
	HINT_NO_DIVISION = 1,
	HINT_NOT_PRIVILEGED = 2,
	HINT_CANONICAL = 4,
	HINT_NOT_ACCESSED = 8,
	HINT_ALLOWED = 16,
};

struct hints {
	bool decoded; /* there is an instruction */
	struct insn insn;
	bool has_accesses; /* all of them are known */
	unsigned n_accesses;
	struct hint_access accesses[INSN_ACCESSES];
	enum hint_update update; /* of the instruction pointer */
	uint64_t target;
	enum hint_adjusted adjusted;
	uint64_t adjusted_address;
	struct hint_flip *flips; /* the address of the crash first, then registers by name */
	size_t n_flips;
	unsigned inconsistencies; /* HINT_* bits */
};

/* The crash as the rest of the report has it. */
struct hint_crash {
	const struct dump *dump;
	const struct md_thread *thread; /* that crashed; NULL when there is none */
	struct str reason;              /* by reason_text() */
	bool has_address;
	uint64_t address;
	bool compat;
};

/* All of it empty when the dump has no exception. Flips live in a. */
void hints_find(struct hints *h, const struct hint_crash *crash, struct arena *a);

/* Keys of crash_info, which has others between them: adjusted_address; crash_inconsistencies; and
 * instruction to possible_bit_flips. digits: of an address. */
void hints_js_adjusted(const struct hints *h, unsigned digits, struct js *j);
void hints_js_inconsistencies(const struct hints *h, struct js *j);
void hints_js_instruction(const struct hints *h, unsigned digits, struct js *j);

/* In the human report: what stands behind the address of the crash, to the end of the line and
 * below it; and the lines after that. */
void hints_text_adjusted(const struct hints *h, unsigned digits, FILE *out);
void hints_text(const struct hints *h, unsigned digits, struct arena *a, FILE *out);

#endif
