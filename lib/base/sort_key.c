#include "base/buf.h"
#include "base/sort.h"

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

/* One pass; keeps the order of equal digits. */
static void sort_by_digit(const struct sort_key *from, struct sort_key *to, size_t n,
			  unsigned shift)
{
	size_t place[DIGITS + 1] = { 0 };

	for (size_t i = 0; i < n; i++)
		place[(from[i].key >> shift & (DIGITS - 1)) + 1]++;
	for (size_t digit = 1; digit < DIGITS; digit++)
		place[digit] += place[digit - 1];
	for (size_t i = 0; i < n; i++)
		to[place[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
}

void sort_keys(struct sort_key *keys, size_t n, void (*oom)(size_t wanted))
{
	struct buf memory = { .oom = oom };
	struct sort_key *from = keys, *to;
	uint64_t bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= keys[i].key;
	buf_reserve(&memory, (n + 1) * sizeof(*keys));
	to = (void *)memory.p;
	for (unsigned shift = 0; shift < 64 && bits >> shift != 0; shift += DIGIT_BITS) {
		struct sort_key *swap = from;

		sort_by_digit(from, to, n, shift);
		from = to;
		to = swap;
	}
	if (from != keys && n != 0)
		memcpy(keys, from, n * sizeof(*keys));
	buf_free(&memory);
}
