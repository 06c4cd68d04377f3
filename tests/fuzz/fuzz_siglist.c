#include "base/regex.h"
#include "base/utf.h"
#include "crash/siglist.h"

/* A signature list; its first line is the frame that is matched, as is the whole. Plain entries and
 * the order of the list may not change the answer. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match(struct siglists *s, struct str frame)
{
	struct regex_list *l = &s->of[SIGLIST_SENTINELS].patterns;
	bool any = siglists_match(s, SIGLIST_SENTINELS, frame);
	bool yes = regex_list_match(l, frame), first = regex_list_first(l, frame, NULL) != 0;

	(void)any;
	if (yes != first)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, rest = text, frame;
	struct siglists s = { 0 };
	struct arena a = { 0 };
	struct error err = { 0 };

	if (siglists_read(&s, SIGLIST_SENTINELS, text, "fuzz", &a, &err) &&
	    str_next_line(&rest, &frame)) {
		match(&s, frame);
		match(&s, str_first(text, 4096));
	}
	siglists_free(&s);
	arena_free(&a);
	return 0;
}
