#ifndef CRASH_BASE_NUMBER_H
#define CRASH_BASE_NUMBER_H

/*
 * Floating-point numbers as text, in the spellings of other languages' JSON: the fewest digits that
 * read back as the same number.
 */
enum number_style {
	NUMBER_RUST,   /* serde_json (ryu): 1.0, 0.00001, 1e-6, 1e16 */
	NUMBER_PYTHON, /* repr(): 1.0, 1e-05, 1e+16, inf, nan */
};

enum { NUMBER_TEXT_SIZE = 64 };

/* A number that is not finite is for Python only. */
void number_text(char out[NUMBER_TEXT_SIZE], double v, enum number_style style);

#endif
