#include "sym/peer_lines.h"

enum { FIRST_CAPACITY = 10 * 1024, MOST_CAPACITY = 160 * 1024 };

/* The buffer: bytes from position to end are data, those behind end are free. */
struct reader {
	struct str text;
	size_t at; /* of the data, in the text */
	size_t position, end, capacity;
};

static struct str data_of(const struct reader *r)
{
	return str_first(str_from(r->text, r->at), r->end - r->position);
}

static void shift(struct reader *r)
{
	r->end -= r->position;
	r->position = 0;
}

static void consume(struct reader *r, size_t n)
{
	r->at += n;
	r->position += n;
	if (r->position > r->capacity / 2)
		shift(r);
}

/* Reads as much as fits; returns how much. */
static size_t fill(struct reader *r)
{
	size_t n = r->capacity - r->end, left = str_from(r->text, r->at + data_of(r).n).n;

	if (n > left)
		n = left;
	r->end += n;
	if (r->capacity - r->end < r->end - r->position + n)
		shift(r);
	return n;
}

/* Bytes of the whole lines at the start of s. */
static size_t whole_lines(struct str s)
{
	while (s.n > 0 && s.p[s.n - 1] != '\n')
		s.n--;
	return s.n;
}

/* Drops data up to the end of the line. Returns whether it was there. */
static bool drop_line(struct reader *r)
{
	struct str data = data_of(r);
	size_t n = str_find_char(data, '\n');

	consume(r, n < data.n ? n + 1 : n);
	return n < data.n;
}

void peer_lines_find(struct peer_lines *p, struct str text)
{
	struct reader r = { .text = text, .capacity = FIRST_CAPACITY };
	bool dropping = false, dropped = false, empty = false, grown = false;

	for (;;) {
		if (dropping) {
			dropped = drop_line(&r);
			dropping = empty = !dropped;
		}
		if (fill(&r) != 0) {
			grown = false;
		} else if (!dropped || data_of(&r).n == 0) {
			p->complete = empty;
			if (empty || grown)
				return;
			if (r.capacity * 2 > MOST_CAPACITY) {
				uint64_t at = r.at;

				buf_put(&p->offsets, &at, sizeof(at));
				dropping = true;
			} else {
				r.capacity *= 2;
				grown = true;
			}
			continue;
		}
		if (dropping)
			continue;

		size_t n = whole_lines(data_of(&r));
		dropped = false;
		empty = n == data_of(&r).n;
		consume(&r, n);
	}
}

bool peer_lines_hide(const struct peer_lines *p, uint64_t offset)
{
	const uint64_t *v = (const void *)p->offsets.p;
	size_t low = 0, high = p->offsets.n / sizeof(*v);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle] == offset)
			return true;
		if (v[middle] < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}
