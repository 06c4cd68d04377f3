#ifndef CRASH_TESTS_SYM_TEXT_H
#define CRASH_TESTS_SYM_TEXT_H

#include <stdio.h>
#include <stdlib.h>

/* A .sym with a record of each kind, in pieces that tests put together. */
#define SYM_MODULE "MODULE Linux x86_64 0123456789ABCDEF0123456789ABCDEF0 app\n"
#define SYM_FILES  "FILE 0 a.c\nFILE 1 b.c\nINLINE_ORIGIN 0 inner\n"
#define SYM_OUTER \
	"FUNC 1000 20 8 outer\nINLINE 0 5 0 0 1008 8\n1000 8 4 0\n1008 8 9 1\n1010 10 6 0\n"
#define SYM_PUBLIC "PUBLIC m 2000 0 public\n"
#define SYM_CFI                                                    \
	"STACK CFI INIT 1000 20 .cfa: $rsp 8 + .ra: .cfa -8 + ^\n" \
	"STACK CFI 1001 .cfa: $rsp 16 +\n"
#define SYM_WIN  "STACK WIN 4 3000 10 1 2 3 4 5 6 1 $T0 $ebp =\n"
#define SYM_TEXT SYM_MODULE SYM_FILES SYM_OUTER SYM_PUBLIC SYM_CFI SYM_WIN

/* What is written to a FILE, as text; sym_text_end() gives it, to be freed. */
struct sym_text {
	char *p;
	size_t n;
	FILE *out;
};

static inline FILE *sym_text_begin(struct sym_text *t)
{
	t->out = open_memstream(&t->p, &t->n);
	if (t->out == NULL)
		abort();
	return t->out;
}

static inline char *sym_text_end(struct sym_text *t)
{
	fclose(t->out);
	return t->p;
}

#endif
