#ifndef CRASH_BIN_FLATTEN_IMPL_H
#define CRASH_BIN_FLATTEN_IMPL_H

#include "bin/flatten.h"

/* What the modules of flatten share. */

/* A range of an inlined call inside the range of the call around it. */
struct flat_node {
	uint64_t start, end;
	uint32_t depth, call_file, call_line, origin;
};

static inline struct flat_node *flat_nodes(const struct buf *b)
{
	return (void *)b->p;
}

static inline size_t flat_n_nodes(const struct buf *b)
{
	return b->n / sizeof(struct flat_node);
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

/* INLINE records of the parts, and of what is left of the nested calls. */
void flat_add_inlines(struct flatten *f);

#endif
