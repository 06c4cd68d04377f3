#include "base/utf.h"
#include "sym/check_impl.h"
#include "sym/words.h"

void check_name(struct check *c, struct str s)
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

void check_need_name(struct check *c, struct str name)
{
	if (is_missing(name))
		check_say(c, CHECK_NO_NAME);
	check_name(c, name);
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
	check_need_name(c, n.name);
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
	check_need_name(c, n.name);
	if (sym_is_old_origin(n.name))
		check_say(c, CHECK_ORIGIN_OLD);
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
	check_need_name(c, f.name);
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
	[RECORD_FUNC] = { check_take_func, false, true, SECTION_BODY },
	[RECORD_LINE] = { check_take_line, true, false, SECTION_MODULE },
	[RECORD_INLINE] = { check_take_inline, true, false, SECTION_MODULE },
	[RECORD_PUBLIC] = { take_public, false, true, SECTION_BODY },
	[RECORD_CFI_INIT] = { check_take_cfi_init, false, false, SECTION_STACK },
	[RECORD_CFI] = { check_take_cfi, true, false, SECTION_STACK },
	[RECORD_WIN] = { check_take_win, false, false, SECTION_STACK },
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
