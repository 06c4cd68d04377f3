#include "base/sort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int in_order(const char *items, size_t n, size_t size, sort_compare compare,
		    const void *context)
{
	for (size_t i = 1; i < n; i++) {
		if (compare(items + (i - 1) * size, items + i * size, context) > 0)
			return 0;
	}
	return 1;
}

/* Items are small: a loop is over before a call of memcpy() has begun. */
static inline void copy(char *to, const char *from, size_t size)
{
	for (; size >= sizeof(uint64_t); size -= sizeof(uint64_t)) {
		memcpy(to, from, sizeof(uint64_t));
		to += sizeof(uint64_t);
		from += sizeof(uint64_t);
	}
	if (size != 0)
		memcpy(to, from, size);
}

/* Merges the sorted runs [0, middle) and [middle, n) of from into to. */
static void merge(char *to, const char *from, size_t middle, size_t n, size_t size,
		  sort_compare compare, const void *context)
{
	size_t left = 0, right = middle;

	while (left < middle && right < n) {
		int right_first = compare(from + left * size, from + right * size, context) > 0;
		size_t *next = right_first ? &right : &left;

		copy(to, from + *next * size, size);
		to += size;
		++*next;
	}
	memcpy(to, from + left * size, (middle - left) * size);
	to += (middle - left) * size;
	memcpy(to, from + right * size, (n - right) * size);
}

/* By insertion, without memory: most of what is sorted is short. Longer lists begin with runs that
 * are sorted so. */
enum { FEW = 12, SMALL = 64 };

static void sort_few(char *items, size_t n, size_t size, sort_compare compare, const void *context)
{
	char item[SMALL];

	for (size_t i = 1; i < n; i++) {
		size_t to = i;

		while (to > 0 && compare(items + (to - 1) * size, items + i * size, context) > 0)
			to--;
		if (to == i)
			continue;
		copy(item, items + i * size, size);
		memmove(items + (to + 1) * size, items + to * size, (i - to) * size);
		copy(items + to * size, item, size);
	}
}

void sort_stable(void *items, size_t n, size_t size, sort_compare compare, const void *context,
		 void (*oom)(size_t wanted))
{
	char *from = items;

	if (n <= FEW && size <= SMALL) {
		sort_few(from, n, size, compare, context);
		return;
	}
	if (in_order(from, n, size, compare, context))
		return;

	char *scratch = size > SIZE_MAX / n ? NULL : malloc(n * size);
	if (scratch == NULL) {
		if (oom != NULL)
			oom(n);
		fprintf(stderr, "out of memory: %zu items to sort\n", n);
		abort();
	}

	char *to = scratch;
	size_t run = size <= SMALL ? FEW : 1;
	for (size_t at = 0; run == FEW && at < n; at += run)
		sort_few(from + at * size, n - at < run ? n - at : run, size, compare, context);
	for (size_t width = run; width < n; width *= 2) {
		for (size_t at = 0; at < n; at += 2 * width) {
			size_t left = n - at, middle = width < left ? width : left;

			merge(to + at * size, from + at * size, middle,
			      left < 2 * width ? left : 2 * width, size, compare, context);
		}
		char *swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, n * size);
	free(scratch);
}
