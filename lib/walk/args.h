#ifndef CRASH_WALK_ARGS_H
#define CRASH_WALK_ARGS_H

#include "base/buf.h"
#include "walk/state.h"

/*
 * Arguments of functions of x86, guessed: those that the name of a function lists are words on the
 * stack of its caller, in their order, if the function has not changed them and each is as wide as
 * a pointer. stackwalk.md 8; rust-minidump: minidump-processor/src/arg_recovery.rs.
 */
struct args {
	struct buf pointers; /* the stack pointer of each frame, uint64_t */
	struct md_region stack;
	bool big;
	bool compat;
	bool windows;
};

/* Walks a thread for what args_of() needs; nothing on other CPUs. args_free() ends it. */
void args_collect(struct args *x, struct state *s, size_t thread, struct arena *scratch);
void args_free(struct args *x);

enum args_call { ARGS_THISCALL, ARGS_OTHER_THISCALL, ARGS_CDECL };

struct arg {
	struct str name; /* its type, or "this" */
	bool known;
	uint32_t value;
};

/* The arguments of the frame of that number, whose function it is, in *v and a; how many. 0 when
 * the name has no list of them that can be told apart. */
size_t args_of(const struct args *x, uint64_t number, const struct regs *regs, struct str function,
	       enum args_call *call, struct arg **v, struct arena *a);

/* "cdecl [static function]". */
const char *args_call_text(enum args_call call);

#endif
