#include "sym/record_lines.h"

#include "base/sort.h"

static int by_range(const void *a, const void *b, const void *context)
{
	const struct record_line *x = a, *y = b;

	(void)context;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

size_t record_lines_arrange(struct record_line *lines, size_t n, void (*oom)(size_t wanted))
{
	size_t kept = 0;

	sort_stable(lines, n, sizeof(*lines), by_range, NULL, oom);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || lines[i].start - lines[kept - 1].start >= lines[kept - 1].size)
			lines[kept++] = lines[i];
	}
	return kept;
}

const struct record_line *record_line_at(const struct record_line *lines, size_t n,
					 uint64_t address)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (lines[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0 || address - lines[low - 1].start >= lines[low - 1].size)
		return NULL;
	return &lines[low - 1];
}
