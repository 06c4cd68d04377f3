#ifndef CRASH_BASE_UTF_H
#define CRASH_BASE_UTF_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"

/* Text of other people: repairing it, converting it, and making it safe for a terminal. */

/*
 * Decodes the code point at the start of s into *code and returns how many bytes it took. A byte
 * that begins no valid sequence (RFC 3629: no surrogates, nothing overlong, at most U+10FFFF) gives
 * UTF_BAD and the length of the longest prefix of a valid sequence there, at least 1, as the
 * Unicode Standard recommends (3.9, "maximal subpart") and Rust's from_utf8_lossy does. s may not
 * be empty.
 */
enum { UTF_BAD = 0x7fffffff };
size_t utf8_next(struct str s, uint32_t *code);

/* Appends a code point; one that is no Unicode scalar value becomes U+FFFD. */
void utf8_put(struct buf *b, uint32_t code);

bool utf8_valid(struct str s);

/* s itself if it is valid UTF-8, else a copy in a with each bad piece replaced by U+FFFD. */
struct str utf8_repair(struct arena *a, struct str s);

/*
 * n_units UTF-16 code units read from c, in its byte order, as UTF-8 in a. An unpaired surrogate,
 * or running out of bytes, is a failure: returns false. A nul unit is kept.
 */
bool utf16_to_utf8(struct arena *a, struct cursor *c, size_t n_units, struct str *out);

/*
 * Appends s so that no terminal obeys it and no reader is deceived: C0 and C1 controls, DEL,
 * U+2028, U+2029, the bidirectional controls (U+061C, U+200E, U+200F, U+202A..202E, U+2066..2069),
 * U+FEFF, and bytes that are not UTF-8 become \xNN or \u{NNNN}; a backslash is doubled. Everything
 * else stays as it is.
 */
void text_printable(struct buf *b, struct str s);

/* How many bytes at the start of s are printable ASCII but neither a nor b: nearly all text is. */
size_t text_plain(struct str s, char a, char b);

#endif
