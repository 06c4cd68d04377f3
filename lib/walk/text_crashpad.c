#include "walk/text_crashpad.h"

#include <inttypes.h>

#include "base/utf.h"

struct printer {
	const struct dump *dump;
	FILE *out;
	struct buf text;
};

static void put(struct printer *p, struct str s)
{
	buf_clear(&p->text);
	text_printable(&p->text, s);
	if (p->text.n != 0)
		fwrite(p->text.p, 1, p->text.n, p->out);
}

static void put_guid(struct printer *p, const char *label, struct cursor at)
{
	char text[MD_GUID_TEXT];

	md_guid_text(at, text);
	fprintf(p->out, "%s%s\n", label, text);
}

static void put_value(struct printer *p, const struct md_annotation *v)
{
	static const char *const kinds[] = {
		[MD_ANNOTATION_INVALID] = "(invalid)",
		[MD_ANNOTATION_USER] = "(not text)",
		[MD_ANNOTATION_UNKNOWN] = "(not text)",
		[MD_ANNOTATION_DAMAGED] = "(damaged)",
	};

	if (v->kind == MD_ANNOTATION_TEXT)
		put(p, v->text);
	else
		fputs(kinds[v->kind], p->out);
	putc('\n', p->out);
}

/* A line each; those of a list have no names. */
static void put_annotations(struct printer *p, const struct md_annotations *x)
{
	for (size_t i = 0; i < x->n; i++) {
		fputs("    ", p->out);
		put(p, x->v[i].name);
		fputs(x->v[i].name.n == 0 ? "" : " = ", p->out);
		put_value(p, &x->v[i]);
	}
}

static void put_module(struct printer *p, const struct md_crashpad_module *m)
{
	const struct md_modules *all = &p->dump->modules;
	ptrdiff_t place = md_modules_of_entry(all, m->index);

	if (m->list.n + m->simple.n + m->objects.n == 0)
		return;
	fputs("  ", p->out);
	if (place == MD_NO_MODULE)
		fprintf(p->out, "module %" PRIu32, m->index);
	else
		put(p, str_leaf(all->v[place].code_file));
	fputs(":\n", p->out);
	put_annotations(p, &m->list);
	put_annotations(p, &m->simple);
	put_annotations(p, &m->objects);
}

void text_crashpad(const struct dump *d, FILE *out, void (*oom)(size_t wanted))
{
	const struct md_crashpad *x = &d->crashpad;
	struct printer p = { .dump = d, .out = out, .text.oom = oom };

	if (!d->has_crashpad)
		return;
	fputs("\nCrashpad:\n", out);
	put_guid(&p, "  report id: ", x->report_id);
	put_guid(&p, "  client id: ", x->client_id);
	if (x->address_mask != 0)
		fprintf(out, "  address mask: 0x%016" PRIx64 "\n", x->address_mask);
	if (x->simple.n != 0)
		fputs("  process:\n", out);
	put_annotations(&p, &x->simple);
	for (size_t i = 0; i < x->n_modules; i++)
		put_module(&p, &x->modules[i]);
	buf_free(&p.text);
}
