#ifndef CRASH_BASE_JS_IN_IMPL_H
#define CRASH_BASE_JS_IN_IMPL_H

#include "base/js_in.h"

/* What the parts of the reader share: the documents (js_in.c), the pass over one (js_in_scan.c) and
 * the text of strings (js_in_text.c). */

/* What may come next while a document is read. */
enum js_in_expect {
	JS_IN_VALUE,
	JS_IN_VALUE_OR_END, /* after '[' */
	JS_IN_KEY,
	JS_IN_KEY_OR_END, /* after '{' */
	JS_IN_COMMA_OR_END,
	JS_IN_DONE,
};

/* The pass over a document, which leaves its tokens in in. */
struct js_in_scan {
	struct js_in *in;
	const char *p, *end;
	uint32_t open; /* token of the container that is being read */
	unsigned depth, max_depth;
	enum js_in_expect expect;
	const char *wrong; /* NULL while all is well */
	bool limit;
};

/* False with wrong, and limit, set. */
bool js_in_scan(struct js_in_scan *s);

/* RFC 8259, 2: not what isspace() takes. */
static inline bool js_in_is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/*
 * What an escape stands for; *p stands at its backslash and goes behind it. A surrogate pair is one
 * code point, a lone surrogate stays one. UTF_BAD: no escape of JSON.
 */
uint32_t js_in_escape(const char **p, const char *end);

#endif
