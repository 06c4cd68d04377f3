#include "sym/sym_task_impl.h"

#include <inttypes.h>

#include "base/js.h"
#include "sym/stats.h"

/* What a file is about beside its records. */
static const struct {
	const char *name;
	size_t offset;
} figures[] = {
	{ "malformed", offsetof(struct stats, malformed) },
	{ "longest_line", offsetof(struct stats, longest) },
	{ "func_code", offsetof(struct stats, func_code) },
	{ "line_code", offsetof(struct stats, line_code) },
	{ "inline_code", offsetof(struct stats, inline_code) },
	{ "cfi_code", offsetof(struct stats, cfi_code) },
	{ "funcs_with_lines", offsetof(struct stats, funcs_with_lines) },
	{ "inline_depth", offsetof(struct stats, deepest) },
	{ "inline_ranges", offsetof(struct stats, ranges) },
};

static uint64_t figure(const struct stats *s, unsigned i)
{
	uint64_t v;

	memcpy(&v, (const char *)s + figures[i].offset, sizeof(v));
	return v;
}

static void put_stats_json(const struct stats *s, const struct sym_input *in, FILE *out)
{
	struct js j = js_make(out, false);

	js_object(&j);
	js_key_text(&j, "file", in->name);
	js_key_u64(&j, "bytes", in->text.n);
	for (unsigned i = 0; i < COUNT(figures); i++)
		js_key_u64(&j, figures[i].name, figure(s, i));
	js_key(&j, "records");
	js_object(&j);
	for (unsigned i = 0; i < RECORD_KINDS; i++) {
		js_key(&j, stats_kind_name((enum record_kind)i));
		js_object(&j);
		js_key_u64(&j, "count", s->kinds[i].records);
		js_key_u64(&j, "bytes", s->kinds[i].bytes);
		js_end(&j, '}');
	}
	js_end(&j, '}');
	js_end(&j, '}');
	fputc('\n', out);
}

int sym_task_stats(const struct sym_task *t, const struct sym_input *in, FILE *out, struct diag *d)
{
	struct stats s;

	(void)d;
	stats_of(&s, in->text, in->mapped);
	if (t->json) {
		put_stats_json(&s, in, out);
		return EXIT_DONE;
	}
	for (unsigned i = 0; i < RECORD_KINDS; i++) {
		if (s.kinds[i].records != 0)
			fprintf(out, "%s\t%s\t%" PRIu64 "\t%" PRIu64 "\n", in->name,
				stats_kind_name((enum record_kind)i), s.kinds[i].records,
				s.kinds[i].bytes);
	}
	for (unsigned i = 0; i < COUNT(figures); i++)
		fprintf(out, "%s\t%s\t%" PRIu64 "\n", in->name, figures[i].name, figure(&s, i));
	return EXIT_DONE;
}
