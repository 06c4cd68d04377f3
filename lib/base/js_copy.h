#ifndef CRASH_BASE_JS_COPY_H
#define CRASH_BASE_JS_COPY_H

#include "base/js.h"

/*
 * Writes a document that js_in_valid() accepts through j, as serde_json writes what it read:
 * escapes resolved, integers of 64 bits as they are and other numbers as the shortest text of their
 * double, no white space but j's own. With sort_keys its map is meant, which sorts by bytes and
 * keeps the last of equal keys; without, members stay as they stand. Anything else, and what would
 * exceed the levels of j, becomes null.
 */
void js_copy(struct js *j, struct str json, bool sort_keys);

#endif
