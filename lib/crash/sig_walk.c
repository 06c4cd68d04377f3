#include "crash/sig_walk.h"

#include "crash/sig_explain.h"

static char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool ends_in(struct str s, const char *lower_suffix)
{
	struct str suffix = str_of(lower_suffix), tail;

	if (s.n < suffix.n)
		return false;
	tail = str_from(s, s.n - suffix.n);
	for (size_t i = 0; i < suffix.n; i++) {
		if (ascii_lower(tail.p[i]) != suffix.p[i])
			return false;
	}
	return true;
}

/* A module or a nameless function, of which several in a row say no more than one. */
static bool is_module(struct str frame)
{
	if (str_starts(frame, STR("(unloaded")))
		return false;
	return ends_in(frame, ".dll") || ends_in(frame, ".so") || str_eq(frame, STR("XUL")) ||
	       str_eq(frame, STR("<name omitted>")) || str_starts(frame, STR("<unknown in"));
}

/* The signature so far: frames of the result, by index. */
struct walk {
	struct str added[SIG_FRAMES];
	size_t n;
};

static void say(struct sig_job *job, struct str what, struct str frame)
{
	sig_debug(job, PARTS(what, frame, STR("\"")));
}

/* Whether the walk goes on. */
static bool step(struct sig_job *job, struct walk *w, size_t index)
{
	struct str frame = job->result.frames[index];

	if (frame.n == 0) {
		sig_explain_part(job, index, SIG_EMPTY);
		say(job, STR("empty string; ignoring: \""), frame);
		return true;
	}
	if (siglists_match(job->lists, SIGLIST_IRRELEVANT, frame)) {
		sig_explain_part(job, index, SIG_IRRELEVANT);
		say(job, STR("irrelevant; ignoring: \""), frame);
		return true;
	}
	if (w->n != 0 && is_module(frame) && str_eq(frame, w->added[w->n - 1])) {
		sig_explain_part(job, index, SIG_REPEATED);
		return true;
	}
	w->added[w->n++] = frame;
	if (!siglists_match(job->lists, SIGLIST_PREFIX, frame)) {
		sig_explain_part(job, index, SIG_LAST);
		say(job, STR("not a prefix; stop: \""), frame);
		return false;
	}
	sig_explain_part(job, index, SIG_PREFIX);
	say(job, STR("prefix; continue iterating: \""), frame);
	return true;
}

static size_t first_sentinel(struct sig_job *job)
{
	const struct sig_result *r = &job->result;

	for (size_t i = 0; i < r->n_frames; i++) {
		if (siglists_match(job->lists, SIGLIST_SENTINELS, r->frames[i])) {
			char digits[2] = { (char)('0' + i / 10), (char)('0' + i % 10) };
			struct str index = { i < 10 ? digits + 1 : digits, i < 10 ? 1 : 2 };

			sig_debug(job, PARTS(STR("sentinel; starting at \""), r->frames[i],
					     STR("\" index "), index));
			sig_explain_part(job, i, SIG_SENTINEL);
			return i;
		}
	}
	return 0;
}

static struct str join(struct sig_job *job, const struct walk *w)
{
	struct str parts[2 * SIG_FRAMES];
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		if (i != 0)
			parts[n++] = STR(" | ");
		parts[n++] = w->added[i];
	}
	return arena_concat(job->arena, parts, n);
}

void sig_walk(struct sig_job *job, struct str thread)
{
	const struct sig_result *r = &job->result;
	struct walk w = { .n = 0 };
	size_t first = first_sentinel(job);

	for (size_t i = 0; i < first; i++)
		sig_explain_part(job, i, SIG_ABOVE);
	for (size_t i = first; i < r->n_frames && step(job, &w, i); i++)
		continue;

	struct str signature = join(job, &w);
	if (signature.n == 0) {
		sig_note(job, PARTS(STR("CSignatureTool: no frame data for crashing thread ("),
				    thread, STR(")")));
		signature = r->n_frames != 0 ? r->frames[first]
					     : STR("EMPTY: no frame data available");
	}
	if (signature.n != 0)
		sig_set(job, signature);
}
