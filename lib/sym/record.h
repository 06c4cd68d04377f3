#ifndef CRASH_SYM_RECORD_H
#define CRASH_SYM_RECORD_H

#include "base/slice.h"

/*
 * The lines of a .sym: what each is, and what its fields say. sym-format.md 1, 2, 5.
 *
 * Reading is tolerant, a superset of what rust-minidump, Breakpad and symbolic take: blanks before
 * a record and behind numbers, runs of blanks and tabs, any number of leading zeros, "0x", sizes of
 * 64 bits, names that are missing or are not UTF-8, fields behind the last one, INLINE records of
 * the old form and with the call file -1. Each record also says whether rust-minidump would have
 * taken it (strict): it refuses the whole file for one record that it does not.
 */
enum record_kind {
	RECORD_BLANK,
	RECORD_MODULE,
	RECORD_INFO,
	RECORD_URL, /* "INFO URL" */
	RECORD_FILE,
	RECORD_ORIGIN,
	RECORD_FUNC,
	RECORD_LINE,
	RECORD_INLINE,
	RECORD_PUBLIC,
	RECORD_CFI_INIT,
	RECORD_CFI,
	RECORD_WIN,
	RECORD_UNKNOWN,
	RECORD_KINDS,
};

/* A line that is being read: what is left of it. */
struct record {
	const char *p, *end;
	bool plain;  /* the line is known to be ASCII without CR: nobody needs to look */
	bool gap;    /* blanks were skipped before p */
	bool tabbed; /* the blank behind the keyword is a tab */
	bool strict; /* so far */
};

/* Takes the next line from rest, without its LF and the CRs before that; false at the end. A last
 * line needs no LF. What exceeds LIMIT_SYM_LINE bytes is cut off. */
bool record_next(struct str *rest, struct str *line);

/* What the line is. r is then ready for the reader of that kind. */
enum record_kind record_open(struct record *r, struct str line, bool plain);

/* Whether records of this kind end the lines and INLINEs of a FUNC. They end the rows of a STACK
 * CFI INIT too, but for RECORD_CFI. Others may stand among them. */
bool record_is_top(enum record_kind kind);

/*
 * One reader a kind. False: the record is malformed, and r and the result are unspecified. Text in
 * the results points into the line.
 */
struct record_module {
	struct str os, cpu, id, name;
};
bool record_module(struct record *r, struct record_module *m);

/* FILE, INLINE_ORIGIN. */
struct record_name {
	uint32_t number;
	struct str name;
};
bool record_name(struct record *r, struct record_name *n);

/* FUNC; PUBLIC, which has no size. */
struct record_func {
	uint64_t start, size;
	uint32_t parameter_size;
	bool multiple; /* "m" */
	struct str name;
};
bool record_func(struct record *r, struct record_func *f);
bool record_public(struct record *r, struct record_func *f);

struct record_line {
	uint64_t start, size;
	uint32_t line, file;
};
bool record_line(struct record *r, struct record_line *l);

/* Most of a .sym are lines of one form. Bytes of the one at the start of text, LF included, if it
 * is certainly one and strict; 0: look closer. */
size_t record_plain_line(struct str text, struct record_line *l);

/* The same for STACK CFI, in a text that is known to be plain. */
size_t record_plain_row(struct str text);

/* INLINE; its ranges are read one by one. The old form (Breakpad, early -d) has no call file. */
struct record_inline {
	uint32_t depth, call_line, call_file, origin;
	bool has_file;
	bool old_form;
	struct record ranges;
};
bool record_inline(struct record *r, struct record_inline *i);
bool record_range(struct record *ranges, uint64_t *start, uint64_t *size);

/* As record_plain_line(), for an INLINE with no range that is empty or starts outside [first,
 * last]. It has no ranges to read. */
size_t record_plain_inline(struct str text, uint64_t first, uint64_t last, struct record_inline *i);

/* STACK CFI INIT; STACK CFI, which has no size. */
struct record_cfi {
	uint64_t start, size;
	struct str rules;
};
bool record_cfi_init(struct record *r, struct record_cfi *c);
bool record_cfi(struct record *r, struct record_cfi *c);

struct record_win {
	unsigned type;
	uint64_t start;
	uint32_t size, prologue_size, epilogue_size, parameter_size, saved_register_size,
		local_size, max_stack_size;
	bool has_program;
	struct str program; /* or "1" or "0" */
};
bool record_win(struct record *r, struct record_win *w);

/* INFO: its text may be anything but is not looked at. */
bool record_info(struct record *r);

/* INFO URL; false when nothing follows it, which makes it an INFO like others. */
bool record_url(struct record *r, struct str *url);

/* Whether a line is no record, not even a malformed one, nor a comment: what follows a name that a
 * line break has cut. */
bool record_is_rest(struct str line);

/* Whether [start, start + size) is a range: neither empty nor past 2^64. */
static inline bool record_has_end(uint64_t start, uint64_t size)
{
	return size != 0 && size - 1 <= UINT64_MAX - start;
}

#endif
