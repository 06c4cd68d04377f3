#include "base/limits.h"
#include "base/sort.h"
#include "sym/repair_impl.h"

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

/* A word without the dot of a register, which control bytes, that are not written, may hide. */
static struct str undotted(struct str word)
{
	while (is_dotted(word) ||
	       (word.n != 0 && ((unsigned char)*word.p < ' ' || *word.p == 0x7f)))
		word = str_from(word, 1);
	return word;
}

/* Appends rules, a blank between words of which anything is left, as many as a line has room for.
 */
static void add_rules(struct repair *p, struct str rules)
{
	size_t start = p->line.n, before;
	struct str word;

	while (str_next_word(&rules, &word)) {
		before = p->line.n;
		if (before != start)
			buf_put_char(&p->line, ' ');

		size_t blank = p->line.n;
		repair_put_text(p, undotted(word));
		if (p->line.n == blank)
			p->line.n = before;
		if (p->line.n - start > (size_t)LIMIT_SYM_LINE - REPAIR_HEAD) {
			p->line.n = before;
			return;
		}
	}
}

void repair_put_rules(struct repair *p, struct str rules)
{
	add_rules(p, rules);
	repair_end_line(p);
}

/* A row, and where its rules stand in p->rules as they are written. */
struct row {
	uint64_t start;
	size_t at, n;
};

static struct str rules_of(const struct repair *p, const struct row *row)
{
	return str_first(str_from(buf_str(&p->rules), row->at), row->n);
}

/* Readers sort the rows of one address by their text. */
static int by_row(const void *a, const void *b, const void *context)
{
	const struct row *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return str_cmp(rules_of(context, x), rules_of(context, y));
}

/* A repair may change the text, and keeps the order of the file. */
static int by_start(const void *a, const void *b, const void *context)
{
	const struct row *x = a, *y = b;

	(void)context;
	return (x->start > y->start) - (x->start < y->start);
}

/* Writes rules where they can be sorted. */
static void add_row(struct repair *p, const struct record_cfi *c)
{
	struct row row = { .start = c->start, .at = p->rules.n };
	struct buf line = p->line;

	p->line = p->rules;
	add_rules(p, c->rules);
	p->rules = p->line;
	p->line = line;
	row.n = p->rules.n - row.at;
	buf_put(&p->rows, &row, sizeof(row));
}

void repair_put_rows(struct repair *p, const struct outline_item *init, struct str rest)
{
	struct record_cfi c;
	struct record r;
	struct str line;

	buf_clear(&p->rows);
	buf_clear(&p->rules);
	while (record_next(&rest, &line)) {
		enum record_kind kind = record_open(&r, line, true);

		if (kind != RECORD_CFI && record_is_top(kind))
			break;
		if (kind == RECORD_CFI && record_cfi(&r, &c) && c.start - init->start < init->size)
			add_row(p, &c);
	}

	struct row *rows = (void *)p->rows.p;
	size_t n = p->rows.n / sizeof(*rows);
	sort_stable(rows, n, sizeof(*rows), p->o->sort ? by_row : by_start, p, p->rows.oom);
	for (size_t i = 0; i < n; i++) {
		buf_put_str(&p->line, STR("STACK CFI "));
		repair_put_hex(p, rows[i].start);
		buf_put_str(&p->line, rules_of(p, &rows[i]));
		repair_end_line(p);
	}
}
