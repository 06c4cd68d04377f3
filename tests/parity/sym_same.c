/*
 * sym_same OLD.sym NEW.sym: compares the answers of two symbol files at each end of each range of
 * the first, and beside it. Prints the count of addresses; exit status 1 with the first that
 * differs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../lib/symx_text.h"
#include "base/file.h"
#include "base/sort.h"

static void put_ends(struct buf *b, uint64_t start, uint64_t size)
{
	const uint64_t ends[] = { start - 1, start, start + size - 1, start + size };

	buf_put(b, ends, sizeof(ends));
}

static void take(struct buf *b, struct str line)
{
	struct record_inline i;
	struct record_func f;
	struct record_line l;
	struct record_cfi c;
	struct record_win w;
	struct record r;
	uint64_t start, size;
	enum record_kind kind = record_open(&r, line, false);

	if (kind == RECORD_FUNC && record_func(&r, &f))
		put_ends(b, f.start, f.size);
	else if (kind == RECORD_PUBLIC && record_public(&r, &f))
		put_ends(b, f.start, 1);
	else if (kind == RECORD_LINE && record_line(&r, &l))
		put_ends(b, l.start, l.size);
	else if (kind == RECORD_CFI_INIT && record_cfi_init(&r, &c))
		put_ends(b, c.start, c.size);
	else if (kind == RECORD_CFI && record_cfi(&r, &c))
		put_ends(b, c.start, 1);
	else if (kind == RECORD_WIN && record_win(&r, &w))
		put_ends(b, w.start, w.size);
	else if (kind == RECORD_INLINE && record_inline(&r, &i)) {
		while (i.ranges.p != i.ranges.end && record_range(&i.ranges, &start, &size))
			put_ends(b, start, size);
	}
}

static int by_value(const void *a, const void *b, const void *context)
{
	const uint64_t *x = a, *y = b;

	(void)context;
	return (*x > *y) - (*x < *y);
}

static struct str open_text(struct file *f, const char *path)
{
	struct error err = { 0 };

	if (!file_open(f, path, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(2);
	}
	return (struct str){ (const char *)f->data.p, f->data.n };
}

static bool same(const struct symx_text *old, const struct symx_text *new, const struct buf *all)
{
	struct buf a = { 0 }, b = { 0 };
	const uint64_t *v = (const void *)all->p;
	bool equal = true;

	for (size_t i = 0; equal && i < all->n / sizeof(*v); i++) {
		if (i > 0 && v[i] == v[i - 1])
			continue;
		buf_clear(&a);
		buf_clear(&b);
		symx_text_ask(&old->symx, v[i], &a);
		symx_text_ask(&new->symx, v[i], &b);
		equal = str_eq(buf_str(&a), buf_str(&b));
		if (!equal)
			printf("%" PRIx64 ": %.*s\nnot %.*s\n", v[i], STR_ARGS(buf_str(&b)),
			       STR_ARGS(buf_str(&a)));
	}
	buf_free(&a);
	buf_free(&b);
	return equal;
}

int main(int argc, char **argv)
{
	struct symx_text old, new;
	struct file files[2];
	struct buf all = { 0 };
	struct str line;

	if (argc != 3)
		return 2;
	struct str text = open_text(&files[0], argv[1]);
	if (!symx_text_open(&old, text, false) ||
	    !symx_text_open(&new, open_text(&files[1], argv[2]), false))
		return 2;
	while (record_next(&text, &line))
		take(&all, line);
	sort_stable(all.p, all.n / sizeof(uint64_t), sizeof(uint64_t), by_value, NULL, NULL);

	bool equal = same(&old, &new, &all);
	if (equal)
		printf("%zu addresses\n", all.n / sizeof(uint64_t));
	buf_free(&all);
	symx_text_close(&old);
	symx_text_close(&new);
	file_close(&files[0]);
	file_close(&files[1]);
	return equal ? EXIT_SUCCESS : EXIT_FAILURE;
}
