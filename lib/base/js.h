#ifndef CRASH_BASE_JS_H
#define CRASH_BASE_JS_H

#include <stdio.h>

#include "base/slice.h"

/*
 * JSON out, streamed: nothing is kept but the depth and a small buffer, which goes to out when it
 * is full and when a document is complete. Keys come in the order of the calls. Text is UTF-8;
 * controls become \u00XX (and \b \t \n \f \r), bytes that are not UTF-8 become U+FFFD, everything
 * else is written as it is, as serde_json does, which also writes DEL and U+0080 to U+009F as they
 * are. Pretty form: two blanks a level, "key": value, an empty object or array as {} or [], no
 * newline at the end, which is serde_json's pretty form too, so that goldens can be compared as
 * bytes.
 *
 * Misuse (a value without a key in an object, more than JS_DEPTH levels) is our own bug: assert.
 * Errors of writing stay in out, where tool_end() or file_commit() finds them.
 */
enum { JS_DEPTH = 160, JS_BUFFER = 4096 };

struct js {
	FILE *out;
	bool pretty;
	bool ascii; /* set it to write all that is not printable ASCII as \uXXXX */
	unsigned depth;
	bool filled[JS_DEPTH]; /* whether this level has a member already */
	bool keyed;            /* a key was written, its value is due */
	size_t n;              /* bytes in buffer */
	char buffer[JS_BUFFER];
};

struct js js_make(FILE *out, bool pretty);

void js_object(struct js *j);
void js_array(struct js *j);
void js_end(struct js *j, char closer); /* '}' or ']' */

/* key is ours: plain ASCII, nothing to escape. */
void js_key(struct js *j, const char *key);

/* Any text as key. */
void js_key_any(struct js *j, struct str key);

void js_str(struct js *j, struct str s);
void js_text(struct js *j, const char *text); /* NULL gives null */
void js_u64(struct js *j, uint64_t v);
void js_i64(struct js *j, int64_t v);
void js_bool(struct js *j, bool v);
void js_null(struct js *j);

/* "0x" and lower-case hex, padded with zeros to at least digits. */
void js_hex(struct js *j, uint64_t v, unsigned digits);

/* A value that is JSON already, byte for byte. */
void js_raw(struct js *j, struct str json);

/* Key and value in one call. */
void js_key_str(struct js *j, const char *key, struct str s);
void js_key_text(struct js *j, const char *key, const char *text);
void js_key_u64(struct js *j, const char *key, uint64_t v);
void js_key_bool(struct js *j, const char *key, bool v);
void js_key_null(struct js *j, const char *key);
void js_key_hex(struct js *j, const char *key, uint64_t v, unsigned digits);

#endif
