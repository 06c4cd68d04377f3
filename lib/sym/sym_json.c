#include "sym/sym_json.h"

#include "base/js.h"
#include "base/utf.h"
#include "sym/pieces.h"
#include "sym/record.h"

static void put_name(struct js *j, struct str name)
{
	struct buf hex = { 0 };

	js_key_str(j, "name", name);
	if (utf8_valid(name))
		return;
	for (size_t i = 0; i < name.n; i++)
		buf_printf(&hex, "%02x", (unsigned char)name.p[i]);
	js_key_str(j, "name_bytes", buf_str(&hex));
	buf_free(&hex);
}

static bool put_module(struct js *j, struct record *r)
{
	struct record_module m;

	if (!record_module(r, &m))
		return false;
	js_key_str(j, "os", m.os);
	js_key_str(j, "cpu", m.cpu);
	js_key_str(j, "id", m.id);
	put_name(j, m.name);
	return true;
}

static bool put_info(struct js *j, struct record *r)
{
	struct str text = { r->p, (size_t)(r->end - r->p) };
	size_t n = str_find_char(text, ' ');

	js_key_str(j, "key", str_first(text, n));
	js_key_str(j, "text", str_from(text, n + 1));
	return true;
}

/* Of "INFO URL" the second word is part of the keyword. */
static bool put_url(struct js *j, struct record *r)
{
	js_key_text(j, "key", "URL");
	js_key_str(j, "text", (struct str){ r->p, (size_t)(r->end - r->p) });
	return true;
}

static bool put_numbered(struct js *j, struct record *r)
{
	struct record_name n;

	if (!record_name(r, &n))
		return false;
	js_key_u64(j, "number", n.number);
	put_name(j, n.name);
	return true;
}

static bool put_func(struct js *j, struct record *r)
{
	struct record_func f;

	if (!record_func(r, &f))
		return false;
	js_key_u64(j, "addr", f.start);
	js_key_u64(j, "size", f.size);
	js_key_u64(j, "param", f.parameter_size);
	js_key_bool(j, "multiple", f.multiple);
	put_name(j, f.name);
	return true;
}

static bool put_public(struct js *j, struct record *r)
{
	struct record_func f;

	if (!record_public(r, &f))
		return false;
	js_key_u64(j, "addr", f.start);
	js_key_u64(j, "param", f.parameter_size);
	js_key_bool(j, "multiple", f.multiple);
	put_name(j, f.name);
	return true;
}

static bool put_line(struct js *j, struct record *r)
{
	struct record_line l;

	if (!record_line(r, &l))
		return false;
	js_key_u64(j, "addr", l.start);
	js_key_u64(j, "size", l.size);
	js_key_u64(j, "line", l.line);
	js_key_u64(j, "file", l.file);
	return true;
}

static bool put_inline(struct js *j, struct record *r)
{
	struct record_inline i;
	uint64_t start, size;

	if (!record_inline(r, &i))
		return false;
	js_key_u64(j, "level", i.depth);
	js_key_u64(j, "call_line", i.call_line);
	if (i.has_file)
		js_key_u64(j, "call_file", i.call_file);
	else
		js_key_null(j, "call_file");
	js_key_u64(j, "origin", i.origin);
	js_key(j, "ranges");
	js_array(j);
	while (i.ranges.p != i.ranges.end && record_range(&i.ranges, &start, &size)) {
		js_array(j);
		js_u64(j, start);
		js_u64(j, size);
		js_end(j, ']');
	}
	js_end(j, ']');
	return true;
}

static bool put_cfi_init(struct js *j, struct record *r)
{
	struct record_cfi c;

	if (!record_cfi_init(r, &c))
		return false;
	js_key_u64(j, "addr", c.start);
	js_key_u64(j, "size", c.size);
	js_key_str(j, "rules", c.rules);
	return true;
}

static bool put_cfi(struct js *j, struct record *r)
{
	struct record_cfi c;

	if (!record_cfi(r, &c))
		return false;
	js_key_u64(j, "addr", c.start);
	js_key_str(j, "rules", c.rules);
	return true;
}

static bool put_win(struct js *j, struct record *r)
{
	struct record_win w;

	if (!record_win(r, &w))
		return false;
	js_key_u64(j, "win_type", w.type);
	js_key_u64(j, "addr", w.start);
	js_key_u64(j, "size", w.size);
	js_key_u64(j, "prologue", w.prologue_size);
	js_key_u64(j, "epilogue", w.epilogue_size);
	js_key_u64(j, "param", w.parameter_size);
	js_key_u64(j, "saved_registers", w.saved_register_size);
	js_key_u64(j, "locals", w.local_size);
	js_key_u64(j, "max_stack", w.max_stack_size);
	js_key_bool(j, "has_program", w.has_program);
	js_key_str(j, "program", w.program);
	return true;
}

static const struct {
	const char *type;
	bool (*put)(struct js *j, struct record *r);
} kinds[RECORD_KINDS] = {
	[RECORD_MODULE] = { "module", put_module },
	[RECORD_INFO] = { "info", put_info },
	[RECORD_URL] = { "info", put_url },
	[RECORD_FILE] = { "file", put_numbered },
	[RECORD_ORIGIN] = { "inline_origin", put_numbered },
	[RECORD_FUNC] = { "func", put_func },
	[RECORD_LINE] = { "line", put_line },
	[RECORD_INLINE] = { "inline", put_inline },
	[RECORD_PUBLIC] = { "public", put_public },
	[RECORD_CFI_INIT] = { "stack_cfi_init", put_cfi_init },
	[RECORD_CFI] = { "stack_cfi", put_cfi },
	[RECORD_WIN] = { "stack_win", put_win },
};

static void put_record(struct js *j, struct str line, FILE *out)
{
	struct record r;
	enum record_kind kind = record_open(&r, line, true);

	if (kind == RECORD_BLANK)
		return;
	js_object(j);
	if (kinds[kind].put == NULL) {
		js_key_text(j, "type", "unknown");
		js_key_str(j, "text", line);
	} else {
		js_key_text(j, "type", kinds[kind].type);
		if (!kinds[kind].put(j, &r))
			js_key_str(j, "malformed", line);
	}
	js_end(j, '}');
	fputc('\n', out);
}

void sym_json_put(struct str text, bool mapped, FILE *out)
{
	struct js j = js_make(out, false);
	struct pieces pieces = pieces_make(text, mapped);
	struct str piece, line;

	while (pieces_next(&pieces, &piece)) {
		while (record_next(&piece, &line))
			put_record(&j, line, out);
	}
}
