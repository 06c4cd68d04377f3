#include "sym/numbers.h"

#include "base/sort.h"

void numbers_init(struct numbers *n, void (*oom)(size_t wanted))
{
	*n = (struct numbers){ .given.oom = oom, .asked.oom = oom, .rest.oom = oom };
}

void numbers_free(struct numbers *n)
{
	buf_free(&n->given);
	buf_free(&n->asked);
	buf_free(&n->rest);
}

/* Sets a bit; whether it was set. */
static bool set_bit(struct buf *bits, uint32_t number)
{
	size_t at = number / 8;
	unsigned mask = 1u << number % 8;

	if (at >= bits->n) {
		size_t more = at + 1 - bits->n;

		buf_reserve(bits, more);
		memset(bits->p + bits->n, 0, more);
		bits->n += more;
	}

	unsigned old = (unsigned char)bits->p[at];
	bits->p[at] = (char)(old | mask);
	return (old & mask) != 0;
}

static void put_use(struct numbers *n, uint32_t number, bool given, uint64_t line)
{
	struct number_use u = { number, given, line };

	buf_put(&n->rest, &u, sizeof(u));
}

bool numbers_give(struct numbers *n, uint32_t number, uint64_t line)
{
	if (number < NUMBERS_DENSE)
		return !set_bit(&n->given, number);
	put_use(n, number, true, line);
	return true;
}

void numbers_ask(struct numbers *n, uint32_t number, uint64_t line)
{
	if (number >= NUMBERS_DENSE || (!numbers_has(n, number) && !set_bit(&n->asked, number)))
		put_use(n, number, false, line);
}

/* Records that give a number come first. */
static int compare_uses(const void *a, const void *b, const void *context)
{
	const struct number_use *x = a, *y = b;

	(void)context;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	if (x->given != y->given)
		return x->given != 0 ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

void numbers_end(struct numbers *n, void (*say)(void *context, bool again, uint64_t line),
		 void *context)
{
	struct number_use *v = (void *)n->rest.p;
	size_t count = n->rest.n / sizeof(*v);

	sort_stable(v, count, sizeof(*v), compare_uses, NULL, n->rest.oom);
	for (size_t i = 0; i < count; i++) {
		bool same = i > 0 && v[i - 1].number == v[i].number;

		if (v[i].given != 0 ? same : !same && !numbers_has(n, v[i].number))
			say(context, v[i].given != 0, v[i].line);
	}
}
