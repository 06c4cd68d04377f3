#ifndef CRASH_WALK_CODE_H
#define CRASH_WALK_CODE_H

#include "walk/names.h"

/*
 * What is known of the code at an address, besides its name: the bytes themselves and the rights of
 * the memory. Only what is known counts: an answer of "no" is sure, "yes" may mean "who knows".
 */

/* n bytes of code at an address; false when they are not all known. The one place that reads code
 * for the walk: from the memory in the dump, else from the module's binary. */
bool code_at(const struct names *n, uint64_t address, uint8_t *bytes, size_t size);

/* Whether code may stand at an address: it does not where the dump describes the memory and it is
 * not executable. */
bool code_may_run(const struct names *n, uint64_t address);

/* Whether a call may end at an address: it does not where the bytes before are known and are none.
 */
bool code_may_return(const struct names *n, uint64_t pc);

/* Whether the bytes at an address are sigreturn(), to which handlers of signals return though no
 * call ends there. Linux. */
bool code_is_sigreturn(const struct names *n, uint64_t pc);

#endif
