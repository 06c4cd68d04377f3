#include "sym/sym_task_impl.h"

#include <inttypes.h>

#include "base/tool.h"
#include "sym/verdict.h"

/* How many of each kind were found: "FILE: lines 9, errors 2, warnings 0, notes 0; utf-8 2". */
static void put_counts(const struct check_result *r, const struct sym_input *in, FILE *out)
{
	const char *before = "; ";

	fprintf(out,
		"%s: lines %" PRIu64 ", errors %" PRIu64 ", warnings %" PRIu64 ", notes %" PRIu64,
		in->name, r->lines, r->total[CHECK_ERROR], r->total[CHECK_WARNING],
		r->total[CHECK_NOTE]);
	for (unsigned i = 0; i < CHECK_KINDS; i++) {
		if (r->count[i] == 0)
			continue;
		fprintf(out, "%s%s %" PRIu64, before, check_rule((enum check_kind)i)->name,
			r->count[i]);
		before = ", ";
	}
	fputc('\n', out);
}

static int put_verdict(const struct sym_task *t, const struct sym_input *in, FILE *out)
{
	struct verdict v;

	verdict_of(verdict_reader(t->as), in->text, in->mapped, tool_oom, &v);
	fprintf(out, "%s: %s: %s\n", in->name, t->as, v.text);
	return v.good ? EXIT_DONE : EXIT_INPUT;
}

struct check_options sym_task_check_options(const struct sym_task *t, const struct sym_input *in,
					    FILE *out)
{
	return (struct check_options){ .mapped = in->mapped,
				       .packed = in->packed,
				       .json = t->json,
				       .notes = t->strict || t->verbose,
				       .name = in->name,
				       .out = out,
				       .oom = tool_oom };
}

int sym_task_check(const struct sym_task *t, const struct sym_input *in, FILE *out, struct diag *d)
{
	struct check_options o = sym_task_check_options(t, in, out);
	struct check_result r;

	(void)d;
	if (t->as != NULL)
		return put_verdict(t, in, out);
	check_text(in->text, &o, &r);
	if (!t->json)
		put_counts(&r, in, out);
	return r.total[CHECK_ERROR] != 0 || (t->strict && !r.grammar) ? EXIT_INPUT : EXIT_DONE;
}
