#include "base/utf.h"
#include "sym/record_impl.h"

/* Value + 1; 0 for what is no hexadecimal digit. */
const uint8_t record_hex_digits[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* Ends a number at p, which must be followed by blanks or the end. */
static inline bool number_end(struct record *r, const char *p)
{
	if (p != r->end && !record_is_blank(*p))
		return false;
	r->p = p;
	record_skip_blanks(r);
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
	for (; p < r->end && (digit = record_hex_digit(*p)) != 0; p++) {
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
	if (r->end - r->p < 2 || r->p[0] != 'm' || !record_is_blank(r->p[1]))
		return false;
	r->p++;
	record_skip_blanks(r);
	return true;
}

static struct str word(struct record *r)
{
	const char *start = r->p;

	while (r->p < r->end && !record_is_blank(*r->p))
		r->p++;
	struct str s = { start, (size_t)(r->p - start) };
	record_skip_blanks(r);
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
		if (record_hex_digit(m->id.p[i]) == 0)
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
	    record_is_blank(r->p[2])) {
		r->p += 2;
		record_skip_blanks(r);
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
