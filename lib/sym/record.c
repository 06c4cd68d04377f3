#include "sym/record.h"

#include "base/limits.h"
#include "base/utf.h"

/* Value + 1; 0 for what is no hexadecimal digit. */
static const uint8_t hex_digits[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* The longer of two that start alike comes first. */
static const struct {
	struct str word;
	enum record_kind kind;
} keywords[] = {
	{ { "FUNC", 4 }, RECORD_FUNC },
	{ { "FILE", 4 }, RECORD_FILE },
	{ { "INLINE", 6 }, RECORD_INLINE },
	{ { "INLINE_ORIGIN", 13 }, RECORD_ORIGIN },
	{ { "INFO URL", 8 }, RECORD_URL },
	{ { "INFO", 4 }, RECORD_INFO },
	{ { "STACK CFI INIT", 14 }, RECORD_CFI_INIT },
	{ { "STACK CFI", 9 }, RECORD_CFI },
	{ { "STACK WIN", 9 }, RECORD_WIN },
	{ { "PUBLIC", 6 }, RECORD_PUBLIC },
	{ { "MODULE", 6 }, RECORD_MODULE },
};
enum { N_KEYWORDS = sizeof(keywords) / sizeof(keywords[0]) };

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline unsigned hex_digit(char c)
{
	return hex_digits[(unsigned char)c];
}

bool record_next(struct str *rest, struct str *line)
{
	if (!str_next_line(rest, line))
		return false;
	while (line->n > 0 && line->p[line->n - 1] == '\r')
		line->n--;
	if (line->n > LIMIT_SYM_LINE)
		line->n = LIMIT_SYM_LINE;
	return true;
}

static inline void skip_blanks(struct record *r)
{
	const char *p = r->p;

	while (p < r->end && is_blank(*p))
		p++;
	r->gap = p != r->p;
	r->p = p;
}

/* Matches a keyword; a blank in it stands for any run of them, of which only one blank is strict.
 */
static bool match(struct record *r, struct str word)
{
	const char *p = r->p;
	bool strict = r->strict;

	for (size_t i = 0; i < word.n; i++, p++) {
		if (p == r->end || *p != word.p[i])
			return false;
		while (word.p[i] == ' ' && p + 1 < r->end && is_blank(p[1])) {
			strict = false;
			p++;
		}
	}
	if (p != r->end && !is_blank(*p))
		return false;
	r->p = p;
	r->strict = strict;
	r->tabbed = p != r->end && *p == '\t';
	skip_blanks(r);
	return true;
}

static enum record_kind keyword(struct record *r)
{
	struct str line = { r->p, (size_t)(r->end - r->p) };

	for (unsigned i = 0; i < N_KEYWORDS; i++) {
		struct str word = keywords[i].word;

		if (line.p[0] == word.p[0] && line.n > word.n && line.p[word.n] == ' ' &&
		    memcmp(line.p, word.p, word.n) == 0) {
			r->p += word.n;
			skip_blanks(r);
			return keywords[i].kind;
		}
	}
	for (unsigned i = 0; i < N_KEYWORDS; i++) {
		if (match(r, keywords[i].word))
			return keywords[i].kind;
	}
	return RECORD_UNKNOWN;
}

enum record_kind record_open(struct record *r, struct str line, bool plain)
{
	*r = (struct record){ .p = line.p, .end = line.p + line.n, .plain = plain, .strict = true };
	if (line.n == 0)
		return RECORD_BLANK;
	if (is_blank(*r->p)) {
		skip_blanks(r);
		r->strict = false;
		if (r->p == r->end)
			return RECORD_BLANK;
	}

	unsigned digit = hex_digit(*r->p);
	if (digit != 0 && *r->p != 'F')
		return RECORD_LINE;

	enum record_kind kind = keyword(r);
	return kind == RECORD_UNKNOWN && digit != 0 ? RECORD_LINE : kind;
}

/* The same of those that writers use: upper case is for a closer look. */
static const uint8_t plain_digits[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
};

/* A number of at most most digits. Returns what stands behind it and the byte that must follow it;
 * NULL if it does not. */
static inline const char *plain_number(const char *p, unsigned most, unsigned base, char behind,
				       uint64_t *value)
{
	const char *end = p;
	uint64_t v = 0;
	unsigned digit;

	while ((digit = plain_digits[(unsigned char)*end] - 1u) < base &&
	       end - p < (ptrdiff_t)most) {
		v = v * base + digit;
		end++;
	}
	*value = v;
	return end == p || *end != behind ? NULL : end + 1;
}

size_t record_plain_line(struct str text, struct record_line *l)
{
	enum { LONGEST = 16 + 8 + 9 + 9 + 4 };
	const char *p = text.p;
	uint64_t line, file;

	/* Nine decimal digits are always below 2^32. */
	if (text.n < LONGEST || (p = plain_number(p, 16, 16, ' ', &l->start)) == NULL ||
	    (p = plain_number(p, 8, 16, ' ', &l->size)) == NULL ||
	    (p = plain_number(p, 9, 10, ' ', &line)) == NULL ||
	    (p = plain_number(p, 9, 10, '\n', &file)) == NULL)
		return 0;
	l->line = (uint32_t)line;
	l->file = (uint32_t)file;
	return (size_t)(p - text.p);
}

size_t record_plain_inline(struct str text, uint64_t first, uint64_t last, struct record_inline *i)
{
	static const char word[] = "INLINE ";
	enum { WORD = sizeof(word) - 1, HEAD = WORD + 4 * 10, RANGE = 17 + 9 };
	uint64_t v[4], start, size;
	const char *p = text.p + WORD, *end = text.p + text.n, *behind;

	if (text.n < HEAD || memcmp(text.p, word, WORD) != 0)
		return 0;
	for (unsigned k = 0; k < 4; k++) {
		if ((p = plain_number(p, 9, 10, ' ', &v[k])) == NULL)
			return 0;
	}
	do {
		if (end - p < RANGE || (p = plain_number(p, 16, 16, ' ', &start)) == NULL)
			return 0;
		behind = plain_number(p, 8, 16, ' ', &size);
		if (behind == NULL)
			behind = plain_number(p, 8, 16, '\n', &size);
		if (behind == NULL || start < first || start > last || size == 0)
			return 0;
		p = behind;
	} while (p[-1] == ' ');
	*i = (struct record_inline){ .depth = (uint32_t)v[0],
				     .call_line = (uint32_t)v[1],
				     .call_file = (uint32_t)v[2],
				     .origin = (uint32_t)v[3],
				     .has_file = true };
	return (size_t)(p - text.p);
}

size_t record_plain_row(struct str text)
{
	static const char word[] = "STACK CFI ";
	enum { WORD = sizeof(word) - 1 };
	const char *p;
	uint64_t at;

	if (text.n < WORD + 16 + 1 || memcmp(text.p, word, WORD) != 0)
		return 0;
	p = plain_number(text.p + WORD, 16, 16, ' ', &at);
	if (p == NULL)
		return 0;

	size_t start = (size_t)(p - text.p);
	size_t n = start + str_find_char(str_from(text, start), '\n');
	return n < text.n && n < LIMIT_SYM_LINE ? n + 1 : 0;
}

bool record_is_top(enum record_kind kind)
{
	static const bool top[RECORD_KINDS] = {
		[RECORD_MODULE] = true,   [RECORD_FUNC] = true, [RECORD_PUBLIC] = true,
		[RECORD_CFI_INIT] = true, [RECORD_CFI] = true,  [RECORD_WIN] = true,
	};

	return top[kind];
}

/* Ends a number at p, which must be followed by blanks or the end. */
static inline bool number_end(struct record *r, const char *p)
{
	if (p != r->end && !is_blank(*p))
		return false;
	r->p = p;
	skip_blanks(r);
	return true;
}

/* A hexadecimal number; more than digits digits are not strict. */
static inline bool hex(struct record *r, unsigned digits, uint64_t *value)
{
	const char *p = r->p;
	uint64_t v = 0;
	unsigned digit;

	if (r->end - p > 2 && p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		r->strict = false;
		p += 2;
	}

	const char *first = p;
	for (; p < r->end && (digit = hex_digit(*p)) != 0; p++) {
		if (v >> 60 != 0)
			return false;
		v = v << 4 | (digit - 1);
	}
	if (p - first > (ptrdiff_t)digits)
		r->strict = false;
	*value = v;
	return p != first && number_end(r, p);
}

static inline bool hex32(struct record *r, uint32_t *value)
{
	uint64_t v;

	if (!hex(r, 8, &v) || v > UINT32_MAX)
		return false;
	*value = (uint32_t)v;
	return true;
}

/* A decimal number of 32 bits; rust-minidump takes at most ten digits. */
static inline bool decimal(struct record *r, uint32_t *value)
{
	const char *p = r->p;
	uint64_t v = 0;

	for (; p < r->end && *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (uint64_t)(*p - '0');
		if (v > UINT32_MAX)
			return false;
	}
	if (p - r->p > 10)
		r->strict = false;
	*value = (uint32_t)v;
	return p != r->p && number_end(r, p);
}

/* The end of a record of numbers. */
static inline void end_of_numbers(struct record *r)
{
	if (r->gap || r->p != r->end)
		r->strict = false;
}

static bool is_clean(struct str s)
{
	return (s.n == 0 || memchr(s.p, '\r', s.n) == NULL) && utf8_valid(s);
}

/* The rest of the line. Only if it may be anything it is not looked at. */
static struct str rest_of_line(struct record *r)
{
	struct str s = { r->p, (size_t)(r->end - r->p) };

	if (!r->gap || (!r->plain && !is_clean(s)))
		r->strict = false;
	return s;
}

/* "m": several symbols share this code. */
static bool take_multiple(struct record *r)
{
	if (r->end - r->p < 2 || r->p[0] != 'm' || !is_blank(r->p[1]))
		return false;
	r->p++;
	skip_blanks(r);
	return true;
}

static struct str word(struct record *r)
{
	const char *start = r->p;

	while (r->p < r->end && !is_blank(*r->p))
		r->p++;
	struct str s = { start, (size_t)(r->p - start) };
	skip_blanks(r);
	if (!r->plain && !is_clean(s))
		r->strict = false;
	return s;
}

bool record_module(struct record *r, struct record_module *m)
{
	m->os = word(r);
	m->cpu = word(r);
	m->id = word(r);
	m->name = rest_of_line(r);
	for (size_t i = 0; i < m->id.n; i++) {
		if (hex_digit(m->id.p[i]) == 0)
			r->strict = false;
	}
	return m->id.n != 0;
}

bool record_name(struct record *r, struct record_name *n)
{
	if (!decimal(r, &n->number))
		return false;
	n->name = rest_of_line(r);
	return true;
}

bool record_func(struct record *r, struct record_func *f)
{
	f->multiple = take_multiple(r);
	if (!hex(r, 16, &f->start) || !hex(r, 8, &f->size) || !hex32(r, &f->parameter_size))
		return false;
	f->name = rest_of_line(r);
	return true;
}

bool record_public(struct record *r, struct record_func *f)
{
	f->multiple = take_multiple(r);
	if (!hex(r, 16, &f->start) || !hex32(r, &f->parameter_size))
		return false;
	f->size = 0;
	f->name = rest_of_line(r);
	return true;
}

bool record_line(struct record *r, struct record_line *l)
{
	if (!hex(r, 16, &l->start) || !hex(r, 8, &l->size) || !decimal(r, &l->line) ||
	    !decimal(r, &l->file))
		return false;
	end_of_numbers(r);
	return true;
}

bool record_range(struct record *ranges, uint64_t *start, uint64_t *size)
{
	return hex(ranges, 16, start) && hex(ranges, 8, size);
}

/* What stands behind depth and line: call file (but in the old form), origin, ranges. */
static bool call_and_ranges(struct record *r, struct record_inline *i)
{
	uint64_t start, size;

	i->has_file = !i->old_form;
	if (i->has_file && r->end - r->p > 2 && r->p[0] == '-' && r->p[1] == '1' &&
	    is_blank(r->p[2])) {
		r->p += 2;
		skip_blanks(r);
		r->strict = i->has_file = false;
	} else if (i->has_file && !decimal(r, &i->call_file)) {
		return false;
	}
	if (!decimal(r, &i->origin))
		return false;

	i->ranges = *r;
	do {
		if (!record_range(r, &start, &size))
			return false;
	} while (r->p != r->end);
	end_of_numbers(r);
	return true;
}

bool record_inline(struct record *r, struct record_inline *i)
{
	i->call_file = 0;
	i->old_form = false;
	if (r->tabbed)
		r->strict = false;
	if (!decimal(r, &i->depth) || !decimal(r, &i->call_line))
		return false;

	struct record again = *r;
	if (call_and_ranges(r, i))
		return true;
	*r = again;
	r->strict = false;
	i->old_form = true;
	return call_and_ranges(r, i);
}

bool record_cfi_init(struct record *r, struct record_cfi *c)
{
	if (!hex(r, 16, &c->start) || !hex(r, 8, &c->size) || !r->gap)
		return false;
	c->rules = rest_of_line(r);
	return true;
}

bool record_cfi(struct record *r, struct record_cfi *c)
{
	c->size = 0;
	if (!hex(r, 16, &c->start) || !r->gap)
		return false;
	c->rules = rest_of_line(r);
	return true;
}

bool record_win(struct record *r, struct record_win *w)
{
	uint32_t *const sizes[] = {
		&w->size,           &w->prologue_size,       &w->epilogue_size,
		&w->parameter_size, &w->saved_register_size, &w->local_size,
		&w->max_stack_size,
	};
	uint64_t type, has_program;

	if (!hex(r, 1, &type) || !hex(r, 16, &w->start))
		return false;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (!hex32(r, sizes[i]))
			return false;
	}
	if (!hex(r, 1, &has_program) || !r->gap)
		return false;
	if (has_program > 9 || type > 15)
		r->strict = false;
	w->type = type < 16 ? (unsigned)type : 16;
	w->has_program = has_program == 1;
	w->program = rest_of_line(r);
	return true;
}

bool record_info(struct record *r)
{
	size_t n = (size_t)(r->end - r->p);

	if (!r->gap || (!r->plain && n != 0 && memchr(r->p, '\r', n) != NULL))
		r->strict = false;
	return true;
}

bool record_url(struct record *r, struct str *url)
{
	if (!r->gap)
		return false;
	*url = rest_of_line(r);
	return true;
}

/* A malformed line record has two numbers at least. */
bool record_is_rest(struct str line)
{
	struct record r;
	enum record_kind kind = record_open(&r, line, false);
	struct record_line l;
	uint64_t v;

	if (kind == RECORD_UNKNOWN)
		return *r.p != '#';
	if (kind != RECORD_LINE)
		return false;

	struct record again = r;
	return !record_line(&r, &l) && (!hex(&again, 16, &v) || !hex(&again, 16, &v));
}
