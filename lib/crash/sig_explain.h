#ifndef CRASH_CRASH_SIG_EXPLAIN_H
#define CRASH_CRASH_SIG_EXPLAIN_H

#include "crash/sig_form.h"
#include "crash/sig_frame.h"

/* Why a signature is as it is: what became of each frame of a native stack, and by which line of
 * which list. A job that has one of these fills it; its texts live as long as the job's result. */

enum sig_part {
	SIG_UNREACHED,  /* the signature was complete before */
	SIG_ABOVE,      /* above the sentinel */
	SIG_SENTINEL,   /* at which the stack begins; it has a part of its own, too */
	SIG_EMPTY,      /* no text */
	SIG_IRRELEVANT, /* left out */
	SIG_REPEATED,   /* the same module as before, left out */
	SIG_PREFIX,     /* in the signature, and so is what comes next */
	SIG_LAST,       /* in the signature, which it completes */
	SIG_CYCLE,      /* of a recursion, whose frames make the signature: sig_own.h */
};

struct sig_explained {
	const char *from; /* what of the frame its text was made of: "C++ function" */
	struct str raw;   /* that, as it was */
	struct sig_frame_trace trace;
	enum sig_part part;
	bool sentinel;
	struct {
		const char *file; /* of the list; NULL: none decided */
		unsigned line;
		struct str text;
	} by, sentinel_by;
};

struct sig_explain {
	struct sig_explained frame[SIG_FRAMES]; /* as many as the result has */
};

/* What became of a frame, with the line of the list that decided, if one did. Nothing when the job
 * has nobody who wants to know. */
void sig_explain_part(struct sig_job *job, size_t frame, enum sig_part part);

/* For people: signature, notes, frames with each step of their names. */
void sig_explain_print(FILE *out, const struct sig_record *r, const struct sig_explain *e,
		       struct arena *a);

#endif
