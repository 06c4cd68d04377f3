#ifndef CRASH_DUMP_PRINT_IMPL_H
#define CRASH_DUMP_PRINT_IMPL_H

#include "base/buf.h"
#include "dump/md_extra.h"
#include "dump/md_memory.h"
#include "dump/md_module.h"
#include "dump/md_system.h"
#include "dump/print.h"

/* Inside of dump_print(): records as tables of fields, one file a group of streams. */

struct printer {
	const struct md *md;
	FILE *out;
	struct arena *a;
	struct diag *d;
	bool brief, compat;
	bool has_system;
	struct md_system system;
	struct md_extra extra;
	struct buf text; /* scratch */
	uint64_t budget; /* bytes of contents and text that may still be printed */
};

enum print_kind {
	PRINT_HEX,    /* 0x1f; up to 16 bytes */
	PRINT_BARE,   /* 1f */
	PRINT_DEC,    /* 31 */
	PRINT_SIGNED, /* of 4 bytes: -31 */
	PRINT_TIME,   /* seconds since 1970: 0x45d35f73 2007-02-14T19:13:55Z */
	PRINT_PAIR,   /* two of the size: 0x1:0x2 */
	PRINT_BYTES,  /* all of count, in their order: 0x0001 */
};

/* A field of a record. The label stands between two blanks and "= ", in the widths that the peer
 * has; of an array, "##" or "@@" in it is the index, right or left in two columns. */
struct print_field {
	const char *label;
	uint16_t at; /* offset in the record */
	uint8_t size;
	uint8_t kind;   /* enum print_kind */
	uint16_t count; /* of an array, else 0 */
};

void print_fields(struct printer *p, const struct cursor *record, const struct print_field *fields,
		  size_t n);

/* The value alone, read at a cursor. */
void print_value(struct printer *p, struct cursor at, unsigned size, enum print_kind kind);

/* Text of the dump, made printable unless the report is the peer's; print_line() adds a newline. */
void print_text(struct printer *p, struct str text);
void print_line(struct printer *p, struct str text);

/* The UTF-16 at c up to its first nul, at most so many units, and a newline. */
void print_units(struct printer *p, struct cursor c, size_t most);

/* Takes n bytes from the budget; false, and says so in the output, when it has not so many left. */
bool print_take(struct printer *p, uint64_t n);

void print_hex(struct printer *p, struct slice bytes);

/* A GUID in the byte order of the cursor: "1b504308-5f17-4da3-8552-1dd4740d1730". */
void print_guid(struct printer *p, struct cursor at);

/* Bytes of memory, 16 a line with their text. */
void print_contents(struct printer *p, struct slice bytes);

/* 2007-02-14T19:13:55Z */
void print_time(struct printer *p, uint32_t seconds);

/* A CONTEXT record with the text before it; false when there is none that can be read. */
bool print_context(struct printer *p, struct cursor context, const char *before);

void print_threads(struct printer *p, const struct md_memory *memory);
void print_thread_infos(struct printer *p);
void print_thread_names(struct printer *p);
void print_exception(struct printer *p);
void print_modules(struct printer *p);
void print_unloaded(struct printer *p);
void print_handles(struct printer *p);
void print_memory(struct printer *p, const struct md_memory *m, bool wide);
void print_memory_infos(struct printer *p);
void print_system(struct printer *p);
void print_misc(struct printer *p);
void print_breakpad(struct printer *p);
void print_assertion(struct printer *p);
void print_mac(struct printer *p);
void print_crashpad(struct printer *p);
void print_stability(struct printer *p);
void print_auxv(struct printer *p);
void print_comments(struct printer *p);

#endif
