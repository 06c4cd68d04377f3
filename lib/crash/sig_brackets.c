#include "crash/sig_brackets.h"

/* A pair of brackets of one kind, in the order of the opening ones. */
struct pair {
	uint32_t start, end; /* end: behind the closing one; of the name, if there is none */
	uint32_t up;         /* the pair around it; of use only while pairs are looked for */
};

static size_t count_char(struct str s, char c)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == c;
	return n;
}

static size_t find_pairs(struct str s, const struct sig_brackets *b, struct pair *pairs)
{
	uint32_t n = 0, open = UINT32_MAX;

	for (uint32_t i = 0; i < s.n; i++) {
		if (s.p[i] == b->open) {
			pairs[n] = (struct pair){ i, (uint32_t)s.n, open };
			open = n++;
		} else if (s.p[i] == b->close && open != UINT32_MAX) {
			pairs[open].end = i + 1;
			open = pairs[open].up;
		}
	}
	return n;
}

/* The part of a name that is being copied, and where to go on when its end is reached. */
struct part {
	uint32_t end, resume;
};

struct copy {
	struct str in;
	char *out;
	size_t n, done; /* bytes written, bytes of `in` looked after */
};

static void put(struct copy *c, struct str s)
{
	if (s.n != 0)
		memcpy(c->out + c->n, s.p, s.n);
	c->n += s.n;
}

static void put_until(struct copy *c, size_t end)
{
	if (end > c->done)
		put(c, str_first(str_from(c->in, c->done), end - c->done));
	c->done = end;
}

/* The end of s without its last character. */
static uint32_t before_last(struct str s, uint32_t start, uint32_t end)
{
	while (end > start + 1 && ((uint8_t)s.p[end - 1] & 0xc0) == 0x80)
		end--;
	return end > start ? end - 1 : start;
}

/*
 * Copies the name with each outermost bracket kept or replaced. Those inside a bracket that is
 * entered are outermost in their part, which is the bracket without its first and last character,
 * whether that closes it or not.
 */
static void copy_brackets(struct copy *c, const struct sig_brackets *b, const struct pair *pairs,
			  size_t n_pairs, struct part *parts)
{
	size_t depth = 0;
	struct part part = { (uint32_t)c->in.n, 0 };

	for (size_t i = 0;;) {
		if (i == n_pairs || pairs[i].start >= part.end) {
			put_until(c, part.end);
			if (depth == 0)
				return;
			put(c, STR(">"));
			c->done = part.resume;
			part = parts[--depth];
			while (i < n_pairs && pairs[i].start < c->done)
				i++;
			continue;
		}

		uint32_t start = pairs[i].start,
			 end = pairs[i].end < part.end ? pairs[i].end : part.end;
		struct str before = str_first(str_from(c->in, c->done), start - c->done);
		struct str text = str_first(str_from(c->in, start), end - start);
		enum sig_fate fate = b->decide(before, text, depth != 0);

		put_until(c, start);
		i++;
		if (fate == SIG_ENTER) {
			put(c, STR("<"));
			parts[depth++] = part;
			part = (struct part){ before_last(c->in, start + 1, end), end };
			c->done = start + 1;
			continue;
		}
		if (fate == SIG_KEEP)
			put_until(c, end);
		else if (fate == SIG_TYPE)
			put(c, STR("<T>"));
		c->done = end;
		while (i < n_pairs && pairs[i].start < end)
			i++;
	}
}

struct str sig_brackets_replace(struct str s, const struct sig_brackets *b, struct arena *a)
{
	size_t n = count_char(s, b->open);
	if (n == 0)
		return s;

	struct pair *pairs = arena_new(a, struct pair, n);
	struct part *parts = arena_new(a, struct part, n);
	struct copy c = { .in = s, .out = arena_new(a, char, s.n + 2 * n + 1) };

	copy_brackets(&c, b, pairs, find_pairs(s, b, pairs), parts);
	return (struct str){ c.out, c.n };
}
