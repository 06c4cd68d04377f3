#include <inttypes.h>

#include "dump/md_crashpad.h"
#include "dump/print_impl.h"

static const char *const kinds[] = {
	[MD_ANNOTATION_INVALID] = "<invalid>",
	[MD_ANNOTATION_USER] = "<user defined>",
	[MD_ANNOTATION_UNKNOWN] = "<unsupported>",
	[MD_ANNOTATION_DAMAGED] = "<damaged>",
};

/* One line each: 'PREFIXkind["name"] = text', or 'kind[number]' of a list. */
static void print_annotations(struct printer *p, const char *prefix, const char *kind, bool named,
			      const struct md_annotations *x)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct md_annotation *v = &x->v[i];

		fprintf(p->out, "  %s%s[", prefix, kind);
		if (named) {
			putc('"', p->out);
			print_text(p, v->name);
			fputs("\"] = ", p->out);
		} else {
			fprintf(p->out, "%zu] = ", i);
		}
		print_line(p, v->kind == MD_ANNOTATION_TEXT ? v->text : str_of(kinds[v->kind]));
	}
}

static void print_module(struct printer *p, size_t i, const struct md_crashpad_module *m)
{
	char prefix[40];

	snprintf(prefix, sizeof(prefix), "module_list[%zu].", i);
	fprintf(p->out, "  %sminidump_module_list_index = %" PRIu32 "\n", prefix, m->index);
	fprintf(p->out, "  %sversion = %" PRIu32 "\n", prefix, m->version);
	print_annotations(p, prefix, "list_annotations", false, &m->list);
	print_annotations(p, prefix, "simple_annotations", true, &m->simple);
	print_annotations(p, prefix, "annotation_objects", true, &m->objects);
}

static bool has_stream(const struct md *md)
{
	for (size_t i = 0; i < md->n_streams; i++) {
		if (md->streams[i].type == MD_CRASHPAD_INFO)
			return true;
	}
	return false;
}

void print_crashpad(struct printer *p)
{
	struct md_crashpad x;

	if (!has_stream(p->md))
		return;
	if (!md_crashpad_read(&x, p->md, p->a, p->compat)) {
		/* The peer forgets the newline. */
		fputs("MinidumpCrashpadInfo cannot print invalid data", p->out);
		fputs(p->compat ? "" : "\n\n", p->out);
		return;
	}
	fprintf(p->out, "MDRawCrashpadInfo\n  version = %" PRIu32 "\n  report_id = ", x.version);
	print_guid(p, x.report_id);
	fputs("\n  client_id = ", p->out);
	print_guid(p, x.client_id);
	putc('\n', p->out);
	print_annotations(p, "", "simple_annotations", true, &x.simple);
	for (size_t i = 0; i < x.n_modules; i++)
		print_module(p, i, &x.modules[i]);
	putc('\n', p->out);
}
