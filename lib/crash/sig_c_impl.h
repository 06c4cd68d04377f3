#ifndef CRASH_CRASH_SIG_C_IMPL_H
#define CRASH_CRASH_SIG_C_IMPL_H

#include "crash/sig_c.h"

/* What is read of a frame or of an inline function in it. */
struct sig_c_frame {
	struct js_value module, function, file, line, offset, unloaded;
};

/* siggen.md 5.3: the first thing that a frame has. False, with sig_fail(), for data of the wrong
 * type. */
bool sig_c_frame_text(struct sig_job *job, const struct sig_c_frame *f, struct str *out);

#endif
