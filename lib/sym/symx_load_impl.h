#ifndef CRASH_SYM_SYMX_LOAD_IMPL_H
#define CRASH_SYM_SYMX_LOAD_IMPL_H

#include "sym/symx_load.h"

/* What the modules of symx_load share. */

void symx_load_warn(const struct symx_load *l, const char *path, uint64_t offset, const char *what);

/* Said once: the next file would fare no better. */
void symx_load_cache_failed(struct symx_load *l, const char *path, int errnum);

/* A store is looked at with the rights of its owner: links in it may lead anywhere. */
int symx_load_open_regular(const char *path, struct symx_source *source);

/* Opens the .sym, else the .sym.gz, which rust-minidump does not know. */
int symx_load_open(struct symx_load *l, struct arena *a);

/* Inflates the text, into a file of the cache when stem says where that is, else NULL. */
bool symx_load_expand(struct symx_load *l, const char *stem, struct arena *a, struct error *err);

#endif
