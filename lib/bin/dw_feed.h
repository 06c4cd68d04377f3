#ifndef CRASH_BIN_DW_FEED_H
#define CRASH_BIN_DW_FEED_H

#include "bin/dw_die.h"
#include "bin/dw_line.h"
#include "bin/flatten.h"

/*
 * What feeding units to a model needs at a time: dump-sym-parse.md 5.2 and 5.3. Its memory serves
 * one function after the other.
 */
struct dw_feed {
	struct dw *dw;
	struct model *m;
	const struct dw_unit *unit; /* with the entries */
	bool lines_ready;           /* the unit's line table was read */
	struct dw_lines *lines;
	struct flatten flatten;
	struct buf frames; /* of struct dw_frame: functions and calls around an entry */
	struct buf ranges; /* of struct model_range: of the functions in frames */
	struct buf spans;  /* of struct model_range: of one entry */
	struct buf calls;  /* of struct flat_call: in the functions in frames */
	struct buf some;   /* of struct flat_call: those of one range */
	struct buf rows;   /* of struct flat_row */
};

void dw_feed_open(struct dw_feed *f, struct dw *dw);
void dw_feed_close(struct dw_feed *f);

/* Makes u the unit whose line table is asked. */
void dw_feed_unit(struct dw_feed *f, const struct dw_unit *u);

/* The line table of the unit, read when it is asked for. */
struct dw_lines *dw_feed_lines(struct dw_feed *f);

/* Adds the functions of the unit. */
void dw_feed_entries(struct dw_feed *f);

/* Whether no code of the unit came into the binary: a linker gives it address 0. */
bool dw_feed_is_dead(const struct dw *dw, const struct dw_unit *u);

#endif
