#include "base/limits.h"
#include "sym/repair_impl.h"
#include "sym/words.h"

/* Appends a name, the rest of it in the lines behind, or none if that is empty. */
static void add_name(struct repair *p, struct str name, struct str behind, struct str none)
{
	size_t start = p->line.n;
	struct str line;

	repair_put_text(p, name);
	while (record_next(&behind, &line) && record_is_rest(line)) {
		if (p->line.n - start + line.n < (size_t)LIMIT_SYM_LINE - 2 * REPAIR_HEAD)
			repair_put_text(p, line);
	}
	while (p->line.n > start && p->line.p[p->line.n - 1] == ' ')
		p->line.n--;
	if (p->line.n == start)
		buf_put_str(&p->line, none);
}

/* The record of an item, opened; rest is what stands behind it. */
static void open_item(const struct repair *p, const struct outline_item *item, struct record *r,
		      struct str *rest)
{
	struct str line = { 0 };

	*rest = str_from(p->text, (size_t)item->at);
	record_next(rest, &line);
	record_open(r, line, false);
}

/* One blank behind the second word of INFO URL, which control bytes may have hidden. */
static void close_gap(struct buf *line, size_t start)
{
	static const struct str url = STR_INIT("URL ");
	size_t end = start + url.n;

	if (!str_starts((struct str){ line->p + start, line->n - start }, url))
		return;
	while (end < line->n && line->p[end] == ' ')
		end++;
	memmove(line->p + start + url.n, line->p + end, line->n - end);
	line->n -= end - (start + url.n);
}

static void put_info(struct repair *p, const struct outline_item *item)
{
	struct str rest, line = { 0 };
	struct record r;
	size_t start;

	rest = str_from(p->text, (size_t)item->at);
	record_next(&rest, &line);
	buf_put_str(&p->line, STR("INFO "));
	start = p->line.n;
	/* The keyword of INFO URL has two words, of which the second is text here. */
	if (record_open(&r, line, false) == RECORD_URL)
		buf_put_str(&p->line, STR("URL "));
	repair_put_text(p, (struct str){ r.p, (size_t)(r.end - r.p) });
	close_gap(&p->line, start);
	repair_end_line(p);
}

void repair_add_numbered(struct repair *p, const struct outline_item *item)
{
	struct record_name n = { 0 };
	struct str rest = { 0 };
	struct record r;

	if (item->at != REPAIR_NOWHERE) {
		open_item(p, item, &r, &rest);
		record_name(&r, &n);
	}
	if (item->kind == RECORD_ORIGIN && p->outline.old_inlines && sym_is_old_origin(n.name))
		n.name = str_trim(str_from(n.name, str_find_char(n.name, ' ')));
	add_name(p, n.name, rest, item->kind == RECORD_FILE ? REPAIR_NO_FILE : REPAIR_NO_NAME);
}

/* A FILE or INLINE_ORIGIN. */
static void put_numbered(struct repair *p, const struct outline_item *item)
{
	buf_put_str(&p->line, item->kind == RECORD_FILE ? STR("FILE ") : STR("INLINE_ORIGIN "));
	repair_put_decimal(p, item->start);
	repair_add_numbered(p, item);
	repair_end_line(p);
}

static void put_func(struct repair *p, const struct outline_item *item)
{
	struct record_func f;
	struct record r;
	struct str rest;

	open_item(p, item, &r, &rest);
	record_func(&r, &f);
	buf_put_str(&p->line, f.multiple ? STR("FUNC m ") : STR("FUNC "));
	repair_put_hex(p, f.start);
	repair_put_hex(p, repair_size(f.size));
	repair_put_hex(p, f.parameter_size);
	add_name(p, f.name, rest, REPAIR_NO_NAME);
	repair_end_line(p);
	repair_read_body(p, item, rest);
	repair_put_body(p);
}

static void put_public(struct repair *p, const struct outline_item *item)
{
	struct record_func f;
	struct record r;
	struct str rest;

	open_item(p, item, &r, &rest);
	record_public(&r, &f);
	buf_put_str(&p->line, f.multiple || item->multiple ? STR("PUBLIC m ") : STR("PUBLIC "));
	repair_put_hex(p, f.start);
	repair_put_hex(p, f.parameter_size);
	add_name(p, f.name, rest, REPAIR_NO_NAME);
	repair_end_line(p);
}

static void put_cfi(struct repair *p, const struct outline_item *item)
{
	struct record_cfi c;
	struct record r;
	struct str rest;

	open_item(p, item, &r, &rest);
	record_cfi_init(&r, &c);
	buf_put_str(&p->line, STR("STACK CFI INIT "));
	repair_put_hex(p, c.start);
	repair_put_hex(p, repair_size(c.size));
	repair_put_rules(p, c.rules);
	repair_put_rows(p, item, rest);
}

static void put_win(struct repair *p, const struct outline_item *item)
{
	struct record_win w;
	struct record r;
	struct str rest;

	open_item(p, item, &r, &rest);
	record_win(&r, &w);

	const uint64_t numbers[] = {
		w.type,
		w.start,
		item->size,
		w.prologue_size,
		w.epilogue_size,
		w.parameter_size,
		w.saved_register_size,
		w.local_size,
		w.max_stack_size,
		w.has_program,
	};
	buf_put_str(&p->line, STR("STACK WIN "));
	for (unsigned i = 0; i < COUNT(numbers); i++)
		repair_put_hex(p, numbers[i]);
	repair_put_text(p, w.program);
	repair_end_line(p);
}

static void (*const puts_item[RECORD_KINDS])(struct repair *p, const struct outline_item *item) = {
	[RECORD_INFO] = put_info, [RECORD_FILE] = put_numbered, [RECORD_ORIGIN] = put_numbered,
	[RECORD_FUNC] = put_func, [RECORD_PUBLIC] = put_public, [RECORD_CFI_INIT] = put_cfi,
	[RECORD_WIN] = put_win,
};

void repair_put_item(struct repair *p, const struct outline_item *item)
{
	puts_item[item->kind](p, item);
}
