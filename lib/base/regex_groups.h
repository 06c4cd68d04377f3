#ifndef CRASH_BASE_REGEX_GROUPS_H
#define CRASH_BASE_REGEX_GROUPS_H

#include "base/arena.h"
#include "base/error.h"

/* One regular expression in the syntax of Perl (PCRE2) that may match anywhere in a text, and what
 * its groups matched. Texts are bytes. Matching has the limits of limits.h. */
struct regex_groups;

/* Memory is in a, but for what regex_groups_close() frees. ERROR_INPUT when the syntax is wrong;
 * NULL then. */
struct regex_groups *regex_groups_open(struct str pattern, struct arena *a, struct error *err);
void regex_groups_close(struct regex_groups *r);

/* Groups that it has, with the whole match, which is number 0. */
size_t regex_groups_n(const struct regex_groups *r);

bool regex_groups_match(struct regex_groups *r, struct str text);

/* What a group of the last match matched; false when it took no part. */
bool regex_groups_get(const struct regex_groups *r, size_t group, struct str *text);

#endif
