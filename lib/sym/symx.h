#ifndef CRASH_SYM_SYMX_H
#define CRASH_SYM_SYMX_H

#include "base/arena.h"
#include "base/diag.h"

/*
 * The symbols of one module, answered from a mapped .sym through its mapped index (.symx). Nothing
 * is parsed but the records that an address needs. All offsets are module-relative: address - base
 * of the module. The rules are rust-minidump's: stackwalk.md 7.2 and 7.3, sym-format.md 5.3.
 *
 * A struct symx is made by symbols_find() (symbols.h) and lives as long as its struct symbols. Text
 * in the answers points into the mapped .sym or the arena given, and lives as long as both.
 */
struct symx;

/* A place in the source. Text is as in the symbol file: raw bytes, not known to be UTF-8. */
struct sym_place {
	bool has_file, has_line;
	struct str file;
	uint32_t line;
};

struct sym_inline {
	struct str function;
	struct sym_place place;
};

/* What stands at an address. */
struct sym_frame {
	bool is_public; /* from a PUBLIC record: no place, no inlines */
	bool has_parameter_size;
	struct str function;     /* may be empty */
	uint64_t base;           /* offset of the FUNC or PUBLIC */
	uint32_t parameter_size; /* bytes of arguments that the callee pops */
	struct sym_place place; /* in the function itself: the call site, if something is inlined */
	uint64_t line_base;     /* offset of the line record or of the depth-0 inline range */
	struct sym_inline *inlines; /* innermost first; at most LIMIT_INLINE_DEPTH */
	size_t n_inlines;
};

/* False when no FUNC or PUBLIC names the offset. */
bool symx_find(const struct symx *x, uint64_t offset, struct arena *a, struct sym_frame *f);

/* The same question without the answer's details: is there a name, and is it not empty? */
bool symx_has_name(const struct symx *x, uint64_t offset);

/* The STACK CFI rules in force: those of the INIT record and of every delta up to the offset, in
 * the order in which they apply (later ones replace earlier ones). */
struct sym_cfi {
	uint64_t start, size; /* of the INIT record's range */
	struct str *rules;    /* texts: ".cfa: $rsp 8 + .ra: .cfa -8 + ^" */
	size_t n_rules;       /* at least 1 */
};
bool symx_cfi(const struct symx *x, uint64_t offset, struct arena *a, struct sym_cfi *cfi);

/* Only the range of the INIT record that covers the offset. */
bool symx_cfi_range(const struct symx *x, uint64_t offset, uint64_t *start, uint64_t *size);

/* The range of the last INIT record that begins at the offset or before it, though it may end
 * before it, too. */
bool symx_cfi_last(const struct symx *x, uint64_t offset, uint64_t *start, uint64_t *size);

enum sym_win_type { SYM_WIN_FPO = 0, SYM_WIN_FRAME_DATA = 4 };

/* A STACK WIN record; sizes in bytes. stackwalk.md 5.3. */
struct sym_win {
	uint64_t start;
	uint32_t size; /* after overlapping ones were cut */
	uint32_t prologue_size, epilogue_size, parameter_size, saved_register_size, local_size,
		max_stack_size;
	bool allocates_base_pointer; /* FPO */
	struct str program;          /* frame data */
};
bool symx_win(const struct symx *x, uint64_t offset, enum sym_win_type type, struct arena *a,
	      struct sym_win *win);

/* The value of the last "INFO URL" record; empty when there is none. */
struct str symx_url(const struct symx *x);

/* How many records were skipped as malformed, and whether rust-minidump would have refused the
 * whole file for any of its lines (sym-format.md 5). */
uint64_t symx_skipped(const struct symx *x);
bool symx_strict(const struct symx *x);

#endif
