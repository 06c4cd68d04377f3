#ifndef CRASH_SYM_SYM_INPUT_H
#define CRASH_SYM_SYM_INPUT_H

#include "base/file.h"

/*
 * The text of a .sym that is to be worked on: a file, or standard input ("-"), compressed with gzip
 * or not. What does not stand in a file is put into a temporary one first, so that a text of any
 * size is mapped.
 */
struct sym_input {
	const char *name; /* for messages; borrowed */
	struct str text;
	bool mapped; /* the text is a mapped file */
	bool packed; /* it was compressed, and the file's name does not end in .gz */
	struct file file, other;
};

/* strict: only a file whose name ends in .gz is taken for a compressed one. Errors: ERROR_SYSTEM;
 * of the compressed data ERROR_INPUT and ERROR_LIMIT. sym_input_close() may follow in any case. */
bool sym_input_open(struct sym_input *in, const char *path, bool strict, struct error *err);
void sym_input_close(struct sym_input *in);

#endif
