#include "sym/lookup.h"

#include "base/limits.h"
#include "base/utf.h"

/* The largest functions of real files have bodies like this. Lines are written when they are this
 * many bytes. */
enum { LONG_BODY = 256 * 1024, LINES = 64 * 1024 };

bool lookup_open(struct lookup *l, struct str text, bool mapped, void (*oom)(size_t wanted),
		 struct error *err)
{
	struct symx_build_options o = { .mapped = mapped, .oom = oom };

	*l = (struct lookup){
		.state = { .budget = LIMIT_SYM_BODY_BYTES, .known.keeps = true },
		.made.oom = oom,
	};
	l->symx = (struct symx){ .text = text, .mapped = mapped, .state = &l->state };
	return symx_build(text, &o, &l->made, err) &&
	       symx_index_open(&l->state.index,
			       (struct slice){ (const uint8_t *)l->made.p, l->made.n });
}

void lookup_close(struct lookup *l)
{
	buf_free(&l->made);
	symx_known_free(&l->state.known);
}

void lookup_out_open(struct lookup_out *o, FILE *out, bool json, void (*oom)(size_t wanted))
{
	*o = (struct lookup_out){
		.out = out, .json = json, .js = js_make(out, false), .lines.oom = oom
	};
}

static void write_lines(struct lookup_out *o)
{
	if (o->lines.n != 0)
		fwrite(o->lines.p, 1, o->lines.n, o->out);
	buf_clear(&o->lines);
}

void lookup_out_close(struct lookup_out *o)
{
	write_lines(o);
	buf_free(&o->lines);
}

static void put_line(struct buf *b, uint64_t address, struct str function,
		     const struct sym_place *p)
{
	buf_put_hex(b, address);
	buf_put_char(b, '\t');
	text_printable(b, function);
	buf_put_char(b, '\t');
	if (p->has_file)
		text_printable(b, p->file);
	else
		buf_put_char(b, '-');
	if (p->has_line) {
		buf_put_char(b, ':');
		buf_put_decimal(b, p->line);
	}
	buf_put_char(b, '\n');
}

/* f: NULL when nothing was found. */
static void put_lines(struct lookup_out *o, uint64_t address, const struct sym_frame *f)
{
	const struct sym_place nowhere = { 0 };

	for (size_t i = 0; f != NULL && i < f->n_inlines; i++)
		put_line(&o->lines, address, f->inlines[i].function, &f->inlines[i].place);
	if (f != NULL)
		put_line(&o->lines, address, f->function, &f->place);
	else
		put_line(&o->lines, address, STR("-"), &nowhere);
	if (o->lines.n >= LINES)
		write_lines(o);
}

static void put_object(struct js *j, struct str function, const struct sym_place *p)
{
	js_object(j);
	js_key_str(j, "function", function);
	if (p->has_file)
		js_key_str(j, "file", p->file);
	if (p->has_line)
		js_key_u64(j, "line", p->line);
	js_end(j, '}');
}

static void put_json(struct lookup_out *o, uint64_t address, const struct sym_frame *f)
{
	struct js *j = &o->js;

	js_object(j);
	js_key_u64(j, "addr", address);
	if (f != NULL) {
		js_key_u64(j, "base", f->base);
		js_key_bool(j, "public", f->is_public);
	}
	js_key(j, "frames");
	js_array(j);
	for (size_t i = 0; f != NULL && i < f->n_inlines; i++)
		put_object(j, f->inlines[i].function, &f->inlines[i].place);
	if (f != NULL)
		put_object(j, f->function, &f->place);
	js_end(j, ']');
	js_end(j, '}');
	fputc('\n', o->out);
}

void lookup_put(const struct symx *x, uint64_t address, struct arena *a, struct lookup_out *o)
{
	struct sym_frame f;
	/* Whoever asks for many addresses waits for them: each adds what a long function has. */
	if (x->state->budget < LIMIT_SYM_BODY_BYTES)
		x->state->budget += LONG_BODY;

	bool found = symx_find(x, address, a, &f);
	if (o->json)
		put_json(o, address, found ? &f : NULL);
	else
		put_lines(o, address, found ? &f : NULL);
}
