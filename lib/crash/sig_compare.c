#include "crash/sig_compare.h"

#include <inttypes.h>

#include "crash/sig_form_impl.h"

void sig_compare_begin(struct sig_compare *c, void (*oom)(size_t wanted))
{
	*c = (struct sig_compare){ 0 };
	sig_tally_begin(&c->pairs, oom);
	sig_tally_begin(&c->old, oom);
	sig_tally_begin(&c->new, oom);
}

void sig_compare_free(struct sig_compare *c)
{
	sig_tally_free(&c->pairs);
	sig_tally_free(&c->old);
	sig_tally_free(&c->new);
}

void sig_compare_add(struct sig_compare *c, struct str old, struct str new, struct str id)
{
	c->n++;
	c->changed += !str_eq(old, new);
	if (!sig_tally_add(&c->pairs, old, new, id, 1))
		return;
	sig_tally_add(&c->old, old, STR(""), STR(""), 1);
	sig_tally_add(&c->new, new, STR(""), STR(""), 1);
}

static const char *fate(const struct sig_compare *c, const struct sig_tally_row *row)
{
	bool split = sig_tally_count(&c->old, row->a, STR("")) > 1;
	bool merged = sig_tally_count(&c->new, row->b, STR("")) > 1;

	return split && merged ? "split merged" : split ? "split" : merged ? "merged" : "renamed";
}

void sig_compare_print(struct sig_compare *c, FILE *out, struct arena *a)
{
	sig_tally_sort(&c->pairs);
	for (size_t i = 0; i < c->pairs.n; i++) {
		const struct sig_tally_row *row = &c->pairs.rows[i];

		if (str_eq(row->a, row->b))
			continue;
		fprintf(out, "%" PRIu64 "\t%s\t%.*s\t%.*s\t%.*s\n", row->n, fate(c, row),
			STR_ARGS(sig_form_safe(row->a, a)), STR_ARGS(sig_form_safe(row->b, a)),
			STR_ARGS(sig_form_safe(row->sample, a)));
		arena_reset(a);
	}
}
