#include "crash/sig_rules.h"

/* Crash data in any of its forms. What comes out is a signature as siggen.md 4 promises it, and the
 * same the second time. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const lists[SIGLIST_KINDS] = {
	[SIGLIST_IRRELEVANT] = "abort\n@0x[0-9a-f]{2,}\n",
	[SIGLIST_PREFIX] = "mem\n.*\\.dll\n.*\\.so\nXUL\n<T>\n",
	[SIGLIST_NUMBERS] = "js_Interpret\n",
	[SIGLIST_SENTINELS] = "_purecall\npanic\n",
};

static void check(const struct sig_result *r)
{
	const struct str s = r->signature;

	if (s.n > 255 || r->n_frames > SIG_FRAMES)
		__builtin_trap();
	for (size_t i = 0; i < s.n; i++) {
		bool outer = i == 0 || i + 1 == s.n;

		if (s.p[i] < 0x20 || s.p[i] > 0x7e ||
		    (s.p[i] == ' ' && (outer || s.p[i + 1] == ' ')))
			__builtin_trap();
	}
}

static void sign(struct js_value root, struct siglists *s, enum sig_input input, bool own)
{
	struct arena a = { 0 }, scratch = { 0 };
	struct sig_job job = {
		.crash = sig_crash_read(root, input),
		.lists = s,
		.arena = &a,
		.scratch = &scratch,
		.debug = true,
		.own = own,
	};
	struct str first;

	sig_rules(&job);
	check(&job.result);
	first = job.result.signature;
	sig_rules(&job);
	if (!str_eq(first, job.result.signature))
		__builtin_trap();
	arena_free(&a);
	arena_free(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct js_in in = js_in_make((struct str){ (const char *)data, size }, "fuzz", NULL);
	struct siglists s = { 0 };
	struct arena a = { 0 };
	struct error err = { 0 };
	struct js_value root;

	for (int kind = 0; kind < SIGLIST_KINDS; kind++)
		siglists_read(&s, (enum siglist_kind)kind, str_of(lists[kind]), "fuzz", &a, &err);
	while (js_in_more(&in)) {
		if (js_in_read(&in, &root, &err)) {
			sign(root, &s, SIG_AUTO, false);
			sign(root, &s, SIG_CRASH, false);
			sign(root, &s, SIG_CRASH, true);
			sign(root, &s, SIG_PROCESSED, false);
		}
	}
	js_in_free(&in);
	siglists_free(&s);
	arena_free(&a);
	return 0;
}
