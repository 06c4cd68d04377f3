#include "crash/sig_rules.h"

#include "base/unicode.h"
#include "crash/sig_annotations.h"
#include "crash/sig_c.h"
#include "crash/sig_java.h"
#include "crash/sig_own.h"
#include "crash/sig_value.h"

/* Of a signature, in characters: SIGNATURE_MAX_LENGTH. */
enum { MAX_LENGTH = 255 };

/* A Java exception wins over native stacks. */
static bool generate(struct sig_job *job)
{
	if (sig_value_true(job->crash.java_stack_trace))
		return sig_java_trace(job);
	if (sig_value_true(job->crash.java_exception))
		return sig_java_exception(job);

	bool ok = sig_c(job);
	job->stack = job->result.signature;
	struct str stuck;
	while ((stuck = siglists_stuck(job->lists, job->arena)).n != 0)
		sig_note(job, PARTS(stuck, STR(": takes too long, taken not to match")));
	return ok;
}

/* What other rules put in front of the stack's signature; false when they put it away. */
static bool split_stack(const struct sig_job *job, struct str *front)
{
	struct str s = job->result.signature;

	*front = str_first(s, s.n - (job->stack.n < s.n ? job->stack.n : s.n));
	return str_ends(s, job->stack);
}

/* A watchdog ends a program that does not end by itself: what it hung in is on the first thread.
 * What is said on the way is said in the name of rule 1. Socorro's loses what other rules put in
 * front, and takes the word in an abort message for the function. */
static bool run_watchdog(struct sig_job *job)
{
	const struct str searched = job->own ? job->stack : job->result.signature;
	const char *self = job->rule;
	struct js_value thread = job->crash.crashing_thread;
	struct str front;

	if (str_find(searched, STR("RunWatchdog")) == searched.n ||
	    (!split_stack(job, &front) && job->own))
		return true;
	job->rule = "SignatureGenerationRule";
	job->crash.crashing_thread = (struct js_value){ .kind = JS_NONE };
	bool ok = generate(job);
	job->crash.crashing_thread = thread;
	job->rule = self;
	if (ok)
		sig_set_parts(job, PARTS(STR("shutdownhang | "), job->own ? front : STR(""),
					 job->result.signature));
	return ok;
}

static bool stack_overflow(struct sig_job *job)
{
	if (js_in_is(job->crash.reason, STR("EXCEPTION_STACK_OVERFLOW")) || job->recursion)
		sig_set_parts(job, PARTS(STR("stackoverflow | "), job->result.signature));
	return true;
}

/* No white space at the ends, and nothing but printable ASCII. */
static bool printable(struct sig_job *job)
{
	struct str s = sig_printable(job, unicode_trim(job->result.signature));

	if (s.n != job->result.signature.n) {
		sig_set(job, s);
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

static bool truncate_end(struct sig_job *job)
{
	if (job->result.signature.n <= MAX_LENGTH)
		return true;
	if (job->own)
		sig_set(job, sig_own_cut(job->result.signature, MAX_LENGTH, job->arena));
	else
		sig_set_parts(job,
			      PARTS(str_first(job->result.signature, MAX_LENGTH - 3), STR("...")));
	sig_note(job, PARTS(STR("SigTrunc: signature truncated due to length")));
	return true;
}

/* By Socorro's names and in its order (generator.py: DEFAULT_RULESET); the last three stay last. */
static const struct rule {
	const char *name;
	bool reads; /* crash data, before anything else: fails if that is no object */
	bool (*apply)(struct sig_job *job);
} rules[] = {
	{ "SignatureGenerationRule", true, generate },
	{ "StackwalkerErrorSignatureRule", false, sig_stackwalker_error },
	{ "BadHardware", true, sig_bad_hardware },
	{ "OOMSignature", true, sig_out_of_memory },
	{ "AbortSignature", true, sig_abort },
	{ "SignatureShutdownTimeout", true, sig_shutdown_timeout },
	{ "SignatureRunWatchDog", false, run_watchdog },
	{ "SignatureIPCChannelError", true, sig_ipc_error },
	{ "SignatureIPCMessageName", true, sig_ipc_message },
	{ "StackOverflowSignature", true, stack_overflow },
	{ "HungProcess", true, sig_hang },
	{ "SigPrintableCharsOnly", false, printable },
	{ "SigFixWhitespace", false, whitespace },
	{ "SigTruncate", false, truncate_end },
};

static bool apply(struct sig_job *job, const struct rule *rule)
{
	job->rule = rule->name;
	if (rule->reads && !job->crash.is_object)
		return sig_fail(job, "crash data is no object");
	return rule->apply(job);
}

void sig_rules(struct sig_job *job)
{
	job->result = (struct sig_result){ .signature = STR("") };
	job->stack = STR("");
	job->recursion = false;
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (!apply(job, &rules[i]))
			sig_note(job, PARTS(STR("Rule failed: "), str_of(job->why)));
	}
}
