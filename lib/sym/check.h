#ifndef CRASH_SYM_CHECK_H
#define CRASH_SYM_CHECK_H

#include <stdio.h>

#include "base/slice.h"

/*
 * What is wrong with a .sym: one pass over its text. Rules: sym-format.md 1 (the grammar), 2, 5
 * (what rust-minidump, Breakpad and symbolic do with it), 6 (files that were seen).
 *
 * An error costs a record, or one of the three readers refuses the file for it. A warning is what
 * they read differently, or what cannot be meant. A note is what they all read alike although no
 * writer should write it.
 */
enum check_level { CHECK_NOTE, CHECK_WARNING, CHECK_ERROR, CHECK_LEVELS };

enum check_kind {
	/* The file. */
	CHECK_EMPTY,
	CHECK_PACKED,
	CHECK_HTML,
	CHECK_XML,
	CHECK_JSON,
	CHECK_BINARY,
	CHECK_BOM,
	CHECK_PLACE_ID,
	CHECK_PLACE_NAME,
	CHECK_NO_MODULE,
	CHECK_NO_END,
	/* Lines of any kind. */
	CHECK_CRLF,
	CHECK_CR,
	CHECK_BLANK,
	CHECK_BLANK_BODY,
	CHECK_UNKNOWN,
	CHECK_BROKEN_NAME,
	CHECK_MALFORMED,
	CHECK_LEADING,
	CHECK_TRAILING,
	CHECK_PREFIX,
	CHECK_DIGITS,
	CHECK_SPACING,
	CHECK_UPPER,
	CHECK_UTF8,
	CHECK_CONTROL,
	CHECK_LONG,
	CHECK_TOO_LONG,
	CHECK_NO_NAME,
	CHECK_ORDER,
	/* MODULE, INFO. */
	CHECK_MODULE_LATE,
	CHECK_MODULE_AGAIN,
	CHECK_MODULE_ID,
	CHECK_MODULE_LENGTH,
	CHECK_MODULE_CASE,
	CHECK_MODULE_NAME,
	CHECK_MODULE_CPU,
	CHECK_INFO_LATE,
	CHECK_INFO_BARE,
	/* FILE, INLINE_ORIGIN. */
	CHECK_FILE_LATE,
	CHECK_FILE_AGAIN,
	CHECK_FILE_MISSING,
	CHECK_ORIGIN_LATE,
	CHECK_ORIGIN_AGAIN,
	CHECK_ORIGIN_MISSING,
	CHECK_ORIGIN_OLD,
	/* FUNC, PUBLIC. */
	CHECK_FUNC_EMPTY,
	CHECK_WRAP,
	CHECK_SIZE64,
	CHECK_FUNC_OVERLAP,
	CHECK_PUBLIC_AGAIN,
	/* Lines and INLINEs of a FUNC. */
	CHECK_LINE_ALONE,
	CHECK_LINE_EMPTY,
	CHECK_LINE_BEFORE,
	CHECK_LINE_BEHIND,
	CHECK_LINE_OVERLAP,
	CHECK_LINE_ORDER,
	CHECK_INLINE_ALONE,
	CHECK_INLINE_OLD,
	CHECK_INLINE_NO_FILE,
	CHECK_INLINE_GAP,
	CHECK_INLINE_EMPTY,
	CHECK_INLINE_OUTSIDE,
	CHECK_INLINE_ORDER,
	/* STACK. */
	CHECK_CFI_ALONE,
	CHECK_CFI_EMPTY,
	CHECK_CFI_OVERLAP,
	CHECK_CFI_OUTSIDE,
	CHECK_CFI_ORDER,
	CHECK_CFI_RULES,
	CHECK_CFI_USELESS,
	CHECK_CFI_DOTTED,
	CHECK_WIN_UNUSED,
	CHECK_WIN_EMPTY,
	CHECK_WIN_OVERLAP,
	CHECK_KINDS,
};

struct check_rule {
	const char *name; /* one word, for counts and JSON */
	enum check_level level;
	bool grammar;       /* a file of the grammar has none */
	const char *what;   /* the message */
	const char *repair; /* what repair_text() does about it; NULL: nothing can be done */
};

const struct check_rule *check_rule(enum check_kind kind);
const char *check_level_name(enum check_level level);

/* Messages of one kind that are printed; the rest are counted. */
enum { CHECK_REPEAT = 10 };

struct check_options {
	bool mapped;      /* the text is a mapped file */
	bool packed;      /* it was compressed, in a file of another name than .gz */
	bool json;        /* messages are objects, one a line */
	bool repairs;     /* say what a repair does about each, not its level */
	bool notes;       /* print notes, too */
	const char *name; /* of the file, for messages and its place in a store */
	FILE *out;        /* for messages; NULL: only count */
	void (*oom)(size_t wanted);
};

struct check_result {
	uint64_t lines;
	uint64_t count[CHECK_KINDS];
	uint64_t total[CHECK_LEVELS];
	bool grammar; /* nothing was found that the grammar does not have */
};

/*
 * Reads all of text. Memory is 16 bytes for each FUNC, PUBLIC and STACK CFI INIT, and an eighth of
 * a byte for each FILE and INLINE_ORIGIN number.
 */
void check_text(struct str text, const struct check_options *o, struct check_result *result);

#endif
