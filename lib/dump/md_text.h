#ifndef CRASH_DUMP_MD_TEXT_H
#define CRASH_DUMP_MD_TEXT_H

#include "base/cursor.h"

/* Streams that are copies of Linux text files: /proc/cpuinfo, /proc/PID/status, /etc/lsb-release
 * and the like. minidump.md 4.10. */

/* All of a stream as text; empty when it is failed. */
struct str md_text(const struct cursor *c);

/* Takes the next line that has the separator and splits it there; false when there is none. Key and
 * value are without white space and without double quotes round them. */
bool md_text_pair(struct str *text, char separator, struct str *key, struct str *value);

#endif
