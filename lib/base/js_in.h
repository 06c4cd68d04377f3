#ifndef CRASH_BASE_JS_IN_H
#define CRASH_BASE_JS_IN_H

#include "base/arena.h"
#include "base/error.h"

/*
 * JSON in. A document is checked as a whole in one pass, which leaves an index of its values (16
 * bytes each); after that a value is a slice of the text, finding one is a walk over its siblings,
 * and whatever nobody asks for costs no more. No recursion, whatever the nesting.
 *
 * The dialect is Python's, since that is who writes most of what comes in (siggen.md 8.5): RFC
 * 8259, and NaN, Infinity, -Infinity, NUL and lone surrogates as escapes, numbers of any size; of
 * equal keys the last one counts. Bytes that are not UTF-8 are let through and repaired when the
 * text is taken. With strict set only RFC 8259 is read.
 */
enum js_kind {
	JS_NONE, /* no such value */
	JS_NULL,
	JS_FALSE,
	JS_TRUE,
	JS_NUMBER,
	JS_STRING,
	JS_ARRAY,
	JS_OBJECT,
};

struct js_token {
	uint32_t at, n; /* in the document; of a string what is between the quotes */
	uint32_t next;  /* the token after this value; its parent while it is being read */
	uint8_t kind;   /* enum js_kind */
	bool escaped;   /* a string that holds a backslash */
};

/* A reader of one or more documents, one after the other, with white space between them or none. */
struct js_in {
	const char *file; /* for messages; borrowed */
	struct str rest;  /* what was not read yet */
	bool strict;
	uint64_t line;    /* of the start of rest, from 1 */
	uint64_t at_line; /* on which the document began */
	uint64_t again;   /* bytes that bad documents made be read again */
	bool cut;         /* the text ended in the last document, or in the lines left out with it:
			   * more of it could have made a difference */
	void (*oom)(size_t wanted);

	const char *text; /* of the document that was read last */
	struct js_token *tokens;
	uint32_t n_tokens, cap_tokens;
};

/* text and file are borrowed as long as values are used. */
struct js_in js_in_make(struct str text, const char *file, void (*oom)(size_t wanted));
void js_in_free(struct js_in *in);

/* Whether there is another document. */
bool js_in_more(struct js_in *in);

/* Leaves out the next n bytes, which there are. */
void js_in_skip(struct js_in *in, size_t n);

/* A value of the document that was read last; of no use after the next one. */
struct js_value {
	enum js_kind kind;
	struct str text; /* as it stands in the document; of a string what is between the quotes */
	const struct js_in *in;
	uint32_t token;
};

/*
 * Reads the next document. ERROR_INPUT ("file:line: what") where it is wrong: rest is then what
 * follows the line on which the document began, from the first line on that doesn't begin with
 * white space or a closing bracket, so that one bad line of JSON Lines, or one bad indented
 * document, costs that record only; but when LIMIT_JSON_AGAIN bytes were read again so, what
 * follows the line of the error. ERROR_LIMIT: deeper than LIMIT_JSON_DEPTH, longer than
 * LIMIT_JSON_BYTES or more values than LIMIT_JSON_VALUES.
 */
bool js_in_read(struct js_in *in, struct js_value *root, struct error *err);

/* Steps through the members of an object or the elements of an array (key is empty then); over any
 * other kind there is nothing to step through. */
struct js_in_each {
	const struct js_in *in;
	uint32_t at, end;
	bool keyed;
	struct js_value key; /* JS_STRING in an object */
	struct js_value value;
};
struct js_in_each js_in_over(struct js_value container);
bool js_in_next(struct js_in_each *e);

/* The member of that name, the element at that index; JS_NONE when there is none or v holds none.
 */
struct js_value js_in_get(struct js_value v, struct str key);
struct js_value js_in_at(struct js_value v, uint64_t index);
size_t js_in_count(struct js_value v);

/* Whether a string is this text, escapes taken into account. */
bool js_in_is(struct js_value v, struct str text);

/* The text of a string: a slice of the document where it has no escapes, else in a. Always UTF-8:
 * what is no Unicode scalar value becomes U+FFFD. Empty for other kinds. */
struct str js_in_text(struct js_value v, struct arena *a);

/* A number that is an integer without sign, point or exponent and fits. */
bool js_in_u64(struct js_value v, uint64_t *out);

/* Whether json is one document of RFC 8259 in UTF-8, as serde_json sees it: surrogates in pairs,
 * numbers within a double, at most JS_IN_STRICT_DEPTH levels. */
enum { JS_IN_STRICT_DEPTH = 127 };
bool js_in_valid(struct str json);

#endif
