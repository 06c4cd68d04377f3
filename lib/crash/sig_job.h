#ifndef CRASH_CRASH_SIG_JOB_H
#define CRASH_CRASH_SIG_JOB_H

#include "base/js_in.h"
#include "crash/siglist.h"

/* One crash on its way to a signature: what the rules read and what they leave behind. */

/* Whose JSON it is: siggen.md 3 and 10. */
enum sig_input {
	SIG_AUTO,
	SIG_CRASH,     /* crash data: what the rules read, by its own names */
	SIG_PROCESSED, /* a processed crash: the stackwalker's JSON is its json_dump */
	SIG_STACKWALK, /* the stackwalker's JSON */
	SIG_PING,      /* a crash ping: ping.h makes crash data of it */
};

/* Crash data, by the keys of siggen.md 3. A value that the input doesn't have is JS_NONE. */
struct sig_crash {
	bool is_object; /* the input is one: else nothing can be read from it */
	/* It is made from the stackwalker's JSON: a size that is no integer counts as missing. */
	bool processed;
	struct js_value crashing_thread, threads, os, reason;
	struct js_value java_stack_trace, java_exception;
	struct js_value oom_allocation_size, js_large_allocation_failure, abort_message;
	struct js_value async_shutdown_timeout, ipc_channel_error, additional_minidumps;
	struct js_value ipc_message_name, hang, mdsw_status_string;
	/* Not for the rules: for those who compare. */
	struct js_value uuid, original_signature;
};

struct sig_crash sig_crash_read(struct js_value root, enum sig_input input);

/* Lines of text, in the order in which they came. */
struct sig_lines {
	struct sig_line *first, *last;
};

struct sig_line {
	struct str text;
	struct sig_line *next;
};

/* Rule 1 looks at so many frames, inlines counted (MAXIMUM_FRAMES_TO_CONSIDER). */
enum { SIG_FRAMES = 40 };

struct sig_result {
	struct str signature;
	struct sig_lines notes;
	struct sig_lines debug_log;    /* only if the job asks for it */
	struct str frames[SIG_FRAMES]; /* normalised; rule 1, native stacks */
	size_t n_frames;               /* 0: there are none, or the rule failed */
};

struct sig_explain;

struct sig_job {
	struct sig_crash crash;
	struct siglists *lists;
	struct arena *arena;   /* of all that the result points to */
	struct arena *scratch; /* reset with each frame */
	bool debug;
	bool own; /* by the algorithm of sig_own.h */
	const char
		*lists_name; /* for the debug log, which names them as the peer's does; or NULL */
	struct sig_explain *explain; /* zeroed, to be filled; or NULL */
	const char *rule;            /* that is running */
	const char *why;             /* set by a rule that failed */
	/* What sig_own.h needs to know of rule 1: its signature; whether that is of a recursion;
	 * which of the result's frames have a function, as bits. */
	struct str stack;
	bool recursion;
	uint64_t named;
	struct sig_result result;
};

/* "RULE: " and the parts, which may hold any text, as a note or a debug line:
 * "sig_note(job, PARTS(a, b))". */
void sig_note(struct sig_job *job, const struct str *parts, size_t n);
void sig_debug(struct sig_job *job, const struct str *parts, size_t n);

/* Sets the signature and says so in the debug log. */
void sig_set(struct sig_job *job, struct str signature);
void sig_set_parts(struct sig_job *job, const struct str *parts, size_t n);

/* The printable ASCII in a text, blanks among it. */
struct str sig_printable(struct sig_job *job, struct str s);

/* Ends a rule that met data of the wrong type: "return sig_fail(job, ...)". */
bool sig_fail(struct sig_job *job, const char *why);

#endif
