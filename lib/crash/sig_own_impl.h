#ifndef CRASH_CRASH_SIG_OWN_IMPL_H
#define CRASH_CRASH_SIG_OWN_IMPL_H

#include "crash/sig_frame_impl.h"

/* What the files of sig_own_name() share. */

static inline bool sig_own_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool sig_own_is_word(char c)
{
	return sig_own_is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       c == '_' || ((unsigned char)c & 0x80) != 0;
}

/* Steps that cut what a C++ name is declared with. Qualifiers stand behind arguments, else they are
 * part of the name. */
bool sig_own_step_qualifiers(struct sig_name *n);
bool sig_own_step_trailing_return(struct sig_name *n);

/* "int (*f(int))(char)": f(int) is in the bracket that begins with '*' or '&'. */
bool sig_own_step_declarator(struct sig_name *n);
bool sig_own_step_return_type(struct sig_name *n);

#endif
