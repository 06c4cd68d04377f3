#ifndef CRASH_WALK_WALK_H
#define CRASH_WALK_WALK_H

#include "walk/start.h"
#include "walk/tail.h"

/*
 * The walk of one thread's stack, a frame at a time, nothing kept but the frame before.
 * stackwalk.md 3 to 6. The compatible walk (names->compat) gives rust-minidump's frames, flaws
 * included; the default one differs where stackwalk(1) says so.
 */

/* How a frame was found; what reports call trust. */
enum trust {
	TRUST_CONTEXT,
	TRUST_CFI,
	TRUST_CFI_SCAN,
	TRUST_FRAME_POINTER,
	TRUST_SCAN,
	TRUST_PREWALKED,
	TRUST_TAIL_CALL,
	TRUST_NONE,
};

/* "frame_pointer"; and the words of the human report, "previous frame's frame pointer". */
const char *trust_name(enum trust t);
const char *trust_text(enum trust t);

struct walk_frame {
	uint64_t instruction; /* what is looked up: pc of the context, else return address - 1 or so
			       */
	uint64_t pc;          /* of the context, or the return address */
	enum trust trust;
	ptrdiff_t module; /* index into dump->modules.v, or MD_NO_MODULE */
	struct regs regs;
};

/* Work that all walks of one dump share. limits.h has the reasons. */
struct walk_budget {
	uint64_t steps; /* left; a thread that finds 0 has its context frame only */
	bool hit;
};
struct walk_budget walk_budget_make(const struct dump *d);

struct step_cpu;
struct step_layout;

struct walk {
	struct names *names;
	struct walk_budget *budget;
	struct arena *scratch;      /* for one step; reset in each */
	const struct step_cpu *cpu; /* NULL: no way to walk this CPU, context frame only */
	struct md_region stack;     /* all stack reads go here; empty: context frame only */
	uint64_t saved;             /* bit i: register i survives calls */
	uint64_t
		pointer_mask; /* without the signature of a pointer; all ones where there is none */
	uint64_t callee_instruction; /* of the frame before last: STACK WIN asks for its parameters
				      */
	ptrdiff_t callee_module;
	uint64_t n_frames;
	unsigned n_signals;               /* signal frames so far */
	const struct step_layout *signal; /* the last frame is the trampoline of one; or NULL */
	uint64_t signal_at;               /* where that begins; 0: no signal so far */
	struct tails tails;               /* callers of the frame before last that left no frame */
	enum start start;                 /* of the last frame, when that was asked for */
	bool done;
	struct walk_frame last;
};

/*
 * Starts at the context given (of the thread, or of the exception). A context that cannot be read
 * gives no frames at all.
 */
void walk_begin(struct walk *w, struct names *names, struct walk_budget *budget,
		struct arena *scratch, const struct md_thread *thread, struct cursor context);

/* The next frame, innermost first; false at the end. Inlines are no frames of the walk:
 * names_find() gives them. */
bool walk_next(struct walk *w, struct walk_frame *frame);

#endif
