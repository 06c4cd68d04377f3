#ifndef CRASH_CRASH_PING_H
#define CRASH_CRASH_PING_H

#include "base/buf.h"
#include "base/js_in.h"

/*
 * Crash pings of telemetry: stacks without symbols. Two kinds, siggen.md 14: the legacy ping, whose
 * "payload" is an object or a text, and rows of the Glean ping, whose "stack_traces" and
 * "java_exception" are texts and may have their keys in camel case, as Android sends them. A ping
 * becomes a request to a symbolication server (API v5), and with its answer crash data.
 *
 * What the peer, fx-crash-sig, makes of the legacy ping is another thing: it loses all frames of a
 * crash in thread 2 and beyond, frames without symbols, and all of a ping with one bad frame.
 */

/* Of a thread so many frames are asked for; rule 1 looks at no more (SIG_FRAMES). */
enum { PING_FRAMES = 40, PING_TEXTS = 3 };

/* Where a frame is. */
struct ping_frame {
	bool placed;     /* in a module that can have symbols, at an offset */
	uint64_t module; /* index; with placed, or with has_module */
	bool has_module, has_ip;
	bool below;      /* the offset is negative */
	uint64_t offset; /* without its sign */
	uint64_t ip;
};

struct ping_thread {
	struct ping_frame frames[PING_FRAMES];
	size_t n;
};

struct ping {
	struct js_value row;
	struct js_value stack; /* the stack traces */
	struct js_value annotations;
	struct js_value crashing_thread, reason, address, os, java;
	bool glean;
	struct ping_thread *threads; /* the first one, and the crashing one if that is another */
	size_t n_threads;
	size_t crashing; /* of them; n_threads: there is none */
	bool defect; /* something on the way to the frames is wrong: the peer asks for nothing */
	struct js_in texts[PING_TEXTS]; /* documents in the document */
	size_t n_texts;
	const char *where; /* for messages */
	struct arena *arena;
};

/*
 * p is of use as long as root, where and the arena are, and must not move; ping_free() ends it,
 * after a failure too. Errors: ERROR_INPUT for what is no ping, and those of js_in_read() for texts
 * in it. Missing and wrong parts are no errors.
 */
bool ping_read(struct ping *p, struct js_value root, const char *where, struct arena *a,
	       struct error *err);
void ping_free(struct ping *p);

/* The request, on one line without its end; "null" when there is nothing to ask for. compat: as the
 * peer asks. */
void ping_request(struct buf *out, const struct ping *p, bool compat);

/* Crash data, likewise. answer: the server's, JSON null or JS_NONE when there is none. */
void ping_crash(struct buf *out, const struct ping *p, struct js_value answer, bool compat);

#endif
