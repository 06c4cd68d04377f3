#ifndef CRASH_BIN_DW_NAME_H
#define CRASH_BIN_DW_NAME_H

#include "bin/dw_die.h"

/*
 * Names of functions and of what was inlined: dump-sym-parse.md 5.2, 5 and 6.
 */

/* The number in m of the name that an entry has, or what it is an instance of. language is that of
 * the function around it, or of the unit, and becomes its own. */
uint32_t dw_name(struct dw *dw, const struct dw_die *d, enum sym_language *language,
		 struct model *m);

/* The language of a function: of the unit that DW_AT_abstract_origin leads to, since units that
 * link time optimisation makes have another. */
enum sym_language dw_name_language(struct dw *dw, const struct dw_die *d,
				   enum sym_language language);

/* Puts the scopes that an entry is in before text, in dw->text: "ns::(anonymous namespace)::".
 * The entry is the last one that declares the function. Nothing when it is in none. */
void dw_scope_put(struct dw *dw, const struct dw_die *d, enum sym_language language,
		  struct str text);

#endif
