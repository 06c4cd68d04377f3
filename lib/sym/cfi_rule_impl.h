#ifndef CRASH_SYM_CFI_RULE_IMPL_H
#define CRASH_SYM_CFI_RULE_IMPL_H

#include "sym/cfi_rule.h"

/* What the languages of STACK CFI (cfi_rule.c) and STACK WIN (cfi_rule_win.c) share. */

bool cfi_is_operator(struct str token);

/* lhs operator rhs; false for a division by zero and an alignment to no power of two. */
bool cfi_calculate(char operator, uint64_t lhs, uint64_t rhs, uint64_t *value);

/* A decimal integer with an optional sign, as two's complement; limit is the greatest positive one.
 */
bool cfi_signed_number(struct str token, uint64_t limit, uint64_t *value);

#endif
