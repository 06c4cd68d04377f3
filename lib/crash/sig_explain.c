#include "crash/sig_explain.h"

#include <stdio.h>

#include "crash/sig_form_impl.h"

static const struct {
	const char *what;
	int list; /* enum siglist_kind that decides so; -1 for none */
} parts[] = {
	[SIG_UNREACHED] = { "not reached", -1 },
	[SIG_ABOVE] = { "above the sentinel", -1 },
	[SIG_SENTINEL] = { "sentinel, the stack begins here", SIGLIST_SENTINELS },
	[SIG_EMPTY] = { "nothing is known of it", -1 },
	[SIG_IRRELEVANT] = { "irrelevant, left out", SIGLIST_IRRELEVANT },
	[SIG_REPEATED] = { "the same module again, left out", -1 },
	[SIG_PREFIX] = { "prefix, goes on", SIGLIST_PREFIX },
	[SIG_LAST] = { "no prefix, the last one", -1 },
	[SIG_CYCLE] = { "of the recursion", -1 },
};

void sig_explain_part(struct sig_job *job, size_t frame, enum sig_part part)
{
	struct sig_explained *f;
	enum siglist_kind kind;

	if (job->explain == NULL)
		return;
	f = &job->explain->frame[frame];
	if (part == SIG_SENTINEL)
		f->sentinel = true;
	else
		f->part = part;
	if (parts[part].list < 0)
		return;
	kind = (enum siglist_kind)parts[part].list;
	if (part == SIG_SENTINEL) {
		f->sentinel_by.file = siglists_file_name(kind);
		f->sentinel_by.line = siglists_line(job->lists, kind, job->result.frames[frame],
						    &f->sentinel_by.text);
		return;
	}
	f->by.file = siglists_file_name(kind);
	f->by.line = siglists_line(job->lists, kind, job->result.frames[frame], &f->by.text);
}

static void print_line(FILE *out, const char *label, struct str text, struct arena *a)
{
	fprintf(out, "    %-14s%.*s\n", label, STR_ARGS(sig_form_safe(text, a)));
}

static void print_part(FILE *out, enum sig_part part, const char *file, unsigned line,
		       struct str text, struct arena *a)
{
	struct buf b = { .oom = a->oom };

	siglists_put_line(&b, text);
	fprintf(out, "    -> %s", parts[part].what);
	if (file != NULL)
		fprintf(out, ": %s:%u: %.*s", file, line, STR_ARGS(buf_str(&b)));
	putc('\n', out);
	buf_free(&b);
}

static void print_frame(FILE *out, size_t number, const struct sig_explained *f, struct str frame,
			struct arena *a)
{
	fprintf(out, "%2zu  %.*s\n", number, STR_ARGS(sig_form_safe(frame, a)));
	if (f->from != NULL)
		print_line(out, f->from, f->raw, a);
	for (size_t i = 0; i < f->trace.n; i++)
		print_line(out, f->trace.step[i].what, f->trace.step[i].after, a);
	if (f->sentinel)
		print_part(out, SIG_SENTINEL, f->sentinel_by.file, f->sentinel_by.line,
			   f->sentinel_by.text, a);
	print_part(out, f->part, f->by.file, f->by.line, f->by.text, a);
}

void sig_explain_print(FILE *out, const struct sig_record *r, const struct sig_explain *e,
		       struct arena *a)
{
	struct sig_line error;

	fprintf(out, "Signature:  %.*s\n", STR_ARGS(sig_form_safe(r->result->signature, a)));
	for (const struct sig_line *l = sig_form_notes(r, &error); l != NULL; l = l->next)
		fprintf(out, "Note:       %.*s\n", STR_ARGS(sig_form_safe(l->text, a)));
	for (const struct sig_line *l = r->result->debug_log.first; l != NULL; l = l->next) {
		if (str_find(l->text, STR(": change signature: ")) != l->text.n)
			fprintf(out, "Rule:       %.*s\n", STR_ARGS(sig_form_safe(l->text, a)));
	}
	for (size_t i = 0; i < r->result->n_frames; i++)
		print_frame(out, i, &e->frame[i], r->result->frames[i], a);
	putc('\n', out);
}
