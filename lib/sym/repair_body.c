#include "base/sort.h"
#include "sym/repair_impl.h"

static struct record_line *lines_of(const struct repair *p)
{
	return (struct record_line *)(void *)p->lines.p;
}

/* Collects the INLINEs and lines of a FUNC, up to the record that ends them. */
static void read_body(struct repair *p, struct str rest)
{
	struct record_inline i;
	struct record_line l;
	struct record r;
	struct str line;
	size_t n;

	buf_clear(&p->lines);
	buf_clear(&p->inlines);
	for (;;) {
		while ((n = record_plain_line(rest, &l)) != 0) {
			buf_put(&p->lines, &l, sizeof(l));
			rest = str_from(rest, n);
		}
		if (!record_next(&rest, &line))
			return;

		enum record_kind kind = record_open(&r, line, true);
		if (record_is_top(kind))
			return;
		if (kind == RECORD_LINE && record_line(&r, &l))
			buf_put(&p->lines, &l, sizeof(l));
		else if (kind == RECORD_INLINE && record_inline(&r, &i))
			buf_put(&p->inlines, &i, sizeof(i));
	}
}

/* Line records that stood before any FUNC, for one that has none. */
static void adopt(struct repair *p, const struct outline_item *func)
{
	const struct record_line *v = (const void *)p->outline.orphans.p;
	size_t low = 0, high = p->outline.orphans.n / sizeof(*v), n = high;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle].start < func->start)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < n && v[low].start - func->start < func->size; low++)
		buf_put(&p->lines, &v[low], sizeof(v[low]));
}

/* Whether anything is left of a line that begins before its FUNC. */
static bool clip(struct record_line *l, uint64_t start)
{
	if (!record_has_end(l->start, l->size))
		return false;
	if (l->start < start) {
		if (l->size <= start - l->start)
			return false;
		l->size -= start - l->start;
		l->start = start;
	}
	l->size = repair_size(l->size);
	return true;
}

static int by_range(const void *a, const void *b, const void *context)
{
	const struct record_line *x = a, *y = b;

	(void)context;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->size > y->size) - (x->size < y->size);
}

/* Leaves out lines of size 0, sorts, and leaves out those that begin inside others. */
static void arrange_lines(struct repair *p, uint64_t start)
{
	struct record_line *v = lines_of(p);
	size_t n = p->lines.n / sizeof(*v), good = 0, kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (clip(&v[i], start))
			v[good++] = v[i];
	}
	sort_stable(v, good, sizeof(*v), by_range, NULL, p->lines.oom);
	for (size_t i = 0; i < good; i++) {
		if (kept == 0 || v[i].start > v[kept - 1].start + (v[kept - 1].size - 1))
			v[kept++] = v[i];
	}
	p->lines.n = kept * sizeof(*v);
}

/* The file of the line at an address: where Breakpad's oldest INLINEs were called from. */
static uint32_t file_at(const struct repair *p, uint64_t address)
{
	const struct record_line *v = lines_of(p);
	size_t n = p->lines.n / sizeof(*v);

	for (size_t i = 0; i < n; i++) {
		if (address - v[i].start < v[i].size)
			return v[i].file;
	}
	return p->no_file;
}

/* Of the ranges that are written. */
static uint64_t first_address(const struct record_inline *i)
{
	struct record ranges = i->ranges;
	uint64_t start = 0, size;

	while (ranges.p != ranges.end && record_range(&ranges, &start, &size)) {
		if (record_has_end(start, size))
			break;
	}
	return start;
}

static void put_inline(struct repair *p, const struct record_inline *i)
{
	size_t before = p->line.n;
	struct record ranges = i->ranges;
	uint64_t start, size;
	bool any = false;
	uint32_t file = i->call_file;

	if (!i->has_file)
		file = i->old_form ? file_at(p, first_address(i)) : p->no_file;
	buf_put_str(&p->line, STR("INLINE "));
	repair_put_decimal(p, i->depth);
	repair_put_decimal(p, i->call_line);
	repair_put_decimal(p, file);
	repair_put_decimal(p, i->origin);
	while (ranges.p != ranges.end && record_range(&ranges, &start, &size)) {
		if (!record_has_end(start, size))
			continue;
		any = true;
		repair_put_hex(p, start);
		repair_put_hex(p, repair_size(size));
	}
	/* The last blank. */
	p->line.n--;
	if (any)
		repair_end_line(p);
	else
		p->line.n = before;
}

static int by_address(const void *a, const void *b, const void *context)
{
	const struct record_inline *x = a, *y = b;
	uint64_t s = first_address(x), t = first_address(y);

	(void)context;
	if (s != t)
		return s < t ? -1 : 1;
	return (x->depth > y->depth) - (x->depth < y->depth);
}

void repair_put_func_body(struct repair *p, const struct outline_item *func, struct str rest)
{
	read_body(p, rest);
	if (p->lines.n == 0)
		adopt(p, func);
	arrange_lines(p, func->start);

	struct record_inline *inlines = (void *)p->inlines.p;
	size_t n_inlines = p->inlines.n / sizeof(*inlines);
	if (p->o->sort)
		sort_stable(inlines, n_inlines, sizeof(*inlines), by_address, NULL, p->o->oom);
	for (size_t i = 0; i < n_inlines; i++)
		put_inline(p, &inlines[i]);

	const struct record_line *lines = lines_of(p);
	for (size_t i = 0; i < p->lines.n / sizeof(*lines); i++) {
		repair_put_hex(p, lines[i].start);
		repair_put_hex(p, lines[i].size);
		repair_put_decimal(p, lines[i].line);
		buf_put_decimal(&p->line, lines[i].file);
		repair_end_line(p);
	}
}

/* A word that begins with a dot and is none of those that the language has. */
static bool is_dotted(struct str word)
{
	static const struct str known[] = { STR_INIT(".cfa"), STR_INIT(".ra"), STR_INIT(".undef") };

	if (word.n < 2 || word.p[0] != '.')
		return false;
	if (word.p[word.n - 1] == ':')
		word.n--;
	for (unsigned i = 0; i < COUNT(known); i++) {
		if (str_eq(word, known[i]))
			return false;
	}
	return true;
}

void repair_put_rules(struct repair *p, struct str rules)
{
	while (rules.n != 0) {
		size_t n = str_find_char(rules, ' ');
		struct str word = str_first(rules, n);

		/* A control byte, which is not written, may hide the dot. */
		while (is_dotted(word) ||
		       (word.n != 0 && ((unsigned char)*word.p < ' ' || *word.p == 0x7f)))
			word = str_from(word, 1);
		repair_put_text(p, word);
		if (n < rules.n)
			buf_put_char(&p->line, ' ');
		rules = str_from(rules, n + 1);
	}
	repair_end_line(p);
}

/* Readers sort rows of one address by their text, which a repair may change. */
static int by_row(const void *a, const void *b, const void *context)
{
	const struct record_cfi *x = a, *y = b;

	(void)context;
	return (x->start > y->start) - (x->start < y->start);
}

void repair_put_rows(struct repair *p, const struct outline_item *init, struct str rest)
{
	struct record_cfi c, *rows;
	struct record r;
	struct str line;

	buf_clear(&p->rows);
	while (record_next(&rest, &line)) {
		enum record_kind kind = record_open(&r, line, true);

		if (kind != RECORD_CFI && record_is_top(kind))
			break;
		if (kind == RECORD_CFI && record_cfi(&r, &c) && c.start - init->start < init->size)
			buf_put(&p->rows, &c, sizeof(c));
	}
	rows = (void *)p->rows.p;

	size_t n = p->rows.n / sizeof(*rows);
	sort_stable(rows, n, sizeof(*rows), by_row, NULL, p->rows.oom);
	for (size_t i = 0; i < n; i++) {
		buf_put_str(&p->line, STR("STACK CFI "));
		repair_put_hex(p, rows[i].start);
		repair_put_rules(p, rows[i].rules);
	}
}
