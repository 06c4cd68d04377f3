#ifndef CRASH_BASE_REGEX_H
#define CRASH_BASE_REGEX_H

#include "base/arena.h"
#include "base/error.h"

/*
 * A list of regular expressions in the syntax of Python's re, each tested at the start of a text
 * and open at its end (re.match). Most entries of real lists are plain text; those are one binary
 * search, and PCRE2 sees only texts that begin as an expression must. Matching has the limits of
 * limits.h: an expression that hits one doesn't match, and is not tried again until somebody asks
 * which it was; so a text more costs no more.
 */
struct regex_list {
	struct regex *v; /* in the order in which they were added */
	size_t n;
	struct str *literals; /* sorted, none the beginning of another */
	size_t n_literals;
	struct regex **others; /* what is left to PCRE2 */
	size_t n_others;
	struct regex_engine *engine;
	unsigned stuck; /* how many expressions hit a limit */
	struct arena *arena;
};

/* Room for n expressions in a. regex_list_free() may follow always. */
void regex_list_init(struct regex_list *l, size_t n, struct arena *a);
void regex_list_free(struct regex_list *l);

/* Adds one; id (not 0) is what regex_list_first() answers. ERROR_INPUT, with the reason as its
 * text, when the syntax is wrong or not supported (regex_py.h); nothing was added then. */
bool regex_list_add(struct regex_list *l, struct str line, unsigned id, struct error *err);

/* After the last one was added. */
void regex_list_seal(struct regex_list *l);

/* The id of the first expression that hit a limit since the last call, 0 when there is none. They
 * are all tried again after that. */
unsigned regex_list_stuck(struct regex_list *l);

/* Whether any of them matches the text, which is UTF-8. */
bool regex_list_match(struct regex_list *l, struct str text);

/* The expression that was added as the i-th of n: as it was, with its id; whether it matches. */
struct str regex_list_line(const struct regex_list *l, size_t i, unsigned *id);
bool regex_list_match_one(struct regex_list *l, size_t i, struct str text);

/* The id of the one that was added first of those that match, or 0; n_matches may be NULL. Slower.
 */
unsigned regex_list_first(struct regex_list *l, struct str text, unsigned *n_matches);

#endif
