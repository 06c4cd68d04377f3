#include "sym/lookup.h"

#include "base/js.h"
#include "base/limits.h"
#include "base/utf.h"

/* The largest functions of real files have bodies like this. */
enum { LONG_BODY = 256 * 1024 };

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
static void put_lines(uint64_t address, const struct sym_frame *f, void (*oom)(size_t wanted),
		      FILE *out)
{
	const struct sym_place nowhere = { 0 };
	struct buf b = { .oom = oom };

	for (size_t i = 0; f != NULL && i < f->n_inlines; i++)
		put_line(&b, address, f->inlines[i].function, &f->inlines[i].place);
	if (f != NULL)
		put_line(&b, address, f->function, &f->place);
	else
		put_line(&b, address, STR("-"), &nowhere);
	fwrite(b.p, 1, b.n, out);
	buf_free(&b);
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

static void put_json(uint64_t address, const struct sym_frame *f, FILE *out)
{
	struct js j = js_make(out, false);

	js_object(&j);
	js_key_u64(&j, "addr", address);
	if (f != NULL) {
		js_key_u64(&j, "base", f->base);
		js_key_bool(&j, "public", f->is_public);
	}
	js_key(&j, "frames");
	js_array(&j);
	for (size_t i = 0; f != NULL && i < f->n_inlines; i++)
		put_object(&j, f->inlines[i].function, &f->inlines[i].place);
	if (f != NULL)
		put_object(&j, f->function, &f->place);
	js_end(&j, ']');
	js_end(&j, '}');
	fputc('\n', out);
}

void lookup_put(const struct symx *x, uint64_t address, bool json, struct arena *a, FILE *out)
{
	struct sym_frame f = { 0 };
	/* Whoever asks for many addresses waits for them: each adds what a long function has. */
	if (x->state->budget < LIMIT_SYM_BODY_BYTES)
		x->state->budget += LONG_BODY;

	bool found = symx_find(x, address, a, &f);
	if (json)
		put_json(address, found ? &f : NULL, out);
	else
		put_lines(address, found ? &f : NULL, a->oom, out);
}
