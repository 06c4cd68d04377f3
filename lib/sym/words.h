#ifndef CRASH_SYM_WORDS_H
#define CRASH_SYM_WORDS_H

#include "base/slice.h"

/* What the words of a .sym may be, beyond their form. */

/* Hexadecimal digits of any case, at least one. */
bool sym_is_hex(struct str s);

/* A CPU of a MODULE record that symbolic takes: it refuses the file for any other. */
bool sym_knows_cpu(struct str cpu);

/* Whether the name of an INLINE_ORIGIN begins with a file number, as in its old form. Breakpad
 * takes any first word of digits for one. */
bool sym_is_old_origin(struct str name);

/* Equal but for the case of ASCII letters. */
bool sym_same_word(struct str a, struct str b);

#endif
