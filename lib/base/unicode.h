#ifndef CRASH_BASE_UNICODE_H
#define CRASH_BASE_UNICODE_H

#include "base/slice.h"

/* The few properties of characters that signatures depend on, as Python 3.11 has them (Unicode 14).
 */

/* White space as str.strip() of Python sees it: siggen.md 8.4. */
bool unicode_is_space(uint32_t code);

/* The value of a decimal digit of any script, else -1. */
int unicode_digit(uint32_t code);

/* The simple lower-case mapping: of one code point, without context. */
uint32_t unicode_lower(uint32_t code);

/* Without white space at both ends. Bytes that are not UTF-8 are none. */
struct str unicode_trim(struct str s);

#endif
