#ifndef CRASH_BIN_DW_CFI_ENTRY_H
#define CRASH_BIN_DW_CFI_ENTRY_H

#include "bin/dw_cfi.h"

/*
 * The entries of .debug_frame and .eh_frame: CIEs, FDEs, augmentations, encoded pointers. DWARF 5,
 * 6.4.1; Linux Standard Base 5.0, Core, 10.5, 10.6.
 */
struct dw_cfi_reader {
	const struct dw_cfi_input *in;
	const struct dw_cfi_section *section;
	bool eh;
	struct cursor c; /* over the section */
};

/* Programs are borrowed from the section; offsets are from its start. */
struct dw_cie {
	struct slice program;
	uint64_t program_at;
	uint64_t code_factor;
	int64_t data_factor;
	uint64_t return_column;
	unsigned address_size;
	uint8_t encoding; /* of addresses in its FDEs, DW_EH_PE_* */
	bool sized;       /* its FDEs tell the size of their augmentation */
};

struct dw_fde {
	uint64_t start, size; /* a link address, bytes */
	struct slice program;
	uint64_t program_at;
};

/* The length, and what tells a CIE from an FDE. */
struct dw_cfi_head {
	uint64_t offset;
	struct cursor body; /* what follows, up to the end of the entry */
	bool wide;          /* 64-bit DWARF */
	bool is_cie;
	uint64_t cie; /* of an FDE: offset of its CIE */
};

struct dw_cfi_reader dw_cfi_reader_make(const struct dw_cfi_input *in, bool eh);

/* The entry at the reader's place, which goes on behind it. False at the end of the section, and,
 * with r->c failed, where it is damaged. Zero lengths are stepped over: a linker leaves the
 * terminator of crtend.o in the middle; dump_syms stops there. */
bool dw_cfi_next(struct dw_cfi_reader *r, struct dw_cfi_head *head);

/* NULL, or what is wrong. */
const char *dw_cie_read(const struct dw_cfi_reader *r, uint64_t offset, struct dw_cie *cie);
const char *dw_fde_read(const struct dw_cfi_reader *r, const struct dw_cie *cie,
			const struct dw_cfi_head *head, struct dw_fde *fde);

/* An address at the place of c, which is over a part of the section. Fails c for an encoding that
 * does not exist or has no base here. */
uint64_t dw_cfi_pointer(const struct dw_cfi_reader *r, struct cursor *c, uint8_t encoding,
			unsigned address_size);

#endif
