#ifndef CRASH_SYM_LANGUAGE_H
#define CRASH_SYM_LANGUAGE_H

#include "base/slice.h"

/* The language that a function was written in, as far as it matters for reading its name:
 * DW_AT_language of its unit. What is not listed is unknown, and its looks decide. */
enum sym_language {
	LANGUAGE_UNKNOWN,
	LANGUAGE_C,
	LANGUAGE_CPP,
	LANGUAGE_D,
	LANGUAGE_GO,
	LANGUAGE_OBJC,
	LANGUAGE_OBJCPP,
	LANGUAGE_RUST,
	LANGUAGE_SWIFT,
};

/* A function's name as a binary has it. */
struct sym_name {
	struct str text; /* raw bytes; may be empty */
	enum sym_language language;
	bool readable; /* as people write it (DW_AT_name, PDB): there is nothing to demangle */
};

#endif
