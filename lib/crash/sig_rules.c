#include "crash/sig_rules.h"

#include "base/unicode.h"
#include "crash/sig_c.h"

/* Of a signature, in characters: SIGNATURE_MAX_LENGTH. */
enum { MAX_LENGTH = 255 };

static bool generate(struct sig_job *job)
{
	if (!job->crash.is_object)
		return sig_fail(job, "crash data is no object");

	bool ok = sig_c(job);
	struct str stuck;
	while ((stuck = siglists_stuck(job->lists, job->arena)).n != 0)
		sig_note(job, PARTS(stuck, STR(": takes too long, taken not to match")));
	return ok;
}

static bool is_stack_overflow(const struct sig_job *job)
{
	return js_in_is(job->crash.reason, STR("EXCEPTION_STACK_OVERFLOW"));
}

static bool stack_overflow(struct sig_job *job)
{
	sig_set(job,
		arena_concat(job->arena, PARTS(STR("stackoverflow | "), job->result.signature)));
	return true;
}

/* No white space at the ends, and nothing but printable ASCII. */
static bool printable(struct sig_job *job)
{
	struct str s = unicode_trim(job->result.signature);
	char *out = arena_new(job->arena, char, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] >= 0x20 && s.p[i] < 0x7f)
			out[n++] = s.p[i];
	}
	if (n != job->result.signature.n) {
		sig_set(job, (struct str){ out, n });
		sig_note(job, PARTS(STR("unprintable characters removed")));
	}
	return true;
}

/* After printable(), blanks are all the white space there is. */
static bool whitespace(struct sig_job *job)
{
	struct str s = str_trim(job->result.signature);
	char *out = arena_new(job->arena, char, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != ' ' || s.p[i - 1] != ' ')
			out[n++] = s.p[i];
	}
	if (n != job->result.signature.n)
		sig_set(job, (struct str){ out, n });
	return true;
}

static bool is_long(const struct sig_job *job)
{
	return job->result.signature.n > MAX_LENGTH;
}

static bool truncate_end(struct sig_job *job)
{
	sig_set(job,
		arena_concat(job->arena,
			     PARTS(str_first(job->result.signature, MAX_LENGTH - 3), STR("..."))));
	sig_note(job, PARTS(STR("SigTrunc: signature truncated due to length")));
	return true;
}

/* By Socorro's names and in its order (generator.py: DEFAULT_RULESET); the last three stay last. */
static const struct rule {
	const char *name;
	bool (*applies)(const struct sig_job *job); /* NULL: always */
	bool (*apply)(struct sig_job *job);
} rules[] = {
	{ "SignatureGenerationRule", NULL, generate },
	{ "StackOverflowSignature", is_stack_overflow, stack_overflow },
	{ "SigPrintableCharsOnly", NULL, printable },
	{ "SigFixWhitespace", NULL, whitespace },
	{ "SigTruncate", is_long, truncate_end },
};

void sig_rules(struct sig_job *job)
{
	job->result = (struct sig_result){ .signature = STR("") };
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		job->rule = rules[i].name;
		if ((rules[i].applies == NULL || rules[i].applies(job)) && !rules[i].apply(job))
			sig_note(job, PARTS(STR("Rule failed: "), str_of(job->why)));
	}
}
