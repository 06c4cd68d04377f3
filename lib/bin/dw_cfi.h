#ifndef CRASH_BIN_DW_CFI_H
#define CRASH_BIN_DW_CFI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

/*
 * Call frame information (.debug_frame, .eh_frame) as records of STACK CFI: DWARF 5, 6.4; the
 * Linux Standard Base's .eh_frame; dump-sym-parse.md 8. dw_cfi_open() only lists and sorts the
 * entries (FDEs); each one's program runs when it is written, so that memory does not depend on
 * what is written.
 */
struct dw_cfi_section {
	struct slice data; /* empty when there is none */
	uint64_t address;  /* link address of its first byte */
};

struct dw_cfi_input {
	const char *file; /* for messages; borrowed */
	struct dw_cfi_section debug_frame, eh_frame;
	uint64_t text, got;    /* link addresses of .text and .got, for textrel and datarel */
	uint64_t bias;         /* subtracted from addresses */
	const char *cpu;       /* as in MODULE: which names registers have */
	unsigned address_size; /* bytes: 4 or 8 */
	bool big;
	bool compat; /* dump_syms' text, errors 2 and 3 of dump-sym-parse.md 15 included */
	/* Whether code lies at a link address; entries elsewhere are of functions that a linker
	 * threw away. */
	bool (*is_code)(const void *context, uint64_t address);
	/* Bytes of the module at a link address (DW_EH_PE_indirect); empty where there are none. */
	struct slice (*bytes_at)(const void *context, uint64_t address, uint64_t n);
	const void *context;
};

struct dw_cfi_entry {
	uint64_t start, size; /* module-relative */
	uint64_t offset;      /* of the FDE in its section */
	bool eh;              /* its section is .eh_frame */
};

struct dw_cfi {
	struct dw_cfi_input in;
	struct dw_cfi_entry *entries; /* by address; compat: in the sections' order */
	size_t n;
	struct arena *arena;
	struct diag *diag;
};

/* What the input points to is borrowed. Damage is a warning and costs the entry. */
void dw_cfi_open(struct dw_cfi *c, const struct dw_cfi_input *in, struct arena *a, struct diag *d);

/* Appends "STACK CFI INIT ...\n" and its "STACK CFI ...\n" rows; nothing for an entry that cannot
 * be said in that language. */
void dw_cfi_write(const struct dw_cfi *c, size_t entry, struct buf *out);

#endif
