#ifndef CRASH_SYM_SYM_JSON_H
#define CRASH_SYM_SYM_JSON_H

#include <stdio.h>

#include "base/slice.h"

/*
 * The records of a .sym as JSON, one object a line, in the order of the file, in bounded memory.
 * Keys: type, then those of the record in its own order; addresses are numbers. Bytes that are not
 * UTF-8 become U+FFFD, and name_bytes has all of the name in hexadecimal. A line that is no record
 * is an object of the type "unknown" with its text; what is malformed is one with "malformed".
 */
void sym_json_put(struct str text, bool mapped, FILE *out);

#endif
