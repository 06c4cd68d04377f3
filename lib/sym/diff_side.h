#ifndef CRASH_SYM_DIFF_SIDE_H
#define CRASH_SYM_DIFF_SIDE_H

#include "base/map.h"
#include "sym/outline.h"

/*
 * One of two .sym files that are compared: its functions, and of each of their records a mark, a
 * hash of what it says, with addresses relative to the start of the function, and files and inlined
 * functions by name. So neither numbers nor the order of records matter.
 */
enum diff_part { DIFF_LINES, DIFF_CFI, DIFF_PARTS };

/* A FUNC or PUBLIC. */
struct diff_shape {
	struct str name;           /* in the text */
	uint64_t size;             /* 0 for a PUBLIC */
	uint64_t sums[DIFF_PARTS]; /* of its marks */
	size_t first;              /* of its marks, once they are collected: lines, then CFI */
	uint32_t n[DIFF_PARTS];
	bool wanted; /* its marks shall be collected */
};

struct diff_side {
	struct str text;
	struct outline outline;    /* sorted */
	struct buf shapes;         /* struct diff_shape, by address */
	struct buf files, origins; /* uint64_t: hashes of the names in the outline */
	struct buf marks;          /* uint64_t */
	const struct map *seed;    /* the same for both */
	bool mapped;               /* the text is a mapped file */
	size_t touched;            /* as in pieces.h */
	void (*oom)(size_t wanted);
};

void diff_side_read(struct diff_side *s, struct str text, bool mapped, const struct map *seed,
		    void (*oom)(size_t wanted));
void diff_side_free(struct diff_side *s);

/* Collects the marks of the shapes that are wanted, each part sorted. */
void diff_side_mark(struct diff_side *s);

static inline struct diff_shape *diff_shapes(const struct diff_side *s)
{
	return (struct diff_shape *)(void *)s->shapes.p;
}

static inline size_t diff_count(const struct diff_side *s)
{
	return s->shapes.n / sizeof(struct diff_shape);
}

/* A hash of numbers. */
static inline uint64_t diff_hash(const struct map *seed, const uint64_t *v, size_t n)
{
	return map_hash(seed, (struct str){ (const char *)v, n * sizeof(*v) }, n);
}

/* The unwind rules of functions, asked for in the order of their addresses, so that each record is
 * read once. Zeroed, but for side and rows.oom, is the start. */
struct diff_cfi {
	const struct diff_side *side;
	size_t next;     /* the first STACK CFI INIT that was not read */
	uint64_t end;    /* last address of the one before it */
	struct buf rows; /* its rules: struct row of diff_cfi.c, by address */
	size_t row;      /* the first that begins behind what was asked for */
	uint64_t state;  /* a hash of those before it */
};

/* Calls take for each mark of the rules in [first, last]. */
void diff_cfi_marks(struct diff_cfi *c, uint64_t first, uint64_t last,
		    void (*take)(void *context, uint64_t mark), void *context);

#endif
