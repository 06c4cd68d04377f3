#include "crash/sig_suggest.h"

#include <inttypes.h>

#include "crash/sig_form_impl.h"

/* As a prefix, a frame becomes so many groups at least, none of which has more than this share of
 * it: else it would only make the signature longer. */
enum { LEAST_GROUPS = 3, MOST_PERCENT = 70 };

void sig_suggest_begin(struct sig_suggest *s, void (*oom)(size_t wanted))
{
	sig_tally_begin(&s->next, oom);
	sig_tally_begin(&s->last, oom);
	sig_tally_begin(&s->signatures, oom);
	sig_tally_begin(&s->without, oom);
}

void sig_suggest_free(struct sig_suggest *s)
{
	sig_tally_free(&s->next);
	sig_tally_free(&s->last);
	sig_tally_free(&s->signatures);
	sig_tally_free(&s->without);
}

static bool is_kept(const struct sig_job *job, size_t frame)
{
	enum sig_part part = job->explain->frame[frame].part;

	return part == SIG_PREFIX || part == SIG_LAST;
}

/* The frames of the signature but for one. */
static struct str join(const struct sig_job *job, size_t left_out, struct arena *a)
{
	const struct sig_result *r = &job->result;
	struct str parts[2 * SIG_FRAMES];
	size_t n = 0;

	for (size_t i = 0; i < r->n_frames; i++) {
		if (i == left_out || !is_kept(job, i))
			continue;
		if (n != 0)
			parts[n++] = STR(" | ");
		parts[n++] = r->frames[i];
	}
	return arena_concat(a, parts, n);
}

/* The frame that would be in the signature, too, if the last one were a prefix. */
static struct str next_frame(const struct sig_job *job, size_t last)
{
	const struct sig_result *r = &job->result;

	for (size_t i = last + 1; i < r->n_frames; i++) {
		if (r->frames[i].n != 0 &&
		    !siglists_match(job->lists, SIGLIST_IRRELEVANT, r->frames[i]))
			return r->frames[i];
	}
	return STR("");
}

void sig_suggest_add(struct sig_suggest *s, const struct sig_job *job, struct arena *a)
{
	const struct sig_result *r = &job->result;

	if (r->n_frames == 0)
		return;
	sig_tally_add(&s->signatures, join(job, SIG_FRAMES, a), STR(""), STR(""), 1);
	for (size_t i = 0; i < r->n_frames; i++) {
		enum sig_part part = job->explain->frame[i].part;

		if (part == SIG_PREFIX)
			sig_tally_add(&s->without, r->frames[i], join(job, i, a), STR(""), 1);
		if (part != SIG_LAST)
			continue;
		sig_tally_add(&s->last, r->frames[i], STR(""), STR(""), 1);
		sig_tally_add(&s->next, r->frames[i], next_frame(job, i), STR(""), 1);
	}
}

/* An expression for a frame as a whole. */
static struct str expression(struct str frame, struct arena *a)
{
	struct buf b = { .oom = a->oom };

	for (size_t i = 0; i < frame.n; i++) {
		bool special = frame.p[i] != '\0' && strchr("\\^$.|?*+()[]{}", frame.p[i]) != NULL;

		if (special || (i == 0 && frame.p[i] == '#')) /* which would be a comment */
			buf_put_char(&b, '\\');
		buf_put_char(&b, frame.p[i]);
	}
	buf_put_char(&b, '$');

	struct str copy = arena_strdup(a, buf_str(&b));
	buf_free(&b);
	return copy;
}

/* In found: the frame, the list, the crashes; groups has the second number. */
static void find_prefixes(const struct sig_suggest *s, struct sig_tally *found,
			  struct sig_tally *groups, struct sig_tally *largest)
{
	for (size_t i = 0; i < s->next.n; i++) {
		const struct sig_tally_row *row = &s->next.rows[i];
		uint64_t before = sig_tally_count(largest, row->a, STR(""));

		sig_tally_add(groups, row->a, STR("prefix"), STR(""), 1);
		if (row->n > before)
			sig_tally_add(largest, row->a, STR(""), STR(""), row->n - before);
	}
	for (size_t i = 0; i < s->last.n; i++) {
		const struct sig_tally_row *row = &s->last.rows[i];

		if (row->n >= SIG_SUGGEST_LEAST &&
		    sig_tally_count(groups, row->a, STR("prefix")) >= LEAST_GROUPS &&
		    sig_tally_count(largest, row->a, STR("")) * 100 <= row->n * MOST_PERCENT)
			sig_tally_add(found, row->a, STR("prefix"), STR(""), row->n);
	}
}

static void find_irrelevant(const struct sig_suggest *s, struct sig_tally *found,
			    struct sig_tally *groups)
{
	for (size_t i = 0; i < s->without.n; i++) {
		const struct sig_tally_row *row = &s->without.rows[i];
		uint64_t others = sig_tally_count(&s->signatures, row->b, STR(""));

		if (others == 0)
			continue;
		sig_tally_add(found, row->a, STR("irrelevant"), STR(""), row->n + others);
		sig_tally_add(groups, row->a, STR("irrelevant"), STR(""), 2);
	}
}

void sig_suggest_print(struct sig_suggest *s, FILE *out, struct arena *a)
{
	struct sig_tally found, groups, largest;

	sig_tally_begin(&found, a->oom);
	sig_tally_begin(&groups, a->oom);
	sig_tally_begin(&largest, a->oom);
	find_prefixes(s, &found, &groups, &largest);
	find_irrelevant(s, &found, &groups);
	sig_tally_sort(&found);
	for (size_t i = 0; i < found.n; i++) {
		const struct sig_tally_row *row = &found.rows[i];
		struct buf line = { .oom = a->oom };

		if (row->n < SIG_SUGGEST_LEAST)
			break;
		siglists_put_line(&line, expression(row->a, a));
		fprintf(out, "%.*s\t%.*s\t%" PRIu64 "\t%" PRIu64 "\n", STR_ARGS(row->b),
			STR_ARGS(buf_str(&line)), row->n, sig_tally_count(&groups, row->a, row->b));
		buf_free(&line);
		arena_reset(a);
	}
	sig_tally_free(&found);
	sig_tally_free(&groups);
	sig_tally_free(&largest);
}
