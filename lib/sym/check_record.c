#include "base/utf.h"
#include "sym/check_impl.h"
#include "sym/words.h"

/* Text of a record: what may not stand in it. */
static void check_name(struct check *c, struct str s)
{
	bool control = false;

	if (c->clean)
		return;
	if (!utf8_valid(s))
		check_say(c, CHECK_UTF8);
	if (s.n != 0 && memchr(s.p, '\r', s.n) != NULL)
		check_say(c, CHECK_CR);
	for (size_t i = 0; i < s.n; i++)
		control |= ((unsigned char)s.p[i] < ' ' && s.p[i] != '\r') || s.p[i] == 0x7f;
	if (control)
		check_say(c, CHECK_CONTROL);
}

static bool is_missing(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] != ' ')
			return false;
	}
	return true;
}

/* A name without which a record says nothing. */
static void need_name(struct check *c, struct str name)
{
	if (is_missing(name))
		check_say(c, CHECK_NO_NAME);
	check_name(c, name);
}

static void check_size(struct check *c, uint64_t size)
{
	if (size > UINT32_MAX)
		check_say(c, CHECK_SIZE64);
}

static bool take_blank(struct check *c, struct record *r)
{
	(void)r;
	check_say(c, CHECK_BLANK);
	return true;
}

static void check_id(struct check *c, struct str id)
{
	bool odd_case = false;

	if (!sym_is_hex(id)) {
		check_say(c, CHECK_MODULE_ID);
		return;
	}
	if (id.n < 9 || id.n > 40)
		check_say(c, CHECK_MODULE_LENGTH);
	for (size_t i = 0; i < id.n; i++) {
		char first = i < 32 ? 'a' : 'A';

		odd_case |= id.p[i] >= first && id.p[i] < first + 6;
	}
	if (odd_case)
		check_say(c, CHECK_MODULE_CASE);
}

static bool take_module(struct check *c, struct record *r)
{
	struct record_module m;

	if (!record_module(r, &m))
		return false;
	if (c->has_module) {
		check_say(c, CHECK_MODULE_AGAIN);
		return true;
	}
	if (!c->first)
		check_say(c, CHECK_MODULE_LATE);
	check_id(c, m.id);
	if (!sym_knows_cpu(m.cpu))
		check_say(c, CHECK_MODULE_CPU);
	if (m.name.n == 0 && !r->gap)
		check_say(c, CHECK_MODULE_NAME);
	check_name(c, m.name);
	c->has_module = true;
	c->module_id = m.id;
	c->module_name = m.name;
	return true;
}

static bool take_info(struct check *c, struct record *r)
{
	if (c->section == SECTION_BODY)
		check_say(c, CHECK_INFO_LATE);
	else if (c->section > SECTION_INFO)
		check_say(c, CHECK_ORDER);
	if (r->p == r->end && !r->gap)
		check_say(c, CHECK_INFO_BARE);
	check_name(c, (struct str){ r->p, (size_t)(r->end - r->p) });
	return true;
}

static bool take_file(struct check *c, struct record *r)
{
	struct record_name n;

	if (!record_name(r, &n))
		return false;
	if (c->section > SECTION_FILE)
		check_say(c, CHECK_FILE_LATE);
	if (!numbers_give(&c->files, n.number, c->line))
		check_say(c, CHECK_FILE_AGAIN);
	need_name(c, n.name);
	return true;
}

static bool take_origin(struct check *c, struct record *r)
{
	struct record_name n;

	if (!record_name(r, &n))
		return false;
	if (c->section > SECTION_ORIGIN)
		check_say(c, CHECK_ORIGIN_LATE);
	if (!numbers_give(&c->origins, n.number, c->line))
		check_say(c, CHECK_ORIGIN_AGAIN);
	need_name(c, n.name);
	if (sym_is_old_origin(n.name))
		check_say(c, CHECK_ORIGIN_OLD);
	return true;
}

static void begin_body(struct check *c, enum check_body body, uint64_t start, uint64_t size)
{
	c->body = body;
	c->interrupted = 0;
	c->has_lines = false;
	c->start = c->line_start = c->row = start;
	c->last = record_has_end(start, size) ? start + (size - 1) : start;
	c->line_next = 0;
	c->depth = 0;
}

static bool take_func(struct check *c, struct record *r)
{
	struct record_func f;

	c->body = BODY_LOST;
	if (!record_func(r, &f))
		return false;
	begin_body(c, BODY_FUNC, f.start, f.size);
	if (c->section > SECTION_BODY)
		check_say(c, CHECK_ORDER);
	check_size(c, f.size);
	if (record_has_end(f.start, f.size))
		check_spans_add(&c->funcs, f.start, f.size, c->line);
	else
		check_say(c, f.size == 0 ? CHECK_FUNC_EMPTY : CHECK_WRAP);
	need_name(c, f.name);
	return true;
}

static bool take_public(struct check *c, struct record *r)
{
	struct record_func f;

	if (!record_public(r, &f))
		return false;
	if (c->section > SECTION_BODY)
		check_say(c, CHECK_ORDER);
	check_spans_add(&c->publics, f.start, 1, c->line);
	need_name(c, f.name);
	return true;
}

void check_line(struct check *c, const struct record_line *l)
{
	numbers_ask(&c->files, l->file, c->line);
	if (l->size == 0) {
		check_say(c, CHECK_LINE_EMPTY);
		return;
	}
	check_size(c, l->size);
	if (!record_has_end(l->start, l->size)) {
		check_say(c, CHECK_WRAP);
		return;
	}
	if (l->start < c->start)
		check_say(c, CHECK_LINE_BEFORE);
	else if (l->start > c->last)
		check_say(c, CHECK_LINE_BEHIND);
	if (l->start < c->line_start && c->line_next != 0)
		check_say(c, CHECK_LINE_ORDER);
	else if (l->start < c->line_next)
		check_say(c, CHECK_LINE_OVERLAP);
	c->line_start = l->start;
	if (l->start + (l->size - 1) == UINT64_MAX)
		c->line_next = UINT64_MAX;
	else if (l->start + l->size > c->line_next)
		c->line_next = l->start + l->size;
}

/* A record of a body: false when there is none. */
static bool inside(struct check *c, enum check_body body, enum check_kind alone)
{
	if (c->body != body) {
		if (c->body != BODY_LOST)
			check_say(c, alone);
		return false;
	}
	if (c->interrupted != 0)
		check_say_at(c, CHECK_BLANK_BODY, c->interrupted);
	c->interrupted = 0;
	return true;
}

static bool take_line(struct check *c, struct record *r)
{
	struct record_line l;

	if (!record_line(r, &l))
		return false;
	if (inside(c, BODY_FUNC, CHECK_LINE_ALONE))
		check_line(c, &l);
	c->has_lines = true;
	return true;
}

static void check_ranges(struct check *c, struct record_inline *i)
{
	uint64_t start, size;
	bool outside = false, empty = false, wide = false;

	while (i->ranges.p != i->ranges.end && record_range(&i->ranges, &start, &size)) {
		outside |= size != 0 && (start < c->start || start > c->last);
		empty |= size == 0;
		wide |= size > UINT32_MAX;
	}
	if (outside)
		check_say(c, CHECK_INLINE_OUTSIDE);
	if (empty)
		check_say(c, CHECK_INLINE_EMPTY);
	if (wide)
		check_say(c, CHECK_SIZE64);
}

void check_inline(struct check *c, const struct record_inline *i)
{
	if (i->has_file && !numbers_has(&c->files, i->call_file))
		numbers_ask(&c->files, i->call_file, c->line);
	if (!numbers_has(&c->origins, i->origin))
		numbers_ask(&c->origins, i->origin, c->line);
	if (i->depth > c->depth)
		check_say(c, CHECK_INLINE_GAP);
	else if (i->depth == c->depth && i->depth != UINT32_MAX)
		c->depth++;
	if (c->has_lines)
		check_say(c, CHECK_INLINE_ORDER);
}

static bool take_inline(struct check *c, struct record *r)
{
	struct record_inline i;

	if (!record_inline(r, &i))
		return false;
	if (!inside(c, BODY_FUNC, CHECK_INLINE_ALONE))
		return true;
	if (i.old_form)
		check_say(c, CHECK_INLINE_OLD);
	else if (!i.has_file)
		check_say(c, CHECK_INLINE_NO_FILE);
	check_inline(c, &i);
	check_ranges(c, &i);
	return true;
}

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

static bool take_cfi_init(struct check *c, struct record *r)
{
	struct record_cfi f;

	c->body = BODY_LOST;
	if (!record_cfi_init(r, &f))
		return false;
	begin_body(c, BODY_CFI, f.start, f.size);
	check_size(c, f.size);
	if (record_has_end(f.start, f.size))
		check_spans_add(&c->cfis, f.start, f.size, c->line);
	else
		check_say(c, f.size == 0 ? CHECK_CFI_EMPTY : CHECK_WRAP);
	check_rules(c, f.rules, true);
	return true;
}

static bool take_cfi(struct check *c, struct record *r)
{
	struct record_cfi f;

	if (!record_cfi(r, &f))
		return false;
	if (inside(c, BODY_CFI, CHECK_CFI_ALONE)) {
		if (f.start < c->start || f.start > c->last)
			check_say(c, CHECK_CFI_OUTSIDE);
		else if (f.start < c->row)
			check_say(c, CHECK_CFI_ORDER);
		c->row = f.start;
	}
	check_rules(c, f.rules, false);
	return true;
}

static bool take_win(struct check *c, struct record *r)
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

/* Behind a name it is the rest of that. */
static void say_unknown(struct check *c, struct str line)
{
	check_say(c, c->after_name && record_is_rest(line) ? CHECK_BROKEN_NAME : CHECK_UNKNOWN);
}

static bool take_unknown(struct check *c, struct record *r)
{
	say_unknown(c, (struct str){ r->p, (size_t)(r->end - r->p) });
	return true;
}

/* What a kind does. part: of a FUNC's or STACK CFI INIT's lines, for rust-minidump; named: its line
 * ends in a name; in: where it stands in a file. */
static const struct {
	bool (*take)(struct check *c, struct record *r);
	bool part, named;
	enum check_section in;
} kinds[RECORD_KINDS] = {
	[RECORD_BLANK] = { take_blank, false, false, SECTION_MODULE },
	[RECORD_MODULE] = { take_module, false, false, SECTION_MODULE },
	[RECORD_INFO] = { take_info, false, true, SECTION_INFO },
	[RECORD_URL] = { take_info, false, true, SECTION_INFO },
	[RECORD_FILE] = { take_file, false, true, SECTION_FILE },
	[RECORD_ORIGIN] = { take_origin, true, true, SECTION_ORIGIN },
	[RECORD_FUNC] = { take_func, false, true, SECTION_BODY },
	[RECORD_LINE] = { take_line, true, false, SECTION_MODULE },
	[RECORD_INLINE] = { take_inline, true, false, SECTION_MODULE },
	[RECORD_PUBLIC] = { take_public, false, true, SECTION_BODY },
	[RECORD_CFI_INIT] = { take_cfi_init, false, false, SECTION_STACK },
	[RECORD_CFI] = { take_cfi, true, false, SECTION_STACK },
	[RECORD_WIN] = { take_win, false, false, SECTION_STACK },
	[RECORD_UNKNOWN] = { take_unknown, false, true, SECTION_MODULE },
};

/* Blanks and numbers of other forms than writers have, in the line up to its name. numbers: behind
 * its keyword. Returns whether there were any. */
static bool check_form(struct check *c, const struct record *r, struct str line,
		       const char *numbers)
{
	bool spacing = false, upper = false, prefix = false;
	const char *p = line.p;

	for (; p < r->p; p++) {
		spacing |= *p == '\t' || (*p == ' ' && p + 1 < r->p && p[1] == ' ');
		if (p < numbers)
			continue;
		upper |= *p >= 'A' && *p <= 'F';
		prefix |= *p == 'x' || *p == 'X';
	}
	if (line.n != 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
		check_say(c, CHECK_LEADING);
	if (spacing)
		check_say(c, CHECK_SPACING);
	if (upper)
		check_say(c, CHECK_UPPER);
	if (prefix)
		check_say(c, CHECK_PREFIX);
	return spacing || upper || prefix || c->said;
}

static void say_malformed(struct check *c, enum record_kind kind, struct str line)
{
	if (kind == RECORD_LINE && record_is_rest(line))
		say_unknown(c, line);
	else if (c->body != BODY_LOST || record_is_top(kind))
		check_say(c, CHECK_MALFORMED);
}

static bool is_trailing(enum record_kind kind, const struct record *r)
{
	return (kind == RECORD_LINE || kind == RECORD_INLINE) && (r->gap || r->p != r->end);
}

void check_record(struct check *c, enum record_kind kind, struct record *r, struct str line)
{
	const char *numbers = r->p;
	bool odd = kind == RECORD_UNKNOWN || kind == RECORD_BLANK || kind == RECORD_MODULE;

	if (record_is_top(kind) && (kind != RECORD_CFI || c->body == BODY_FUNC))
		c->body = BODY_NONE;
	if (!kinds[kind].part && c->body != BODY_NONE)
		c->interrupted = c->line;
	if (!kinds[kind].take(c, r))
		say_malformed(c, kind, line);
	else if (!odd && !check_form(c, r, line, numbers) && !r->strict)
		check_say(c, is_trailing(kind, r) ? CHECK_TRAILING : CHECK_DIGITS);
	c->after_name = kinds[kind].named;
	if (kinds[kind].in > c->section)
		c->section = kinds[kind].in;
}
