#ifndef CRASH_BASE_JS_STREAM_H
#define CRASH_BASE_JS_STREAM_H

#include "base/buf.h"
#include "base/js_in.h"

/*
 * The JSON documents of a file or a pipe, one after the other, in memory that depends on the
 * longest of them and not on their number. What js_in_read() says of documents, bad ones and lines
 * holds here too. A document that ends its line is there as soon as the line is.
 */
struct js_stream {
	struct js_in in; /* over the whole lines that were read */
	struct buf read; /* those, and behind them the start of a line */
	int fd;
	size_t lines;  /* bytes of read that are whole lines */
	size_t tried;  /* of them, how many weren't enough for a document */
	bool ended;    /* there is nothing more to read */
	bool last;     /* lines will not become more: take documents as they are */
	bool skipping; /* the rest of a line of which the start was too long */
};

/* "-" is standard input. Errors: ERROR_SYSTEM; js_stream_close() may follow. */
bool js_stream_open(struct js_stream *s, const char *path, void (*oom)(size_t wanted),
		    struct error *err);
void js_stream_close(struct js_stream *s);

enum js_next {
	JS_NEXT_DOCUMENT,
	JS_NEXT_BAD, /* a document that is none, err says why; the next one may be good */
	JS_NEXT_END,
	JS_NEXT_FAILED, /* reading failed: ERROR_SYSTEM */
};

/* The value is of use until the next call. */
enum js_next js_stream_next(struct js_stream *s, struct js_value *root, struct error *err);

/* Whether the next document must be waited for: a good time to hand on what came of the others. */
bool js_stream_waits(struct js_stream *s);

/*
 * Whole documents that can be read apart from the others, by another process. The text is of use
 * until the next call.
 */
struct js_block {
	struct str text;
	uint64_t line; /* of its start, from 1 */
};
enum { JS_BLOCKS = 32 };

/*
 * The next blocks of the stream, at most JS_BLOCKS of them. A stream of lines is cut between two of
 * them that are documents: whoever reads the blocks finds the same documents, good and bad, as
 * js_stream_next() does. None: the stream is at its end, or has no such places for a while;
 * js_stream_next() has the rest. False: reading failed, ERROR_SYSTEM.
 */
bool js_stream_blocks(struct js_stream *s, struct js_block *blocks, size_t *n, struct error *err);

#endif
