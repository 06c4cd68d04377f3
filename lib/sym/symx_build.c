#include "sym/symx_build.h"

#include "base/limits.h"
#include "sym/pieces.h"
#include "sym/symx_arrange.h"

/* What a record may belong to. */
enum body { BODY_NONE, BODY_FUNC, BODY_CFI };

struct build {
	struct str text;
	struct symx_head head;
	struct symx_tables tables;
	uint64_t at;    /* offset of the line being read */
	enum body body; /* by our rules: blank lines and records of other kinds may be in it */
	enum body strict_body; /* by rust-minidump's */
	bool strict;
	bool first; /* nothing was read yet, not even a blank line */
	const struct symx_build_options *o;
};

static void add_range(struct buf *b, uint64_t start, uint64_t size, uint64_t at)
{
	struct symx_range r = { start, size, at };

	if (record_has_end(start, size))
		buf_put(b, &r, sizeof(r));
}

static void add_place(struct buf *b, uint64_t key, uint64_t at)
{
	struct symx_place p = { key, at };

	buf_put(b, &p, sizeof(p));
}

/*
 * STACK WIN records of PDB files overlap as a rule: each says where it starts but reaches to the
 * end of the function. So one that begins inside the one before it cuts that; any other that meets
 * it is left out, but for one of the same range. rust-minidump: sym_file/parser.rs,
 * insert_win_stack_info.
 */
static void add_win(struct buf *b, uint64_t start, uint64_t size, uint64_t at)
{
	struct symx_range *last = b->n == 0 ? NULL : (void *)(b->p + b->n - sizeof(*last));

	if (!record_has_end(start, size))
		return;
	if (last != NULL && start <= last->start + (last->size - 1) &&
	    last->start <= start + (size - 1)) {
		if (start > last->start)
			last->size = start - last->start;
		else if (start != last->start || size != last->size)
			return;
	}
	add_range(b, start, size, at);
}

static bool take_module(struct build *b, struct record *r)
{
	struct record_module m;

	if (!b->first)
		b->strict = false;
	if (!record_module(r, &m) || b->head.module_at != SYMX_NONE)
		return false;
	b->head.module_at = b->at;
	return true;
}

static bool take_info(struct build *b, struct record *r)
{
	(void)b;
	return record_info(r);
}

static bool take_url(struct build *b, struct record *r)
{
	struct str url;

	if (record_url(r, &url))
		b->head.url_at = b->at;
	return true;
}

static bool take_file(struct build *b, struct record *r)
{
	struct record_name n;

	if (!record_name(r, &n))
		return false;
	add_place(&b->tables.files, n.number, b->at);
	return true;
}

static bool take_origin(struct build *b, struct record *r)
{
	struct record_name n;

	/* rust-minidump looks for the blank, not a tab, when it is in a FUNC. */
	b->strict_body = b->strict_body == BODY_FUNC && !r->tabbed ? BODY_FUNC : BODY_NONE;
	if (!record_name(r, &n))
		return false;
	add_place(&b->tables.origins, n.number, b->at);
	return true;
}

static bool take_func(struct build *b, struct record *r)
{
	struct record_func f;

	b->strict_body = BODY_FUNC;
	if (!record_func(r, &f))
		return false;
	b->body = BODY_FUNC;
	add_range(&b->tables.funcs, f.start, f.size, b->at);
	return true;
}

static bool take_line(struct build *b, struct record *r)
{
	struct record_line l;

	if (b->strict_body != BODY_FUNC)
		b->strict = false;
	return record_line(r, &l) && b->body == BODY_FUNC;
}

static bool take_inline(struct build *b, struct record *r)
{
	struct record_inline i;

	if (b->strict_body != BODY_FUNC)
		b->strict = false;
	if (!record_inline(r, &i) || b->body != BODY_FUNC)
		return false;
	if (i.old_form)
		b->head.flags |= SYMX_OLD_INLINES;
	return true;
}

static bool take_public(struct build *b, struct record *r)
{
	struct record_func f;

	if (!record_public(r, &f))
		return false;
	add_place(&b->tables.publics, f.start, b->at);
	return true;
}

static bool take_cfi_init(struct build *b, struct record *r)
{
	struct record_cfi c;

	b->strict_body = BODY_CFI;
	if (!record_cfi_init(r, &c))
		return false;
	b->body = BODY_CFI;
	add_range(&b->tables.cfis, c.start, c.size, b->at);
	return true;
}

static bool take_cfi(struct build *b, struct record *r)
{
	struct record_cfi c;

	if (b->strict_body != BODY_CFI)
		b->strict = false;
	return record_cfi(r, &c) && b->body == BODY_CFI;
}

static bool take_win(struct build *b, struct record *r)
{
	struct record_win w;

	if (!record_win(r, &w))
		return false;
	if (w.type == 4 && w.has_program)
		add_win(&b->tables.win4, w.start, w.size, b->at);
	else if (w.type == 0 && !w.has_program)
		add_win(&b->tables.win0, w.start, w.size, b->at);
	return true;
}

/* What a kind does; whether its records may stand in a body without ending it for rust-minidump. */
static const struct {
	bool (*take)(struct build *b, struct record *r);
	bool sub_record;
} kinds[RECORD_KINDS] = {
	[RECORD_MODULE] = { take_module, false }, [RECORD_INFO] = { take_info, false },
	[RECORD_URL] = { take_url, false },       [RECORD_FILE] = { take_file, false },
	[RECORD_ORIGIN] = { take_origin, true },  [RECORD_FUNC] = { take_func, false },
	[RECORD_LINE] = { take_line, true },      [RECORD_INLINE] = { take_inline, true },
	[RECORD_PUBLIC] = { take_public, false }, [RECORD_CFI_INIT] = { take_cfi_init, false },
	[RECORD_CFI] = { take_cfi, true },        [RECORD_WIN] = { take_win, false },
};

static void skip(struct build *b, enum record_kind kind)
{
	b->strict = false;
	if (b->head.skipped_at == SYMX_NONE)
		b->head.skipped_at = b->at;
	b->head.skipped[kind]++;
}

static void see(struct symx_seen *s, const struct build *b, enum record_kind kind)
{
	if (!b->strict && s->refused_at == SYMX_NONE) {
		s->refused_at = b->at;
		s->refused = kind;
	}
	s->publics += kind == RECORD_PUBLIC;
}

static void take(struct build *b, struct str line, bool plain)
{
	struct record r;
	enum record_kind kind = record_open(&r, line, plain);

	if (!kinds[kind].sub_record)
		b->strict_body = BODY_NONE;
	if (record_is_top(kind) && (kind != RECORD_CFI || b->body != BODY_CFI))
		b->body = BODY_NONE;
	if (kind == RECORD_UNKNOWN || (kind != RECORD_BLANK && !kinds[kind].take(b, &r)))
		skip(b, kind);
	else if (kind != RECORD_BLANK)
		b->head.records++;
	if (!r.strict)
		b->strict = false;
	b->first = false;
	if (b->o->seen != NULL)
		see(b->o->seen, b, kind);
}

/* The lines of a FUNC and the rows of a STACK CFI INIT, as long as they have the form of nearly
 * all. */
static void take_plain(struct build *b, struct str *window, bool plain)
{
	struct record_line l;
	size_t n = 0;

	do {
		*window = str_from(*window, n);
		if (b->body == BODY_FUNC && b->strict_body == BODY_FUNC)
			n = record_plain_line(*window, &l);
		else if (b->body == BODY_CFI && b->strict_body == BODY_CFI && plain)
			n = record_plain_row(*window);
		else
			n = 0;
		if (n > PEER_LINES_SHORT)
			n = 0;
		b->head.records += n != 0;
	} while (n != 0);
}

static void take_lines(struct build *b, struct str window)
{
	bool plain = text_is_plain(window);
	struct str line;

	for (;;) {
		take_plain(b, &window, plain);

		const char *start = window.p;
		if (!record_next(&window, &line))
			break;
		b->at = (uint64_t)(start - b->text.p);
		if (window.p - start > PEER_LINES_SHORT) {
			b->head.flags |= SYMX_LONG_LINES;
			b->first = false;
			if (b->o->peer != NULL && peer_lines_hide(b->o->peer, b->at))
				continue;
		}
		take(b, line, plain);
	}
}

static void take_text(struct build *b)
{
	static const struct str bom = { "\xef\xbb\xbf", 3 };
	struct str rest = b->text, piece;

	b->strict = rest.n != 0 && (rest.p[rest.n - 1] == '\n' || b->o->peer != NULL);
	if (str_starts(rest, bom)) {
		b->strict = false;
		rest = str_from(rest, bom.n);
	}

	struct pieces pieces = pieces_make(rest, b->o->mapped);
	while (pieces_next(&pieces, &piece))
		take_lines(b, piece);
	if (b->o->peer != NULL && !b->o->peer->complete)
		b->strict = false;
	if (b->strict)
		b->head.flags |= SYMX_STRICT;
}

bool symx_build(struct str text, const struct symx_build_options *o, struct buf *out,
		struct error *err)
{
	struct build b = {
		.text = text,
		.head = { .source = o->source,
			  .text_size = text.n,
			  .module_at = SYMX_NONE,
			  .url_at = SYMX_NONE,
			  .skipped_at = SYMX_NONE },
		.first = true,
		.o = o,
	};

	symx_tables_init(&b.tables, o->oom);
	take_text(&b);
	if (b.head.records > UINT32_MAX) {
		symx_tables_free(&b.tables);
		return error_set(err, ERROR_LIMIT, "more than 2^32 records");
	}
	symx_arrange(&b.tables, text, &b.head, out);
	return true;
}
