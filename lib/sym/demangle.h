#ifndef CRASH_SYM_DEMANGLE_H
#define CRASH_SYM_DEMANGLE_H

#include "base/buf.h"
#include "sym/language.h"

/*
 * Names as people read them: dump-sym-parse.md 7. The compilers' own demangler (libiberty) reads
 * Itanium C++, Rust (legacy and v0) and D; what it cannot read, or what would exceed
 * LIMIT_NAME_BYTES, stays as it is, without the suffixes that compilers add to parts and clones of
 * a function (".cold", ".isra.0", " [clone ...]").
 */
enum demangle_style {
	DEMANGLE_FULL, /* with parameters, without the return type: "ns::f(int)" */
	DEMANGLE_NAME, /* without parameters: "ns::f" */
};

/* Appends the readable name to out. Control bytes and leading blanks are left out; bytes that are
 * not UTF-8 are taken for Latin-1; a name that is then empty is "<name omitted>". */
void demangle(struct buf *out, struct sym_name name, enum demangle_style style);

#endif
