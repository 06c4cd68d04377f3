#include "sym/stats.h"

#include "sym/pieces.h"

static const char *const names[RECORD_KINDS] = {
	[RECORD_BLANK] = "blank",
	[RECORD_MODULE] = "MODULE",
	[RECORD_INFO] = "INFO",
	[RECORD_URL] = "INFO URL",
	[RECORD_FILE] = "FILE",
	[RECORD_ORIGIN] = "INLINE_ORIGIN",
	[RECORD_FUNC] = "FUNC",
	[RECORD_LINE] = "line",
	[RECORD_INLINE] = "INLINE",
	[RECORD_PUBLIC] = "PUBLIC",
	[RECORD_CFI_INIT] = "STACK CFI INIT",
	[RECORD_CFI] = "STACK CFI",
	[RECORD_WIN] = "STACK WIN",
	[RECORD_UNKNOWN] = "unknown",
};

const char *stats_kind_name(enum record_kind kind)
{
	return names[kind];
}

/* Whether the FUNC above has a line already. */
struct count {
	struct stats *s;
	bool has_line;
};

static bool count_func(struct count *c, struct record *r)
{
	struct record_func f;

	c->has_line = false;
	if (!record_func(r, &f))
		return false;
	c->s->func_code += f.size;
	return true;
}

static void add_line(struct count *c, const struct record_line *l)
{
	c->s->line_code += l->size;
	c->s->funcs_with_lines += !c->has_line;
	c->has_line = true;
}

static bool count_line(struct count *c, struct record *r)
{
	struct record_line l;

	if (!record_line(r, &l))
		return false;
	add_line(c, &l);
	return true;
}

static bool count_inline(struct count *c, struct record *r)
{
	struct record_inline i;
	uint64_t start, size;

	if (!record_inline(r, &i))
		return false;
	if ((uint64_t)i.depth + 1 > c->s->deepest)
		c->s->deepest = (uint64_t)i.depth + 1;
	while (i.ranges.p != i.ranges.end && record_range(&i.ranges, &start, &size)) {
		c->s->ranges++;
		c->s->inline_code += i.depth == 0 ? size : 0;
	}
	return true;
}

static bool count_public(struct count *c, struct record *r)
{
	struct record_func f;

	(void)c;
	return record_public(r, &f);
}

static bool count_name(struct count *c, struct record *r)
{
	struct record_name n;

	(void)c;
	return record_name(r, &n);
}

static bool count_cfi_init(struct count *c, struct record *r)
{
	struct record_cfi f;

	if (!record_cfi_init(r, &f))
		return false;
	c->s->cfi_code += f.size;
	return true;
}

static bool count_cfi(struct count *c, struct record *r)
{
	struct record_cfi f;

	(void)c;
	return record_cfi(r, &f);
}

static bool count_win(struct count *c, struct record *r)
{
	struct record_win w;

	if (!record_win(r, &w))
		return false;
	c->s->cfi_code += w.size;
	return true;
}

static bool (*const counts[RECORD_KINDS])(struct count *c, struct record *r) = {
	[RECORD_FILE] = count_name,         [RECORD_ORIGIN] = count_name,
	[RECORD_FUNC] = count_func,         [RECORD_LINE] = count_line,
	[RECORD_INLINE] = count_inline,     [RECORD_PUBLIC] = count_public,
	[RECORD_CFI_INIT] = count_cfi_init, [RECORD_CFI] = count_cfi,
	[RECORD_WIN] = count_win,
};

static void add(struct stats *s, enum record_kind kind, size_t n)
{
	s->kinds[kind].records++;
	s->kinds[kind].bytes += n;
	if (n > s->longest)
		s->longest = n;
}

static void count_piece(struct count *c, struct str piece)
{
	struct record_line l;
	struct record r;
	struct str line;
	size_t n;

	for (;;) {
		while ((n = record_plain_line(piece, &l)) != 0) {
			add(c->s, RECORD_LINE, n);
			add_line(c, &l);
			piece = str_from(piece, n);
		}

		const char *start = piece.p;
		if (!record_next(&piece, &line))
			return;
		enum record_kind kind = record_open(&r, line, true);
		add(c->s, kind, (size_t)(piece.p - start));
		if (counts[kind] != NULL && !counts[kind](c, &r))
			c->s->malformed++;
	}
}

void stats_of(struct stats *s, struct str text, bool mapped)
{
	struct count c = { .s = s, .has_line = true };
	struct pieces pieces = pieces_make(text, mapped);
	struct str piece;

	*s = (struct stats){ 0 };
	while (pieces_next(&pieces, &piece))
		count_piece(&c, piece);
}
