#include "sym/check_impl.h"

/* What a text of rules holds: sym-format.md 2, STACK CFI. */
enum { RULES_CFA = 1, RULES_RA = 2, RULES_DOTTED = 4, RULES_BAD = 8 };

static unsigned rule_name(const char *p, size_t n)
{
	if (*p != '.')
		return 0;
	if (n == 4 && memcmp(p, ".cfa", 4) == 0)
		return RULES_CFA;
	return n == 3 && memcmp(p, ".ra", 3) == 0 ? RULES_RA : RULES_DOTTED;
}

/* How many values an expression holds after a token; less than 0 for one that finds too few. */
static int take_token(const char *p, size_t n, int values)
{
	if (n != 1 || memchr("+-*/%@^", *p, 7) == NULL)
		return values + 1;
	if (*p == '^')
		return values < 1 ? -1 : values;
	return values < 2 ? -1 : values - 1;
}

/* Each rule is a name, ":", and an expression that leaves one value. */
static unsigned read_rules(struct str rules)
{
	const char *p = rules.p, *end = p + rules.n;
	unsigned found = 0;
	int values = 1;
	bool named = false;

	while (p < end) {
		const char *start = p;

		while (p < end && *p != ' ')
			p++;
		if (p - start > 1 && p[-1] == ':') {
			found |= rule_name(start, (size_t)(p - start - 1));
			found |= values == 1 ? 0 : RULES_BAD;
			values = 0;
			named = true;
		} else if (p != start) {
			values = take_token(start, (size_t)(p - start), values);
			found |= named && values >= 0 ? 0 : RULES_BAD;
		}
		p += p < end;
	}
	return named && values == 1 ? found : found | RULES_BAD;
}

static void check_rules(struct check *c, struct str rules, bool init)
{
	unsigned found = read_rules(rules);

	if ((found & RULES_BAD) != 0)
		check_say(c, CHECK_CFI_RULES);
	else if (init && (found & (RULES_CFA | RULES_RA)) != (RULES_CFA | RULES_RA))
		check_say(c, CHECK_CFI_USELESS);
	if ((found & RULES_DOTTED) != 0)
		check_say(c, CHECK_CFI_DOTTED);
	check_name(c, rules);
}

bool check_take_cfi_init(struct check *c, struct record *r)
{
	struct record_cfi f;

	c->body = BODY_LOST;
	if (!record_cfi_init(r, &f))
		return false;
	check_begin(c, BODY_CFI, f.start, f.size);
	check_size(c, f.size);
	if (record_has_end(f.start, f.size))
		check_spans_add(&c->cfis, f.start, f.size, c->line);
	else
		check_say(c, f.size == 0 ? CHECK_CFI_EMPTY : CHECK_WRAP);
	check_rules(c, f.rules, true);
	return true;
}

bool check_take_cfi(struct check *c, struct record *r)
{
	struct record_cfi f;

	if (!record_cfi(r, &f))
		return false;
	if (check_inside(c, BODY_CFI, CHECK_CFI_ALONE)) {
		if (f.start < c->start || f.start > c->last)
			check_say(c, CHECK_CFI_OUTSIDE);
		else if (f.start < c->row)
			check_say(c, CHECK_CFI_ORDER);
		c->row = f.start;
	}
	check_rules(c, f.rules, false);
	return true;
}

bool check_take_win(struct check *c, struct record *r)
{
	struct record_win w, *last = &c->win[0];
	unsigned which;

	if (!record_win(r, &w))
		return false;
	check_name(c, w.program);
	if ((w.type != 4 || !w.has_program) && (w.type != 0 || w.has_program)) {
		check_say(c, CHECK_WIN_UNUSED);
		return true;
	}
	if (!record_has_end(w.start, w.size)) {
		check_say(c, w.size == 0 ? CHECK_WIN_EMPTY : CHECK_WRAP);
		return true;
	}
	which = w.type == 4;
	last += which;
	if (c->has_win[which] && w.start < last->start && last->start - w.start < w.size) {
		check_say(c, CHECK_WIN_OVERLAP);
		return true;
	}
	c->has_win[which] = true;
	*last = w;
	return true;
}
