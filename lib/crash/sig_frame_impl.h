#ifndef CRASH_CRASH_SIG_FRAME_IMPL_H
#define CRASH_CRASH_SIG_FRAME_IMPL_H

#include "crash/sig_frame.h"

/* What the normalisers share: a name goes through the steps of a table, each of which may change
 * it. */
struct sig_name {
	struct str text, line;
	struct siglists *lists;
	struct arena *arena; /* of whatever a step makes */
};

struct sig_step {
	const char *what;
	bool (*apply)(struct sig_name *n); /* false: nothing is left of the name */
};

/* t, if not NULL, gets the steps that changed the name: there are at most SIG_FRAME_STEPS. */
bool sig_step_run(struct sig_name *n, const struct sig_step *steps, size_t n_steps,
		  struct sig_frame_trace *t, struct str *out);

/* Steps of siggen.md 5.4 and 5.8. */
bool sig_step_qualifiers(struct sig_name *n);
bool sig_step_return_type(struct sig_name *n);
bool sig_step_anonymous(struct sig_name *n);
bool sig_step_lambdas(struct sig_name *n);
bool sig_step_types(struct sig_name *n);
bool sig_step_arguments(struct sig_name *n);
bool sig_step_line(struct sig_name *n);
bool sig_step_blanks(struct sig_name *n);
bool sig_step_hash(struct sig_name *n);

#endif
