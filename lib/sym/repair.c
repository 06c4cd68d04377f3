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

static void put_items(struct repair *p, const struct buf *items)
{
	for (size_t i = 0; i < outline_count(items); i++) {
		const struct outline_item *item = &outline_items(items)[i];

		repair_put_item(p, item);
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
