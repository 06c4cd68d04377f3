#include "walk/step.h"

/* No caller of a function in which threads begin: what call frame information doesn't know is
 * asked of its name. */
enum step_result step_by_start(struct walk *w, struct walk_frame *caller)
{
	(void)caller;
	if (w->names->compat)
		return STEP_NONE;
	w->start = start_of(w->names, w->last.module, w->last.instruction, w->scratch);
	return w->start == START_OUTERMOST ? STEP_END : STEP_NONE;
}
