#ifndef CRASH_CRASH_SIG_FORM_IMPL_H
#define CRASH_CRASH_SIG_FORM_IMPL_H

#include "crash/sig_form.h"

/* What sig_form.c and sig_form_peer.c share. */

/* A text that no terminal obeys, on one line. */
struct str sig_form_safe(struct str text, struct arena *a);

struct str sig_form_id(const struct sig_record *r, struct arena *a);
struct str sig_form_old(const struct sig_record *r, struct arena *a);

/* The normalised frames joined. */
struct str sig_form_proto(const struct sig_result *s, struct arena *a);

/* The notes, or the error in their place. *store is for the latter. */
const struct sig_line *sig_form_notes(const struct sig_record *r, struct sig_line *store);

/* Forms of Socorro's that are ours, too, with what is unsafe in them made safe. */
void sig_form_begin_csv(FILE *out);
void sig_form_print_csv(FILE *out, const struct sig_record *r, struct arena *a);
void sig_form_print_markdown(FILE *out, const struct sig_record *r, struct arena *a);
void sig_form_print_signify(FILE *out, const struct sig_record *r, struct arena *a);

#endif
