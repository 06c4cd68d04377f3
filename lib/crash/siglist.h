#ifndef CRASH_CRASH_SIGLIST_H
#define CRASH_CRASH_SIGLIST_H

#include "base/buf.h"
#include "base/file.h"
#include "base/regex.h"

/*
 * The signature lists: four files of one directory that say which frames make a signature
 * (siggen.md 11). A line is an expression (a name, in the list of sentinels); white space around
 * it, empty lines and lines that begin with '#' do not count. Unlike Socorro, an empty list matches
 * nothing, and a byte order mark is skipped.
 */
enum siglist_kind {
	SIGLIST_IRRELEVANT, /* frames that are left out */
	SIGLIST_PREFIX,     /* frames after which the next one is added too */
	SIGLIST_NUMBERS,    /* frames that get their line number */
	SIGLIST_SENTINELS,  /* frames above which nothing counts */
	SIGLIST_KINDS,
};

struct siglist {
	char path[1024];
	struct regex_list patterns; /* ids are line numbers */
};

struct siglists {
	struct siglist of[SIGLIST_KINDS];
	struct str *sentinels; /* sorted */
	size_t n_sentinels;
};

/*
 * One list from its text, into a zeroed s; path is its name for messages. ERROR_INPUT ("path:line:
 * why") when an expression is wrong or not supported, or the text is not UTF-8.
 */
bool siglists_read(struct siglists *s, enum siglist_kind kind, struct str text, const char *path,
		   struct arena *a, struct error *err);

/* Lines that are no expressions, for who goes on without them. */
struct siglist_bad {
	unsigned line;
	struct str why;
	struct siglist_bad *next;
};
struct siglist_problem {
	struct siglist_bad *first, *last;
};

/* One list of a directory. p, if not NULL, gets the bad lines, in a, which are left out. */
bool siglists_read_file(struct siglists *s, enum siglist_kind kind, const char *dir,
			struct arena *a, struct siglist_problem *p, struct error *err);

/*
 * Loads the four. Errors: ERROR_SYSTEM when a file cannot be read, those of siglists_read().
 * siglists_free() may follow a failure. Nothing of it may be used by two threads.
 */
bool siglists_load(struct siglists *s, const char *dir, struct arena *a, struct error *err);
void siglists_free(struct siglists *s);

/* "FILE:LINE" of an expression that hit a limit since the last call, which was taken not to match;
 * one a call. Empty when there is none. */
struct str siglists_stuck(struct siglists *s, struct arena *a);

/* "prefix_signature_re.txt" */
const char *siglists_file_name(enum siglist_kind kind);

/* Appends a line of a list so that no terminal obeys it; backslashes stay as they are. */
void siglists_put_line(struct buf *b, struct str line);

/* The line of the list that decides about a frame, the first that matches, and its text; 0 when
 * there is none. Slower than siglists_match(). */
unsigned siglists_line(struct siglists *s, enum siglist_kind kind, struct str frame,
		       struct str *text);

/* Whether a normalised frame is on the list. */
bool siglists_match(struct siglists *s, enum siglist_kind kind, struct str frame);

/* The directory that belongs to a program, given its path: ../share/crash-tools/siglists as seen
 * from it, or siglists in one of the two directories above it, where a build tree has it.
 * ERROR_INPUT when there is none, ERROR_SYSTEM when there may be one. */
bool siglists_default(const char *program, char *path, size_t size, struct error *err);

#endif
