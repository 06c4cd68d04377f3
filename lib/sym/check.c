#include "sym/check.h"

#include <inttypes.h>

#include "base/js.h"
#include "base/limits.h"
#include "base/sort.h"
#include "base/utf.h"
#include "sym/check_impl.h"
#include "sym/pieces.h"

/* rust-minidump sees all lines of fewer bytes: sym-format.md 5.1, line length. */
enum { LONG_LINE = 80 * 1024 };

static void print_json(const struct check *c, const struct check_rule *rule, uint64_t line)
{
	struct js j = js_make(c->o->out, false);

	js_object(&j);
	js_key_text(&j, "file", c->o->name);
	if (line != 0)
		js_key_u64(&j, "line", line);
	js_key_text(&j, "level", check_level_name(rule->level));
	js_key_text(&j, "kind", rule->name);
	js_key_text(&j, "message", rule->what);
	if (c->o->repairs)
		js_key_text(&j, "repair", rule->repair);
	js_end(&j, '}');
	fputc('\n', c->o->out);
}

static void print_text(const struct check *c, const struct check_rule *rule, uint64_t line)
{
	struct buf b = { .oom = c->o->oom };

	text_printable(&b, str_of(c->o->name));
	if (line != 0)
		buf_printf(&b, ":%" PRIu64, line);
	if (!c->o->repairs)
		buf_printf(&b, ": %s: %s\n", check_level_name(rule->level), rule->what);
	else if (rule->repair == NULL)
		buf_printf(&b, ": kept: %s\n", rule->what);
	else
		buf_printf(&b, ": repaired: %s: %s\n", rule->what, rule->repair);
	fwrite(b.p, 1, b.n, c->o->out);
	buf_free(&b);
}

void check_say_at(struct check *c, enum check_kind kind, uint64_t line)
{
	const struct check_rule *rule = check_rule(kind);

	c->result->total[rule->level]++;
	if (rule->grammar)
		c->result->grammar = false;
	if (rule->level == CHECK_ERROR)
		c->said = true;
	if (c->result->count[kind]++ >= CHECK_REPEAT || c->o->out == NULL ||
	    (rule->level == CHECK_NOTE && !c->o->notes))
		return;
	(c->o->json ? print_json : print_text)(c, rule, line);
}

void check_say(struct check *c, enum check_kind kind)
{
	check_say_at(c, kind, c->line);
}

void check_spans_add(struct check_spans *s, uint64_t start, uint64_t size, uint64_t line)
{
	struct check_span span = { start, size > UINT32_MAX ? UINT32_MAX : (uint32_t)size,
				   line > UINT32_MAX ? UINT32_MAX : (uint32_t)line };

	if (s->full || start < s->next)
		s->tangled = true;
	else
		s->full = __builtin_add_overflow(start, size, &s->next);
	buf_put(&s->v, &span, sizeof(span));
}

static int compare_spans(const void *a, const void *b, const void *context)
{
	const struct check_span *x = a, *y = b;

	(void)context;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->size < y->size ? -1 : x->size > y->size;
}

/* Says which spans begin inside others, by rust-minidump's rule: the lower start wins, then the
 * shorter one, then the first. */
static void end_spans(struct check *c, struct check_spans *s, enum check_kind kind)
{
	struct check_span *v = (void *)s->v.p;
	size_t n = s->tangled ? s->v.n / sizeof(*v) : 0;
	uint64_t last = 0;

	if (n != 0)
		sort_stable(v, n, sizeof(*v), compare_spans, NULL, s->v.oom);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && v[i].start <= last)
			check_say_at(c, kind, v[i].line);
		else
			last = v[i].start + (v[i].size == 0 ? 0 : v[i].size - 1);
	}
	buf_free(&s->v);
}

static void say_file(void *context, bool again, uint64_t line)
{
	check_say_at(context, again ? CHECK_FILE_AGAIN : CHECK_FILE_MISSING, line);
}

static void say_origin(void *context, bool again, uint64_t line)
{
	check_say_at(context, again ? CHECK_ORIGIN_AGAIN : CHECK_ORIGIN_MISSING, line);
}

/* Line records of the form of nearly all, as long as there is nothing to say about them. */
static void take_plain(struct check *c, struct str *piece)
{
	struct record_line l;
	size_t n;

	while ((n = record_plain_line(*piece, &l)) != 0) {
		c->line++;
		if (l.size != 0 && l.start >= c->line_next && l.start >= c->start &&
		    l.start <= c->last && numbers_has(&c->files, l.file) &&
		    !__builtin_add_overflow(l.start, l.size, &c->line_next))
			c->line_start = l.start;
		else
			check_line(c, &l);
		c->has_lines = true;
		c->after_name = false;
		*piece = str_from(*piece, n);
	}
}

/* The same for INLINEs, which stand before the lines. */
static void take_plain_inlines(struct check *c, struct str *piece)
{
	struct record_inline i;
	size_t n;

	while ((n = record_plain_inline(*piece, c->start, c->last, &i)) != 0 && n < LONG_LINE) {
		c->line++;
		check_inline(c, &i);
		c->after_name = false;
		*piece = str_from(*piece, n);
	}
}

static void take_line(struct check *c, struct str line, size_t n, bool cr)
{
	struct record r;

	c->line++;
	c->said = false;
	if (cr)
		check_say(c, CHECK_CRLF);
	if (n > LIMIT_SYM_LINE + 1)
		check_say(c, CHECK_TOO_LONG);
	else if (n >= LONG_LINE)
		check_say(c, CHECK_LONG);

	enum record_kind kind = record_open(&r, line, c->clean);
	check_record(c, kind, &r, line);
	c->first = false;
}

static void take_piece(struct check *c, struct str piece)
{
	struct str line;

	c->clean = text_is_clean(piece);
	for (;;) {
		if (c->body == BODY_FUNC && c->interrupted == 0) {
			take_plain_inlines(c, &piece);
			take_plain(c, &piece);
		}

		const char *start = piece.p;
		if (!record_next(&piece, &line))
			return;
		size_t n = (size_t)(piece.p - start);
		bool end = n > 0 && start[n - 1] == '\n';
		take_line(c, line, n, end && n > 1 && start[n - 2] == '\r');
		if (!end)
			check_say(c, CHECK_NO_END);
	}
}

static void take_text(struct check *c, struct str text)
{
	static const struct str bom = STR_INIT("\xef\xbb\xbf");
	struct str piece;

	if (str_starts(text, bom)) {
		check_say_at(c, CHECK_BOM, 1);
		text = str_from(text, bom.n);
	}

	struct pieces pieces = pieces_make(text, c->o->mapped);
	while (pieces_next(&pieces, &piece))
		take_piece(c, piece);
	if (!c->has_module)
		check_say_at(c, CHECK_NO_MODULE, 0);
	end_spans(c, &c->funcs, CHECK_FUNC_OVERLAP);
	end_spans(c, &c->publics, CHECK_PUBLIC_AGAIN);
	end_spans(c, &c->cfis, CHECK_CFI_OVERLAP);
	numbers_end(&c->files, say_file, c);
	numbers_end(&c->origins, say_origin, c);
	check_place(c);
}

void check_text(struct str text, const struct check_options *o, struct check_result *result)
{
	struct check c = { .o = o,
			   .result = result,
			   .first = true,
			   .funcs.v.oom = o->oom,
			   .publics.v.oom = o->oom,
			   .cfis.v.oom = o->oom };
	enum check_kind content = check_content(text);

	*result = (struct check_result){ .grammar = true };
	if (o->packed)
		check_say_at(&c, CHECK_PACKED, 0);
	if (content != CHECK_KINDS) {
		check_say_at(&c, content, 0);
		return;
	}
	numbers_init(&c.files, o->oom);
	numbers_init(&c.origins, o->oom);
	take_text(&c, text);
	result->lines = c.line;
	numbers_free(&c.files);
	numbers_free(&c.origins);
}
