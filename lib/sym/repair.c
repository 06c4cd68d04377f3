#include "sym/repair_impl.h"

#include "base/limits.h"
#include "base/utf.h"
#include "sym/check_impl.h"
#include "sym/pieces.h"
#include "sym/words.h"

enum { FLUSH = 64 * 1024 };

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

void repair_put_text(struct repair *p, struct str text)
{
	bool utf8 = utf8_valid(text);
	/* Blanks that control bytes kept away from those before the text. */
	bool behind = p->line.n != 0 && p->line.p[p->line.n - 1] == ' ';
	size_t start = p->line.n;
	size_t most = p->line.n + (size_t)LIMIT_SYM_LINE - REPAIR_HEAD;

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		/* Not in the middle of a character. */
		if (p->line.n + 4 > most && (c & 0xc0) != 0x80)
			break;
		if (c >= 0x80 && !utf8)
			utf8_put(&p->line, c);
		else if (!is_control(text.p[i]) && (c != ' ' || p->line.n != start || !behind))
			buf_put_char(&p->line, text.p[i]);
	}
}

void repair_end_line(struct repair *p)
{
	buf_put_char(&p->line, '\n');
	if (p->line.n < FLUSH)
		return;
	fwrite(p->line.p, 1, p->line.n, p->out);
	buf_clear(&p->line);
}

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

void repair_put_hex(struct repair *p, uint64_t v)
{
	buf_put_hex(&p->line, v);
	buf_put_char(&p->line, ' ');
}

void repair_put_decimal(struct repair *p, uint64_t v)
{
	buf_put_decimal(&p->line, v);
	buf_put_char(&p->line, ' ');
}

/* A word of MODULE, and a blank. It stays one when nothing of it can be written. */
static void put_word(struct repair *p, struct str word)
{
	size_t start = p->line.n;

	repair_put_text(p, word);
	if (p->line.n == start)
		buf_put_str(&p->line, STR("unknown"));
	buf_put_char(&p->line, ' ');
}

/* The same of the debug id, in the case that ids have. */
static void put_id(struct repair *p, struct str id)
{
	size_t start = p->line.n;

	put_word(p, id);

	struct str written = { p->line.p + start, p->line.n - start - 1 };
	if (!sym_is_hex(written))
		return;
	for (size_t i = 0; i < written.n; i++) {
		char *c = &p->line.p[start + i];

		if (i < 32 && *c >= 'a' && *c <= 'f')
			*c = (char)(*c - 'a' + 'A');
		else if (i >= 32 && *c >= 'A' && *c <= 'F')
			*c = (char)(*c - 'A' + 'a');
	}
}

static bool put_module(struct repair *p, struct str line)
{
	struct record_module m;
	struct record r;

	if (record_open(&r, line, false) != RECORD_MODULE || !record_module(&r, &m))
		return false;
	buf_put_str(&p->line, STR("MODULE "));
	put_word(p, m.os);
	put_word(p, m.cpu);
	put_id(p, m.id);
	repair_put_text(p, m.name);
	repair_end_line(p);
	return true;
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

static void put_items(struct repair *p, const struct buf *items)
{
	for (size_t i = 0; i < outline_count(items); i++) {
		const struct outline_item *item = &outline_items(items)[i];

		puts_item[item->kind](p, item);
		pieces_touch(p->text, p->o->mapped, 0, &p->touched);
	}
}

/* A FILE for INLINEs that have none. Numbers that are all in use leave it out. */
static void add_no_file(struct repair *p)
{
	struct outline_item item = { .start = p->outline.next_file,
				     .at = REPAIR_NOWHERE,
				     .kind = RECORD_FILE };

	if (!p->outline.lacks_file || item.start > UINT32_MAX)
		return;
	p->no_file = (uint32_t)item.start;
	if (!p->o->drop)
		buf_put(&p->outline.files, &item, sizeof(item));
}

/* Everything behind the MODULE record. */
static void put_records(struct repair *p)
{
	struct outline *o = &p->outline;

	add_no_file(p);
	if (p->o->sort) {
		outline_sort(o);
		repair_number(p);
	}
	put_items(p, &o->infos);
	put_items(p, &o->files);
	put_items(p, &o->origins);
	put_items(p, &o->body);
	put_items(p, &o->stack);
	fwrite(p->line.p, 1, p->line.n, p->out);
}

static bool find_module(struct repair *p, const char *name, struct error *err)
{
	struct buf given = { .oom = p->o->oom };
	bool ok;

	if (p->outline.module_at != OUTLINE_NONE) {
		struct str rest = str_from(p->text, (size_t)p->outline.module_at), line = { 0 };

		record_next(&rest, &line);
		return put_module(p, line);
	}
	if (p->o->module == NULL)
		return error_set(err, ERROR_INPUT, "%s: no MODULE record; --module gives one",
				 name);
	buf_printf(&given, "MODULE %s", p->o->module);
	ok = put_module(p, buf_str(&given));
	buf_free(&given);
	return ok || error_set(err, ERROR_INPUT, "%s: --module is OS CPU ID NAME", name);
}

bool repair_text(struct str text, const char *name, const struct repair_options *o, FILE *out,
		 struct error *err)
{
	static const struct str bom = STR_INIT("\xef\xbb\xbf");
	enum check_kind content = check_content(text);
	struct repair p = { .text = str_starts(text, bom) ? str_from(text, bom.n) : text,
			    .o = o,
			    .line.oom = o->oom,
			    .lines.oom = o->oom,
			    .inlines.oom = o->oom,
			    .rows.oom = o->oom,
			    .rules.oom = o->oom,
			    .names = { { .oom = o->oom }, { .oom = o->oom } },
			    .out = out };

	if (content != CHECK_KINDS)
		return error_set(err, ERROR_INPUT, "%s: %s", name, check_rule(content)->what);
	outline_make(&p.outline, p.text, o->mapped, o->oom);

	bool ok = find_module(&p, name, err);
	if (ok)
		put_records(&p);
	outline_free(&p.outline);
	buf_free(&p.line);
	buf_free(&p.lines);
	buf_free(&p.inlines);
	buf_free(&p.rows);
	buf_free(&p.rules);
	buf_free(&p.names[0]);
	buf_free(&p.names[1]);
	repair_numbers_free(&p.files);
	repair_numbers_free(&p.origins);
	return ok;
}
