#ifndef CRASH_BIN_DW_UNIT_H
#define CRASH_BIN_DW_UNIT_H

#include "base/arena.h"
#include "base/diag.h"
#include "bin/dw.h"
#include "bin/dw_abbrev.h"

/*
 * Units, their headers and what their first entries say: DWARF 5, 3.1 and 7.5.1. Some are kept open
 * for the references of others; the one that is being fed is not among them.
 */

/* Where a unit is. */
struct dw_place {
	uint64_t offset, size; /* in .debug_info; size includes the header */
	bool cut;              /* its header says that it is longer, and nobody heard of it yet */
};

/* A type unit by its signature. */
struct dw_signature {
	uint64_t signature;
	uint64_t offset; /* of the unit */
	bool in_types;   /* in .debug_types */
};

/* One file's sections: the binary's, dwz's common file, a .dwo. */
struct dw_part {
	struct dw_sections s;
	uint32_t serial;       /* no two parts have the same, not even one after the other */
	struct buf places;     /* of struct dw_place */
	uint64_t listed;       /* where the first unit begins that is not in places */
	struct buf signatures; /* of struct dw_signature, by signature; when they were asked for */
	bool signatures_read;
	struct dw_part *types;          /* .debug_types (DWARF 4) as if it was .debug_info; NULL */
	const struct dw_unit *skeleton; /* of a .dwo: whose addresses it uses */
};

struct dw_unit {
	struct dw_part *part;
	uint32_t serial;   /* of part when it was opened */
	struct slice data; /* from the header on */
	uint64_t offset;   /* of the header in .debug_info */
	uint32_t first;    /* offset in data of the first entry */
	struct dw_encoding encoding;
	uint8_t type; /* DW_UT_ */
	uint64_t id;  /* of a split unit, or the signature of a type unit */
	uint64_t type_offset;
	const struct dw_abbrevs *abbrevs;
	uint32_t has; /* DW_HAS() of the first entry */
	uint16_t tag;
	enum sym_language language;
	bool dart; /* DW_AT_producer is "Dart VM" */
	uint64_t low_pc;
	uint64_t lines; /* DW_AT_stmt_list */
	uint64_t str_offsets_base, addr_base, rnglists_base, gnu_ranges_base;
	struct str name, directory, dwo_name;
	const struct dw_unit *skeleton; /* NULL but for split units */
};

/* An entry whose attributes were read. */
struct dw_die {
	const struct dw_unit *unit;
	uint64_t offset; /* in the unit */
	const struct dw_abbrev *abbrev;
	uint32_t has; /* DW_HAS() of what follows */
	uint8_t class[DW_N_SLOTS];
	uint64_t value[DW_N_SLOTS];
};

/* Units that are open for others, and tables: enough for every unit that is open. */
enum { DW_N_OPEN = 64, DW_N_TABLES = DW_N_OPEN + 3, DW_N_NAMES = 4096 };

struct dw_table {
	struct dw_abbrevs abbrevs;
	uint32_t serial; /* of the part; 0: empty */
	uint64_t offset; /* in .debug_abbrev */
	uint64_t used;   /* when it was last asked for */
};

/* The name of an entry that was asked for. */
struct dw_known_name {
	uint32_t serial;                    /* of the part; 0: empty */
	uint32_t name;                      /* of model_name() */
	uint64_t offset;                    /* in .debug_info */
	enum sym_language around, language; /* of what asked, of the name */
};

struct dw {
	struct dw_input in;
	struct arena *arena;
	struct diag *diag;
	struct dw_part main, supplement, dwo;
	uint32_t serials;
	struct dw_unit *open; /* DW_N_OPEN */
	struct dw_unit *fed, *split;
	struct dw_table *tables; /* DW_N_TABLES */
	uint64_t clock;
	struct dw_known_name *names; /* DW_N_NAMES */
	struct dw_outline *outlines; /* DW_N_OPEN */
	struct dw_outline *outline;  /* of the unit that is being fed */
	const struct model *names_of;
	uint64_t work;             /* bytes that may yet be read again: LIMIT_DWARF_TIMES */
	bool overworked, too_deep; /* each is said once */
	struct buf text;           /* a qualified name */
	struct dw_feed *feed;
};

/* Lists the units of a part whose sections are set; types goes to the arena when there are any. */
void dw_part_open(struct dw *dw, struct dw_part *p, const struct dw_sections *s);
void dw_part_close(struct dw_part *p);
size_t dw_part_units(const struct dw_part *p);
struct dw_place dw_part_place(const struct dw_part *p, size_t unit);

/* Where .debug_info comes in while it is read: lists the units that begin before to, and whether
 * the bytes before end are there. */
void dw_part_list(struct dw *dw, struct dw_part *p, uint64_t to);
bool dw_part_has(const struct dw_part *p, uint64_t end);

/* The first unit listed that begins at the offset or behind it. */
size_t dw_part_first(const struct dw_part *p, uint64_t offset);

/* Warns that a unit is cut. */
void dw_part_say_cut(const struct dw *dw, const struct dw_part *p, struct dw_place place);

/* Reads header and first entry. False, with a warning, when it cannot be read. skeleton is NULL but
 * for split units. */
bool dw_unit_open(struct dw *dw, struct dw_unit *u, struct dw_part *p, struct dw_place place,
		  const struct dw_unit *skeleton);

/* Where the first entry ends, in the unit; 0 when it is damaged. */
uint64_t dw_unit_root_end(const struct dw_unit *u);

/* The unit that holds an offset of .debug_info; NULL when there is none. It stays open until
 * another one is looked for. */
const struct dw_unit *dw_unit_at(struct dw *dw, struct dw_part *p, uint64_t offset);

/* The type unit with that signature; NULL when there is none. */
const struct dw_unit *dw_unit_of_type(struct dw *dw, struct dw_part *p, uint64_t signature);

/* A cursor over the unit, at its first entry. */
struct cursor dw_unit_cursor(const struct dw_unit *u);

/* Counts work that is done again for one input, of so many bytes. False when it is too much. */
bool dw_work(struct dw *dw, uint64_t bytes);

#endif
